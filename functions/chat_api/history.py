"""What the log says of a task, or a list, around one of its events."""

from uuid import UUID

from functions.chat_api.names import names_of
from functions.kernel.errors import ConflictError
from functions.kernel.events import ListChanged, TaskEvent, TaskUpdated
from functions.kernel.storage.outbox import event_of
from functions.kernel.storage.unit_of_work import UnitOfWork

MOST_LOOKED_AT = 100


class SupersededError(ConflictError):
    """What the event did is not how things stand any more: there is nothing to take back."""


async def check_not_undone(uow: UnitOfWork, event: TaskEvent | ListChanged) -> None:
    """Raises SupersededError."""
    cursor = await uow.connection.execute("SELECT id FROM events WHERE undoes = %s", (event.id,))
    if row := await cursor.fetchone():
        raise SupersededError(f"this is undone already, by the event {row['id']}; undo that one to do it again")


async def others_since(uow: UnitOfWork, event: ListChanged) -> UUID | None:
    """Somebody else who did something in the list since; null: nobody."""
    cursor = await uow.connection.execute(
        """
        SELECT by_id FROM events
        WHERE list_id = %s AND seq > (SELECT seq FROM events WHERE id = %s) AND by_id <> %s LIMIT 1
        """,
        (event.list_id, event.id, event.by),
    )
    row = await cursor.fetchone()
    return row["by_id"] if row else None


async def changed_since(uow: UnitOfWork, event: TaskEvent, name: str) -> str:
    """Who has changed this field since, in words."""
    for each in await later(uow, event):
        if isinstance(each, TaskUpdated) and name in each.changed:
            return f"{await who(uow, each)} changed {name} since; undo that first, or change it yourself"
    return f"{name} has changed since; change it yourself"


async def who(uow: UnitOfWork, event: TaskEvent) -> str:
    """The name of who did it."""
    return (await names_of(uow.connection, [event.by])).get(event.by, "somebody")


async def before(uow: UnitOfWork, event: TaskEvent) -> TaskEvent | None:
    """The event of the same task before this one; by `seq`, which within a task is the order of commits."""
    return next(iter(await _around(uow, event, "<", 1)), None)


async def later(uow: UnitOfWork, event: TaskEvent) -> list[TaskEvent]:
    """The newest MOST_LOOKED_AT after this one, newest first."""
    return await _around(uow, event, ">", MOST_LOOKED_AT)


async def _around(uow: UnitOfWork, event: TaskEvent, side: str, limit: int) -> list[TaskEvent]:
    cursor = await uow.connection.execute(
        f"""
        SELECT event FROM events WHERE task_id = %s AND seq {side} (SELECT seq FROM events WHERE id = %s)
          AND by_id IS NOT NULL ORDER BY seq DESC LIMIT %s
        """,  # noqa: S608 - a constant
        (event.task.id, event.id, limit),
    )
    found = [event_of(row["event"]) for row in await cursor.fetchall()]
    return [each for each in found if isinstance(each, TaskEvent)]
