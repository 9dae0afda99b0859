"""The words of the answers: short, and saying exactly what was done."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from functions.kernel.domain.intent import Cleared, ListTasks
from functions.kernel.domain.phrases import Ambiguity, Phrase
from functions.kernel.domain.reminder import At, Before, Nag, OnDay, TaskReminder
from functions.kernel.domain.task import LOWEST_PRIORITY, Task
from functions.kernel.domain.wall_time import to_local


@dataclass(frozen=True, slots=True)
class Here:
    """Where and when the person is: `now` is naive local time in `zone`."""

    now: datetime
    zone: str


KIND = {"open": "open task", "done": "finished task"}
NO_MORE: dict[Cleared, str] = {
    "due": "no due time",
    "deadline": "no deadline",
    "reminders": "no reminders of its own",
    "repetition": "no repetition",
    "priority": "no priority",
    "labels": "no labels",
    "notes": "no notes",
    "assignee": "nobody assigned",
    "estimate": "no estimate",
}
IN_WORDS = 10
"""So many tasks are named in a sentence; the answer's `tasks` hold the others."""


def created(task: Task, here: Here, phrase: Phrase, list_found: bool, otherwise: str | None) -> str:
    """What was added, and what could not be taken as it was meant."""
    due = due_words(task, here)
    text = f"Added “{task.title}”" + (f", due {due}" if due else "") + (", repeating" if task.rrule else "")
    text += (f", {typed}" if (typed := marks(task)) else "") + "."
    if task.reminders:
        text += f" I also remind you {reminded(task, here)}."
    if phrase.list_name and not list_found:
        where = f"in “{otherwise}”" if otherwise else "in your first one"
        text += f" There is no list called {phrase.list_name}, so it is {where}."
    return " ".join([text, *map(str, phrase.ambiguities), *phrase.remarks])


def marks(task: Task) -> str:
    """Its labels and its priority, as they are typed."""
    priority = [] if task.priority == LOWEST_PRIORITY else [f"p{task.priority}"]
    return " ".join([*(f"@{label}" for label in task.labels), *priority])


def completed(task: Task) -> str:
    """That it is done, and that a recurring one comes again."""
    return f"Done: “{task.title}”." + (" The next one is on its way." if task.rrule else "")


def listed(tasks: Sequence[Task], asked: ListTasks, begin: date | None, end: date | None, here: Here) -> str:
    """The tasks in a line each."""
    what = _scope(asked, begin, end, here.now.date()) + _restriction(asked)
    if not tasks:
        return f"Nothing is {what}."
    return "\n".join([f"{count(tasks)} {what}:", *lines(tasks, here)])


def _scope(asked: ListTasks, begin: date | None, end: date | None, today: date) -> str:
    match asked.scope:
        case "today" | "tomorrow":
            return f"due {asked.scope}"
        case "week":
            return "due in the next seven days"
        case "overdue":
            return "overdue"
        case "done":
            return "done"
        case "range" if begin == end and begin is not None:
            return f"due {day_words(begin, today)}"
        case "range":
            return f"due between {begin} and {end}"
        case _:
            return "open"


def _restriction(asked: ListTasks) -> str:
    marks = [*(f"@{label}" for label in asked.labels), *([f"p{asked.priority}"] if asked.priority else [])]
    where = f" in “{asked.list_name}”" if asked.list_name else ""
    return where + (f", marked {' '.join(marks)}" if marks else "")


def lists(named: Sequence[tuple[str, int]]) -> str:
    """The lists in a line each, with how many open tasks are in them."""
    return "\n".join(
        ["Your lists, and how many tasks are open in them:", *(f"• {name}: {open_}" for name, open_ in named)]
    )


def list_made(name: str) -> str:
    """That there is a new list, and how to write to it."""
    mark = f"#{name}" if re.fullmatch(r"[^\W\d_][\w-]*", name) else f'#"{name}"'
    return f"Made the list “{name}”. Say “add milk to {mark}”, and it is in it."


def nothing_found(words: str, status: str) -> str:
    """That no task fits."""
    return f"I found no {KIND[status]} like “{words}”, and did nothing. Say “show my tasks” to see them."


def only_seen(task: Task) -> str:
    """That the person may not change it."""
    return f"“{task.title}” is in a list that you may only look at, so I did nothing."


