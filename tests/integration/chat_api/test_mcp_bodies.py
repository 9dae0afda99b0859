"""Whatever is posted to /mcp, the answer is the protocol's, and no error of ours."""

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from tests.integration.world import Person
from tests.unit.fuzz.fuzzing import EXAMPLES, mutated, odd_json

pytestmark = pytest.mark.requirement("TRUST-061")

HEADERS = {"content-type": "application/json", "accept": "application/json, text/event-stream"}


def asked(method: str, **params: Any) -> dict[str, Any]:
    return {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}


REQUESTS = [
    asked("tools/list"),
    asked("tools/call", name="say", arguments={"text": "add buy milk tomorrow at 9"}),
    asked("tools/call", name="find_tasks", arguments={"filter": "p1 & @a", "limit": 5, "cursor": None}),
    asked("tools/call", name="create_task", arguments={"task": {"title": "a", "reminders": [{"minutes_before": 5}]}}),
    asked("tools/call", name="get_task", arguments={"task_id": "1ca9ab3d-14d1-4b15-9a30-7d4cb3aeefcd"}),
    asked("initialize", protocolVersion="2025-06-18", capabilities={}, clientInfo={"name": "a", "version": "1"}),
    asked("ping"),
    {"jsonrpc": "2.0", "method": "notifications/initialized"},
]
LIKE_THE_OTHERS = settings(
    max_examples=max(EXAMPLES // 10, 20), deadline=None, database=None, suppress_health_check=list(HealthCheck)
)


@LIKE_THE_OTHERS
@given(body=odd_json(REQUESTS).map(json.dumps))
async def test_odd_request_is_answered_by_the_protocol(sam: Person, body: str) -> None:
    await answered(sam, body.encode())


@LIKE_THE_OTHERS
@given(body=mutated([json.dumps(request) for request in REQUESTS], "{", "[" * 500, "null", '"id"', "1e999"))
async def test_damaged_request_is_answered_by_the_protocol(sam: Person, body: str) -> None:
    await answered(sam, body.encode("utf-8", "surrogatepass"))


async def answered(person: Person, body: bytes) -> None:
    answer = await person.http.post("/mcp", content=body, headers=HEADERS)
    assert answer.status_code < 500, (answer.status_code, answer.text, body[:500])
