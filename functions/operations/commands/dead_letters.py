"""`taskwake dead-letters`: what a function could not handle."""

import os
import signal
from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

import typer

from functions.operations.commands import database, server

app = typer.Typer(no_args_is_help=True, help="Events that a function could not handle.")


@app.command("list")
def list_dead_letters(
    data: database.Data = database.DEFAULT_DATA,
    url: database.Url = "",
    url_file: database.UrlFile = None,
    function: Annotated[str, typer.Option(help="Only those of this function.")] = "",
    as_json: server.AsJson = False,
) -> None:
    """Show the newest dead letters, with their reasons."""
    import json
    from dataclasses import asdict

    from functions.operations import dead_letters
    from functions.operations.terminal import output

    found = dead_letters.read(database.owner_url(data, url, url_file), function=function)
    if as_json:
        output.write(json.dumps([asdict(row) for row in found], default=_plain))
        return
    if not found:
        output.say("There are no dead letters.")
        return
    from rich.text import Text

    rows = [
        [str(row.id), row.function, _when(row.created_at), str(row.attempts), row.reason, _when(row.replayed_at)]
        for row in found
    ]
    headings = ["id", "function", "when (UTC)", "attempts", "reason", "replayed (UTC)"]
    output.table(headings, [[Text(output.printable(cell)) for cell in row] for row in rows])


@app.command("replay")
def replay_dead_letters(
    ids: list[UUID],
    data: database.Data = database.DEFAULT_DATA,
    url: database.Url = "",
    url_file: database.UrlFile = None,
) -> None:
    """Hand these events on again, with the same ids: whoever handled one already does nothing."""
    from functions.kernel.embedded.folder_lock import FolderLock
    from functions.operations import dead_letters

    count = dead_letters.replay(database.owner_url(data, url, url_file), ids)
    running = None if url or url_file else FolderLock(data).holder()
    if running:
        os.kill(running, signal.SIGHUP)
    typer.echo(
        f"{count} of {len(ids)} are handed on again{'' if running else ': at the next alarm, or `taskwake rearm`'}."
    )
    if count < len(ids):
        typer.echo("The others are no events of this installation's log.", err=True)
        raise typer.Exit(1)


def _plain(value: UUID | datetime) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)


def _when(moment: datetime | None) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S}" if moment else ""
