"""What happened, in words and field by field."""

from typing import Any
from uuid import UUID

from pydantic import BaseModel

from functions.chat_api.due_change import DUE_FIELDS
from functions.chat_api.models.activity import FieldChange
from functions.chat_api.names import CALLED
from functions.kernel.domain.due import describe
from functions.kernel.domain.task import Task
from functions.kernel.events import ListChanged, TaskDeleted, TaskDue, TaskEvent, TaskUpdated

Told = TaskEvent | TaskDue | ListChanged
"""What people are told of as activity."""
_DERIVED = {"version", "series_id", "recurrence_id", "completed_at", "status", "skipped"}
_LONGEST = 60
_SAID = {
    "task.created.v1": "added",
    "task.completed.v1": "completed",
    "task.reopened.v1": "reopened",
    "task.deleted.v1": "deleted",
}


def changes_of(event: Told, before: Task | None) -> list[FieldChange]:
    """The fields that an update changed, each with what it was, if the log still knows, and what it became; of a list
    its name, or a member's role."""
    if isinstance(event, ListChanged):
        if event.change == "renamed":
            return [FieldChange(field="name", before=event.was, after=event.name)]
        return [FieldChange(field="role", before=event.role_was, after=event.role)] if event.change == "role" else []
    if not isinstance(event, TaskUpdated):
        return []
    changes = [
        FieldChange(field=name, before=_plain(getattr(before, name, None)), after=_plain(getattr(event.task, name)))
        for name in event.changed
        if name in Task.model_fields
    ]
    return changes + [
        FieldChange(field=name, before=was, after=becomes)
        for name, (was, becomes) in event.series.items()
        if name in event.changed
    ]


def in_words(event: Told, changes: list[FieldChange], names: dict[UUID, str]) -> str:
    """What happened, as a sentence without its full stop."""
    if isinstance(event, TaskDue):
        return f"A reminder of “{event.title}” rang"
    if isinstance(event, ListChanged):
        return of_list(event, names)
    who, title = names.get(event.by, "Somebody"), f"“{event.task.title}”"
    if event.topic == "task.recurred.v1":
        due = describe(event.task.due_on, event.task.due_local, event.task.zone)
        return f"The next {title} came" + (f", due {due}" if due else "")
    if isinstance(event, TaskDeleted) and event.moved_to:
        return f"{who} moved {title} to another list"
    if not isinstance(event, TaskUpdated):
        said = "skipped" if event.topic == "task.completed.v1" and event.task.skipped else _SAID[event.topic]
        return f"{who} {said} {title}"
    if "deleted_at" in event.changed:
        return f"{who} restored {title}"
    if event.changed == ["position"]:
        return f"{who} moved {title} to another place"
    told = _told(event, changes, names)
    return f"{who} changed {title}" + (f": {'; '.join(told)}" if told else "")


def of_list(event: ListChanged, names: dict[UUID, str]) -> str:
    """What happened to a list, or to who shares it, as in_words says it."""
    who, what = names.get(event.by, "Somebody"), f"the list “{event.name}”" if event.name else "a list"
    member = names.get(event.user_id, "somebody") if event.user_id else "somebody"
    match event.change:
        case "renamed" if event.was is not None:
            return f"{who} renamed the list “{event.was}” to “{event.name}”"
        case "joined" if event.user_id != event.by:
            return f"{who} made {member} a member of {what} again"
        case "removed":
            return f"{who} removed {member} from {what}"
        case "role" if event.role == "owner":
            return f"{who} handed {what} over to {member}"
        case "role" if event.role:
            return f"{who} made {member} {'an' if event.role == 'editor' else 'a'} {event.role} of {what}"
        case "role":
            return f"{who} changed what {member} may do in {what}"
        case change:
            return f"{who} {change} {what}"


def _told(event: TaskUpdated, changes: list[FieldChange], names: dict[UUID, str]) -> list[str]:
    told = []
    fields = {change.field: change for change in changes}
    if DUE_FIELDS & fields.keys():
        was = {
            name: fields[name].before if name in fields else _plain(getattr(event.task, name)) for name in DUE_FIELDS
        }
        old = was["due_on"] or (was["due_local"] or "").replace("T", " ").removesuffix(":00")
        new = describe(event.task.due_on, event.task.due_local, event.task.zone)
        zone = f" {was['zone']}" if was["due_local"] and was["zone"] else ""
        told.append(f"due {old + zone if old else 'none'} → {new or 'none'}")
    for name, change in fields.items():
        if name in DUE_FIELDS | _DERIVED | {"position"}:
            continue
        label = name.removesuffix("_id").replace("_", " ")
        if name in CALLED:
            told.append(f"{label} {_named(name, change.before, names)} → {_named(name, change.after, names)}")
        elif name != "notes" and all(
            isinstance(each, str | int | float | None) for each in (change.before, change.after)
        ):
            told.append(f"{label} {_short(change.before)} → {_short(change.after)}")
        else:
            told.append(label)
    return told


def _named(field: str, value: str | None, names: dict[UUID, str]) -> str:
    return _short(names.get(UUID(value), CALLED[field])) if value else "none"


def _short(value: str | float | None) -> str:
    if isinstance(value, str):
        return f"“{value if len(value) <= _LONGEST else value[:_LONGEST] + '…'}”"
    return "none" if value is None else str(value)


def _plain(value: Any) -> Any:
    if isinstance(value, list):
        return [_plain(each) for each in value]
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json")
    return value.isoformat() if hasattr(value, "isoformat") else str(value) if isinstance(value, UUID) else value
