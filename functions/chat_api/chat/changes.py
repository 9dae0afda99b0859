"""From what a sentence said to the body that the task service takes."""

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from functions.chat_api.models.person import Person
from functions.chat_api.models.task import NewTask, TaskChange
from functions.kernel.domain.due import ALL_DAY_RINGS_AT, resolve
from functions.kernel.domain.intent import ChangeTask, Cleared, Shift, SnoozeTask
from functions.kernel.domain.labels import as_label
from functions.kernel.domain.phrases import Phrase
from functions.kernel.domain.recurrence import occurrences, parse_rule
from functions.kernel.domain.task import LOWEST_PRIORITY, Task
from functions.kernel.domain.wall_time import to_local, to_utc
from functions.kernel.errors import InvalidInputError


def new_task_of(phrase: Phrase, person: Person, list_id: UUID | None, otherwise: UUID | None = None) -> NewTask:
    """The task that a phrase describes, in the list that it names, or `otherwise`. The name of a list that there is not
    stays in the title, so that nothing that was typed is lost."""
    marks = [f"#{phrase.list_name}"] if phrase.list_name and list_id is None else []
    return NewTask(
        title=" ".join([phrase.title, *marks])[:500],
        list_id=list_id or otherwise,
        labels=[label for name in phrase.labels if (label := as_label(name))],
        priority=phrase.priority or LOWEST_PRIORITY,
        due_on=phrase.due_on,
        due_local=phrase.due_local,
        zone=_zone(phrase, person),
        rrule=phrase.rrule,
        anchor=phrase.anchor if phrase.rrule else None,
        exdates=list(phrase.exdates) or None,
        reminders=list(phrase.reminders) or None,
    )


_CLEARING: dict[Cleared, str] = {
    "deadline": "deadline_on",
    "reminders": "reminders",
    "repetition": "rrule",
    "priority": "priority",
    "labels": "labels",
    "notes": "notes",
    "assignee": "assignee_id",
    "estimate": "estimate_minutes",
}


def change_of(
    intent: ChangeTask,
    task: Task,
    person: Person,
    now: datetime,
    *,
    list_id: UUID | None = None,
    assignee_id: UUID | None = None,
) -> TaskChange:
    """The change that a sentence asks for; `list_id` and `assignee_id` are what its names stand for."""
    if intent.title is not None:
        return TaskChange(title=intent.title)
    if intent.shift is not None:
        return TaskChange(**_shifted(task, intent.shift, person, now))
    if intent.assignee is not None:
        return TaskChange(assignee_id=assignee_id)
    if intent.deadline is not None:
        return TaskChange(deadline_on=_day(intent.deadline))
    if intent.estimate_minutes is not None:
        return TaskChange(estimate_minutes=intent.estimate_minutes)
    if intent.note is not None:
        return TaskChange(notes="\n".join([*([task.notes] if task.notes else []), intent.note]))
    if intent.clear is not None:
        due = "due_on" if task.due_on else "due_local"
        return TaskChange(**{_CLEARING.get(intent.clear, due): None})
    if intent.without:
        gone = {label.lower() for label in intent.without}
        return TaskChange(labels=[label for label in task.labels if label.lower() not in gone])
    phrase = intent.phrase
    if phrase is None:
        raise InvalidInputError("text", "it does not say what to change")
    change: dict[str, Any] = {"list_id": list_id} if list_id else {}
    if intent.same_day and phrase.rrule and (own := task.due_local or task.due_on):
        change |= _first_of_rule(phrase, task, own, person, now)
    elif intent.same_day and phrase.due_local:
        day = _day_of(task, person) or phrase.due_local.date()
        change |= {"due_local": datetime.combine(day, phrase.due_local.time()), "zone": _zone(phrase, person)}
    elif phrase.due_local:
        change |= {"due_local": phrase.due_local, "zone": _zone(phrase, person)}
    elif phrase.due_on and task.due_local and not phrase.rrule:
        # "to friday" moves the day; the time of day stays.
        change |= {"due_local": datetime.combine(phrase.due_on, task.due_local.time()), "zone": task.zone}
    elif phrase.due_on:
        change |= {"due_on": phrase.due_on}
    if phrase.rrule:
        change |= {"rrule": phrase.rrule, "anchor": phrase.anchor, "exdates": list(phrase.exdates)}
    if phrase.reminders:
        change["reminders"] = [*task.reminders, *(new for new in phrase.reminders if new not in task.reminders)]
    if phrase.labels:
        change["labels"] = [*task.labels, *(label for name in phrase.labels if (label := as_label(name)))]
    if phrase.priority:
        change["priority"] = phrase.priority
    return TaskChange(**change)


