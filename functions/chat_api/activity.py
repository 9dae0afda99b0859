"""Who did what when: the event log of a task, or of a person's lists, in words and as data."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, get_args
from uuid import UUID

from pydantic import BaseModel

from functions.chat_api.fields import TaskTopic
from functions.chat_api.models.activity import Activity, ActivityPage, FieldChange
from functions.chat_api.timeline import MAX_SEQ, dropped
from functions.kernel.domain.due import describe
from functions.kernel.domain.task import Task
from functions.kernel.errors import InvalidInputError
from functions.kernel.events import EVENT_TYPES, TaskDeleted, TaskDue, TaskEvent, TaskUpdated
from functions.kernel.storage.database import Connection
from functions.kernel.storage.outbox import event_of

_WITH_TASK = [kind.topic for kind in EVENT_TYPES if issubclass(kind, TaskEvent)]
_DUE = {"due_on", "due_local", "due_at", "zone"}
_DERIVED = {"version", "series_id", "recurrence_id", "completed_at", "status", "skipped"}
_LONGEST = 60
_SAID = {
    "task.created.v1": "added",
    "task.completed.v1": "completed",
    "task.reopened.v1": "reopened",
    "task.deleted.v1": "deleted",
}
_PLACE = {"list_id": "another list", "parent_id": "another task", "assignee_id": "somebody"}
"""What is said by its name, and how, where who asks may not see that."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which activity: of a task with its reminders, or of the person's lists, or of one of them; before `before`."""

    task_id: UUID | None = None
    list_id: UUID | None = None
    by: UUID | None = None
    topic: str | None = None
    before: int = MAX_SEQ
    limit: int = 50


def read_cursor(text: str | None) -> int:
    """The position that a page ended at. Raises InvalidInputError (field `cursor`)."""
    if text is None:
        return MAX_SEQ
    if not (text.isascii() and text.isdecimal() and int(text) <= MAX_SEQ):
        raise InvalidInputError("cursor", "this is no cursor of this API; leave it out to begin anew")
    return int(text)


_COLUMNS = """
    log.seq, log.created_at, log.list_id, log.event,
    (SELECT id FROM events WHERE undoes = log.id) AS undone_by,
    (SELECT event FROM events AS earlier WHERE earlier.task_id = log.task_id AND earlier.seq < log.seq
        AND earlier.topic = ANY(%(with_task)s) ORDER BY earlier.seq DESC LIMIT 1) AS earlier
"""
_FILTERS = """
    seq < %(before)s AND topic = ANY(%(topics)s) AND (%(by)s::uuid IS NULL OR by_id = %(by)s)
    AND (%(task)s::uuid IS NULL OR task_id = %(task)s)
"""
_OF_TASK = f"SELECT * FROM events WHERE {_FILTERS} ORDER BY seq DESC LIMIT %(limit)s"  # noqa: S608 - constants
# Each list's newest by its index, and of those the newest.
_OF_LISTS = f"""
    SELECT of_list.* FROM list_members AS mine CROSS JOIN LATERAL (
        SELECT * FROM events WHERE events.list_id = mine.list_id AND {_FILTERS} ORDER BY seq DESC LIMIT %(limit)s
    ) AS of_list
    WHERE mine.user_id = %(me)s AND (%(list)s::uuid IS NULL OR mine.list_id = %(list)s)
    ORDER BY seq DESC LIMIT %(limit)s
"""  # noqa: S608 - constants


async def page(connection: Connection, person_id: UUID, wanted: Wanted) -> ActivityPage:
    """One page of what was asked for and the person may see, newest first."""
    source = _OF_TASK if wanted.task_id else _OF_LISTS
    cursor = await connection.execute(
        f"SELECT {_COLUMNS} FROM ({source}) AS log ORDER BY log.seq DESC",  # noqa: S608 - constants
        {
            "me": person_id,
            "before": wanted.before,
            "topics": [wanted.topic] if wanted.topic else list(get_args(TaskTopic)),
            "with_task": _WITH_TASK,
            "by": wanted.by,
            "task": wanted.task_id,
            "list": wanted.list_id,
            "limit": wanted.limit + 1,
        },
    )
    rows = await cursor.fetchall()
    shown = rows[: wanted.limit]
    found = [_found(row) for row in shown]
    names = await names_of(connection, (event.by for event, _ in found if isinstance(event, TaskEvent)))
    names |= await names_in(connection, (change for _, changes in found for change in changes))
    return ActivityPage(
        activity=[_activity(row, *each, names, person_id) for row, each in zip(shown, found, strict=True)],
        next_cursor=str(shown[-1]["seq"]) if len(rows) > wanted.limit else None,
        log_begins_at=gone.until if (gone := await dropped(connection)) else None,
    )


