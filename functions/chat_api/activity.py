"""Who did what when: the event log of a task, or of a person's lists, in words and as data."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, get_args
from uuid import UUID

from functions.chat_api.fields import ActivityTopic
from functions.chat_api.models.activity import Activity, ActivityPage, FieldChange
from functions.chat_api.names import names_in, names_of
from functions.chat_api.timeline import MAX_SEQ, dropped
from functions.chat_api.wording import Told, changes_of, in_words
from functions.kernel.errors import InvalidInputError
from functions.kernel.events import EVENT_TYPES, ListChanged, TaskDeleted, TaskDue, TaskEvent, TaskUpdated
from functions.kernel.storage.database import Connection
from functions.kernel.storage.outbox import event_of

_WITH_TASK = [kind.topic for kind in EVENT_TYPES if issubclass(kind, TaskEvent)]


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
# Each list's newest by its index, and of those the newest. Of a list that the person left, or that was deleted, what
# they were told themselves, which is found by the key of the list's own events. Each member has a copy of a deletion.
_OF_LISTS = f"""
    SELECT of_list.* FROM list_members AS mine CROSS JOIN LATERAL (
        SELECT * FROM events WHERE events.list_id = mine.list_id AND {_FILTERS}
          AND (topic <> 'list.changed.v1' OR user_id = %(me)s OR event -> 'data' ->> 'change' <> 'deleted')
        ORDER BY seq DESC LIMIT %(limit)s
    ) AS of_list
    WHERE mine.user_id = %(me)s AND (%(list)s::uuid IS NULL OR mine.list_id = %(list)s)
    UNION ALL
    SELECT of_list.* FROM (
        SELECT list_id FROM departures WHERE user_id = %(me)s AND (%(list)s::uuid IS NULL OR list_id = %(list)s)
        EXCEPT SELECT list_id FROM list_members WHERE user_id = %(me)s
    ) AS gone CROSS JOIN LATERAL (
        SELECT * FROM events WHERE events.key = gone.list_id AND user_id = %(me)s AND {_FILTERS}
        ORDER BY seq DESC LIMIT %(limit)s
    ) AS of_list
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
            "topics": [wanted.topic] if wanted.topic else list(get_args(ActivityTopic)),
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
    named = await names_of(connection, (each for event, _ in found for each in _people_of(event)))
    named |= await names_in(connection, (change for _, changes in found for change in changes))
    return ActivityPage(
        activity=[_activity(row, *each, named, person_id) for row, each in zip(shown, found, strict=True)],
        next_cursor=str(shown[-1]["seq"]) if len(rows) > wanted.limit else None,
        log_begins_at=gone.until if (gone := await dropped(connection)) else None,
    )


def _people_of(event: Told) -> Iterator[UUID]:
    if not isinstance(event, TaskDue):
        yield event.by
    if isinstance(event, ListChanged) and event.user_id:
        yield event.user_id


def _found(row: dict[str, Any]) -> tuple[Told, list[FieldChange]]:
    event = event_of(row["event"])
    assert isinstance(event, Told)  # noqa: S101 - of the topics asked for
    earlier = event_of(row["earlier"]) if row["earlier"] else None
    return event, changes_of(event, earlier.task if isinstance(earlier, TaskEvent) else None)


def _activity(
    row: dict[str, Any], event: Told, changes: list[FieldChange], names: dict[UUID, str], person_id: UUID
) -> Activity:
    by = None if isinstance(event, TaskDue) else event.by
    return Activity(
        id=UUID(event.id),
        topic=event.topic,
        at=event.time,
        by=by,
        by_name=names.get(by) if by else None,
        task_id=_task_id(event),
        list_id=row["list_id"],
        title=_title(event),
        version=event.task.version if isinstance(event, TaskEvent) else None,
        text=in_words(event, changes, names),
        changes=changes,
        undoes=None if isinstance(event, TaskDue) else event.undoes,
        undone_by=row["undone_by"],
        undoable=by == person_id and row["undone_by"] is None and _is_undoable(event),
    )


def _task_id(event: Told) -> UUID | None:
    if isinstance(event, TaskEvent):
        return event.task.id
    return event.task_id if isinstance(event, TaskDue) else None


def _title(event: Told) -> str:
    if isinstance(event, TaskEvent):
        return event.task.title
    return event.title if isinstance(event, TaskDue) else event.name or ""


def _is_undoable(event: Told) -> bool:
    match event:
        case TaskDeleted():
            return event.moved_to is None
        case TaskUpdated():
            return event.along_with is None
        case ListChanged(change="role"):
            return event.role != "owner" and event.role_was is not None
        case _:
            return event.topic != "task.recurred.v1"
