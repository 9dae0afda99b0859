"""herd: Monday, 09:00. Of the reminders of 10,000 people a fifth is due in the same second, embedded.

TASKWAKE_HERD_PEOPLE makes it smaller.
"""

import asyncio
import os
import random
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import psycopg

from loadtests.connection import Connection, request
from loadtests.embedded import Served, embedded
from loadtests.machine import describe
from loadtests.people import Someone, people
from loadtests.reminders import Lateness, noticed
from loadtests.result import Result, at_least, at_most, reported

NAME = "herd"
PEOPLE = int(os.environ.get("TASKWAKE_HERD_PEOPLE", "10000"))
EACH, AT_NINE = 5, 1
REMINDERS_AT_ONCE = 10_000
"""What is promised: a smaller run misses it."""
LEAD_SECONDS = 60.0
PATIENCE_SECONDS = 30.0
TARGET_MS = 5_000.0
TASKS = """
INSERT INTO tasks (id, list_id, title, due_local, zone, due_at, created_by)
SELECT id, list_id, 'Stand-up', due_at AT TIME ZONE 'UTC', 'UTC', due_at, user_id
FROM unnest(%s::uuid[], %s::uuid[], %s::uuid[], %s::timestamptz[]) AS new (id, list_id, user_id, due_at)
"""
REMINDERS = """
INSERT INTO reminders (id, task_id, list_id, user_id, kind, remind_at)
SELECT gen_random_uuid(), id, list_id, created_by, 'due', due_at FROM tasks WHERE due_at IS NOT NULL
"""


async def measure() -> list[Result]:
    """All of them, and how late they are told."""
    async with embedded() as served:
        lateness = await rung(served, PEOPLE, LEAD_SECONDS)
    conditions = (
        f"embedded; {PEOPLE} people with {EACH} reminders each, {AT_NINE} of them in the same second; a notice's "
        f"created_at minus that moment, by the database's clock; {describe()}"
    )
    return [
        at_least(f"{NAME}: reminders", lateness.wanted, "reminders", REMINDERS_AT_ONCE, conditions),
        reported(f"{NAME}: p50", lateness.percentile(50), "ms", conditions),
        at_most(f"{NAME}: p99", lateness.percentile(99), "ms", TARGET_MS, conditions),
        reported(f"{NAME}: max", lateness.percentile(100), "ms", conditions),
        at_most(f"{NAME}: early", lateness.early, "reminders", 0, conditions),
        at_most(f"{NAME}: lost", lateness.lost, "reminders", 0, conditions),
        at_most(f"{NAME}: twice", lateness.twice, "reminders", 0, conditions),
    ]


async def rung(served: Served, count: int, lead_seconds: float) -> Lateness:
    """So many new people have EACH reminders in the week, AT_NINE of them at 09:00, which is in so many seconds; while
    these ring, the others wait. How those at 09:00 turned out."""
    crowd = await asyncio.to_thread(people, served.owner_url, count)
    nine = (datetime.now(UTC) + timedelta(seconds=lead_seconds)).replace(microsecond=0)
    at_nine = await asyncio.to_thread(filled, served.owner_url, crowd, nine)
    connection = await Connection.open(served.port)
    body = {"title": "The one that rings", "due_at": nine.isoformat()}
    answer = await connection.send(request("POST", "/tasks", crowd[0].token, body))
    assert answer.status == 201, answer.body
    connection.close()
    before = (nine - datetime.now(UTC)).total_seconds()
    assert before > 0, "the rows took longer than the lead: nothing was measured"
    await asyncio.sleep(before + 1)
    return await noticed(served.owner_url, at_nine, PATIENCE_SECONDS)


def filled(owner_url: str, crowd: list[Someone], nine: datetime) -> list[UUID]:
    """Write the week's reminders, as their owner; the ids of the tasks that are due at `nine`."""
    chance = random.Random(1)
    later = [nine + timedelta(minutes=chance.randint(60, 7_000)) for _ in range(EACH - AT_NINE)]
    rows = [(uuid4(), one.list_id, one.id, due) for one in crowd for due in [nine] * AT_NINE + later]
    with psycopg.connect(owner_url) as connection:
        connection.execute(TASKS, [list(column) for column in zip(*rows, strict=True)])
        connection.execute(REMINDERS)
    with psycopg.connect(owner_url, autocommit=True) as connection:
        connection.execute("ANALYZE tasks, reminders")
    return [task for task, _, _, due in rows if due == nine]
