"""Which task a person means: by the beginning of its id, or by words of its title."""

import re
from typing import Literal
from uuid import UUID

import typer

from functions.operations.client.models import Task
from functions.operations.terminal import words
from functions.operations.terminal.output import said
from functions.operations.terminal.session import CannotError, Session

_SHORT_ID = re.compile(r"[0-9a-f]{4}[0-9a-f-]{0,32}", re.I)
_SHOWN = 10

Status = Literal["open", "done", "all"]


def task_meant(session: Session, asked: list[str], status: Status = "open") -> Task:
    """The one task that is meant. Where several fit a person is asked; for others that is a CannotError, as none is."""
    said_words = " ".join(asked).strip()
    found = _candidates(session, said_words, status)
    if not found:
        kind = "" if status == "all" else f"{status} "
        raise CannotError(f"No {kind}task is called “{said_words}”, or has an id that begins so: `taskwake list`.")
    if len(found) == 1:
        return found[0]
    return found[_choice(session, said_words, found)]


def _candidates(session: Session, said_words: str, status: Status) -> list[Task]:
    """A word that may be the beginning of an id is taken for a word of a title as well: what fits both is asked."""
    by_id: list[Task] = []
    if _SHORT_ID.fullmatch(said_words):
        by_id = session.client.list_tasks(status=status, id_prefix=said_words.lower(), limit=_SHOWN).tasks
        if len(said_words) == len(str(UUID(int=0))):
            return by_id
    searched = _plain(said_words)
    found = session.client.list_tasks(status=status, search=searched, limit=100).tasks if searched else []
    called = [task for task in found if _all_in(said_words, task.title)]
    exactly = [task for task in called if task.title.casefold() == said_words.casefold()]
    return list({task.id: task for task in by_id + (exactly or called)}.values())


def _plain(text: str) -> str:
    """Only words: what a search would take for more than that is left out."""
    return " ".join(re.findall(r"[^\W_]+", text))


def _all_in(said_words: str, title: str) -> bool:
    """Whether each of the words begins a word of the title."""
    of_title = [word.casefold() for word in re.findall(r"[^\W_]+", title)]
    return all(any(word.startswith(each.casefold()) for word in of_title) for each in _plain(said_words).split())


def _choice(session: Session, said_words: str, found: list[Task]) -> int:
    lines = [
        f"{number:>3}  {short}  {task.title}  {words.due_words(task, session.now, session.me.zone)}".rstrip()
        for number, (task, short) in enumerate(zip(found, words.short_ids(found), strict=True), 1)
    ][:_SHOWN]
    more = [f"There are {len(found) - _SHOWN} more: more of its words, or its id, tell it apart."]
    lines += more if len(found) > _SHOWN else []
    if not session.may_ask:
        raise CannotError("\n".join([f"“{said_words}” may mean several tasks; name one by its id:", *lines]))
    said("\n".join(lines))
    number: int = typer.prompt("Which one", type=int, err=True)
    if not 1 <= number <= min(len(found), _SHOWN):
        raise CannotError(f"There is no {number} among these; nothing was done.")
    return number - 1
