"""The due time and the start of a task, as it is kept and as a change asks for it."""

from datetime import date, datetime

from functions.chat_api.due_input import Due, due_at_wall_time, due_of
from functions.chat_api.models.task import TaskChange
from functions.kernel.domain.task import Task
from functions.kernel.errors import InvalidInputError

DUE_FIELDS = frozenset({"due_on", "due_local", "due_at", "zone"})
START_FIELDS = frozenset({"start_on", "start_local"})


def start_after(before: Task, asked: TaskChange, due: Due) -> tuple[date | None, datetime | None]:
    """The start that the change asks for; the one before, when it asks for none and there still is a due time."""
    if START_FIELDS & asked.model_fields_set:
        return asked.start_on, asked.start_local
    return (before.start_on, before.start_local) if due.moment else (None, None)


def due_after(before: Task, asked: TaskChange, user_zone: str, floating_zone: str) -> Due:
    """The due time that the change asks for; the one before, as it was derived, when it asks for none."""
    given = DUE_FIELDS & asked.model_fields_set
    if any(getattr(asked, name) is not None for name in given - {"zone"}):
        if asked.due_on is None and "zone" not in given:
            asked = asked.model_copy(update={"zone": before.zone})
        return due_of(asked, user_zone, floating_zone=floating_zone)
    present = {"due_on"} if before.due_on else {"due_local", "due_at"} if before.due_local else set[str]()
    if given & present:
        if before.rrule and (asked.rrule or "rrule" not in asked.model_fields_set):
            raise InvalidInputError(
                min(given & present), "a recurring task needs a due time; end its repetition with it (rrule: null)"
            )
        return due_of(asked, user_zone)
    if "zone" not in given or asked.zone == before.zone:
        return kept_due(before, floating_zone)
    if before.due_local is None:
        raise InvalidInputError("zone", "this task has no time of day that could be in a zone")
    return due_of(asked.model_copy(update={"due_local": before.due_local}), user_zone, floating_zone=floating_zone)


def kept_due(task: Task, user_zone: str) -> Due:
    """The due time of a task as it is kept; whoever looks, its moment stays."""
    if task.due_at is not None:
        return Due(task.due_on, task.due_local, task.zone, task.due_at)
    return due_at_wall_time(task.due_on, task.due_local, task.zone, user_zone)
