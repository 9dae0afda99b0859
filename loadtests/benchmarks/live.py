"""live: from a change in one browser to its event in another, with 500 connected."""

import asyncio
import re
import time
from uuid import UUID

from loadtests.connection import Connection, Connections, request
from loadtests.embedded import embedded
from loadtests.event_stream import EventStream
from loadtests.machine import describe
from loadtests.open_loop import paced
from loadtests.people import people
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
        tokens = [one.token for one in await asyncio.to_thread(people, served.owner_url, PEOPLE)]
        browsers = [EventStream(CREATED, time.perf_counter) for _ in range(PEOPLE * BROWSERS)]
        streams = [await Connection.open(served.port, browser.read) for browser in browsers]
        for number, stream in enumerate(streams):
            stream.start_stream(request("GET", "/events", tokens[number % PEOPLE]))
        async with asyncio.timeout(PATIENCE_SECONDS):
            await asyncio.gather(*(browser.opened.wait() for browser in browsers))
        connections = await Connections(served.port).open(16)
        before = await changed(connections, tokens, WARM_UP)
        sent = await changed(connections, tokens, CHANGES)
        whose = {
            number: {task for task, (who, _) in (before | sent).items() if who == number} for number in range(PEOPLE)
        }
        async with asyncio.timeout(PATIENCE_SECONDS):
            await asyncio.gather(*(browser.wait_for(whose[n % PEOPLE]) for n, browser in enumerate(browsers)))
        connections.close()
        for stream in streams:
            stream.close()
    for number, browser in enumerate(browsers):
        assert browser.seen.keys() == whose[number % PEOPLE], "an event came to somebody whom it is none of"
    late = [(at - sent[task][1]) * 1000 for browser in browsers for task, at in browser.seen.items() if task in sent]
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


async def changed(connections: Connections, tokens: list[str], count: int) -> dict[UUID, tuple[int, float]]:
    """Create tasks: id → whose it is, and when its request should have left."""
    sent: dict[UUID, tuple[int, float]] = {}

    async def create(index: int, planned: float) -> None:
        who = index * 7 % len(tokens)
        answer = await connections.send(request("POST", "/tasks", tokens[who], {"title": f"Task {index}"}))
        assert answer.status == 201, answer.body
        sent[UUID(answer.json()["id"])] = (who, planned)

    await paced(RATE, count, create)
    return sent
