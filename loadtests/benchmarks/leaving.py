"""leaving: deleting an account, small and large, in an installation of 10,000 people and a million events, embedded."""

import asyncio
import time
from uuid import UUID

import psycopg

from functions.kernel.storage import logins
from functions.operations import accounts
from loadtests.connection import Connection, request
from loadtests.embedded import embedded
from loadtests.machine import describe
from loadtests.result import Result, at_most, reported

NAME = "leaving"
PEOPLE, EVENTS_EACH = 10_000, 100
TIMES = 10
LARGE_TASKS, LARGE_EVENTS = 10_000, 100_000
TARGET_SECONDS = 1.0
LARGE_SECONDS = 10.0
"""Half of what a transaction may last."""
FILL_PEOPLE = """
WITH people AS (
    INSERT INTO users (id, name) SELECT gen_random_uuid(), 'Person ' || n FROM generate_series(1, %s) AS n RETURNING id
), places AS (
    INSERT INTO lists (id, owner_id, name) SELECT gen_random_uuid(), id, 'Inbox' FROM people RETURNING id, owner_id
)
INSERT INTO list_members (list_id, user_id, role) SELECT id, owner_id, 'owner' FROM places
"""
FILL_TASKS = """
WITH work AS (
    INSERT INTO tasks (id, list_id, title, created_by)
    SELECT gen_random_uuid(), lists.id, 'Task ' || n, owner_id
    FROM lists CROSS JOIN generate_series(1, %(tasks)s) AS n WHERE owner_id = ANY (%(people)s)
    RETURNING id, list_id, created_by
), due AS (
    INSERT INTO reminders (id, task_id, list_id, user_id, kind, remind_at)
    SELECT gen_random_uuid(), id, list_id, created_by, 'due', now() + interval '1 day' FROM work
), told AS (
    INSERT INTO notices (id, user_id, task_id, event_id, kind, title)
    SELECT gen_random_uuid(), created_by, id, 'x', 'due', 'x' FROM work
)
INSERT INTO events (id, topic, key, list_id, task_id, by_id, published_at, event)
SELECT gen_random_uuid(), 'task.updated.v1', id, list_id, id, created_by, now(), json_build_object(
    'specversion', '1.0', 'type', 'dev.taskwake.task.updated.v1', 'source', '/taskwake', 'data', json_build_object(
        'by', created_by, 'changed', json_build_array('title', 'notes'), 'task', json_build_object(
            'id', id, 'list_id', list_id, 'created_by', created_by, 'title', 'Task ' || n, 'notes', repeat('note ', 80)
        )))
FROM work CROSS JOIN generate_series(1, %(events)s) AS n
"""
"""So many tasks a person, each with so many events of some 700 bytes, a reminder to come and a notice."""


async def measure() -> list[Result]:
    """Some who have 100 events, then one who has 100,000; then what the hourly sweep erases of them all."""
    async with embedded() as served:
        small, large = await asyncio.to_thread(_filled, served.owner_url)
        connection = await Connection.open(served.port)
        taken = [await _left(connection, served.owner_url, person) for person in small]
        taken_large = await _left(connection, served.owner_url, large)
        connection.close()
        batches = await asyncio.to_thread(_swept, served.owner_url)
    conditions = (
        f"embedded; {PEOPLE:,} people with 10 tasks and {EVENTS_EACH} events each, one with {LARGE_TASKS:,} and "
        f"{LARGE_EVENTS:,}; DELETE /me of {TIMES} of them one after the other, then of the one; then one reading of "
        f"all tables for these {TIMES + 1}; {describe()}"
    )
    return [
        at_most(f"{NAME}: {EVENTS_EACH} events, the slowest", max(taken), "s", TARGET_SECONDS, conditions),
        at_most(f"{NAME}: {LARGE_TASKS:,} tasks, {LARGE_EVENTS:,} events", taken_large, "s", LARGE_SECONDS, conditions),
        reported(f"{NAME}: traces erased, all calls", sum(batches), "s", conditions),
        reported(f"{NAME}: traces erased, the longest call", max(batches), "s", conditions),
    ]


def _filled(owner_url: str) -> tuple[list[UUID], UUID]:
    with psycopg.connect(owner_url, autocommit=True) as connection:
        connection.execute(FILL_PEOPLE, (PEOPLE,))
        people = [row[0] for row in connection.execute("SELECT id FROM users WHERE name LIKE 'Person %'").fetchall()]
        connection.execute(FILL_TASKS, {"tasks": 10, "events": EVENTS_EACH // 10, "people": people})
        large = accounts.add_user(owner_url, "Large")
        events = LARGE_EVENTS // LARGE_TASKS
        connection.execute(FILL_TASKS, {"tasks": LARGE_TASKS, "events": events, "people": [large]})
        connection.execute("VACUUM ANALYZE")  # as autovacuum does soon
    return people[:TIMES], large


async def _left(connection: Connection, owner_url: str, person: UUID) -> float:
    """How many seconds it took to delete this account."""
    token = await asyncio.to_thread(accounts.issue, owner_url, person, "token")
    name = (await connection.send(request("GET", "/me", token))).json()["name"]
    begin = time.perf_counter()
    answer = await connection.send(request("DELETE", "/me", token, {"confirm": name}))
    seconds = time.perf_counter() - begin
    assert answer.status == 204, answer.body
    return seconds


def _swept(owner_url: str) -> list[float]:
    """The seconds of each call of a reading, as the alarm makes them."""
    taken, more = [], True
    with psycopg.connect(owner_url, autocommit=True) as connection:
        connection.execute(f"SET ROLE {logins.FUNCTIONS.role}".encode())
        while more:
            begin = time.perf_counter()
            [more] = connection.execute("SELECT erase_traces()").fetchone() or (False,)
            taken.append(time.perf_counter() - begin)
    return taken
