"""Tasks and moments in words, short enough for a column."""

from datetime import date, datetime, timedelta

from functions.kernel.domain.wall_time import to_local
from functions.operations.client.models import Task

LEAST_ID = 4
"""So many characters of an id name a task, unless others begin alike."""
NO_PRIORITY = 4


def due_words(task: Task, now: datetime, zone: str) -> str:
    """When it is due, seen from `now` (naive) in `zone`: “tomorrow 09:00”; empty without a due time."""
    if task.due_on:
        return day_words(task.due_on, now.date())
    if not task.due_local:
        return ""
    local = task.due_local
    elsewhere = f" {task.zone}" if task.zone and task.zone != zone else ""
    return f"{day_words(local.date(), now.date())} {local:%H:%M}{elsewhere}"


def moment_words(moment: datetime, now: datetime, zone: str) -> str:
    """An aware moment, seen from `now` (naive) in `zone`."""
    local = to_local(moment, zone)
    return f"{day_words(local.date(), now.date())} {local:%H:%M}"


def day_words(day: date, today: date) -> str:
    """A day seen from today: yesterday, today, tomorrow, within a week its name too; of another year with the year."""
    near = {-1: "yesterday", 0: "today", 1: "tomorrow"}.get((day - today).days)
    if near:
        return near
    year = "" if day.year == today.year or abs(day - today) < timedelta(days=60) else f" {day.year}"
    return f"{day:%a} {day.day} {day:%b}{year}"


def is_overdue(task: Task, now: datetime, moment: datetime) -> bool:
    """Whether it is open and its due time has passed: `now` (naive local time), which is `moment` (aware)."""
    if task.status == "done":
        return False
    return task.due_at < moment if task.due_at else bool(task.due_on and task.due_on < now.date())


def marks(task: Task, today: date) -> list[str]:
    """What else it has, as one would type it: p1, @label, ↻ for one that repeats, its deadline and estimate."""
    found = [f"p{task.priority}"] if task.priority != NO_PRIORITY else []
    found += [f"@{label}" for label in task.labels]
    found += ["↻"] if task.rrule else []
    found += [f"by {day_words(task.deadline_on, today)}"] if task.deadline_on else []
    found += [f"{task.estimate_minutes} min"] if task.estimate_minutes else []
    return found + (["skipped"] if task.skipped else [])


def short_ids(tasks: list[Task]) -> list[str]:
    """Of each the beginning of its id: as long as it takes to tell these tasks apart, four characters at least."""
    ids = sorted(str(task.id) for task in tasks)
    length = {
        each: 1 + max(_alike(each, ids[at - 1]) if at else 0, _alike(each, ids[at + 1]) if at + 1 < len(ids) else 0)
        for at, each in enumerate(ids)
    }
    return [str(task.id)[: max(LEAST_ID, length[str(task.id)])] for task in tasks]


def _alike(one: str, other: str) -> int:
    """How many characters two ids begin alike."""
    return next((at for at, (a, b) in enumerate(zip(one, other, strict=True)) if a != b), len(one) - 1)
