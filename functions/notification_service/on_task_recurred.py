"""task-recurred: tells people what comes next, and the webhooks that asked."""

from collections.abc import Sequence

from functions.kernel.domain.due import describe
from functions.kernel.events import TaskRecurred
from functions.kernel.storage.unit_of_work import UnitOfWork
from functions.notification_service.notices import Notice, members_of, tell


async def on_task_recurred(events: Sequence[TaskRecurred], *, uow: UnitOfWork) -> None:
    """Write a notice of the next occurrence to every member of its list."""
    members = await members_of(uow, [event.task.list_id for event in events])
    await tell(
        uow,
        [
            Notice(
                user_id=member,
                task_id=event.task.id,
                event=event,
                kind="recurred",
                title=f"Next: {event.task.title}",
                body=f"Due {describe(event.task.due_on, event.task.due_local, event.task.zone)}",
            )
            for event in events
            for member in members.get(event.task.list_id, ())
        ],
    )