def found(words: str, tasks: Sequence[Task], here: Here) -> str:
    """What was found by words, in a line each."""
    if not tasks:
        return f"I found no task like “{words}”."
    if len(tasks) == 1:
        return f"“{tasks[0].title}” is {_state(tasks[0], here)}."
    return "\n".join([f"{count(tasks)} like “{words}”:", *lines(tasks, here)])


def _state(task: Task, here: Here) -> str:
    if task.completed_at:
        at = to_local(task.completed_at, here.zone)
        return f"{'skipped' if task.skipped else 'done'}, {day_words(at.date(), here.now.date())} at {at:%H:%M}"
    due = due_words(task, here)
    return (f"due {due}" if due else "open, with no due time") + (", repeating" if task.rrule else "")


def snoozed(task: Task, moment: datetime, here: Here) -> str:
    """When the person is reminded again."""
    local = to_local(moment, here.zone)
    return f"I remind you of “{task.title}” again {day_words(local.date(), here.now.date())} at {local:%H:%M}."


def count(tasks: Sequence[Task]) -> str:
    """How many they are, as the beginning of a sentence."""
    return "1 task is" if len(tasks) == 1 else f"{len(tasks)} tasks are"


def lines(tasks: Sequence[Task], here: Here) -> list[str]:
    """The first tasks, a line each, and how many more there are."""
    named = [f"• {task.title}" + (f" ({when})" if (when := _in_line(task, here)) else "") for task in tasks[:IN_WORDS]]
    return named + ([f"… and {len(tasks) - IN_WORDS} more"] if len(tasks) > IN_WORDS else [])


def _in_line(task: Task, here: Here) -> str | None:
    return _state(task, here) if task.completed_at else due_words(task, here)


def unclear(ambiguity: Ambiguity) -> str:
    """A question back, when words have two meanings and nothing says which."""
    return f"{ambiguity} I did nothing: which one do you mean?"


def help_text(suggestions: Sequence[str]) -> str:
    """What can be asked."""
    return "You can say, for example:\n" + "\n".join(f"• {suggestion}" for suggestion in suggestions)


def not_understood(suggestions: Sequence[str]) -> str:
    """That nothing was done, and what would have been understood."""
    return "I did not understand that, and did nothing. " + help_text(suggestions)


def due_words(task: Task, here: Here) -> str | None:
    """When it is due, as a person says it: “tomorrow at 09:00”, “on Fri 27 Nov”; null without a due time."""
    if task.due_local:
        elsewhere = f" {task.zone}" if task.zone and task.zone != here.zone else ""
        return f"{day_words(task.due_local.date(), here.now.date())} at {task.due_local:%H:%M}{elsewhere}"
    return day_words(task.due_on, here.now.date()) if task.due_on else None


def day_words(day: date, today: date) -> str:
    """A day seen from today."""
    near = {-1: "yesterday", 0: "today", 1: "tomorrow"}.get((day - today).days)
    if near:
        return near
    year = "" if day.year == today.year else f" {day.year}"
    return f"on {day:%a} {day.day} {day:%b}{year}"


def reminded(task: Task, here: Here) -> str:
    """When the reminders of a task ring, in words that follow “I remind you”."""
    return " and ".join(_when(reminder, here) for reminder in task.reminders)


def _when(reminder: TaskReminder, here: Here) -> str:
    match reminder:
        case Before(minutes_before=0):
            return "when it starts"
        case Before(minutes_before=minutes, related=related):
            return f"{span(minutes)} before{' it starts' if related == 'start' else ''}"
        case OnDay(days_before=0, time=at):
            return f"on the day at {at:%H:%M}"
        case OnDay(days_before=days, time=at):
            return f"{span(days * 1440)} before at {at:%H:%M}"
        case Nag(every_minutes=minutes):
            return f"every {span(minutes).removeprefix('1 ')} until it is done"
        case At(at=moment):
            local = to_local(moment, here.zone)
            return f"on {local.date()} at {local:%H:%M}"


def span(minutes: int) -> str:
    """So many minutes, in the largest unit that they are whole in."""
    amount, unit = (
        (minutes // 1440, "day")
        if minutes % 1440 == 0
        else (minutes // 60, "hour")
        if minutes % 60 == 0
        else (minutes, "minute")
    )
    return f"{amount} {unit}{'' if amount == 1 else 's'}"
