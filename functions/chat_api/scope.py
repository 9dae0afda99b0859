"""What "this", "following" and "all" mean: of a series one occurrence is open, and those to come follow from it."""

from typing import Any
from uuid import UUID

from functions.chat_api import subtasks
from functions.chat_api.models.person import Person
from functions.chat_api.models.task import Scope, TaskChange
from functions.kernel.domain.task import Task
from functions.kernel.errors import ConflictError, InvalidInputError
from functions.kernel.events import TaskDeleted, TaskEvent, TaskUpdated
from functions.kernel.storage.outbox import write
from functions.kernel.storage.tasks import TASK_COLUMNS
from functions.kernel.storage.unit_of_work import UnitOfWork

BATCH = 1000


async def check(uow: UnitOfWork, task: Task, scope: Scope | None) -> None:
    """Raise ConflictError where this task has no such scope; the text says which has."""
    if scope is None:
        return
    if task.series_id is None:
        raise ConflictError("scope only goes with a recurring task, and this one does not repeat; leave scope out")
    if scope == "this" or task.status == "open":
        return
    rows = await (
        await uow.connection.execute(
            "SELECT id FROM tasks WHERE series_id = %s AND status = 'open' AND deleted_at IS NULL", (task.series_id,)
        )
    ).fetchall()
    instead = f"ask it of the open one, {rows[0]['id']}" if rows else "its series has ended; use the scope this"
    raise ConflictError(f"this occurrence is closed, and the scope {scope} begins at the open one: {instead}")


def check_change(asked: TaskChange) -> None:
    """Raise InvalidInputError for what is the series' and not one occurrence's, where only this one is to change."""
    if asked.scope != "this":
        return
    for field in ("rrule", "anchor", "rdates", "exdates", "catch_up", "list_id"):
        if field in asked.model_fields_set:
            raise InvalidInputError(field, "is the series', not one occurrence's; leave it out, or the scope this")


async def lock_all(uow: UnitOfWork, task_id: UUID) -> None:
    """Lock all tasks of the series that this one is of, in the order in which everybody locks."""
    await uow.connection.execute(
        """
        SELECT 1 FROM tasks WHERE series_id = (SELECT series_id FROM tasks WHERE id = %s) ORDER BY id FOR UPDATE
        """,
        (task_id,),
    )


async def change_closed(uow: UnitOfWork, person: Person, series_id: UUID | None, text: dict[str, Any]) -> None:
    """Give the closed occurrences of a series this title, these notes, or both; each that changes is an event."""
    kept = {"title": text.get("title"), "notes": text.get("notes")}
    while True:
        found = await _closed(
            uow,
            series_id,
            """SET title = coalesce(%(title)s, tasks.title), notes = coalesce(%(notes)s, tasks.notes),
                   version = tasks.version + 1""",
            "(title, notes) IS DISTINCT FROM (coalesce(%(title)s, title), coalesce(%(notes)s, notes))",
            kept,
        )
        await log(uow, [TaskUpdated(task=task, by=person.id, changed=sorted(text)) for task in found])
        if len(found) < BATCH:
            return


async def delete_closed(uow: UnitOfWork, person: Person, series_id: UUID | None) -> None:
    """Delete the closed occurrences of a series; each is an event."""
    while True:
        found = await _closed(
            uow, series_id, "SET deleted_at = %(now)s, version = tasks.version + 1", "true", {"now": uow.now}
        )
        await log(uow, [TaskDeleted(task=task, by=person.id) for task in found])
        await subtasks.delete(uow, person, [task.id for task in found])
        if len(found) < BATCH:
            return


def moved(task: Task, old_list_id: UUID, along_with: UUID, person: Person) -> list[TaskEvent]:
    """What those are told who see the list that the task left, and those who see the one where it is."""
    left = task.model_copy(update={"list_id": old_list_id, "assignee_id": None})
    return [
        TaskDeleted(task=left, by=person.id, moved_to=task.list_id),
        TaskUpdated(task=task, by=person.id, changed=["list_id"], along_with=along_with),
    ]


async def move_closed(
    uow: UnitOfWork, person: Person, moving: Task, old_list_id: UUID, change: str, values: dict[str, Any]
) -> None:
    """Move the closed occurrences of its series along to another list; each is an event, to the old list, too."""
    while True:
        change_all = f"SET {change}, version = tasks.version + 1"
        found = await _closed(uow, moving.series_id, change_all, "list_id <> %(list)s", values)
        for task in found:
            await log(uow, moved(task, old_list_id, moving.id, person))
        if len(found) < BATCH:
            return


async def _closed(
    uow: UnitOfWork, series_id: UUID | None, change: str, wanting: str, values: dict[str, Any]
) -> list[Task]:
    """Change up to BATCH closed occurrences that want it, in one statement; as they are then."""
    cursor = await uow.connection.execute(
        f"""
        UPDATE tasks {change} FROM series WHERE series.id = tasks.series_id AND tasks.id = ANY(ARRAY(
            SELECT id FROM tasks WHERE series_id = %(series)s AND status = 'done' AND deleted_at IS NULL AND {wanting}
            LIMIT {BATCH}
        )) RETURNING {TASK_COLUMNS}
        """,  # noqa: S608 - constants
        values | {"series": series_id},
    )
    return [Task(**row) for row in await cursor.fetchall()]


async def log(uow: UnitOfWork, events: list[TaskEvent]) -> None:
    """Publish them; of a long series, what is more than a batch only goes to the log, whose check publishes it, since
    it is more than a process should hold."""
    if len(uow.emitted) < BATCH:
        uow.emit(*events)
    else:
        await write(uow.connection, events, uow.now)
