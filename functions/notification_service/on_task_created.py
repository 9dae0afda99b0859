"""task-created: tells the list's other members, and the webhooks that asked."""

from collections.abc import Sequence

from functions.kernel.events import TaskCreated
from functions.kernel.storage.unit_of_work import UnitOfWork
from functions.notification_service.notices import Notice, members_of, tell


async def on_task_created(events: Sequence[TaskCreated], *, uow: UnitOfWork) -> None:
    """Write a notice to every member but the one who wrote the task; its author's webhooks are told too."""
    members = await members_of(uow, [event.task.list_id for event in events])
    await tell(
        uow,
        [
            Notice(
                user_id=member,
                task_id=event.task.id,
                event=event,
                kind="created",
                title=f"New task: {event.task.title}",
                in_app=member != event.by,
            )
            for event in events
            for member in members.get(event.task.list_id, ())
        ],
    )
