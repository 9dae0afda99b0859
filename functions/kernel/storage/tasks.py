"""Reading and writing tasks: the one place that knows how a task is laid out in the tables."""

from collections.abc import Collection, Iterable
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb

from functions.kernel.domain.task import Task
from functions.kernel.storage.database import Connection

TASK_COLUMNS = """
    tasks.id, tasks.list_id, tasks.title, tasks.notes, tasks.status, tasks.due_on, tasks.due_local, tasks.zone,
    tasks.due_at, tasks.start_on, tasks.start_local, tasks.series_id, tasks.recurrence_id, series.rrule,
    tasks.reminders, tasks.version, tasks.created_by, tasks.created_at, tasks.completed_at, tasks.skipped,
    tasks.labels, tasks.priority, tasks.parent_id, tasks.assignee_id, tasks.deadline_on, tasks.estimate_minutes,
    tasks.position
"""
TASKS = f"SELECT {TASK_COLUMNS} FROM tasks LEFT JOIN series ON series.id = tasks.series_id"  # noqa: S608 - constants


SEEN_BY = "tasks.list_id IN (SELECT list_id FROM list_members WHERE user_id = %(seen_by)s)"
"""The query's own filter, on top of row-level security."""


async def load(
    connection: Connection,
    ids: Collection[UUID],
    *,
    seen_by: UUID | None = None,
    lock: bool = False,
    deleted: bool = False,
) -> dict[UUID, Task]:
    """The tasks of these ids that are there (seen by this person, if one asks, and not deleted, or those too);
    locked, to be changed."""
    seen = f" AND {SEEN_BY}" if seen_by else ""
    there = "" if deleted else " AND tasks.deleted_at IS NULL"
    suffix = " ORDER BY tasks.id FOR UPDATE OF tasks" if lock else ""
    rows = await (
        await connection.execute(
            f"{TASKS} WHERE tasks.id = ANY(%(ids)s){there}{seen}{suffix}",
            {"ids": list(ids), "seen_by": seen_by},
        )
    ).fetchall()
    return {row["id"]: Task(**row) for row in rows}


_INSERT = """
    INSERT INTO tasks (id, list_id, title, notes, status, due_on, due_local, zone, due_at, start_on,
                       start_local, series_id, recurrence_id, reminders, version, created_by, created_at,
                       completed_at, skipped, labels, priority, parent_id, assignee_id, deadline_on, estimate_minutes,
                       position)
    VALUES (%(id)s, %(list_id)s, %(title)s, %(notes)s, %(status)s, %(due_on)s, %(due_local)s, %(zone)s, %(due_at)s,
            %(start_on)s, %(start_local)s, %(series_id)s, %(recurrence_id)s, %(reminders)s, %(version)s,
            %(created_by)s, %(created_at)s, %(completed_at)s, %(skipped)s, %(labels)s, %(priority)s, %(parent_id)s,
            %(assignee_id)s, %(deadline_on)s, %(estimate_minutes)s, %(position)s)
    ON CONFLICT DO NOTHING
"""


async def insert(connection: Connection, task: Task) -> bool:
    """Write a new task; false, and nothing written, when it is there already."""
    return (await connection.execute(_INSERT, parameters(task))).rowcount == 1


async def insert_all(connection: Connection, made: Iterable[Task]) -> None:
    """Write new tasks, those first that others are parts of; what is there already stays as it is."""
    async with connection.cursor() as cursor:
        await cursor.executemany(_INSERT, [parameters(task) for task in made])


async def update(connection: Connection, task: Task) -> None:
    """Write what may change of a task."""
    await connection.execute(
        """
        UPDATE tasks SET list_id = %(list_id)s, title = %(title)s, notes = %(notes)s, status = %(status)s,
            due_on = %(due_on)s, due_local = %(due_local)s, zone = %(zone)s, due_at = %(due_at)s,
            start_on = %(start_on)s, start_local = %(start_local)s, series_id = %(series_id)s,
            recurrence_id = %(recurrence_id)s, reminders = %(reminders)s, version = %(version)s,
            completed_at = %(completed_at)s, skipped = %(skipped)s, labels = %(labels)s, priority = %(priority)s,
            parent_id = %(parent_id)s, assignee_id = %(assignee_id)s, deadline_on = %(deadline_on)s,
            estimate_minutes = %(estimate_minutes)s, position = %(position)s
        WHERE id = %(id)s
        """,
        parameters(task),
    )


def parameters(task: Task) -> dict[str, Any]:
    """What a statement that writes the task calls by name."""
    reminders = [reminder.model_dump(mode="json") for reminder in task.reminders]
    return task.model_dump(exclude={"rrule", "reminders"}) | {"reminders": Jsonb(reminders)}
