"""growth: what an operation costs as the installation grows from 1,000 to a million tasks, embedded.

The curve is a power: cost = c * tasks ** exponent, fitted by least squares over the logarithms. 0 is no growth, 1 is as
fast as the tasks.
"""

import asyncio
import math
import time
from datetime import UTC, datetime, timedelta
from statistics import linear_regression, median
from typing import Any

import psycopg

from loadtests.connection import Connection, request
from loadtests.embedded import embedded
from loadtests.machine import describe
from loadtests.people import Someone, people
from loadtests.result import Result, at_most, reported

NAME = "growth"
EACH = 10
SIZES = (1_000, 10_000, 100_000, 1_000_000)
TIMES, WARM_UP = 200, 20
EXPONENT = 0.15
FILL = """
INSERT INTO tasks (id, list_id, title, due_local, zone, due_at, created_by)
SELECT gen_random_uuid(), lists.id, 'Task ' || n, due AT TIME ZONE 'UTC', 'UTC', due, owner_id
FROM lists CROSS JOIN generate_series(1, %(each)s) AS n
     CROSS JOIN LATERAL (SELECT now() + (1 + random() * 300) * interval '1 day' AS due) AS moment
WHERE NOT EXISTS (SELECT FROM tasks WHERE tasks.list_id = lists.id)
"""
FILL_REMINDERS = """
INSERT INTO reminders (id, task_id, list_id, user_id, kind, remind_at)
SELECT gen_random_uuid(), id, list_id, created_by, 'due', due_at FROM tasks
WHERE NOT EXISTS (SELECT FROM reminders WHERE reminders.task_id = tasks.id)
"""


async def measure() -> list[Result]:
    """The same person's requests, over and over, while others join: ten tasks each, all with a reminder to come."""
    medians: dict[str, list[float]] = {}
    async with embedded() as served:
        me, there = (await asyncio.to_thread(people, served.owner_url, 1))[0], 1
        for size in SIZES:
            await asyncio.to_thread(_grow, served.owner_url, size // EACH - there)
            there = size // EACH
            connection = await Connection.open(served.port)
            for name, milliseconds in (await _measured(connection, me)).items():
                medians.setdefault(name, []).append(milliseconds)
            connection.close()
    conditions = (
        f"embedded; {TIMES} requests of each kind of one person with some {EACH} tasks, in an installation of "
        f"{', '.join(f'{size:,}' for size in SIZES)} tasks, {EACH} a person, each with a reminder to come; p50; "
        f"{describe()}"
    )
    results = []
    for name, costs in medians.items():
        curve = linear_regression(list(map(math.log, SIZES)), list(map(math.log, costs)))
        results += [
            reported(f"{NAME}: {name}, {size:,} tasks", cost, "ms", conditions)
            for size, cost in zip(SIZES, costs, strict=True)
        ]
        results.append(at_most(f"{NAME}: {name}, exponent", curve.slope, "", EXPONENT, conditions))
    return results


def _grow(owner_url: str, count: int) -> None:
    people(owner_url, count)
    with psycopg.connect(owner_url, autocommit=True) as connection:
        connection.execute(FILL, {"each": EACH})
        connection.execute(FILL_REMINDERS)
        connection.execute("VACUUM (ANALYZE) tasks, reminders")  # as autovacuum does soon


async def _measured(connection: Connection, me: Someone) -> dict[str, float]:
    """Milliseconds (p50) of each kind, by turns. What is created is deleted again."""
    taken: dict[str, list[float]] = {"create": [], "list": [], "complete": [], "sync": [], "delete": []}
    cursor = (await connection.send(request("GET", "/sync", me.token))).json()["cursor"]

    async def timed(name: str, method: str, path: str, body: object = None) -> dict[str, Any]:
        begin = time.perf_counter()
        answer = await connection.send(request(method, path, me.token, body))
        taken[name].append((time.perf_counter() - begin) * 1000)
        assert answer.status < 300, answer.body
        read: dict[str, Any] = answer.json() if answer.body else {}
        return read

    for _ in range(WARM_UP + TIMES):
        due = datetime.now(UTC) + timedelta(days=2)
        task = await timed("create", "POST", "/tasks", {"title": "Mine", "due_at": due.isoformat()})
        await timed("list", "GET", "/tasks?limit=50")
        await timed("complete", "POST", f"/tasks/{task['id']}/complete")
        cursor = (await timed("sync", "GET", f"/sync?cursor={cursor}"))["cursor"]
        await timed("delete", "DELETE", f"/tasks/{task['id']}")
    return {name: median(times[WARM_UP:]) for name, times in taken.items()}
