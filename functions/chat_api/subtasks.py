"""Tasks that are parts of others: a tree within one list, at most MOST_LEVELS deep."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from functions.chat_api.due_change import kept_due
from functions.chat_api.membership import ASSIGNEE, seen_only
from functions.chat_api.models.person import Person
from functions.chat_api.task_fields import zone_of
from functions.kernel.domain.due import rings_of
from functions.kernel.domain.task import Task
from functions.kernel.errors import InvalidInputError
from functions.kernel.events import TaskCompleted, TaskDeleted, TaskReopened, TaskUpdated
from functions.kernel.storage import reminders, tasks
from functions.kernel.storage.tasks import TASK_COLUMNS
from functions.kernel.storage.unit_of_work import UnitOfWork

MOST_LEVELS = 5
_LINE = """
    WITH RECURSIVE line AS (
        SELECT id, parent_id, 1 AS level FROM tasks WHERE id = %(task)s AND deleted_at IS NULL
        UNION ALL
        SELECT tasks.id, tasks.parent_id, level + 1 FROM tasks JOIN line ON tasks.id = line.parent_id
        WHERE level < 100
    )
    SELECT tasks.id, tasks.list_id, tasks.status FROM tasks JOIN line ON line.id = tasks.id
    WHERE tasks.list_id IN (SELECT writable_lists()) ORDER BY level DESC FOR UPDATE OF tasks
