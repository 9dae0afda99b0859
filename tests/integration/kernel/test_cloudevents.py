"""The same cases as functions get them: none is retried for what it is; what is no event is a dead letter at once."""

import json
import re

import httpx
import pytest

from functions.kernel.cloudevent import render
from tests.cloudevent_vectors import BATCHES, BINARY, STRUCTURED, http_message
from tests.integration.kernel.rig import Rig
from tests.integration.kernel.test_http import EVENT, Client, reasons, to

pytestmark = pytest.mark.requirement("TRUST-060")

__all__ = ["to"]


async def sent(client: httpx.AsyncClient, headers: dict[str, str], body: bytes) -> str:
    """What was wrong with it; it is never to be sent again."""
    raw = [(name, value.encode("latin-1")) for name, value in headers.items()]
    got = await client.post("/events", content=body, headers=raw)
    assert (got.status_code, got.json()["status"]) == (200, "SUCCESS"), got.text
    return str(got.json().get("reason", ""))


async def test_what_is_no_event_is_a_dead_letter_at_once(rig: Rig, to: Client) -> None:
    client = to("task-due")
    refused = [vector for vector in (*STRUCTURED, *BINARY, *BATCHES) if "refused" in vector]
    for number, vector in enumerate(refused):
        headers, body = http_message(vector)
        # Another id, or another text, so that each is a letter of its own.
        body = re.sub(rb'"id": ?"1"', b'"id": "%d"' % number, body) + b" " * number
        assert f"{vector['refused']}: " in await sent(client, headers, body), vector["name"]
    letters = await rig.execute("SELECT count(*) AS letters, max(attempts) AS attempts FROM dead_letters")
    assert letters == [{"letters": len(refused), "attempts": 1}]
    assert await rig.count("notices") == 0


async def test_what_is_an_event_is_refused_only_for_what_it_tells(rig: Rig, to: Client) -> None:
    client = to("task-due")
    for vector in (vector for vector in (*STRUCTURED, *BINARY) if "refused" not in vector):
        headers, body = http_message(vector)
        assert "is not what task-due handles" in await sent(client, headers, body), vector["name"]


async def test_bad_events_of_a_batch_alone_are_dead_letters(rig: Rig, to: Client) -> None:
    due = render(await rig.due())
    headers = {"content-type": "application/cloudevents-batch+json"}
    await sent(to("task-due"), headers, json.dumps([{**due, "id": ""}, due, None, {**due, "comExample": 1}]).encode())
    assert await rig.count("notices") == 1
    assert [reason.partition(": ")[2].partition(":")[0] for reason in sorted(await reasons(rig))] == [
        "'comExample'",
        "body",
        "id",
    ]


@pytest.mark.parametrize("mode", ["structured", "binary", "batch", "bulk"])
async def test_an_event_with_all_that_others_may_add_is_handled(rig: Rig, to: Client, mode: str) -> None:
    event = render(await rig.due()) | {
        "dataschema": "https://example.org/schema",
        "traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        "tracestate": "a=b",
        "comexample": "kept",
        "a23456789012345678901": "longer than they should be",
    }
    headers, body = EVENT, json.dumps(event)
    if mode == "batch":
        headers, body = {"content-type": "application/cloudevents-batch+json"}, json.dumps([event])
    elif mode == "bulk":
        headers, body = (
            {"content-type": "application/json"},
            json.dumps({"entries": [{"entryId": "1", "event": event}]}),
        )
    elif mode == "binary":
        named = {name: value for name, value in event.items() if name not in ("data", "datacontenttype")}
        headers = {f"ce-{name}": str(value) for name, value in named.items()} | {"content-type": "application/json"}
        body = json.dumps(event["data"])
    got = await to("task-due").post("/events", content=body, headers=headers)
    assert got.status_code == 200
    assert "RETRY" not in got.text
    assert await reasons(rig) == []
    assert await rig.count("notices") == 1
