"""What stands around HEAD goes on seeing what was asked, and which route answered."""

import pytest
from starlette.types import Message, Receive, Scope, Send

from functions.chat_api.head import Head

pytestmark = pytest.mark.requirement("PROD-434")

ROUTE = object()


async def routed(scope: Scope, receive: Receive, send: Send) -> None:
    scope["route"] = ROUTE
    await send({"type": "asked", "method": scope["method"]})


async def asked(scope: Scope) -> str:
    """With which method the application was asked."""
    said: list[Message] = []

    async def receive() -> Message:
        raise AssertionError("there is nothing to receive")

    async def send(message: Message) -> None:
        said.append(message)

    await Head(routed)(scope, receive, send)
    return str(said[0]["method"])


@pytest.mark.parametrize(
    ("method", "path", "becomes"),
    [("HEAD", "/tasks", "GET"), ("HEAD", "/login", "HEAD"), ("HEAD", "/events", "HEAD"), ("POST", "/tasks", "POST")],
)
async def test_only_head_of_what_can_be_headed_is_asked_for_as_get(method: str, path: str, becomes: str) -> None:
    scope: Scope = {"type": "http", "method": method, "path": path}
    assert await asked(scope) == becomes
    assert (scope["method"], scope["route"]) == (method, ROUTE)
