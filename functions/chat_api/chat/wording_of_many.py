"""The words about several tasks: the question before, and what was done."""

from collections.abc import Sequence
from datetime import datetime

from functions.chat_api.chat.wording import NO_MORE, Here, day_words, lines, span
from functions.kernel.domain.intent import (
    ChangeTask,
    CompleteTask,
    DeedForMany,
    DeleteTask,
    ReopenTask,
    Shift,
    SkipTask,
    SnoozeTask,
)
from functions.kernel.domain.task import Task


def to_do(deed: DeedForMany, here: Here) -> str:
    """What is to be done to "{}"."""
    match deed:
        case CompleteTask():
            return "complete {}"
        case SkipTask():
            return "skip {}"
        case ReopenTask():
            return "reopen {}"
        case DeleteTask():
            return "delete {}"
        case SnoozeTask():
            return f"remind you of {{}} again {_when_to(deed, here)}"
        case ChangeTask():
            return f"move {{}} {_escaped(_when_to(deed, here))}" if _when_to(deed, here) else _changing(deed)


def did(deed: DeedForMany, count: int, here: Here) -> str:
    """What was done to so many tasks."""
    tasks = "1 task" if count == 1 else f"{count} tasks"
    match deed:
        case CompleteTask():
            return f"Completed {tasks}."
        case SkipTask():
            return f"Skipped {tasks}."
        case ReopenTask():
            return f"{tasks[0].upper()}{tasks[1:]} {'is' if count == 1 else 'are'} open again."
        case DeleteTask():
            return f"Deleted {tasks}."
        case SnoozeTask():
            return f"I remind you of {tasks} again {_when_to(deed, here)}."
        case ChangeTask():
            return f"Moved {tasks} {_when_to(deed, here)}." if _when_to(deed, here) else f"Changed {tasks}."


def whether(do: str, tasks: Sequence[Task], here: Here) -> str:
    """The question whether to do it to these tasks."""
    return "\n".join([f"Shall I {do.format(f'these {len(tasks)} tasks')}?", *lines(tasks, here)])


def _changing(deed: ChangeTask) -> str:
    """What is to be done to "{}", in words in which a brace of a person's own is no place for anything."""
    if deed.clear:
        return f"leave {{}} with {NO_MORE[deed.clear]}"
    if deed.assignee is not None:
        return f"assign {{}} to {_escaped(deed.assignee)}"
    if deed.without:
        return f"take {' '.join(f'@{_escaped(label)}' for label in deed.without)} off {{}}"
    phrase = deed.phrase
    marks = [*(f"@{_escaped(label)}" for label in phrase.labels)] if phrase else []
    marks += [f"p{phrase.priority}"] if phrase and phrase.priority else []
    return (
        f"mark {{}} {' '.join(marks)}" if marks and phrase and not (phrase.rrule or phrase.reminders) else "change {}"
    )


def _escaped(words: str) -> str:
    return words.replace("{", "{{").replace("}", "}}")


def _when_to(deed: ChangeTask | SnoozeTask, here: Here) -> str:
    """The words that follow; none when it is another change than one of the due time."""
    if deed.shift is not None:
        by = _far(deed.shift)
        return f"in {by}" if isinstance(deed, SnoozeTask) else f"by {by}"
    phrase = deed.phrase
    due = (phrase.due_local or phrase.due_on) if phrase else None
    if phrase and phrase.list_name and due is None:
        return f"to the list “{phrase.list_name}”"
    if phrase is None or due is None or phrase.rrule:
        return ""
    day = day_words(due.date() if isinstance(due, datetime) else due, here.now.date())
    at = f" at {phrase.due_local:%H:%M}" if phrase.due_local else ""
    if isinstance(deed, SnoozeTask):
        return f"{day}{at}"
    return f"to{at.removeprefix(' at')}" if deed.same_day else f"to {day.removeprefix('on ')}{at}"


def _far(shift: Shift) -> str:
    months, minutes = abs(shift.months), abs(shift.seconds) // 60
    parts = [f"{months} month{'' if months == 1 else 's'}"] if months else []
    parts += [span(minutes)] if minutes else []
    return " and ".join(parts) + (" to an earlier time" if shift.months < 0 or shift.seconds < 0 else "")
