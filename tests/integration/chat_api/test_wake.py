"""What only Dapr may ask of chat-api: where there is none, nobody may; where there is, who shows its token."""

import dataclasses

import httpx
import pytest

from functions.chat_api.api import create_app
from functions.kernel.dapr.app_token import HEADER
from tests.integration.world import World

pytestmark = pytest.mark.requirement("TRUST-142")

TOKEN = "only-dapr-knows"
BULK = {"entries": [{"entryId": "a", "event": "b25l"}, {"entryId": "b", "event": "dHdv"}]}
OF_DAPR = [
    ("POST", "/wake"),
    ("POST", "/warm"),
    ("POST", "/job/rearm"),
    ("POST", "/job/ring-1"),
    ("POST", "/test-notice"),
    ("POST", "/dead-letters/task-due"),
    ("GET", "/wakes"),
    ("GET", "/dapr/subscribe"),
    ("GET", "/dapr/config"),
]


def client(taskwake: World, token: str | None) -> httpx.AsyncClient:
    """Somebody who asks a chat-api that Dapr shows this token."""
    app = create_app(dataclasses.replace(taskwake.taskwake.context, app_token=token))
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test")


@pytest.mark.parametrize(("method", "path"), OF_DAPR)
@pytest.mark.parametrize("header", [{}, {HEADER: ""}, {HEADER: TOKEN}], ids=["none", "empty", "guessed"])
async def test_where_there_is_no_dapr_nothing_that_is_only_its_own_is_served(
    taskwake: World, method: str, path: str, header: dict[str, str]
) -> None:
    assert taskwake.taskwake.context.app_token is None
    async with client(taskwake, None) as somebody:
        answer = await somebody.request(method, path, json=BULK, headers=header)
        events = await somebody.post("/events", json=BULK, headers=header)
    # A page's file or a dead letter's id may have that place, which takes another method.
    assert answer.status_code in ({405, 404} if path.startswith("/dead-letters/") else {404})
    assert answer.headers["content-type"] == "application/problem+json"
    assert events.status_code == 405


async def test_where_there_is_dapr_its_token_is_asked_for(taskwake: World) -> None:
    async with client(taskwake, TOKEN) as somebody:
        for header in ({}, {HEADER: ""}, {HEADER: "guessed"}):
            refused = await somebody.post("/wake", json=BULK, headers=header)
            assert refused.status_code == 401, header
        answer = await somebody.post("/wake", json=BULK, headers={HEADER: TOKEN})
    assert answer.json()["statuses"] == [{"entryId": each, "status": "SUCCESS"} for each in ("a", "b")]


@pytest.mark.parametrize("body", [5, ["a"], {"entries": [1]}], ids=["number", "list", "entries"])
async def test_what_is_no_bulk_of_dapr_is_refused(taskwake: World, body: object) -> None:
    async with client(taskwake, TOKEN) as dapr:
        refused = await dapr.post("/wake", json=body, headers={HEADER: TOKEN})
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "body")
