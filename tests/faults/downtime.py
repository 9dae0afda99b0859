"""The whole of Taskwake is away for a day of virtual time, by kill -9, with much planned for that day; then it is
back."""

import tempfile
import time as stopwatch
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import product
from pathlib import Path
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import httpx
import psycopg
from psycopg.rows import dict_row

from tests.faults.occurrences import HOME, RULES, Found, Miss, Planned, Told, Verdict, judge
from tests.virtual_time import VirtualTime, virtual_time

DAY = timedelta(hours=24)
ZONES = (HOME, "America/St_Johns", "Pacific/Chatham", None)
CATCH_UPS = ("latest", "all", "none")
ONCE = 80
AT_ONCE = 100
"""Commands in a request."""
PATIENCE_SECONDS = 300
BEGINS = {
    "the clocks go forward": datetime(2031, 3, 29, 14, tzinfo=UTC),
    "the clocks go back": datetime(2031, 10, 25, 14, tzinfo=UTC),
}
"""An hour before everything ends: each time on the eve of a night in which the clocks of HOME are set."""


@dataclass(frozen=True)
class Downtime:
    """A downtime and its verdict; after it, it took `seconds` until all was told."""

    plans: int
    verdict: Verdict
    seconds: float


async def downtime(begins: datetime, times: int = 1) -> Downtime:
    """Let a person plan, for the day from an hour after `begins` on, `times` as much as CI waits for; be away for that
    day; and judge what is there in the end."""
    with tempfile.TemporaryDirectory(prefix="taskwake-away-") as folder:
        async with virtual_time(Path(folder), begins) as time:
            down = begins + timedelta(hours=1)
            plans, closed, hasty = [*once(down, times), *series(down, times)], rung_before(down), in_haste(down)
            async with _client(time) as person:
                await person.patch("/me", json={"zone": HOME})
                await _ask(person, [_create(plan) for plan in (*plans, *closed)])
                await time.pass_until(down - timedelta(minutes=5))
                done = [{"type": "task_complete", "args": {"id": id_}} for id_ in await _ids(time, closed)]
                # The kill comes at once: what follows of these is under way, or not yet begun.
                await _ask(person, [*done, *(_create(plan) for plan in hasty)])
            back = time.now() + DAY
            await time.be_away(DAY)
            began = stopwatch.monotonic()
            await time.settled(PATIENCE_SECONDS * times)
            seconds = stopwatch.monotonic() - began
            await time.pass_until(back + timedelta(minutes=20))
            asked = [*plans, *closed, *hasty]
            return Downtime(len(asked), judge(asked, await _look(time), down, back), seconds)


def once(down: datetime, times: int) -> list[Planned]:
    """Tasks that are due once: within the day, and some after it; of these each third with reminders before."""
    count, plans = ONCE * times, []
    for n in range(count):
        zone = ZONES[n % len(ZONES)]
        due = _wall(down + (DAY + timedelta(minutes=15)) * (n + 1) / count, zone)
        before = (10, 90) if n % 3 == 0 and n > count / 10 else ()
        plans.append(Planned(f"once {n}", due, zone, before=before))
    return plans


def series(down: datetime, times: int) -> list[Planned]:
    """Series of each kind, whose first occurrence is due soon after the beginning. To tell of each minute of a day, one
    after the other, takes minutes: one of the long form does."""
    tomorrow, plans = _wall(down + DAY, None).replace(hour=0, minute=0), []
    for n, catch_up in product(range(times), CATCH_UPS):
        name, at = f"{catch_up}, {n}", down + timedelta(minutes=7 + n)
        plans.append(Planned(f"each day, {name}", tomorrow, every=DAY, catch_up=catch_up, day=True))
        for zone, every in product(ZONES, RULES):
            once_only = (times, n, zone) == (max(times, 2), 0, HOME)
            if once_only or catch_up != "all" or every > timedelta(minutes=1):
                plans.append(Planned(f"each {every} in {zone}, {name}", _wall(at, zone), zone, every, catch_up))
    return plans


def rung_before(down: datetime) -> list[Planned]:
    """Series whose first occurrence rings before, and is completed then."""
    wall = _wall(down - timedelta(minutes=10), HOME)
    return [
        Planned(f"rang before: {every}, {catch_up}", wall, HOME, every, catch_up)
        for every in RULES
        if every > timedelta(minutes=10)
        for catch_up in CATCH_UPS
    ]


def in_haste(down: datetime) -> list[Planned]:
    """What is asked for at the last moment."""
    return [Planned(f"in haste {n}", _wall(down + timedelta(minutes=10 * n), "UTC"), "UTC") for n in range(50)]


def _wall(moment: datetime, zone: str | None) -> datetime:
    return moment.astimezone(ZoneInfo(zone or HOME)).replace(second=0, microsecond=0, tzinfo=None, fold=0)


def _client(time: VirtualTime) -> httpx.AsyncClient:
    headers = {"authorization": f"Bearer {time.served.new_token()}"}
    return httpx.AsyncClient(base_url=time.served.base_url, headers=headers, timeout=PATIENCE_SECONDS)


def _create(plan: Planned) -> dict[str, Any]:
    return {"type": "task_create", "args": plan.asked()}


async def _ask(person: httpx.AsyncClient, commands: Sequence[dict[str, Any]]) -> None:
    for start in range(0, len(commands), AT_ONCE):
        some = [command | {"uuid": str(uuid4())} for command in commands[start : start + AT_ONCE]]
        answer = (await person.post("/commands", json={"commands": some})).raise_for_status()
        assert all(each["status"] == "ok" for each in answer.json()["results"]), answer.text


async def _ids(time: VirtualTime, plans: Sequence[Planned]) -> list[str]:
    rows = await _rows(time, "SELECT id::text FROM tasks WHERE title = ANY(%s)", [plan.title for plan in plans])
    return [row["id"] for row in rows]


async def _look(time: VirtualTime) -> Found:
    """What there is in the end; in order of the events, where they tell one."""
    told = await _rows(
        time,
        """
        SELECT notices.title, remind_at, notices.created_at FROM notices
        JOIN events ON events.id::text = notices.event_id WHERE remind_at IS NOT NULL ORDER BY seq
        """,
    )
    misses = await _rows(time, "SELECT title, first_at, last_at, missed, created_at FROM misses")
    found = Found(
        [Told(row["title"], row["remind_at"], row["created_at"]) for row in told],
        [Miss(*row.values()) for row in misses],
    )
    brought = await _rows(
        time, "SELECT title FROM notices WHERE remind_at IS NULL GROUP BY title, task_id, kind HAVING count(*) > 1"
    )
    found.more += [("twice", f"{row['title']}: told more than once what comes") for row in brought]
    rang = "SELECT title FROM reminders JOIN tasks ON tasks.id = task_id WHERE fired_at < remind_at"
    found.more += [("early", f"{row['title']} rang before its moment") for row in await _rows(time, rang)]
    dead = await _rows(time, "SELECT function || ': ' || reason AS title FROM dead_letters")
    found.more += [("other", f"a dead letter: {row['title']}") for row in dead]
    return found


async def _rows(time: VirtualTime, query: str, *parameters: Any) -> list[dict[str, Any]]:
    async with await psycopg.AsyncConnection.connect(time.served.owner_url, row_factory=dict_row) as connection:
        return await (await connection.execute(query, parameters)).fetchall()
