"""backlog: 100,000 reminders of a year in which the service was off, and new ones beside them, embedded."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import psycopg

from loadtests.connection import Connections, request
from loadtests.embedded import embedded
from loadtests.machine import describe
from loadtests.open_loop import paced
from loadtests.reminders import Lateness, noticed, written
from loadtests.result import Result, at_most, reported

NAME = "backlog"
YEAR = timedelta(days=365)
ONCE, SERIES = 95_000, 5_000
NEW, NEW_A_SECOND, LEAD = 1000, 10.0, timedelta(seconds=3)
TARGET_MS, TARGET_MIB = 50.0, 64.0
PATIENCE_SECONDS = 30.0


async def measure() -> list[Result]:
    """The backlog is written by SQL, and begins to ring with the first new reminder. The new ones are each due LEAD
    after their task is created over HTTP, for as long as the backlog lasts, or longer."""
    async with embedded() as served:
        now = datetime.now(UTC)
        once = await written(served.owner_url, [now - YEAR * (n + 1) / (ONCE + 1) for n in range(ONCE)], "Once")
        await missed_series(served.owner_url, now - YEAR - timedelta(hours=1))
        before = _mib(served.pid, "VmRSS")
        new = await created(served.port, served.token)
        on_time = await noticed(served.owner_url, new, PATIENCE_SECONDS)
        late = await noticed(served.owner_url, once, PATIENCE_SECONDS)
        growth = _mib(served.pid, "VmHWM") - before
        series = await caught_up(served.owner_url)
        seconds = await worked_off(served.owner_url)
    conditions = (
        f"embedded; {ONCE:,} reminders spread over a year that has passed, and {SERIES:,} daily series missed all that "
        f"year; beside them {NEW:,} new reminders, {NEW_A_SECOND:g} a second, their tasks created over HTTP "
        f"{LEAD.total_seconds():g} s before; notice's created_at minus remind_at; {describe()}"
    )
    return results(on_time, late, series, seconds, growth, conditions)


async def missed_series(owner_url: str, start: datetime) -> None:
    """SERIES daily series of the first person, each with its first occurrence due at this moment."""
    async with await psycopg.AsyncConnection.connect(owner_url) as connection:
        await connection.execute(
            """
            WITH mine AS (
                SELECT id, owner_id FROM lists ORDER BY created_at, id LIMIT 1
            ), series AS (
                INSERT INTO series (id, list_id, rrule, dtstart, all_day, zone)
                SELECT gen_random_uuid(), id, 'FREQ=DAILY', %(local)s, false, 'UTC'
                FROM mine, generate_series(1, %(count)s) RETURNING id, list_id
            ), tasks AS (
                INSERT INTO tasks (id, list_id, title, due_local, zone, due_at, series_id, recurrence_id, created_by)
                SELECT gen_random_uuid(), list_id, 'Daily', %(local)s, 'UTC', %(at)s, series.id,
                       to_char(%(local)s::timestamp, 'YYYYMMDD"T"HH24MISS'), owner_id
                FROM series, mine RETURNING id, list_id, created_by
            )
            INSERT INTO reminders (id, task_id, list_id, user_id, kind, remind_at, planned_at)
            SELECT gen_random_uuid(), id, list_id, created_by, 'due', %(at)s, %(at)s FROM tasks
            """,
            {"local": start.replace(tzinfo=None, microsecond=0), "at": start.replace(microsecond=0), "count": SERIES},
        )
    async with await psycopg.AsyncConnection.connect(owner_url, autocommit=True) as connection:
        await connection.execute("ANALYZE series, tasks, reminders")


async def created(port: int, token: str) -> list[UUID]:
    """Create NEW tasks at their pace: their ids."""
    connections = await Connections(port).open(8)
    tasks: list[UUID] = []

    async def create(index: int, _: float) -> None:
        body = {"title": f"New {index}", "due_at": (datetime.now(UTC) + LEAD).isoformat()}
        answer = await connections.send(request("POST", "/tasks", token, body))
        assert answer.status == 201, answer.body
        tasks.append(UUID(answer.json()["id"]))

    await paced(NEW_A_SECOND, NEW, create)
    connections.close()
    return tasks


async def caught_up(owner_url: str) -> Lateness:
    """How the latest occurrences of the series turned out: one notice each."""
    async with await psycopg.AsyncConnection.connect(owner_url) as connection:
        rows = await (
            await connection.execute(
                """
                SELECT count(*) FROM notices JOIN tasks ON tasks.id = notices.task_id
                WHERE kind = 'due' AND series_id IS NOT NULL GROUP BY series_id
                """
            )
        ).fetchall()
    return Lateness(SERIES, [0.0] * len(rows), sum(count > 1 for (count,) in rows))


async def worked_off(owner_url: str) -> float:
    """How many seconds lie between the first notice and the last one of what was late."""
    async with await psycopg.AsyncConnection.connect(owner_url) as connection:
        cursor = await connection.execute(
            """
            SELECT extract(epoch FROM max(created_at) - min(created_at)) FROM notices
            WHERE kind = 'due' AND created_at - remind_at > interval '1 minute'
            """
        )
        row = await cursor.fetchone()
    return float(row[0]) if row else 0.0


def results(
    on_time: Lateness, late: Lateness, series: Lateness, seconds: float, growth: float, conditions: str
) -> list[Result]:
    """What was promised: what is new is on time, none is lost or twice, and memory does not follow their number."""
    return [
        reported(f"{NAME}: new reminders, p50", on_time.percentile(50), "ms", conditions),
        at_most(f"{NAME}: new reminders, p99", on_time.percentile(99), "ms", TARGET_MS, conditions),
        reported(f"{NAME}: new reminders, max", on_time.percentile(100), "ms", conditions),
        reported(f"{NAME}: worked off", seconds, "s", conditions),
        at_most(f"{NAME}: growth of the process", growth, "MiB", TARGET_MIB, conditions),
        at_most(f"{NAME}: early", on_time.early, "reminders", 0, conditions),
        at_most(f"{NAME}: lost", on_time.lost + late.lost + series.lost, "reminders", 0, conditions),
        at_most(f"{NAME}: twice", on_time.twice + late.twice + series.twice, "reminders", 0, conditions),
    ]


def _mib(pid: int, field: str) -> float:
    """A process's resident memory by Linux's account: now (VmRSS), or at most so far (VmHWM)."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith(f"{field}:"))
