"""streams: 5,000 browsers with the page open, each cut off once a minute for ten minutes, embedded.

TASKWAKE_STREAMS_PEOPLE makes it smaller, TASKWAKE_STREAMS_MINUTES shorter.
"""

import asyncio
import os
import time
from dataclasses import dataclass
from uuid import UUID

from loadtests.benchmarks.live import CREATED, PATIENCE_SECONDS
from loadtests.connection import Connection, Connections, request, request_of
from loadtests.embedded import Served, embedded
from loadtests.event_stream import EventStream
from loadtests.machine import describe
from loadtests.open_loop import paced
from loadtests.people import Someone, people
from loadtests.percentiles import percentile
from loadtests.result import Result, at_least, at_most, reported

NAME = "streams"
PEOPLE = int(os.environ.get("TASKWAKE_STREAMS_PEOPLE", "2500"))
MINUTES = int(os.environ.get("TASKWAKE_STREAMS_MINUTES", "10"))
BROWSERS, RATE = 2, 10.0
CUT_EVERY_SECONDS = 60.0
OPEN = 5_000
"""What is promised: a smaller run misses it."""
OPENED_AT_ONCE = 100


class Browser:
    """A page that goes on from where its stream was whenever its connection is lost."""

    def __init__(self, port: int, someone: Someone) -> None:
        self.stream = EventStream(CREATED, time.perf_counter)
        self._port, self._token = port, someone.token
        self._connection: Connection | None = None

    async def connect(self) -> None:
        """Begin; or go on where the stream was."""
        self._connection = await Connection.open(self._port, self.stream.read)
        headers = {"authorization": f"Bearer {self._token}"}
        if self.stream.last_event_id:
            headers["last_event_id"] = self.stream.last_event_id
        self._connection.start_stream(request_of("GET", "/events", b"", **headers))
        await asyncio.wait_for(self.stream.opened.wait(), PATIENCE_SECONDS)

    async def reconnect(self) -> None:
        """Lose the connection, in whichever moment, and go on."""
        self.close()
        self.stream.cut()
        await self.connect()

    def close(self) -> None:
        """Hang up."""
        if self._connection:
            self._connection.close()


@dataclass(frozen=True, slots=True)
class Seen:
    """What the browsers were told against what there was: events that did not come, those of others, and those that
    came again; how long each took, in milliseconds from when its request should have left."""

    gaps: int
    foreign: int
    twice: int
    late_ms: list[float]


async def measure() -> list[Result]:
    """All of them, for so long."""
    async with embedded() as served:
        seen = await watched(served, PEOPLE, MINUTES * 60, CUT_EVERY_SECONDS)
    conditions = (
        f"embedded; {PEOPLE} people with {BROWSERS} streams of /events each, every one cut off once a minute for "
        f"{MINUTES} minutes and going on from Last-Event-ID; a task created at {RATE:g}/s; {describe()}"
    )
    return [
        at_least(f"{NAME}: open", PEOPLE * BROWSERS, "streams", OPEN, conditions),
        at_most(f"{NAME}: gaps", seen.gaps, "events", 0, conditions),
        at_most(f"{NAME}: foreign", seen.foreign, "events", 0, conditions),
        at_most(f"{NAME}: twice", seen.twice, "events", 0, conditions),
        reported(f"{NAME}: p50", percentile(seen.late_ms, 50), "ms", conditions),
        reported(f"{NAME}: p99", percentile(seen.late_ms, 99), "ms", conditions),
    ]


async def watched(served: Served, count: int, seconds: float, cut_every_seconds: float) -> Seen:
    """So many new people have BROWSERS each. RATE times a second somebody creates a task; meanwhile each browser is
    cut off again and again, evenly spread."""
    crowd = await asyncio.to_thread(people, served.owner_url, count)
    browsers = [Browser(served.port, crowd[n % count]) for n in range(count * BROWSERS)]
    for begin in range(0, len(browsers), OPENED_AT_ONCE):
        await asyncio.gather(*(each.connect() for each in browsers[begin : begin + OPENED_AT_ONCE]))
    connections = await Connections(served.port).open(16)
    made: list[dict[UUID, float]] = [{} for _ in crowd]

    async def create(index: int, planned: float) -> None:
        who = index * 7 % count
        answer = await connections.send(request("POST", "/tasks", crowd[who].token, {"title": f"Task {index}"}))
        assert answer.status == 201, answer.body
        made[who][UUID(answer.json()["id"])] = planned

    async def cut(index: int, _: float) -> None:
        await browsers[index % len(browsers)].reconnect()

    cuts = len(browsers) / cut_every_seconds
    await asyncio.gather(paced(RATE, round(RATE * seconds), create), paced(cuts, round(cuts * seconds), cut))
    await settled(browsers, made)
    for browser in browsers:
        browser.close()
    connections.close()
    return compared(browsers, made)


async def settled(browsers: list[Browser], made: list[dict[UUID, float]]) -> None:
    """Return when each browser has what is its person's, or patience is over: then there are gaps."""
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            for number, browser in enumerate(browsers):
                await browser.stream.wait_for(made[number % len(made)])
    except TimeoutError:
        return


def compared(browsers: list[Browser], made: list[dict[UUID, float]]) -> Seen:
    """What they saw; browser n belongs to person n modulo the people."""
    gaps = foreign = twice = 0
    late = []
    for number, browser in enumerate(browsers):
        own, seen = made[number % len(made)], browser.stream.seen
        gaps += len(own.keys() - seen.keys())
        foreign += len(seen.keys() - own.keys())
        twice += browser.stream.twice
        late += [(at - own[task]) * 1000 for task, at in seen.items() if task in own]
    return Seen(gaps, foreign, twice, late)
