"""alarm: claims the reminders that are due, and publishes what an outbox left behind."""

from functions.kernel.domain.due import describe
from functions.kernel.events import TaskDue
from functions.kernel.host.ring import Again, AlarmRang
from functions.kernel.identity import due_event_id
from functions.kernel.storage import outbox
from functions.kernel.storage.unit_of_work import UnitOfWork
from functions.recurring_task_service.due_reminders import claim, next_in_second, rearm
from functions.recurring_task_service.postponed import hold_back, nag_on

BATCH = 1000


async def on_alarm_rang(alarm: AlarmRang, *, uow: UnitOfWork) -> Again | None:
    """Emit `task.due.v1` for up to BATCH reminders that are due by the database's clock, in their order, but for those
    that quiet hours hold; set the alarms again if that is asked for.

    Returns when to be called again: at once after a full batch, at the next reminder's moment within the alarm's
    second, else never.
    """
    claimed = await claim(uow, BATCH)
    ringing = await hold_back(uow, claimed)
    await nag_on(uow, ringing)
    for row in ringing:
        uow.emit(
            TaskDue(
                id=str(due_event_id(row["id"], row["remind_at"], row["version"])),
                reminder_id=row["id"],
                task_id=row["task_id"],
                list_id=row["list_id"],
                user_id=row["user_id"],
                kind=row["kind"],
                remind_at=row["remind_at"],
                held_from=row["held_from"],
                title=row["title"],
                due=describe(row["due_on"], row["due_local"], row["zone"]),
            )
        )
    if alarm.rearm:
        await rearm(uow)
    left, left_after = await outbox.left_behind(uow.connection, BATCH, alarm.left_for, after=alarm.left_after)
    uow.republish(left)
    if left:
        uow.arm(outbox.check_moment(uow.now))
    if len(claimed) == BATCH or len(left) == BATCH:
        return Again(uow.now, left_after)
    moment, waiting = await next_in_second(uow, alarm.second) if alarm.second else (None, 0)
    return Again(moment, left_after, waiting) if moment else None
