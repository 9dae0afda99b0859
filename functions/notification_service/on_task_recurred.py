"""task-recurred: tells people what comes next, and the webhooks that asked."""

from collections.abc import Sequence

from functions.kernel.domain.due import MOST_MISSED, describe
from functions.kernel.events import TaskRecurred
from functions.kernel.storage.unit_of_work import UnitOfWork
from functions.notification_service.notices import Notice, members_of, tell


async def on_task_recurred(events: Sequence[TaskRecurred], *, uow: UnitOfWork) -> None:
    """Write a notice of the next occurrence to every member of its list; webhooks are told of its subtasks, too."""
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
                body=body(event),
                in_app=event.task.parent_id is None,
            )
            for event in events
            for member in members.get(event.task.list_id, ())
        ],
    )


def body(event: TaskRecurred) -> str:
    """What the notice says under its title: when the task is due, and how often it was missed, if it was."""
    due = f"Due {describe(event.task.due_on, event.task.due_local, event.task.zone)}"
    if not event.missed:
        return due
    times = "once" if event.missed == 1 else f"{event.missed:,} times"
    more = " or more" if event.missed == MOST_MISSED else ""
    return f"{due} (missed {times}{more} while the service was off)"
