"""task-due: writes the notice of a reminder that rang, and plans one delivery a channel."""

from collections.abc import Sequence
from datetime import datetime

from functions.kernel.domain.due import LATE
from functions.kernel.events import TaskDue
from functions.kernel.storage.unit_of_work import UnitOfWork
from functions.notification_service.notices import Notice, tell


async def on_task_due(events: Sequence[TaskDue], *, uow: UnitOfWork) -> None:
    """Tell whom each reminder was for; nobody, if the task was completed, or deleted with its list or without, since it
    rang."""
    rows = await (
        await uow.connection.execute(
            """
            SELECT tasks.id FROM tasks JOIN lists ON lists.id = tasks.list_id AND lists.deleted_at IS NULL
            WHERE tasks.id = ANY(%s) AND status = 'open' AND tasks.deleted_at IS NULL
            """,
            ([event.task_id for event in events],),
        )
    ).fetchall()
    still_open = {row["id"] for row in rows}
    await tell(
        uow,
        [
            Notice(
                user_id=event.user_id,
                task_id=event.task_id,
                event=event,
                kind=event.kind,
                title=event.title,
                body=body(event, uow.now),
                remind_at=event.remind_at,
            )
            for event in events
            if event.task_id in still_open
        ],
    )


def body(event: TaskDue, now: datetime) -> str:
    """What the notice says under its title: when the task is due, and how late this is, if it is."""
    due = f"Due {event.due}" if event.due else "Due now"
    if event.held_from:
        due += ", held over your quiet hours"
    late = now - event.remind_at
    if late < LATE:
        return due
    minutes = int(late.total_seconds() // 60)
    days, hours = minutes // 1440, minutes // 60 % 24
    span = f"{days} d {hours} h" if days else f"{hours} h {minutes % 60} min" if hours else f"{minutes} min"
    return f"{due} (this reminder is {span} late)"
