"""Tasks as rows of a table."""

from typing import TYPE_CHECKING

from functions.kernel.clock import system_clock
from functions.operations.client.models import Task
from functions.operations.terminal import words
from functions.operations.terminal.output import printable, table
from functions.operations.terminal.session import Session

if TYPE_CHECKING:
    from rich.text import Text

_COLOURS = {"p1": "red", "p2": "yellow", "p3": "blue"}


def show(session: Session, tasks: list[Task]) -> None:
    """A row each, in the order they have; the list only where there are several."""
    several = len({task.list_id for task in tasks}) > 1
    headings = ["id", "due", "task", *(["list"] if several else [])]
    names = {each.id: each.name for each in session.lists} if several else {}
    rows = [
        [*_row(session, task, short), *([_text(names.get(task.list_id, "?"))] if several else [])]
        for task, short in zip(tasks, words.short_ids(tasks), strict=True)
    ]
    table(headings, rows)


def _row(session: Session, task: Task, short: str) -> list["Text"]:
    now = session.now
    due = words.due_words(task, now, session.me.zone)
    late = words.is_overdue(task, now, system_clock())
    title = _text(f"{'↳ ' if task.parent_id else ''}{task.title}", "dim strike" if task.status == "done" else "")
    for mark in words.marks(task, now.date()):
        title.append(f"  {printable(mark)}", style=_COLOURS.get(mark, "cyan"))
    return [_text(short, "dim"), _text(due, "red" if late else ""), title]


def _text(content: str, style: str = "") -> "Text":
    from rich.text import Text

    return Text(printable(content), style=style)
