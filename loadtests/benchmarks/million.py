"""million: a million events while processes are killed and frozen, embedded: nothing is lost, twice or early.

The network, the clocks and the disk are left alone: those break in tests/faults. TASKWAKE_MILLION_EVENTS makes it
shorter. Each reminder is one `task.due` event and the notice that comes of it.
"""

import asyncio
import os
import random
import signal
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg

from loadtests.embedded import Served, served_from
from loadtests.machine import describe
from loadtests.reminders import written
from loadtests.result import Result, at_least, at_most, reported

NAME = "million"
EVENTS = int(os.environ.get("TASKWAKE_MILLION_EVENTS", "1000000"))
A_SECOND = 1_500
WRITTEN_A_SECOND, AT_ONCE, LEAD_SECONDS = 5_000, 50_000, 20.0
QUIET_SECONDS = (6.0, 14.0)
"""Between two faults: long enough that much is under way again."""
FROZEN_SECONDS = 3.0
REPLAYED = 1_000
PATIENCE_SECONDS = 90.0
FAULTS = ("Taskwake killed", "PostgreSQL killed", "Taskwake frozen", "events published again")
REPLAY = """
UPDATE events SET published_at = NULL
WHERE id = ANY(ARRAY(SELECT id FROM events WHERE published_at IS NOT NULL ORDER BY seq DESC LIMIT %s))
"""
PROGRESS = """
SELECT (SELECT count(*) FROM notices), (SELECT EXISTS (SELECT FROM events WHERE published_at IS NULL))
"""
FOUND = """
SELECT count(*), count(DISTINCT task_id), count(*) FILTER (WHERE created_at < remind_at),
       (SELECT count(*) FROM events WHERE topic = 'task.due.v1'),
       (SELECT count(*) FROM events WHERE published_at IS NULL), (SELECT count(*) FROM dead_letters),
       pg_database_size(current_database())
FROM notices WHERE kind = 'due'
"""


async def measure() -> list[Result]:
    """The reminders are written beforehand and ring A_SECOND; one fault follows the other until the last has rung."""
    with tempfile.TemporaryDirectory(prefix="taskwake-load-") as name:
        async with served_from(Path(name)) as served:
            last = await _filled(served.owner_url)
        began = time.monotonic()
        faults, served_again = Counter[str](), _Restarted(Path(name))
        async with served_again.serving():
            while datetime.now(UTC) < last:
                await asyncio.sleep(CHANCE.uniform(*QUIET_SECONDS))
                faults[await served_again.breaks(FAULTS[faults.total() % len(FAULTS)])] += 1
            found = await _all_noticed(served_again.served.owner_url)
        seconds = time.monotonic() - began
    notices, tasks, early, events, unpublished, dead, size = found
    broken = ", ".join(f"{count} times {fault}" for fault, count in faults.items())
    conditions = (
        f"embedded; {EVENTS:,} reminders, {A_SECOND:,} a second, each an event through log, delivery, inbox and "
        f"notice; meanwhile {broken} (its {REPLAYED:,} latest), by turns; no network fault, skewed clock or full disk; "
        f"{describe()}"
    )
    return [
        at_least(f"{NAME}: events", events, "events", EVENTS, conditions),
        at_most(f"{NAME}: lost", EVENTS - tasks, "events", 0, conditions),
        at_most(f"{NAME}: twice", notices - tasks, "events", 0, conditions),
        at_most(f"{NAME}: early", early, "events", 0, conditions),
        at_most(f"{NAME}: unpublished", unpublished, "events", 0, conditions),
        at_most(f"{NAME}: dead letters", dead, "events", 0, conditions),
        reported(f"{NAME}: faults", faults.total(), "faults", conditions),
        reported(f"{NAME}: disk for a task with its reminder, event and notice", size / EVENTS, "bytes", conditions),
        reported(f"{NAME}: took", seconds, "s", conditions),
    ]


CHANCE = random.Random(1)


class _Restarted:
    """A Taskwake over a folder, that is broken and served again."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._stack = AsyncExitStack()
        self.served: Served

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[None]:
        await self._serve()
        try:
            yield
        finally:
            await self._stack.aclose()

    async def breaks(self, fault: str) -> str:
        """Have this happen to it; which it was."""
        if fault == "Taskwake killed":
            os.kill(self.served.pid, signal.SIGKILL)
            await self._stack.aclose()
            await self._serve()
        elif fault == "PostgreSQL killed":
            os.kill(_postmaster(self._folder), signal.SIGKILL)
        elif fault == "Taskwake frozen":
            os.kill(self.served.pid, signal.SIGSTOP)
            await asyncio.sleep(FROZEN_SECONDS)
            os.kill(self.served.pid, signal.SIGCONT)
        else:
            async with await psycopg.AsyncConnection.connect(self.served.owner_url, autocommit=True) as connection:
                await connection.execute(REPLAY, (REPLAYED,))
        return fault

    async def _serve(self) -> None:
        self.served = await self._stack.enter_async_context(served_from(self._folder))


def _postmaster(folder: Path) -> int:
    return int((folder / "postgres" / "data" / "postmaster.pid").read_text().split()[0])


async def _filled(owner_url: str) -> datetime:
    """Write all reminders before the first rings; the last one's moment."""
    first = datetime.now(UTC) + timedelta(seconds=LEAD_SECONDS + EVENTS / WRITTEN_A_SECOND)
    for start in range(0, EVENTS, AT_ONCE):
        numbers = range(start, min(start + AT_ONCE, EVENTS))
        await written(owner_url, [first + timedelta(seconds=n / A_SECOND) for n in numbers], "Million")
    if datetime.now(UTC) > first:
        raise RuntimeError("the rows took longer than was planned for: nothing was measured")
    return first + timedelta(seconds=EVENTS / A_SECOND)


async def _all_noticed(owner_url: str) -> tuple[int, ...]:
    """Wait until there is a notice for each and nothing is to be published, or nothing more came for so long; what was
    found then."""
    before: tuple[Any, ...] | None = None
    changed = time.monotonic()
    async with await psycopg.AsyncConnection.connect(owner_url, autocommit=True) as connection:
        while time.monotonic() - changed < PATIENCE_SECONDS:
            now = await (await connection.execute(PROGRESS)).fetchone()
            if now == (EVENTS, False):
                break
            if now != before:
                before, changed = now, time.monotonic()
            await asyncio.sleep(2)  # another process writes them; asking takes time from it
        found = await (await connection.execute(FOUND)).fetchone()
    assert found is not None
    return found
