"""When a task is due: all day, at a wall-clock time in a zone, or at one wherever its owner is (floating)."""

from datetime import date, datetime, time, timedelta

from functions.kernel.domain.task import Task
from functions.kernel.domain.wall_time import to_utc

# An all-day task has a due moment too, so that its reminder can ring: this one, in its owner's zone.
ALL_DAY_RINGS_AT = time(9)


def resolve(due_on: date | None, due_local: datetime | None, zone: str | None, user_zone: str) -> datetime | None:
    """The UTC moment at which the due row rings; None for a task without a due time.

    All day: 09:00 on that day in `user_zone`. Zoned: in `zone`. Floating (no zone): in `user_zone`.
    Raises InvalidInputError for an unknown zone.
    """
    if due_local is not None:
        return to_utc(due_local, zone or user_zone)
    if due_on is not None:
        return to_utc(datetime.combine(due_on, ALL_DAY_RINGS_AT), user_zone)
    return None


def describe(due_on: date | None, due_local: datetime | None, zone: str | None) -> str | None:
    """The due time for a person: `2026-11-23`, `2026-11-23 09:00 Europe/Berlin`, or `2026-11-23 09:00`."""
    if due_local is not None:
        text = due_local.isoformat(" ", "seconds" if due_local.second else "minutes")
        return f"{text} {zone}" if zone else text
    return due_on.isoformat() if due_on is not None else None


def rings_of(task: Task, due_moment: datetime | None, now: datetime) -> dict[int, datetime]:
    """The moments (UTC) at which a task with this due moment rings, by minutes before it; 0 is the due moment itself.

    None for a task that is done. A moment before the due one that has passed already is left out, and so is an
    all-day task's: they would tell nothing.
    """
    if due_moment is None or task.status == "done":
        return {}
    minutes = sorted({0, *(reminder.minutes_before for reminder in task.reminders)})
    wanted = (m for m in minutes if (m == 0 and task.due_local) or due_moment > now + timedelta(minutes=m))
    return {before: due_moment - timedelta(minutes=before) for before in wanted}
