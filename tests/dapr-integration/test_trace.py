"""One trace through the real daprd, broker and functions, and the logs that name it."""

import json
import re
from typing import Any

import pytest

from functions.kernel.telemetry import trace
from functions.operations.demo.live import webhook_receiver
from tests.dapr_world import World

TRACE, SPAN = "a1" * 16, "b2" * 8
EVENTS = "SELECT topic, event ->> 'traceparent' AS traceparent FROM events WHERE task_id = %s"


def lines(world: World, function: str) -> list[dict[str, Any]]:
    """The log of a function's process, but for what uvicorn says before it loads the function."""
    said = (world.stack.logs / f"{function}.log").read_text().splitlines()
    return [json.loads(line) for line in said if not re.match(r"INFO: +(Started server process|Uvicorn running)", line)]


@pytest.mark.requirement("TRUST-110")
async def test_trace_of_a_request_goes_on_through_dapr_to_the_webhook(world: World) -> None:
    async with webhook_receiver() as (url, calls):
        hook = (await world.http.post("/webhooks", json={"url": url, "topics": ["task.created.v1"]})).json()
        sent = {"traceparent": f"00-{TRACE}-{SPAN}-01"}
        answer = await world.http.post("/tasks", json={"title": "Call Kim"}, headers=sent)
        found = await calls.first(lambda _: True, 60)
        await world.http.delete(f"/webhooks/{hook['id']}")
    assert found
    call = found[0]
    events = await world.rows(EVENTS, answer.json()["id"])

    carried = {event["topic"]: trace.parse(event["traceparent"]) for event in events}
    assert set(carried) == {"task.created.v1", "delivery.requested.v1"}
    told = [trace.parse(answer.headers["traceresponse"]), trace.parse(call.headers["traceparent"]), *carried.values()]
    assert {context.trace_id for context in told} == {TRACE}
    assert {context.flags for context in told} == {1}


@pytest.mark.requirement("TRUST-113")
async def test_every_line_of_a_functions_log_is_json_and_one_that_tells_of_a_failure_names_its_trace(
    world: World,
) -> None:
    begun = trace.begin()
    event = {
        "specversion": "1.0",
        "id": begun.trace_id,
        "source": "/test",
        "type": "dev.taskwake.task.created.v1",
        "time": "2026-01-01T00:00:00Z",
        "traceparent": begun.traceparent,
        "traceid": begun.traceparent,
        "data": {},
    }
    await world.publish("task.created.v1", begun.trace_id, event)
    await world.until("SELECT id FROM dead_letters WHERE event_id = %s", begun.trace_id)

    said = lines(world, "task-created")
    assert {line["function"] for line in said} == {"task-created"}
    [failed] = [line for line in said if line.get("event_id") == begun.trace_id]
    assert (failed["trace_id"], failed["topic"]) == (begun.trace_id, "task.created.v1")
    assert not [line for line in said if line["logger"] == "uvicorn.access"]
