"""Ringing the alarm: one transaction after another until the alarm's window has passed."""

import asyncio
import time
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from functions.kernel.host.deliver import FunctionHost
from functions.kernel.storage.database import TRANSACTION_TIMEOUT_SECONDS
from functions.kernel.telemetry import measures
from functions.kernel.telemetry.logs import about
from functions.kernel.telemetry.spans import span

JOB_PREFIX = "ring-"
LAST_SECOND = "253402300799"
"""Of the year 9999, in Unix time."""
NOW = f"{JOB_PREFIX}now"
"""No job of the scheduler: posted by who has left events in the outbox, and has committed them."""
REARM = "rearm"
"""No job of the scheduler: posted by what is independent of it, at the start and every hour."""


LEFT_FOR = timedelta(seconds=TRANSACTION_TIMEOUT_SECONDS / 2)
"""By then its writer has published an event, or will not any more."""
LEFT_FOR_AT_START = LEFT_FOR_WHEN_ASKED = timedelta(seconds=1)
"""Who starts may have been killed with events just committed, and who asks has just replayed some. Those that another
was about to publish come twice then, and the inboxes know them."""


@dataclass(frozen=True, slots=True)
class AlarmRang:
    """An alarm rang: for what is due at this moment, and for what becomes due within `second` (UTC), if it names one.

    `rearm`: the alarms themselves are to be set again from the database. An event that has waited for `left_for` to be
    published is left behind. `left_after`: outbox rows up to this `seq` were looked after already. `backlog_from`: late
    reminders wait until this moment (UTC). `erasing`: traces of who left are still to be erased.
    """

    second: datetime | None = None
    rearm: bool = False
    left_for: timedelta = LEFT_FOR
    left_after: int = 0
    backlog_from: datetime | None = None
    erasing: bool = False


@dataclass(frozen=True, slots=True)
class Again:
    """The alarm's handler is to be called again at this moment (UTC), with the outbox rows after this `seq`, and with
    the late reminders from `backlog_from` on.

    `reminders` is how many wait for that moment or for the rest of its second; none: it is no reminder's moment.
    `rearm`: what was asked for at first is still to be done. `erasing`: so is what it began to erase.
    """

    at: datetime
    left_after: int = 0
    reminders: int = 0
    backlog_from: datetime | None = None
    rearm: bool = False
    erasing: bool = False


def job_name(second: int, nonce: str = "") -> str:
    """The name of the job that rings for the reminders due within this second (Unix time)."""
    return f"{JOB_PREFIX}{second}-{nonce}" if nonce else f"{JOB_PREFIX}{second}"


def alarm_named(name: str) -> AlarmRang:
    """The alarm that a job of this name stands for; a name that says no second rings for this moment."""
    if name == NOW:
        return AlarmRang(left_for=LEFT_FOR_WHEN_ASKED)
    if name == REARM:
        return AlarmRang(rearm=True, left_for=LEFT_FOR_AT_START)
    second = name.removeprefix(JOB_PREFIX).partition("-")[0]
    if not (second.isdecimal() and len(second) <= len(LAST_SECOND) and int(second) <= int(LAST_SECOND)):
        return AlarmRang()
    return AlarmRang(datetime.fromtimestamp(int(second), UTC))


async def ring(host: FunctionHost, alarm: AlarmRang) -> None:
    """Call the alarm's handler, again whenever it asks for it, by the database's clock, until it does not.

    What one call claimed is being published while the next one claims. When it rang ahead of a moment, those whom a
    reminder will pass through are told for when and for how many, so that they are awake then. Raises what the handler
    raises: the alarm is then rung again by whoever rang it. What it does is a trace of its own.
    """
    with about(function=host.function.name), span("ring", "consumer"):
        await _ring(host, alarm)


async def _ring(host: FunctionHost, alarm: AlarmRang) -> None:
    publishing: asyncio.Task[None] | None = None
    announcing: asyncio.Task[None] | None = None
    try:
        while True:
            started = time.monotonic()
            async with host.units.begin() as uow:
                again: Again | None = await host.call(alarm, uow)
            measures.rang(uow.emitted, uow.republished, uow.present)
            if publishing:
                await publishing
            publishing = asyncio.create_task(host.units.publish(uow))
            if again is None:
                return
            alarm = replace(
                alarm,
                rearm=again.rearm,
                left_after=again.left_after,
                backlog_from=again.backlog_from,
                erasing=again.erasing,
            )
            if host.announce and announcing is None and again.reminders and again.at > uow.now:
                announcing = asyncio.create_task(host.announce(again.at, again.reminders))
            elapsed = time.monotonic() - started
            await asyncio.sleep(max(0.0, (again.at - uow.now).total_seconds() - elapsed))
    finally:
        for task in (publishing, announcing):
            if task:
                await task
