"""One trace, from whoever asks to whoever is told, through every hop of a whole Taskwake."""

import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest

from functions.kernel.telemetry import trace
from functions.kernel.telemetry.logs import JsonLines
from tests.in_thread import in_thread
from tests.integration.chat_api.test_idempotency import no_answer_kept_for
from tests.integration.notification_service.test_deliveries import Receiver
from tests.integration.world import Person, World, soon, until

TRACE, SPAN = "a1" * 16, "b2" * 8


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with in_thread(Receiver()) as receiver:
        yield receiver


async def called(receiver: Receiver, times: int = 1) -> list[trace.TraceContext]:
    """The trace of each call, once there are so many."""

    async def enough() -> bool:
        return len(receiver.calls) >= times

    await until(enough)
    return [trace.parse(headers["traceparent"]) for headers, _ in receiver.calls]


async def events_of(taskwake: World, task: dict[str, Any]) -> dict[str, trace.TraceContext | None]:
    """The trace that each event of the task carries, by topic."""
    query = "SELECT topic, event ->> 'traceparent' AS traceparent FROM events WHERE task_id = %s ORDER BY seq"
    return {row["topic"]: trace.parse(row["traceparent"]) for row in await taskwake.execute(query, task["id"])}


async def webhook(person: Person, receiver: Receiver, *topics: str) -> None:
    await person.post("/webhooks", {"url": receiver.url, "topics": list(topics)})


@pytest.mark.requirement("TRUST-110")
async def test_trace_of_a_request_goes_on_to_the_webhook_that_tells_of_it(
    taskwake: World, sam: Person, receiver: Receiver
) -> None:
    await webhook(sam, receiver, "task.created.v1")
    sent = {"traceparent": f"00-{TRACE}-{SPAN}-01"}
    answer = await sam.http.post("/tasks", json={"title": "Call Kim"}, headers=sent)
    [call] = await called(receiver)
    events = await events_of(taskwake, answer.json())

    told = trace.parse(answer.headers["traceresponse"])
    assert {told.trace_id, call.trace_id, *(event.trace_id for event in events.values())} == {TRACE}
    assert {told.flags, call.flags, *(event.flags for event in events.values())} == {1}
    assert list(events) == ["task.created.v1", "delivery.requested.v1"]
    assert events["task.created.v1"] == told
    assert len({SPAN, told.span_id, events["delivery.requested.v1"].span_id, call.span_id}) == 4
    body = json.loads(receiver.calls[0][1])
    assert trace.parse(body["traceparent"]) == told


@pytest.mark.requirement("TRUST-110")
async def test_what_no_function_plans_is_told_in_the_trace_of_its_request(
    taskwake: World, sam: Person, receiver: Receiver
) -> None:
    task = await sam.create()
    await webhook(sam, receiver, "task.updated.v1")
    answer = await sam.http.patch(f"/tasks/{task['id']}", json={"title": "Call Kim"})
    [call] = await called(receiver)

    assert call.trace_id == trace.parse(answer.headers["traceresponse"]).trace_id


@pytest.mark.requirement("TRUST-110")
@pytest.mark.parametrize("sent", [[], ["00-what"], [f"00-{TRACE}-{SPAN}-01"] * 2])
async def test_a_request_without_one_valid_traceparent_begins_a_trace(
    taskwake: World, sam: Person, sent: list[str]
) -> None:
    headers = [("traceparent", value) for value in sent]
    answers = [await sam.http.post("/tasks", json={"title": "Call Kim"}, headers=headers) for _ in range(2)]

    told = [trace.parse(answer.headers["traceresponse"]) for answer in answers]
    assert len({TRACE, told[0].trace_id, told[1].trace_id}) == 3
    assert [context.flags for context in told] == [0, 0]
    assert (await events_of(taskwake, answers[0].json()))["task.created.v1"] == told[0]


@pytest.mark.requirement("TRUST-111")
async def test_each_reminder_begins_a_trace_that_goes_on_to_its_webhook(
    taskwake: World, sam: Person, receiver: Receiver
) -> None:
    await webhook(sam, receiver, "task.due.v1")
    at = soon(0.3)
    tasks = [await sam.create(due_at=at) for _ in range(2)]
    calls = await called(receiver, 2)
    events = [await events_of(taskwake, task) for task in tasks]

    begun = {event["task.due.v1"].trace_id for event in events}
    assert len({*begun, *(event["task.created.v1"].trace_id for event in events)}) == 4
    assert {event["delivery.requested.v1"].trace_id for event in events} == begun
    assert {call.trace_id for call in calls} == begun


@pytest.mark.requirement("TRUST-111")
async def test_a_webhook_that_is_called_again_is_called_in_the_same_trace(
    taskwake: World, sam: Person, receiver: Receiver
) -> None:
    receiver.answers = [503]
    receiver.retry_after = "1"
    await webhook(sam, receiver, "task.created.v1")
    answer = await sam.http.post("/tasks", json={"title": "Call Kim"})
    await called(receiver)
    # Nobody waits for minutes here.
    due = "UPDATE deliveries SET next_attempt_at = now() WHERE user_id = %s AND failures > 0 RETURNING id"

    async def asked_for() -> bool:
        return bool(await taskwake.execute(due, sam.id))

    await until(asked_for)
    await taskwake.taskwake.look_again()
    first, again = await called(receiver, 2)

    assert first.trace_id == again.trace_id == trace.parse(answer.headers["traceresponse"]).trace_id
    assert first.span_id != again.span_id


@pytest.mark.requirement("TRUST-112")
@pytest.mark.parametrize("path", ["/tasks/x", "/nothing", "/tasks?limit=x"])
async def test_an_answer_that_tells_of_a_problem_names_its_trace(sam: Person, path: str) -> None:
    answer = await sam.http.get(path, headers={"traceparent": f"00-{TRACE}-{SPAN}-01"})

    assert answer.is_client_error
    assert trace.parse(answer.headers["traceresponse"]).trace_id == TRACE


@pytest.mark.requirement("TRUST-112")
async def test_an_error_of_ours_names_its_trace_in_the_answer_and_in_the_log(taskwake: World, sam: Person) -> None:
    log = JsonLines()
    said: list[dict[str, Any]] = []
    handler = logging.Handler()
    handler.emit = lambda record: said.append(json.loads(log.format(record)))
    logging.getLogger("uvicorn.error").addHandler(handler)
    begun = trace.begin()
    async with no_answer_kept_for(taskwake, sam):
        headers = {"idempotency-key": '"a"', "traceparent": begun.traceparent}
        answer = await sam.http.post("/tasks", json={"title": "Call Kim"}, headers=headers)
    logging.getLogger("uvicorn.error").removeHandler(handler)

    assert answer.status_code == 500
    assert answer.headers["content-type"] == "application/problem+json"
    assert begun.trace_id in answer.json()["detail"]
    assert trace.parse(answer.headers["traceresponse"]).trace_id == begun.trace_id
    [failed] = [line for line in said if "exception" in line]
    assert failed["trace_id"] == begun.trace_id
