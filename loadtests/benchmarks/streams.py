"""streams: 5,000 browsers with the page open, each cut off once a minute for ten minutes, embedded."""

import asyncio
import time
from uuid import UUID

from loadtests.benchmarks.live import CREATED, PATIENCE_SECONDS
from loadtests.connection import Connection, Connections, request, request_of
from loadtests.embedded import embedded
from loadtests.event_stream import EventStream
from loadtests.machine import describe
from loadtests.open_loop import paced
from loadtests.people import Someone, people
from loadtests.percentiles import percentile
from loadtests.result import Result, at_most, reported

NAME = "streams"
PEOPLE, BROWSERS = 2_500, 2
MINUTES, RATE = 10, 10.0
OPENED_AT_ONCE = 100


class Browser:
    """A page that goes on from the last event whenever its connection is lost."""

    def __init__(self, port: int, someone: Someone) -> None:
        self.stream = EventStream(CREATED, time.perf_counter)
        self._port, self._token = port, someone.token
        self._connection: Connection | None = None

    async def connect(self) -> None:
        """Begin, or go on after the last event."""
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


async def measure() -> list[Result]:
    """RATE times a second somebody creates a task; meanwhile each browser is cut off once a minute, evenly spread."""
    async with embedded() as served:
        crowd = await asyncio.to_thread(people, served.owner_url, PEOPLE)
        browsers = [Browser(served.port, crowd[n % PEOPLE]) for n in range(PEOPLE * BROWSERS)]
        for begin in range(0, len(browsers), OPENED_AT_ONCE):
            await asyncio.gather(*(each.connect() for each in browsers[begin : begin + OPENED_AT_ONCE]))
        connections = await Connections(served.port).open(16)
        made: dict[int, dict[UUID, float]] = {n: {} for n in range(PEOPLE)}

        async def create(index: int, planned: float) -> None:
            who = index * 7 % PEOPLE
            body = {"title": f"Task {index}"}
            answer = await connections.send(request("POST", "/tasks", crowd[who].token, body))
            assert answer.status == 201, answer.body
            made[who][UUID(answer.json()["id"])] = planned

        async def cut(index: int, _: float) -> None:
            await browsers[index % len(browsers)].reconnect()

        cuts = len(browsers) * MINUTES
        await asyncio.gather(paced(RATE, round(RATE * MINUTES * 60), create), paced(cuts / MINUTES / 60, cuts, cut))
        await settled(browsers, made)
        for browser in browsers:
            browser.close()
        connections.close()
    return results(browsers, made)


async def settled(browsers: list[Browser], made: dict[int, dict[UUID, float]]) -> None:
    """Return when each browser has what is its person's, or patience is over: then there are gaps."""
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            for number, browser in enumerate(browsers):
                await browser.stream.wait_for(made[number % PEOPLE])
    except TimeoutError:
        return


def results(browsers: list[Browser], made: dict[int, dict[UUID, float]]) -> list[Result]:
    """Gaps, foreign events, events twice, and how long an event took, cut off or not."""
    gaps = foreign = twice = 0
    late = []
    for number, browser in enumerate(browsers):
        own = made[number % PEOPLE]
        seen = browser.stream.seen
        gaps += len(own.keys() - seen.keys())
        foreign += len(seen.keys() - own.keys())
        twice += browser.stream.twice
        late += [(at - own[task]) * 1000 for task, at in seen.items() if task in own]
    conditions = (
        f"embedded; {PEOPLE} people with {BROWSERS} streams of /events each, every one cut off once a minute for "
        f"{MINUTES} minutes and going on from Last-Event-ID; a task created at {RATE:g}/s; {describe()}"
    )
    return [
        at_most(f"{NAME}: gaps", gaps, "events", 0, conditions),
        at_most(f"{NAME}: foreign", foreign, "events", 0, conditions),
        at_most(f"{NAME}: twice", twice, "events", 0, conditions),
        reported(f"{NAME}: p50", percentile(late, 50), "ms", conditions),
        reported(f"{NAME}: p99", percentile(late, 99), "ms", conditions),
    ]
