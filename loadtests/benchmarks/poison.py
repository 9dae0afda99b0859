"""poison: how late healthy reminders are while every hundredth event is one that its function cannot handle."""

import asyncio
import os
import signal
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID

import psycopg

from functions.kernel.storage.dead_letters import Wanted
from functions.operations import dead_letters
from loadtests.connection import Connection, request
from loadtests.embedded import Served, embedded
from loadtests.machine import describe
from loadtests.percentiles import percentile
from loadtests.reminders import Lateness, noticed, written
from loadtests.result import Result, at_most, reported

NAME = "poison"
REMINDERS, RATE, ROUNDS = 2000, 200.0, 3
EVERY = 100
LEAD_SECONDS, PATIENCE_SECONDS, QUARANTINE_SECONDS = 4.0, 10.0, 60.0
TARGET = 2.0
BREAK = """
    CREATE FUNCTION refuse_poison() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF NEW.title LIKE 'Poison %' THEN RAISE 'poison' USING ERRCODE = 'data_exception'; END IF;
            RETURN NEW;
        END $$;
    CREATE TRIGGER refused BEFORE INSERT ON notices FOR EACH ROW EXECUTE FUNCTION refuse_poison();
"""
"""Also while there is no poison, so that both streams are handled by the same database."""
MEND = "DROP TRIGGER refused ON notices"


async def measure() -> list[Result]:
    """A stream with poison after one without, ROUNDS times, by the same process; then the cause is mended, and what
    was quarantined is replayed."""
    clean: list[Lateness] = []
    poisoned: list[Lateness] = []
    poison: list[UUID] = []
    async with embedded() as served:
        await execute(served.owner_url, BREAK)
        for _ in range(ROUNDS):
            clean.append((await _stream(served, poisons=False))[0])
            lateness, bad = await _stream(served, poisons=True)
            poisoned.append(lateness)
            poison += bad
            await quarantined(served.owner_url, len(poison), QUARANTINE_SECONDS)
        await execute(served.owner_url, MEND)
        ids = dead_letters.ids_of(served.owner_url, Wanted(replayed=False))
        outcomes = dead_letters.replay(served.owner_url, ids, "bench")
        os.kill(served.pid, signal.SIGHUP)
        mended = await noticed(served.owner_url, poison, PATIENCE_SECONDS)
    conditions = (
        f"embedded; {ROUNDS} streams of {REMINDERS} reminders at {RATE:g}/s without poison and as many with, by turns; "
        f"every {EVERY}th of these is refused by the database while task-due writes its notice; healthy notices' "
        f"created_at minus remind_at; {describe()}"
    )
    not_quarantined = len(poison) - sum(outcome == "handed on" for outcome in outcomes.values())
    return results(NAME, clean, poisoned, not_quarantined, mended, conditions)


def results(
    name: str,
    clean: Sequence[Lateness],
    poisoned: Sequence[Lateness],
    not_quarantined: int,
    mended: Lateness,
    conditions: str,
) -> list[Result]:
    """What the streams without poison and with it promise together. `not_quarantined`: so much poison was no dead
    letter that could be replayed; `mended` is what became of all poison then."""
    without, beside = _p99(clean), _p99(poisoned)
    return [
        reported(f"{name}: healthy p99 without", without, "ms", conditions),
        reported(f"{name}: healthy p99 beside 1 %", beside, "ms", conditions),
        at_most(f"{name}: p99 beside, against without", beside / without, "x", TARGET, conditions),
        at_most(f"{name}: healthy lost", sum(each.lost for each in [*clean, *poisoned]), "reminders", 0, conditions),
        at_most(f"{name}: healthy twice", sum(each.twice for each in [*clean, *poisoned]), "reminders", 0, conditions),
        at_most(f"{name}: not quarantined", not_quarantined, "events", 0, conditions),
        at_most(f"{name}: not handled after replay", mended.lost + mended.twice, "events", 0, conditions),
    ]


def moments_from(start: datetime) -> list[datetime]:
    """When the reminders of a stream are due that begins then."""
    return [start + timedelta(seconds=n / RATE) for n in range(REMINDERS)]


async def alarms_set(port: int, token: str, start: datetime) -> None:
    """No alarm is set for what SQL writes, so a task made over HTTP sets one for each second of the stream."""
    connection = await Connection.open(port)
    for second in range(int(REMINDERS / RATE) + 1):
        body = {"title": "The one that rings", "due_at": (start + timedelta(seconds=second)).isoformat()}
        assert (await connection.send(request("POST", "/tasks", token, body))).status == 201
    connection.close()


async def quarantined(owner_url: str, count: int, patience_seconds: float) -> None:
    """Wait until so many dead letters are there; a stream's retries are not to run into the next stream."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + patience_seconds
    async with await psycopg.AsyncConnection.connect(owner_url, autocommit=True) as connection:
        while loop.time() < deadline:
            row = await (await connection.execute("SELECT count(*) FROM dead_letters")).fetchone()
            if row and row[0] >= count:
                return
            await asyncio.sleep(0.5)  # another process writes them


async def execute(owner_url: str, statement: str) -> None:
    """Have the tables' owner do this."""
    async with await psycopg.AsyncConnection.connect(owner_url, autocommit=True) as connection:
        await connection.execute(statement)


async def _stream(served: Served, *, poisons: bool) -> tuple[Lateness, Sequence[UUID]]:
    """How late the healthy ones of a stream were, and the tasks of its poison."""
    start = datetime.now(UTC) + timedelta(seconds=LEAD_SECONDS)
    moments = moments_from(start)
    bad = moments[::EVERY] if poisons else []
    good = [moment for n, moment in enumerate(moments) if not (poisons and n % EVERY == 0)]
    healthy = await written(served.owner_url, good, "Healthy")
    poison = await written(served.owner_url, bad, "Poison") if bad else []
    await alarms_set(served.port, served.token, start)
    await asyncio.sleep((moments[-1] - datetime.now(UTC)).total_seconds())
    return await noticed(served.owner_url, healthy, PATIENCE_SECONDS), poison


def _p99(streams: Sequence[Lateness]) -> float:
    return percentile([late for stream in streams for late in stream.late_ms], 99)
