"""Ringing the alarm: one transaction after another until the alarm's window has passed."""

import asyncio
import time
from dataclasses import dataclass
from datetime import UTC, datetime

from functions.kernel.host.deliver import FunctionHost

JOB_PREFIX = "ring-"
REARM = "rearm"
"""No job of the scheduler: posted by what is independent of it, at the start and every hour."""


@dataclass(frozen=True, slots=True)
class AlarmRang:
    """An alarm rang: for what is due at this moment, and for what becomes due within `second` (UTC), if it names one.

    `rearm`: the alarms themselves are to be set again from the database.
    """

    second: datetime | None = None
    rearm: bool = False


def job_name(second: int, nonce: str = "") -> str:
    """The name of the job that rings for the reminders due within this second (Unix time)."""
    return f"{JOB_PREFIX}{second}-{nonce}" if nonce else f"{JOB_PREFIX}{second}"


def alarm_named(name: str) -> AlarmRang:
    """The alarm that a job of this name stands for; a name that says no second rings for this moment."""
    if name == REARM:
        return AlarmRang(rearm=True)
    second = name.removeprefix(JOB_PREFIX).partition("-")[0]
    return AlarmRang(datetime.fromtimestamp(int(second), UTC) if second.isdecimal() else None)


async def ring(host: FunctionHost, alarm: AlarmRang) -> None:
    """Call the alarm's handler, again at each moment it names, by the database's clock, until it names none.

    What one call claimed is being published while the next one claims. Raises what the handler raises: the alarm
    is then rung again by whoever rang it.
    """
    publishing: asyncio.Task[None] | None = None
    try:
        while True:
            started = time.monotonic()
            async with host.units.begin() as uow:
                again_at: datetime | None = await host.call(alarm, uow)
            if publishing:
                await publishing
            publishing = asyncio.create_task(host.units.publish(uow))
            if again_at is None:
                return
            elapsed = time.monotonic() - started
            await asyncio.sleep(max(0.0, (again_at - uow.now).total_seconds() - elapsed))
    finally:
        if publishing:
            await publishing
