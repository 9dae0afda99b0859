"""`taskwake list` and `taskwake search`: tasks in a table."""

from enum import StrEnum
from typing import Annotated, Any

import typer

from functions.operations.commands import completion, server

app = typer.Typer()

PAGE = 500


class Which(StrEnum):
    """Which tasks are listed."""

    OPEN = "open"
    TODAY = "today"
    UPCOMING = "upcoming"
    OVERDUE = "overdue"
    DONE = "done"
    ALL = "all"


# As GET /tasks takes it; those that are done come last completed first.
_QUERIES: dict[Which, dict[str, Any]] = {
    Which.OPEN: {"status": "open", "sort": "due"},
    Which.TODAY: {"status": "open", "sort": "due", "filter": "today | overdue"},
    Which.UPCOMING: {"status": "open", "sort": "due", "filter": "next 7 days"},
    Which.OVERDUE: {"status": "open", "sort": "due", "filter": "overdue"},
    Which.DONE: {"status": "done"},
    Which.ALL: {"status": "all", "sort": "created"},
}

Limit = Annotated[int, typer.Option(min=1, help="At most so many.")]


@app.command("list")
def list_tasks(
    which: Annotated[
        Which, typer.Argument(help="today: what is overdue, too; upcoming: today and the six days after it.")
    ] = Which.OPEN,
    filter_text: Annotated[str, typer.Option("--filter", help="Such as “p1 & #work & !@waiting”.")] = "",
    list_name: Annotated[str, typer.Option("--list", help="Only of this list.", autocompletion=completion.lists)] = "",
    limit: Limit = 100,
    url: server.Url = "",
    token: server.Token = "",
    data: server.Data = server.DEFAULT_DATA,
    as_json: server.AsJson = False,
) -> None:
    """Show tasks, soonest due first; those done, last completed first."""
    from functions.operations.client import ApiError
    from functions.operations.terminal.session import session

    query = dict(_QUERIES[which])
    before = f"({query['filter']}) & (" if "filter" in query else ""
    if filter_text:
        query["filter"] = f"{before}{filter_text})" if before else filter_text
    with session(data, url, token, as_json) as asked:
        if list_name:
            query["list_id"] = asked.list_named(list_name).id
        try:
            _show(asked, query, limit, f"Nothing is {'there' if which is Which.ALL else _WORDS.get(which, which)}.")
        except ApiError as error:
            _point_out(error, filter_text, len(before))
            raise


@app.command()
def search(
    words: Annotated[list[str], typer.Argument(help="Of title, notes and labels; “-word”: without it.")],
    every: Annotated[bool, typer.Option("--all", help="Those done, too.")] = False,
    limit: Limit = 100,
    url: server.Url = "",
    token: server.Token = "",
    data: server.Data = server.DEFAULT_DATA,
    as_json: server.AsJson = False,
) -> None:
    """Find tasks by their words, the best first."""
    from functions.operations.terminal.session import session

    text = " ".join(words)
    query = {"search": text, "sort": "relevance", "status": "all" if every else "open"}
    with session(data, url, token, as_json) as asked:
        _show(asked, query, limit, f"No {'' if every else 'open '}task has “{text}”.")


def _point_out(error: Any, filter_text: str, begins: int) -> None:
    """Where in the filter that was given the mistake is; it begins so far into the one that was sent."""
    from functions.operations.terminal import output

    for wrong in error.errors:
        if wrong.field == "filter" and wrong.start is not None:
            length = len(filter_text)
            output.point_at(filter_text, *(min(max(at - begins, 0), length) for at in (wrong.start, wrong.end)))


_WORDS = {Which.TODAY: "due today, or overdue", Which.UPCOMING: "due in the next seven days"}


def _show(asked: Any, query: dict[str, Any], limit: int, nothing: str) -> None:
    from functions.operations.terminal import output, tasks

    found, more = _read(asked.client, query, limit)
    if asked.as_json:
        output.say_json(found)
    elif found:
        tasks.show(asked, found)
    else:
        output.said(nothing)
    if more:
        output.said(f"There are more than these {len(found)}: --limit {2 * limit} shows more.")


def _read(client: Any, query: dict[str, Any], limit: int) -> tuple[list[Any], bool]:
    """So many tasks at most, and whether there are more."""
    found: list[Any] = []
    cursor = None
    while len(found) < limit:
        page = client.list_tasks(**query, limit=min(PAGE, limit - len(found)), cursor=cursor)
        found += page.tasks
        cursor = page.next_cursor
        if cursor is None:
            break
    return found, cursor is not None
