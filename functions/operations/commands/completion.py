"""What the shell offers for a word that is being typed (`taskwake --install-completion`)."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import typer

from functions.operations.commands.database import DEFAULT_DATA

if TYPE_CHECKING:
    from collections.abc import Callable

    from functions.operations.client import Client

OFFERED = 20
LEAST_ID = 4
PATIENCE_SECONDS = 2.0
Offer = TypeVar("Offer")


def open_tasks(ctx: typer.Context, incomplete: str) -> list[tuple[str, str]]:
    """Of open tasks the ids, each with its title; for letters the titles that begin so; none, if nobody answers."""
    return _asked(ctx, lambda client: _open_tasks(client, incomplete))


def _open_tasks(client: "Client", incomplete: str) -> list[tuple[str, str]]:
    from functions.operations.terminal.output import printable
    from functions.operations.terminal.words import short_ids

    asked: dict[str, Any] = {"search": incomplete, "sort": "relevance"} if incomplete else {"sort": "due"}
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
    names = _asked(ctx, lambda client: [each.name for each in client.list_lists()])
    return [name for name in names if name.casefold().startswith(incomplete.casefold())]


def _asked(ctx: typer.Context, ask: "Callable[[Client], list[Offer]]") -> "list[Offer]":
    """What the command's Taskwake answers to this; nothing, where nobody answers, lets one in, or makes sense of it:
    whatever is wrong, the shell's line stays as it is. Nothing waits long for a shell."""
    from httpx import InvalidURL

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
        with Client(there.url, there.token, sleep=give_up, timeout_seconds=PATIENCE_SECONDS) as client:
            return ask(client)
    except (NoPlaceError, ApiError, UnreachableError, InvalidURL, ValueError):  # the last: no answer of a Taskwake
        return []


def _given(ctx: typer.Context, option: str, variable: str) -> str:
    """An option that stands in the line already, else what the environment says."""
    return str(ctx.params.get(option) or "") or os.environ.get(variable, "")
