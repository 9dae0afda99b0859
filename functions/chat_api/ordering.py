"""The order of tasks among their siblings, those of one list and parent: a number each, ascending."""

from typing import Any
from uuid import UUID

from functions.chat_api.models.person import Person
from functions.chat_api.models.task import TaskMove
from functions.kernel.domain.position import between
from functions.kernel.domain.task import Task
from functions.kernel.errors import InvalidInputError
from functions.kernel.events import TaskUpdated
from functions.kernel.storage import tasks
from functions.kernel.storage.unit_of_work import UnitOfWork

SIBLINGS = "tasks.list_id = %(list)s AND tasks.parent_id IS NOT DISTINCT FROM %(parent)s::uuid"


async def last_position(uow: UnitOfWork, list_id: UUID, parent_id: UUID | None) -> float:
    """The position after all siblings there."""
    parent = "tasks.parent_id = %(parent)s" if parent_id else "tasks.parent_id IS NULL"
    rows = await (
        await uow.connection.execute(
            f"""
            SELECT position FROM tasks WHERE list_id = %(list)s AND {parent} ORDER BY position DESC LIMIT 1
            """,  # noqa: S608 - constants
            {"list": list_id, "parent": parent_id},
        )
    ).fetchall()
    return rows[0]["position"] + 1 if rows else 1


async def move(uow: UnitOfWork, person: Person, task: Task, to: TaskMove) -> Task:
    """Put the task, which is locked, where it is asked for; who moves a sibling meanwhile waits. Raises
    InvalidInputError for what is no sibling."""
    await uow.connection.execute(
        "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", (f"order/{task.list_id}/{task.parent_id}",)
    )
    values = {"list": task.list_id, "parent": task.parent_id, "task": task.id, "by": to.before or to.after}
    low, high = await _neighbours(uow, to, values)
    if (low is None or low < task.position) and (high is None or task.position < high):
        return task  # it is there
    place = between(low, high)
    if place is None:
        await _number_anew(uow, person, values)
        place = between(*await _neighbours(uow, to, values))
    after = task.model_copy(update={"position": place, "version": task.version + 1})
    await tasks.update(uow.connection, after)
    uow.emit(TaskUpdated(task=after, by=person.id, changed=["position"]))
    return after


async def _neighbours(uow: UnitOfWork, to: TaskMove, values: dict[str, Any]) -> tuple[float | None, float | None]:
    """The positions of the siblings that the task is to be between; null: it is to be the first, or the last."""
    name = "before" if to.before else "after"
    others = f"FROM tasks WHERE {SIBLINGS} AND deleted_at IS NULL AND id <> %(task)s"
    if values["by"] is None:
        [row] = await (
            await uow.connection.execute(f"SELECT min(position) AS first, max(position) AS last {others}", values)
        ).fetchall()
        return (None, row["first"]) if to.first else (row["last"], None)
    found = await (
        await uow.connection.execute(
            f"SELECT position, created_at, id {others} AND id = %(by)s",
            values,
        )
    ).fetchall()
    if not found:
        raise InvalidInputError(name, f"{values['by']} is no other task of the same list and parent; name one that is")
    [by] = found
    less, order = ("<", "DESC") if to.before else (">", "ASC")
    beside = await (
        await uow.connection.execute(
            f"""
            SELECT position {others} AND (position, created_at, id) {less} (%(position)s, %(created_at)s, %(by)s)
            ORDER BY position {order}, created_at {order}, id {order} LIMIT 1
            """,
            values | {"position": by["position"], "created_at": by["created_at"]},
        )
    ).fetchall()
    next_to = beside[0]["position"] if beside else None
    return (next_to, by["position"]) if to.before else (by["position"], next_to)


async def _number_anew(uow: UnitOfWork, person: Person, values: dict[str, Any]) -> None:
    """Number all siblings but the task 1, 2, 3 … in the order they have; each that changes is an event."""
    rows = await (
        await uow.connection.execute(
            f"""
            WITH numbered AS (
                SELECT id, row_number() OVER (ORDER BY position, created_at, id) AS place FROM tasks
                WHERE {SIBLINGS} AND deleted_at IS NULL AND id <> %(task)s
            ), changed AS (
                UPDATE tasks SET position = place, version = version + 1 FROM numbered
                WHERE tasks.id = numbered.id AND position <> place RETURNING tasks.*
            )
            SELECT {tasks.TASK_COLUMNS} FROM changed AS tasks LEFT JOIN series ON series.id = tasks.series_id
            """,  # noqa: S608 - constants
            values,
        )
    ).fetchall()
    uow.emit(*(TaskUpdated(task=Task(**row), by=person.id, changed=["position"]) for row in rows))
