"""Subtasks of an occurrence: closed with it, and anew below the one that follows."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from functions.kernel.domain.due import resolve
from functions.kernel.domain.recurrence import parse_recurrence_id
from functions.kernel.domain.reminder import At
from functions.kernel.domain.task import Task
from functions.kernel.domain.wall_time import as_day
from functions.kernel.events import TaskCompleted, TaskRecurred
from functions.kernel.identity import derived_event_id, subtask_id
from functions.kernel.storage import reminders, tasks
from functions.kernel.storage.unit_of_work import UnitOfWork
from functions.recurring_task_service.series import bring_all, plan

# Those that went with the occurrence, when a person deleted it, are below it still.
_BELOW = f"""
    WITH RECURSIVE tree AS (
        SELECT tasks.id, top.deleted_at, 1 AS level FROM tasks JOIN tasks AS top ON top.id = tasks.parent_id
        WHERE top.id = %(top)s AND tasks.deleted_at IS NOT DISTINCT FROM top.deleted_at
        UNION
        SELECT tasks.id, tree.deleted_at, level + 1 FROM tasks JOIN tree ON tasks.parent_id = tree.id
        WHERE tasks.deleted_at IS NOT DISTINCT FROM tree.deleted_at AND level < 100
    )
    SELECT {tasks.TASK_COLUMNS}, users.zone AS user_zone FROM tree JOIN tasks ON tasks.id = tree.id
    LEFT JOIN series ON series.id = tasks.series_id
    JOIN users ON users.id = COALESCE(tasks.assignee_id, tasks.created_by)
    ORDER BY tree.level, tasks.position, tasks.id
"""  # noqa: S608 - constants


async def bring_anew(uow: UnitOfWork, recurred: TaskRecurred) -> None:
    """Write the subtasks of the previous occurrence again below the next one: open, as many days later as that is,
    each → `task.recurred.v1`. Their ids follow from both, so that a redelivery doubles nothing."""
    rows = await (await uow.connection.execute(_BELOW, {"top": recurred.previous_task_id})).fetchall()
    if not rows:
        return
    zones = {row["id"]: row.pop("user_zone") for row in rows}
    found = [Task(**row) for row in rows]
    previous = (await tasks.load(uow.connection, [recurred.previous_task_id], deleted=True))[recurred.previous_task_id]
    later = as_day(_named(recurred.task)) - as_day(_named(previous))
    ids = {previous.id: recurred.task.id} | {task.id: subtask_id(recurred.task.id, task.id) for task in found}
    made = {
        ids[task.id]: (_again(task, ids, recurred.task, later, zones[task.id]), zones[task.id], task) for task in found
    }
    brought = await bring_all(uow, [task for task, _, _ in made.values()])
    await plan(
        uow,
        [
            (task, task.due_at or resolve(task.due_on, task.due_local, task.zone, made[task.id][1]), made[task.id][1])
            for task in brought
        ],
    )
    for task in brought:
        uow.emit(
            TaskRecurred(
                id=derived_event_id(recurred.id, TaskRecurred.topic, task.id),
                traceparent=recurred.traceparent,
                task=task,
                by=recurred.by,
                series_id=recurred.series_id,
                previous_task_id=made[task.id][2].id,
            )
        )


async def skip_below(uow: UnitOfWork, causes: dict[UUID, str]) -> None:
    """Close what is open below these occurrences, which were skipped; `causes` are the ids of the events by which."""
    for top, cause in causes.items():
        rows = await (await uow.connection.execute(_BELOW, {"top": top})).fetchall()
        update = {"status": "done", "skipped": True, "completed_at": uow.now}
        found = [Task(**{name: row[name] for name in Task.model_fields}) for row in rows if row["status"] == "open"]
        closed = [task.model_copy(update=update | {"version": task.version + 1}) for task in found]
        if not closed:
            continue
        await uow.connection.execute(
            """
            UPDATE tasks SET status = 'done', skipped = true, completed_at = %s, version = version + 1
            WHERE id = ANY(%s)
            """,
            (uow.now, [task.id for task in closed]),
        )
        await reminders.write(uow, [(task, []) for task in closed])
        uow.emit(
            *(
                TaskCompleted(id=derived_event_id(cause, TaskCompleted.topic, task.id), task=task, by=task.created_by)
                for task in closed
            )
        )


def _again(task: Task, ids: dict[UUID, UUID], top: Task, later: timedelta, user_zone: str) -> Task:
    update: dict[str, Any] = {
        "id": ids[task.id],
        "list_id": top.list_id,
        "parent_id": ids[task.parent_id] if task.parent_id else None,
        "status": "open",
        "version": 1,
        "created_at": top.created_at,
        "completed_at": None,
        "skipped": False,
        "reminders": [reminder for reminder in task.reminders if not isinstance(reminder, At)],
    }
    for name in ("due_on", "due_local", "start_on", "start_local", "deadline_on"):
        update[name] = _moved(getattr(task, name), later)
    moment = resolve(None, update["due_local"], task.zone, user_zone)
    return task.model_copy(update=update | {"due_at": moment})


def _moved(day: date | None, later: timedelta) -> date | None:
    try:
        return None if day is None else day + later
    except OverflowError:  # beyond the year 9999
        return None


def _named(occurrence: Task) -> date:
    return parse_recurrence_id(occurrence.recurrence_id or "")
