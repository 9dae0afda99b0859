"""The words of a question which task is meant, and of its choices."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from functions.chat_api.chat.wording import KIND, Here, day_words, due_words
from functions.kernel.domain.task import Task
from functions.kernel.domain.wall_time import to_local


def which_one(tasks: Sequence[Task], told_apart: Sequence[str]) -> str:
    """A question back, when several fit alike."""
    more = len(tasks) - len(told_apart)
    names = numbered(told_apart) + ([f"There are {more} more: say more of the title."] if more else [])
    return "\n".join(["Several tasks fit, so I did nothing. Which one do you mean?", *names])


def did_you_mean(words: str, status: str, told_apart: Sequence[str]) -> str:
    """A question back, when none has all the words."""
    names = [f"• {told_apart[0]}"] if len(told_apart) == 1 else numbered(told_apart)
    return "\n".join([f"I found no {KIND[status]} “{words}”, so I did nothing. Did you mean this?", *names])


def numbered(told_apart: Sequence[str]) -> list[str]:
    """A line each, with the number to say for it."""
    return [f"{number}. {words}" for number, words in enumerate(told_apart, 1)]


def told_apart(tasks: Sequence[Task], lists: Mapping[UUID, str], here: Here) -> list[str]:
    """Each task in words that no other of these has: its title, list and due time, and if need be when it was added."""
    plain = [f"{task.title} ({lists[task.list_id]}, {_due_or_none(task, here)})" for task in tasks]
    return [
        words if plain.count(words) == 1 else f"{words[:-1]}, added {_moment(task.created_at, here)})"
        for words, task in zip(plain, tasks, strict=True)
    ]


def _due_or_none(task: Task, here: Here) -> str:
    due = due_words(task, here)
    return f"due {due}" if due else "no date"


def _moment(moment: datetime, here: Here) -> str:
    local = to_local(moment, here.zone)
    return f"{day_words(local.date(), here.now.date())} at {local:%H:%M:%S}.{local.microsecond // 1000:03}"
