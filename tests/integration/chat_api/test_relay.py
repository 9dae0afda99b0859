"""The relay: every chat-api that is watched hears of every event, and one that sleeps is left alone."""

import asyncio
import contextlib
import json
import socket
from collections.abc import AsyncIterator
from dataclasses import dataclass
from uuid import UUID

import httpx
import pytest
import uvicorn

from functions.chat_api import feed as feed_module
from functions.chat_api.feed import Feed
from functions.chat_api.following import Following
from functions.chat_api.relay import Relay
from functions.kernel.dapr.app_token import HEADER as TOKEN_HEADER
from functions.kernel.storage import logins
from functions.kernel.storage.database import Database
from tests.integration.world import PATIENCE_SECONDS, World

pytestmark = pytest.mark.requirement("CLUSTER-020")

TOKEN = "only-daprd-knows"
BULK = {"id": "bulk", "entries": [{"entryId": "a", "event": "broken"}, {"entryId": "b", "event": None}]}


@dataclass
class Address:
    """A relay's. It is given a fixed port, so that another may take its place."""

    server: uvicorn.Server
    serving: asyncio.Task[None]
    port: int

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def wake(self, token: str = TOKEN, body: str | None = None) -> httpx.Response:
        async with httpx.AsyncClient() as client:
            content = json.dumps(BULK) if body is None else body
            return await client.post(f"{self.url}/wake", content=content, headers={TOKEN_HEADER: token})


@contextlib.asynccontextmanager
async def relay(port: int = 0) -> AsyncIterator[Address]:
    server = uvicorn.Server(
        uvicorn.Config(Relay(TOKEN).app, port=port, log_level="warning", timeout_graceful_shutdown=1)
    )
    listener = socket.create_server(("127.0.0.1", port))
    serving = asyncio.create_task(server.serve([listener]))
    yield Address(server, serving, listener.getsockname()[1])
    server.should_exit = True
    await serving


class Ears:
    """A chat-api that listens; each wake is heard once."""

    def __init__(self, url: str, token: str = TOKEN) -> None:
        self.heard: asyncio.Queue[None] = asyncio.Queue()
        self.following = asyncio.create_task(Following(url, token).follow(self._wake))

    async def _wake(self) -> None:
        self.heard.put_nowait(None)

    async def hear(self) -> None:
        async with asyncio.timeout(PATIENCE_SECONDS):
            await self.heard.get()


@contextlib.asynccontextmanager
async def listening(url: str, token: str = TOKEN) -> AsyncIterator[Ears]:
    ears = Ears(url, token)
    yield ears
    ears.following.cancel()
    await asyncio.gather(ears.following, return_exceptions=True)


async def test_every_listener_hears_of_a_delivery_and_dapr_is_told_that_all_was_taken() -> None:
    async with relay() as address, listening(address.url) as one, listening(address.url) as other:
        await one.hear()  # who begins to listen looks into the log at once
        await other.hear()
        answer = await address.wake()
        await one.hear()
        await other.hear()

    assert answer.json() == {"statuses": [{"entryId": "a", "status": "SUCCESS"}, {"entryId": "b", "status": "SUCCESS"}]}


async def test_a_listener_looks_again_when_the_relay_is_back() -> None:
    async with relay() as first, listening(first.url) as ears:
        await ears.hear()
        first.server.should_exit = True
        await first.serving
        async with relay(first.port):
            await ears.hear()


async def test_who_does_not_know_the_token_neither_wakes_nor_listens() -> None:
    async with relay() as address, listening(address.url, "guessed") as stranger, listening(address.url) as ears:
        await ears.hear()
        assert (await address.wake(token="guessed")).status_code == 401
        assert (await address.wake(token="")).status_code == 401
        await address.wake()
        await ears.hear()
        assert ears.heard.empty()
        assert stranger.heard.empty()


async def test_what_is_no_bulk_wakes_nobody() -> None:
    async with relay() as address, listening(address.url) as ears:
        await ears.hear()
        for body in ("", "[]", '{"entries": 1}', '{"entries": [{}]}'):
            assert (await address.wake(body=body)).status_code == 422
        await address.wake()
        await ears.hear()
        assert ears.heard.empty()


async def test_a_feed_follows_from_its_first_stream_to_its_last(
    taskwake: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feed_module, "HEARTBEAT_SECONDS", 0.05)
    running = 0
    begun = 0

    async def follow(_: object) -> None:
        nonlocal running, begun
        running, begun = running + 1, begun + 1
        try:
            await asyncio.Event().wait()
        finally:
            running -= 1

    database = Database(taskwake.url(logins.API.name))
    feed = Feed(database, follow)
    assert begun == 0
    one, other = (feed.stream(UUID(int=number), (0, 0)) for number in (1, 2))
    for stream in (one, other):
        await anext(stream)
        assert (await anext(stream)).startswith(": alive\n")
    assert (running, begun) == (1, 1)
    await one.aclose()
    await asyncio.sleep(0)
    assert running == 1
    await other.aclose()
    await asyncio.sleep(0)
    assert running == 0
    await database.close()
