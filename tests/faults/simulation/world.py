"""The world: what time it is, who is about to do something, and whose turn it is. A seed decides all of it."""

import asyncio
import contextlib
import random
from collections import Counter
from collections.abc import Awaitable, Coroutine
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar

from tests.faults.simulation.database import SteppedConnection
from tests.faults.simulation.loop import SimulatedLoop
from tests.faults.simulation.server import Server

T = TypeVar("T")

PASSES = 0.1
"""How often time passes between two steps; otherwise many happen in one instant."""
PASSES_SECONDS = 0.05
MOST_STEPS = 200_000


class StuckError(Exception):
    """Nothing can go on any more, or it never ends."""


class Process:
    """Something that can be killed: its connections end, and nothing of it runs any more."""

    def __init__(self, world: "World", name: str) -> None:
        self.world = world
        self.name = name
        self.dead = False
        self.died: asyncio.Future[None] = world.loop.create_future()
        self.connections: list[SteppedConnection] = []

    async def turn(self, point: str) -> None:
        """Wait for the turn to go on from this point, which is where a kill may come in between."""
        await self.world.turn(self, point)

    async def run(self, work: Coroutine[Any, Any, T], patience: float | None = None) -> T | None:
        """What the work comes to; null when this process dies before, or when patience (seconds) runs out, and the
        work goes on without anybody who waits for it. Raises what the work raises."""
        task = self.world.start(work)
        await asyncio.wait([task, self.died], timeout=patience, return_when=asyncio.FIRST_COMPLETED)
        return task.result() if task.done() and not self.dead else None


@dataclass(frozen=True, slots=True)
class _Waiting:
    process: Process
    point: str
    turn: asyncio.Future[None]


class World:
    """One history. `lines` says what happened, step by step."""

    def __init__(self, server: Server, loop: SimulatedLoop, seed: int, begins: datetime) -> None:
        self.server = server
        self.loop = loop
        self.random = random.Random(seed)
        self.begins = begins
        self.lines: list[str] = []
        self.kills: Counter[str] = Counter()
        self.connections: list[SteppedConnection] = []
        self.kill_chance = 0.0
        self.killable: set[str] = set()
        self._waiting: list[_Waiting] = []
        self._blocked: list[tuple[SteppedConnection, asyncio.Future[None]]] = []
        self._tasks: list[asyncio.Task[Any]] = []
        self._told: datetime | None = None
        self._over = False
        self._steps = 0
        loop.when_idle(self._step)

    def now(self) -> datetime:
        """What time it is in this world, UTC."""
        return self.begins + timedelta(microseconds=round(self.loop.now * 1e6))

    def monotonic(self) -> float:
        return self.loop.now

    def note(self, line: str) -> None:
        self.lines.append(f"{self.now():%d %H:%M:%S.%f} {line}")

    def start(self, work: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
        """Let this go on by itself, until the history ends."""
        task = self.loop.create_task(work)
        self._tasks.append(task)
        return task

    async def turn(self, process: Process, point: str) -> None:
        if self._over:
            raise asyncio.CancelledError
        future: asyncio.Future[None] = self.loop.create_future()
        if not process.dead:
            self._waiting.append(_Waiting(process, point, future))
        await future

    async def unblocked(self, connection: SteppedConnection) -> None:
        """Return when no lock holds this connection's statement up any more."""
        future: asyncio.Future[None] = self.loop.create_future()
        self._blocked.append((connection, future))
        await future

    def tell_database(self) -> None:
        """Let it be the same time in the database."""
        if self._told != (now := self.now()):
            self.server.set_clock(now)
            self._told = now

    def pass_by(self, span: timedelta) -> None:
        """Let this time pass, in which nobody does anything."""
        self.loop.now += span.total_seconds()

    def kill(self, process: Process, point: str) -> bool:
        """Kill it as it is, between two steps; not while its database makes it wait."""
        if process.dead or any(connection in process.connections for connection, _ in self._blocked):
            return False
        process.dead = True
        self._waiting = [each for each in self._waiting if each.process is not process]
        for connection in process.connections:
            self.server.end_backend(connection.pid)
            connection.pgconn.finish()
        process.died.set_result(None)
        self.kills[point] += 1
        self.note(f"{process.name} killed at: {point}")
        return True

    def _step(self) -> None:
        self._steps += 1
        if self._steps > MOST_STEPS:
            raise StuckError(f"no end after {MOST_STEPS} steps")
        if self._go_on_unblocked():
            return
        self._waiting = [each for each in self._waiting if not each.turn.done()]
        if not self._waiting:
            self._next_timer()
            return
        if self.random.random() < PASSES:
            self.loop.now += self.random.expovariate(1 / PASSES_SECONDS)
        at = self.random.randrange(len(self._waiting))
        chosen = self._waiting[at]
        kind = chosen.process.name.rpartition("-")[0]
        if (
            kind in self.killable
            and self.random.random() < self.kill_chance
            and self.kill(chosen.process, chosen.point)
        ):
            return
        del self._waiting[at]
        chosen.turn.set_result(None)

    def _go_on_unblocked(self) -> bool:
        for entry in self._blocked:
            connection, future = entry
            if future.done() or not self.server.is_blocked(connection.pid):
                self._blocked.remove(entry)
                if not future.done():
                    future.set_result(None)
                return True
        return False

    def _next_timer(self) -> None:
        when = self.loop.next_timer()
        if when is not None:
            self.loop.now = max(self.loop.now, when)
        elif not self._blocked:  # else PostgreSQL finds that they wait for each other
            raise StuckError("everybody waits, and for nothing")

    async def end(self) -> None:
        """End what still runs, of the dead, too."""
        self._over = True
        self.loop.when_idle(self._next_timer)
        while tasks := asyncio.all_tasks() - {asyncio.current_task()}:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        for task in self._tasks:
            with contextlib.suppress(asyncio.CancelledError):
                task.exception()
        self.server.give_back(self.connections)


async def any_of(*waits: Awaitable[Any]) -> None:
    """Return when the first of these does."""
    await asyncio.wait([asyncio.ensure_future(each) for each in waits], return_when=asyncio.FIRST_COMPLETED)
