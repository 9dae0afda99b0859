"""What the shell offers for a word that is being typed (`taskwake --install-completion`)."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from functions.operations.commands.database import DEFAULT_DATA

if TYPE_CHECKING:
    from functions.operations.client import Client

OFFERED = 20
LEAST_ID = 4
PATIENCE_SECONDS = 2.0


def open_tasks(ctx: typer.Context, incomplete: str) -> list[tuple[str, str]]:
    """Of open tasks the ids, each with its title; for letters the titles that begin so; none, if nobody answers."""
    from functions.operations.terminal.output import printable
    from functions.operations.terminal.words import short_ids

    client = _client(ctx)
    if client is None:
        return []
    with client:
        asked: dict[str, Any] = {"search": incomplete} if incomplete else {"sort": "due"}
        found = client.list_tasks(status="open", limit=OFFERED, **asked).tasks
        by_id = found if not incomplete else []
        if len(incomplete) >= LEAST_ID and set(incomplete) <= set("0123456789abcdef"):
            by_id = client.list_tasks(status="open", limit=OFFERED, id_prefix=incomplete[:8]).tasks
    offered = [(short, printable(task.title)) for short, task in zip(short_ids(by_id), by_id, strict=True)]
    titles = [printable(task.title) for task in found] if incomplete else []
    # A shell takes only what begins as the word does, in its case.
    begun = [title for title in titles if title.casefold().startswith(incomplete.casefold())]
    return offered + [(incomplete + title[len(incomplete) :], "") for title in begun]


def lists(ctx: typer.Context, incomplete: str) -> list[str]:
    """The names of lists that begin so; none, if nobody answers."""
    client = _client(ctx)
    if client is None:
        return []
    with client:
        names = [each.name for each in client.list_lists()]
    return [name for name in names if name.casefold().startswith(incomplete.casefold())]


def _client(ctx: typer.Context) -> "Client | None":
    """Whom the command would ask; null when that is nobody who lets it in. Nothing waits long for a shell."""
    from functions.operations.client import ApiError, Client, UnreachableError
    from functions.operations.terminal.place import NoPlaceError, find

    def give_up(_: float) -> None:
        raise UnreachableError

    try:
        there = find(
            Path(_given(ctx, "data", "TASKWAKE_DATA") or DEFAULT_DATA),
            _given(ctx, "url", "TASKWAKE_URL"),
            _given(ctx, "token", "TASKWAKE_TOKEN"),
        )
        client = Client(there.url, there.token, sleep=give_up, timeout_seconds=PATIENCE_SECONDS)
        client.read_me()
    except (NoPlaceError, ApiError, UnreachableError):
        return None
    return client


def _given(ctx: typer.Context, option: str, variable: str) -> str:
    """An option that stands in the line already, else what the environment says."""
    return str(ctx.params.get(option) or "") or os.environ.get(variable, "")