def moment_of(snooze: SnoozeTask, person: Person, now: datetime) -> datetime:
    """The moment (UTC) until which a snooze is to last; a whole day means its morning."""
    if snooze.shift is not None:
        local = to_local(now, person.zone)
        later = datetime.combine(_months_later(local.date(), snooze.shift.months), local.time())
        return to_utc(later, person.zone) + timedelta(seconds=snooze.shift.seconds)
    phrase = snooze.phrase
    moment = resolve(phrase.due_on, phrase.due_local, phrase.zone, person.zone) if phrase else None
    if moment is None:
        raise InvalidInputError("text", "say until when, such as “snooze it for 10 minutes”")
    return moment


def _zone(phrase: Phrase, person: Person) -> str | None:
    return (phrase.zone or person.zone) if phrase.due_local else None


def _first_of_rule(phrase: Phrase, task: Task, own: date, person: Person, now: datetime) -> dict[str, Any]:
    """Where a rule that names no day to begin on begins for a task due on `own`: there, where the rule gives that, else
    at what it gives next from today on; at the task's time of day, unless the phrase names one."""
    zone = task.zone if task.due_local else None
    if phrase.due_local:
        own, zone = datetime.combine(own, phrase.due_local.time()), _zone(phrase, person)
    rule = parse_rule(phrase.rrule or "")
    first = next(occurrences(rule, own), own)
    today = datetime.combine(now, own.time()) if isinstance(own, datetime) else now.date()
    if first != own and first < today:
        first = next(occurrences(rule, today), own)
    return {"due_local": first, "zone": zone} if isinstance(first, datetime) else {"due_on": first}


def _day(phrase: Phrase) -> date | None:
    return phrase.due_local.date() if phrase.due_local else phrase.due_on


def _day_of(task: Task, person: Person) -> date | None:
    if task.due_on:
        return task.due_on
    return to_local(task.due_at, person.zone).date() if task.due_at else None


def _shifted(task: Task, shift: Shift, person: Person, now: datetime) -> dict[str, Any]:
    """Moved by months (the last day of a shorter month for a day it lacks) and seconds; from now, without a due."""
    by = timedelta(seconds=shift.seconds)
    try:
        if task.due_on and by % timedelta(days=1) == timedelta():
            return {"due_on": _months_later(task.due_on, shift.months) + by}
        local = task.due_local or datetime.combine(task.due_on or now.date(), ALL_DAY_RINGS_AT)
        start = now.replace(second=0, microsecond=0) if not (task.due_local or task.due_on) else local
        day = _months_later(start.date(), shift.months)
        moved = datetime.combine(day, start.time()) + by
    except (OverflowError, ValueError):
        raise InvalidInputError("text", "that is further than the years 1 to 9999") from None
    return {"due_local": moved, "zone": task.zone if task.due_local else person.zone}


def _months_later(day: date, months: int) -> date:
    index = day.year * 12 + day.month - 1 + months
    first = date(index // 12, index % 12 + 1, 1)
    next_first = date((index + 1) // 12, (index + 1) % 12 + 1, 1)
    return min(first + timedelta(days=day.day - 1), next_first - timedelta(days=1))
