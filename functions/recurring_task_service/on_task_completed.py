"""task-completed: writes the next occurrence of a recurring task."""

from collections.abc import Sequence

from functions.kernel.events import TaskCompleted, TaskRecurred
from functions.kernel.identity import derived_event_id
from functions.kernel.storage import tasks
from functions.kernel.storage.unit_of_work import UnitOfWork
from functions.recurring_task_service.series import bring, has_moved_on, load, names_of, next_task, plan
from functions.recurring_task_service.subtasks import bring_anew


async def on_task_completed(events: Sequence[TaskCompleted], *, uow: UnitOfWork) -> None:
    """For each completed or skipped occurrence, write the one after it with its reminders → `task.recurred.v1`.

    Nothing for a task of no series, one reopened since, a series that has ended, or one that has moved on already. Who
    deletes a closed occurrence deletes that one alone. The task is locked, so that who reopens it meanwhile finds the
    next one there, or prevents it.
    """
    current = await tasks.load(uow.connection, [event.task.id for event in events], lock=True, deleted=True)
    for event in events:
        task = current.get(event.task.id)
        if task is None or task.series_id is None or task.status != "done":
            continue
        if await has_moved_on(uow, task):
            continue
        series = await load(uow, task.series_id, task.created_by)
        following = next_task(series, task, uow.now, await names_of(uow, series))
        brought = await bring(uow, following.task, task.id) if following else None
        if following is None or brought is None:
            continue
        await plan(uow, [(brought, following.due_moment, series.user_zone)])
        recurred = TaskRecurred(
            id=derived_event_id(event.id, TaskRecurred.topic, brought.id),
            traceparent=event.traceparent,
            task=brought,
            by=event.by,
            series_id=task.series_id,
            previous_task_id=task.id,
        )
        uow.emit(recurred)
        await bring_anew(uow, recurred)
