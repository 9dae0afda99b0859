"""Planning what webhooks want of an event that no notice tells of."""

from uuid import UUID

from functions.kernel.events import TaskEvent
from functions.kernel.storage.outbox import event_of
from functions.kernel.storage.unit_of_work import UnitOfWork
from functions.notification_service.notices import Notice, members_of, tell


async def plan(uow: UnitOfWork, event_id: UUID) -> None:
    """Request a delivery for each webhook, of a member of the event's list, that wants it; nothing for an event that is
    not in the log, or is of no task."""
    rows = await (await uow.connection.execute("SELECT event FROM events WHERE id = %s", (event_id,))).fetchall()
    event = event_of(rows[0]["event"]) if rows else None
    if not isinstance(event, TaskEvent):
        return
    members = await members_of(uow, [event.task.list_id])
    await tell(
        uow,
        [
            Notice(
                user_id=member,
                task_id=event.task.id,
                event=event,
                kind="webhook",
                title=event.task.title,
                in_app=False,
            )
            for member in members.get(event.task.list_id, ())
        ],
    )