async def names_of(connection: Connection, people: Iterable[UUID]) -> dict[UUID, str]:
    """The names of those among them who share a list with who asks."""
    cursor = await connection.execute("SELECT id, name FROM names_of_members(%s)", (sorted(set(people)),))
    return {row["id"]: row["name"] for row in await cursor.fetchall()}


async def names_in(connection: Connection, changes: Iterable[FieldChange]) -> dict[UUID, str]:
    """What the lists, tasks and people of these changes are called, as far as who asks may see them."""
    ids = {UUID(each) for change in changes if change.field in _PLACE for each in (change.before, change.after) if each}
    if not ids:
        return {}
    cursor = await connection.execute(
        """
        SELECT id, name FROM lists WHERE id = ANY(%(ids)s) UNION ALL
        SELECT id, title FROM tasks WHERE id = ANY(%(ids)s) UNION ALL
        SELECT id, name FROM names_of_members(%(ids)s)
        """,
        {"ids": sorted(ids)},
    )
    return {row["id"]: row["name"] for row in await cursor.fetchall()}


def _found(row: dict[str, Any]) -> tuple[TaskEvent | TaskDue, list[FieldChange]]:
    event = event_of(row["event"])
    assert isinstance(event, TaskEvent | TaskDue)  # noqa: S101 - of the topics asked for
    earlier = event_of(row["earlier"]) if row["earlier"] else None
    return event, changes_of(event, earlier.task if isinstance(earlier, TaskEvent) else None)


def _activity(
    row: dict[str, Any],
    event: TaskEvent | TaskDue,
    changes: list[FieldChange],
    names: dict[UUID, str],
    person_id: UUID,
) -> Activity:
    by = event.by if isinstance(event, TaskEvent) else None
    undoes = event.undoes if isinstance(event, TaskEvent) else None
    return Activity(
        id=UUID(event.id),
        topic=event.topic,
        at=event.time,
        by=by,
        by_name=names.get(by) if by else None,
        task_id=event.task.id if isinstance(event, TaskEvent) else event.task_id,
        list_id=row["list_id"],
        title=event.task.title if isinstance(event, TaskEvent) else event.title,
        version=event.task.version if isinstance(event, TaskEvent) else None,
        text=in_words(event, changes, names),
        changes=changes,
        undoes=undoes,
        undone_by=row["undone_by"],
        undoable=by == person_id and row["undone_by"] is None and _is_undoable(event),
    )


def _is_undoable(event: TaskEvent | TaskDue) -> bool:
    if isinstance(event, TaskDeleted):
        return event.moved_to is None
    return event.topic != "task.recurred.v1" and not (isinstance(event, TaskUpdated) and event.along_with)


def changes_of(event: TaskEvent | TaskDue, before: Task | None) -> list[FieldChange]:
    """The fields that an update changed, each with what it was, if the log still knows, and what it became."""
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


def in_words(event: TaskEvent | TaskDue, changes: list[FieldChange], names: dict[UUID, str]) -> str:
    """What happened, as a sentence without its full stop."""
    if isinstance(event, TaskDue):
        return f"A reminder of “{event.title}” rang"
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


def _told(event: TaskUpdated, changes: list[FieldChange], names: dict[UUID, str]) -> list[str]:
    told = []
    fields = {change.field: change for change in changes}
    if _DUE & fields.keys():
        was = {name: fields[name].before if name in fields else _plain(getattr(event.task, name)) for name in _DUE}
        old = was["due_on"] or (was["due_local"] or "").replace("T", " ").removesuffix(":00")
        new = describe(event.task.due_on, event.task.due_local, event.task.zone)
        zone = f" {was['zone']}" if was["due_local"] and was["zone"] else ""
        told.append(f"due {old + zone if old else 'none'} → {new or 'none'}")
    for name, change in fields.items():
        if name in _DUE | _DERIVED | {"position"}:
            continue
        label = name.removesuffix("_id").replace("_", " ")
        if name in _PLACE:
            told.append(f"{label} {_named(name, change.before, names)} → {_named(name, change.after, names)}")
        elif name != "notes" and all(
            isinstance(each, str | int | float | None) for each in (change.before, change.after)
        ):
            told.append(f"{label} {_short(change.before)} → {_short(change.after)}")
        else:
            told.append(label)
    return told


def _named(field: str, value: str | None, names: dict[UUID, str]) -> str:
    return _short(names.get(UUID(value), _PLACE[field])) if value else "none"


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
