"""alarm: claims the reminders and failed deliveries that are due, and publishes what an outbox left behind."""

from datetime import timedelta
from typing import Any

from functions.kernel.domain.due import describe
from functions.kernel.events import TaskDue
from functions.kernel.host.ring import Again, AlarmRang
from functions.kernel.identity import due_event_id
from functions.kernel.storage import outbox
from functions.kernel.storage.unit_of_work import UnitOfWork
from functions.kernel.telemetry.spans import beginning
from functions.recurring_task_service import delivery_retries, erasures, log_months
from functions.recurring_task_service.due_reminders import (
    claim,
    claim_late,
    is_first_at_backlog,
    next_before,
    next_in_second,
    rearm,
)
from functions.recurring_task_service.postponed import Rows, hold_back, nag_on

BATCH = 1000
BACKLOG_BATCH = 25
PAUSE = timedelta(milliseconds=25)
"""Between two batches of what is late, or is erased, so that what is on time finds neither database nor brokers nor
task-due busy."""


async def on_alarm_rang(alarm: AlarmRang, *, uow: UnitOfWork) -> Again | None:
    """Emit `task.due.v1` for up to BATCH reminders that are due by the database's clock, in their order, but for those
    that quiet hours hold; if these are fewer, for up to BACKLOG_BATCH that are late, as their series want it. Ask again
    for the deliveries whose time has come. Set the alarms again if that is asked for, and see to the event log's months
    before anything else: alone, since nobody else can use the log until that is committed. Then erase what is left of
    people who left, a little at a call.

    Returns when to be called again: at once after a full batch, at the next reminder's moment within the alarm's
    second, after a PAUSE if more are late, else never.
    """
    if alarm.rearm and await log_months.prepare(uow):
        return Again(uow.now, alarm.left_after, backlog_from=alarm.backlog_from, rearm=True)
    claimed = await claim(uow, BATCH)
    waits = len(claimed) == BATCH or (alarm.backlog_from is not None and uow.now < alarm.backlog_from)
    late, more = ([], False) if waits else await claim_late(uow, BACKLOG_BATCH)
    ringing = await hold_back(uow, [*claimed, *await _caught_up(uow, late)])
    await nag_on(uow, ringing)
    uow.emit(*map(_due, ringing))
    retried = await delivery_retries.claim(uow, BATCH, alarm.second)
    uow.emit(*retried)
    if alarm.rearm:
        await rearm(uow)
    erasing = (alarm.rearm or alarm.erasing) and await erasures.go_on(uow)
    left, left_after = await outbox.left_behind(uow.connection, BATCH, alarm.left_for, after=alarm.left_after)
    uow.republish(left)
    if left:
        uow.arm(outbox.check_moment(uow.now))
    backlog_from = alarm.backlog_from if waits else None
    if more and await is_first_at_backlog(uow):
        backlog_from = uow.present + PAUSE
    if BATCH in (len(claimed), len(left), len(retried)):
        return Again(uow.now, left_after, backlog_from=backlog_from, erasing=erasing)
    if erasing:
        return Again(uow.present + PAUSE, left_after, backlog_from=backlog_from, erasing=True)
    moment, waiting = await next_in_second(uow, alarm.second) if alarm.second else (None, 0)
    if backlog_from and (moment is None or backlog_from < moment):
        moment, waiting = await next_before(uow, backlog_from) or backlog_from, 0
    return Again(moment, left_after, waiting, backlog_from) if moment else None


async def _caught_up(uow: UnitOfWork, late: Rows) -> Rows:
    if not any(row["missed"] for row in late):
        return late
    # Only now: it loads the rules of recurrence, which no reminder on time has to wait for.
    from functions.recurring_task_service.catch_up import catch_up

    return await catch_up(uow, late)


def _due(row: dict[str, Any]) -> TaskDue:
    return TaskDue(
        id=str(due_event_id(row["id"], row["remind_at"], row["version"])),
        traceparent=beginning(TaskDue.topic),
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
