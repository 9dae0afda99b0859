"""Undo: an event of one's own is taken back by another one, through what one could have done oneself."""

from collections.abc import Collection
from uuid import UUID

from functions.chat_api import history, undo_list, undo_task
from functions.chat_api.history import SupersededError
from functions.chat_api.models.activity import Undone
from functions.chat_api.models.person import Person
from functions.chat_api.timeline import dropped
from functions.kernel.errors import ConflictError, NotAllowedError, NotFoundError
from functions.kernel.events import ListChanged, TaskEvent
from functions.kernel.storage.outbox import event_of
from functions.kernel.storage.unit_of_work import UnitOfWork


async def undo_last(uow: UnitOfWork, person: Person, scopes: Collection[str]) -> Undone:
    """Undo the newest of this person's events that did something which still stands, and undid nothing itself. When
    subtasks were closed, opened, deleted or restored with their task, that is undone with it.

    Raises ConflictError when that one can't be undone, or was done before the log begins, NotFoundError when there is
    none, and InsufficientScopeError where it takes a scope that is not among these.
    """
    cursor = await uow.connection.execute(
        """
        SELECT event FROM events AS done WHERE by_id = %s AND undoes IS NULL
          -- What followed by itself, as that an occurrence is left out, has an id made of what it followed from.
          AND uuid_extract_version(id) <> 5
          AND NOT EXISTS (SELECT FROM events WHERE undoes = done.id)
          -- What followed from something else that was done, and what the list was told that a task left, are undone
          -- with that; and of a deleted list the others' copies of its event are.
          AND done.event -> 'data' ->> 'moved_to' IS NULL AND done.event -> 'data' ->> 'along_with' IS NULL
          AND (done.user_id = done.by_id OR done.event -> 'data' ->> 'change' IS DISTINCT FROM 'deleted')
          AND NOT EXISTS (
              SELECT FROM events AS above WHERE above.tx = done.tx AND above.topic = done.topic
                AND (done.topic <> 'task.updated.v1' OR done.event -> 'data' ->> 'changed' = '["deleted_at"]')
                AND above.task_id::text = done.event -> 'data' -> 'task' ->> 'parent_id'
          )
        ORDER BY seq DESC LIMIT %s
        """,
        (person.id, history.MOST_LOOKED_AT),
    )
    for row in await cursor.fetchall():
        event = event_of(row["event"])
        assert isinstance(event, TaskEvent | ListChanged)  # noqa: S101 - only these have a person who did it
        try:
            return await _undo(uow, person, event, scopes)
        except SupersededError:
            continue
    await _check_kept(uow, "you did nothing since that could be undone")
    raise NotFoundError("you did nothing that could be undone")


async def undo(uow: UnitOfWork, person: Person, event_id: UUID, scopes: Collection[str] = ()) -> Undone:
    """Undo this event. Raises NotFoundError, NotAllowedError for what somebody else did, or takes a scope that is not
    among these, and ConflictError, which says what stands in the way; also for what is not in a log that does not go
    back to its beginning."""
    cursor = await uow.connection.execute("SELECT event FROM events WHERE id = %s", (event_id,))
    row = await cursor.fetchone()
    event = event_of(row["event"]) if row else None
    if event is None:
        await _check_kept(uow, f"there is no event {event_id} since, or none that you may see")
    if not isinstance(event, TaskEvent | ListChanged):
        raise NotFoundError(f"there is no event {event_id} of a task or list, or none that you may see")
    if event.by != person.id:
        raise NotAllowedError("somebody else did this; only who did it can undo it")
    return await _undo(uow, person, event, scopes)


async def _check_kept(uow: UnitOfWork, otherwise: str) -> None:
    """Whether what is not in the log may have been dropped from it. Raises ConflictError."""
    if gone := await dropped(uow.connection):
        raise ConflictError(
            f"the event log begins on {gone.until:%Y-%m-%d}, and what was done before cannot be undone; {otherwise}"
        )


async def _undo(uow: UnitOfWork, person: Person, event: TaskEvent | ListChanged, scopes: Collection[str]) -> Undone:
    if isinstance(event, ListChanged):
        undo_list.check_scopes(event, scopes)
        return await undo_list.undo(uow, person, event)
    return await undo_task.undo(uow, person, event)
