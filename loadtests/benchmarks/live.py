"""live: from a change in one browser to its event in another, with 500 connected."""

import asyncio
import re
import time
from uuid import UUID

from loadtests.connection import Connection, Connections, request
from loadtests.embedded import Served, embedded
from loadtests.machine import describe
from loadtests.open_loop import paced
from loadtests.percentiles import percentile
from loadtests.result import Result, at_most, reported

NAME = "live"
PEOPLE, BROWSERS = 250, 2
CHANGES, RATE, WARM_UP = 600, 10.0, 50
TARGET_MS = 200.0
CREATED = re.compile(rb"event: task\.created\.v1\ndata: .*?\"task\":\s*\{\"id\":\s*\"([0-9a-f-]{36})\"")
PATIENCE_SECONDS = 20.0


async def measure() -> list[Result]:
    """PEOPLE people with BROWSERS each; RATE times a second one of them, in turn, creates a task."""
    async with embedded() as served:
        tokens = await asyncio.to_thread(served.people, PEOPLE)
        browsers = [Browser() for _ in range(PEOPLE * BROWSERS)]
        streams = [await Connection.open(served.port, browser.read) for browser in browsers]
        for number, stream in enumerate(streams):
            stream.start_stream(request("GET", "/events", tokens[number % PEOPLE]))
        async with asyncio.timeout(PATIENCE_SECONDS):
            await asyncio.gather(*(browser.open.wait() for browser in browsers))
        connections = await Connections(served.port).open(16)
        await changed(served, connections, tokens, WARM_UP)
        sent = await changed(served, connections, tokens, CHANGES)
        async with asyncio.timeout(PATIENCE_SECONDS):
            while sum(len(sent.keys() & browser.seen.keys()) for browser in browsers) < len(sent) * BROWSERS:
                await Browser.news()
        late = [(browser.seen[task] - sent[task]) * 1000 for browser in browsers for task in sent.keys() & browser.seen]
        strangers = sum(len(browser.seen) for browser in browsers) - len(late) - WARM_UP * BROWSERS
        connections.close()
        for stream in streams:
            stream.close()
    assert strangers == 0, f"{strangers} events came to people whom they are none of"
    conditions = (
        f"embedded; {PEOPLE} people with {BROWSERS} streams of /events each; {CHANGES} tasks created over HTTP at "
        f"{RATE:g}/s by one after the other, from the request's first byte to the event on each of the person's "
        f"streams; {describe()}"
    )
    return [
        reported(f"{NAME}: p50", percentile(late, 50), "ms", conditions),
        at_most(f"{NAME}: p99", percentile(late, 99), "ms", TARGET_MS, conditions),
        reported(f"{NAME}: max", max(late), "ms", conditions),
    ]


class Browser:
    """When (by time.perf_counter) each task's `task.created` event arrived; `open` once the stream began."""

    _came = asyncio.Event()
    """To any of them."""

    def __init__(self) -> None:
        self.seen: dict[UUID, float] = {}
        self.open = asyncio.Event()
        self._rest = b""

    @classmethod
    async def news(cls) -> None:
        """Return when something more came to one of them."""
        cls._came.clear()
        await cls._came.wait()

    def read(self, part: bytes) -> None:
        """A part of the stream came."""
        now = time.perf_counter()
        self.open.set()
        *events, self._rest = (self._rest + part).split(b"\n\n")
        for event in events:
            if found := CREATED.search(event):
                self.seen.setdefault(UUID(found[1].decode()), now)
        self._came.set()


async def changed(served: Served, connections: Connections, tokens: list[str], count: int) -> dict[UUID, float]:
    """Create tasks: id → when its request should have left."""
    sent: dict[UUID, float] = {}

    async def create(index: int, planned: float) -> None:
        token = tokens[index * 7 % len(tokens)]
        answer = await connections.send(request("POST", "/tasks", token, {"title": f"Task {index}"}))
        assert answer.status == 201, answer.body
        sent[UUID(answer.json()["id"])] = planned

    await paced(RATE, count, create)
    return sent
