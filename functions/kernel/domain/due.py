"""When a task is due, and when its reminders ring: all day, at a wall-clock time in a zone, or at one wherever its
owner is (floating)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import MAXYEAR, UTC, date, datetime, time, timedelta
from typing import Literal

from functions.kernel.domain.reminder import At, Before, Nag, OnDay
from functions.kernel.domain.task import Task
from functions.kernel.domain.wall_time import to_local, to_utc

# An all-day task has a due moment too, so that its reminder can ring: this one, in its owner's zone.
ALL_DAY_RINGS_AT = time(9)

LATE = timedelta(seconds=60)
"""From here on a reminder is late: it says so, waits behind those that are on time, and its series' policy decides."""
MOST_MISSED = 10_000
"""So many occurrences are counted when a series missed some; the number stands for that many or more."""

RingKind = Literal["due", "before", "start", "at", "day", "nag", "snooze"]


@dataclass(frozen=True, slots=True)
class Ring:
    """One moment (UTC) at which a task rings. Its `name` is its own among the task's; `every` says how long after it
    a nag rings again."""

    name: str
    kind: RingKind
    at: datetime
    every: timedelta | None = None


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


def rings_of(task: Task, due_moment: datetime | None, now: datetime, user_zone: str) -> list[Ring]:
    """When a task with this due moment rings (UTC), from its due moment on in the order of its reminders.

    None for a task that is done. `user_zone` is where the person is who is reminded. A moment that has passed already
    is left out, and so is an all-day task's due moment: they would tell nothing. A nag's next moment is to come.
    """
    if task.status == "done":
        return []
    rings = [Ring("due", "due", due_moment)] if due_moment else []
    rings += _asked_for(task, due_moment, now, user_zone)
    return [ring for ring in rings if ring.at > now or (ring.kind == "due" and task.due_local)]


def again_at(moment: datetime, every: timedelta, now: datetime) -> datetime:
    """When a nag of this moment rings next, after `now`: what it missed is not made up for."""
    return moment + every * max(1, (now - moment) // every + 1)


def _asked_for(task: Task, due_moment: datetime | None, now: datetime, user_zone: str) -> Iterator[Ring]:
    start = resolve(task.start_on, task.start_local, task.zone, user_zone)
    for reminder in task.reminders:
        match reminder:
            case At(at=at):
                yield Ring(f"at/{at.astimezone(UTC).isoformat()}", "at", at)
            case Before(related="start", minutes_before=minutes) if start and _is_within_years(start, minutes):
                yield Ring(f"start/{minutes}", "start", start - timedelta(minutes=minutes))
            case Before(related="due", minutes_before=minutes) if due_moment and _is_within_years(due_moment, minutes):
                yield Ring(f"before/{minutes}", "before", due_moment - timedelta(minutes=minutes))
            case OnDay(time=at_time, days_before=days) if due_moment:
                zone = task.zone or user_zone
                day = task.due_on or to_local(due_moment, zone).date()
                if day.toordinal() > days:
                    at = to_utc(datetime.combine(day - timedelta(days=days), at_time), zone)
                    yield Ring(f"day/{days}/{at_time}", "day", at)
            case Nag(every_minutes=minutes) if due_moment and due_moment.year < MAXYEAR:
                every = timedelta(minutes=minutes)
                yield Ring(f"nag/{minutes}", "nag", again_at(due_moment, every, now), every)


def _is_within_years(moment: datetime, minutes: int) -> bool:
    return moment - datetime.min.replace(tzinfo=UTC) >= timedelta(minutes=minutes)