"""


async def check_parent(
    uow: UnitOfWork, person: Person, parent_id: UUID, list_id: UUID | None, task_id: UUID | None = None
) -> UUID:
    """The list of the parent, which is locked with all that it is a part of: a task (this one, with its own parts) may
    become a part of it. Raises InvalidInputError (field `parent_id`), and NotAllowedError for one that this person may
    only see.

    From the top down, as everybody locks who changes a tree: who completes it meanwhile is waited for.
    """
    line = await (await uow.connection.execute(_LINE, {"task": parent_id})).fetchall()
    if not line or line[-1]["id"] != parent_id:
        if await tasks.load(uow.connection, [parent_id], seen_by=person.id):
            raise seen_only(f"the parent {parent_id}")
        raise InvalidInputError("parent_id", f"there is no task {parent_id}, or none that you may see")
    parent = line[-1]
    if list_id not in (None, parent["list_id"]):
        raise InvalidInputError("parent_id", "the parent is in another list; a subtask is in the list of its parent")
    if parent["status"] == "done":
        raise InvalidInputError("parent_id", "the parent is done; reopen it first")
    if task_id in {row["id"] for row in line}:
        raise InvalidInputError("parent_id", "a task can't be a part of itself, or of one of its own subtasks")
    levels = len(line) + (await _levels(uow, task_id) if task_id else 1)
    if levels > MOST_LEVELS:
        raise InvalidInputError(
            "parent_id", f"that would be {levels} levels deep, and {MOST_LEVELS} are the most; choose one further up"
        )
    found: UUID = parent["list_id"]
    return found


async def _levels(uow: UnitOfWork, task_id: UUID) -> int:
    rows = await (
        await uow.connection.execute(
            """
            WITH RECURSIVE tree AS (
                SELECT id, 1 AS level FROM tasks WHERE id = %s
                UNION ALL
                SELECT tasks.id, level + 1 FROM tasks JOIN tree ON tasks.parent_id = tree.id
                WHERE tasks.deleted_at IS NULL AND level < 100
            )
            SELECT max(level) AS levels FROM tree
            """,
            (task_id,),
        )
    ).fetchall()
    levels: int = rows[0]["levels"]
    return levels


async def lock_line(uow: UnitOfWork, task_id: UUID) -> list[UUID]:
    """Lock a task and all that it is a part of, from the top down; the ids of those above it, in that order."""
    line = await (await uow.connection.execute(_LINE, {"task": task_id})).fetchall()
    return [row["id"] for row in line if row["id"] != task_id]


async def close(uow: UnitOfWork, person: Person, done: Task) -> None:
    """What is open below a task that was completed or skipped is so, too."""
    closed = await change_below(
        uow,
        [done.id],
        "status = 'done', completed_at = %(at)s, skipped = %(skipped)s",
        "tasks.status = 'open'",
        {"at": done.completed_at, "skipped": done.skipped},
    )
    await reminders.write(uow, [(task, []) for task in closed])
    uow.emit(*(TaskCompleted(task=task, by=person.id) for task in closed))


async def reopen(uow: UnitOfWork, person: Person, done: Task) -> None:
    """What was closed with the task is open again with it; what was done before stays so."""
    opened = await change_below(
        uow,
        [done.id],
        f"status = 'open', completed_at = NULL, skipped = false, assignee_id = {ASSIGNEE}",
        "tasks.status = 'done' AND tasks.completed_at = %(at)s",
        {"at": done.completed_at},
    )
    await plan_what_is_to_come(uow, person, opened)
    uow.emit(*(TaskReopened(task=task, by=person.id) for task in opened))


async def delete(uow: UnitOfWork, person: Person, above: Collection[UUID], *, brought: bool = False) -> None:
    """What is below these goes with them; what a series `brought` may be brought again."""
    forget = ", first_version = 0" if brought else ""
    gone = await change_below(uow, above, f"deleted_at = %(at)s{forget}", "true", {"at": uow.now})
    await reminders.write(uow, [(task, []) for task in gone])
    uow.emit(*(TaskDeleted(task=task, by=person.id) for task in gone))


async def restore(uow: UnitOfWork, person: Person, task_id: UUID, gone_at: datetime) -> None:
    """What went with a task at that moment is there again with it."""
    there = await change_below(
        uow,
        [task_id],
        f"deleted_at = NULL, assignee_id = {ASSIGNEE}",
        "true",
        {"gone": gone_at},
        among="deleted_at = %(gone)s",
    )
    await plan_what_is_to_come(uow, person, [task for task in there if task.status == "open"])
    uow.emit(*(TaskUpdated(task=task, by=person.id, changed=["deleted_at"]) for task in there))


async def any_touched(uow: UnitOfWork, above: Task) -> bool:
    """Whether a person added, changed or deleted what is below an occurrence since it came."""
    rows = await (
        await uow.connection.execute(
            """
            WITH RECURSIVE tree AS (
                SELECT id FROM tasks WHERE parent_id = %(task)s
                UNION SELECT tasks.id FROM tasks JOIN tree ON tasks.parent_id = tree.id
            )
            SELECT 1 FROM tasks WHERE id IN (SELECT id FROM tree) AND first_version > 0
                AND (deleted_at IS NOT NULL OR version <> first_version OR created_at <> %(came)s) LIMIT 1
            """,
            {"task": above.id, "came": above.created_at},
        )
    ).fetchall()
    return bool(rows)


async def plan_what_is_to_come(uow: UnitOfWork, person: Person, opened: Sequence[Task]) -> None:
    """Plan the reminders of these that are still to come; what was due meanwhile does not ring any more."""
    zones = {user_id: await zone_of(uow, person, user_id) for user_id in {task.reminded_id for task in opened}}
    planned = []
    for task in opened:
        zone = zones[task.reminded_id]
        rings = rings_of(task, kept_due(task, zone).moment, uow.now, zone)
        planned.append((task, [ring for ring in rings if ring.at > uow.now]))
    await reminders.write(uow, planned)


async def change_below(
    uow: UnitOfWork,
    above: Collection[UUID],
    change: str,
    wanting: str,
    values: dict[str, Any],
    *,
    among: str = "deleted_at IS NULL",
) -> list[Task]:
    """Change all that is below these and wants it, in one statement; as they are then, under their next versions."""
    cursor = await uow.connection.execute(
        f"""
        WITH RECURSIVE tree AS (
            SELECT id FROM tasks WHERE parent_id = ANY(%(above)s) AND {among}
            UNION
            SELECT tasks.id FROM tasks JOIN tree ON tasks.parent_id = tree.id WHERE {among}
        ), changed AS (
            UPDATE tasks SET {change}, version = version + 1 WHERE id IN (SELECT id FROM tree) AND {wanting}
            RETURNING tasks.*
        )
        SELECT {TASK_COLUMNS} FROM changed AS tasks LEFT JOIN series ON series.id = tasks.series_id
        ORDER BY tasks.position, tasks.id
        """,  # noqa: S608 - constants
        values | {"above": list(above)},
    )
    return [Task(**row) for row in await cursor.fetchall()]
