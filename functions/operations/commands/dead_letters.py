"""`taskwake dead-letters`: what a function could not handle."""

import os
import signal
from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

import typer

from functions.operations.commands import database

app = typer.Typer(no_args_is_help=True, help="Events that a function could not handle.")


@app.command("list")
def list_dead_letters(
    data: database.Data = database.DEFAULT_DATA,
    url: database.Url = "",
    url_file: database.UrlFile = None,
    function: Annotated[str, typer.Option(help="Only those of this function.")] = "",
) -> None:
    """Show the newest dead letters, with their reasons."""
    from rich.console import Console
    from rich.table import Table

    from functions.operations import dead_letters

    table = Table("id", "function", "when (UTC)", "attempts", "reason", "replayed (UTC)")
    for row in dead_letters.read(database.owner_url(data, url, url_file), function=function):
        table.add_row(
            str(row.id), row.function, _when(row.created_at), str(row.attempts), row.reason, _when(row.replayed_at)
        )
    Console().print(table if table.row_count else "There are no dead letters.")


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


def _when(moment: datetime | None) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S}" if moment else ""
