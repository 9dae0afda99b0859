"""`taskwake backup`, `restore` and `restored`: keeping all of an installation, and going on from there."""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from functions.operations.commands import database, server
from functions.operations.terminal import output
from functions.operations.terminal.progress import working

app = typer.Typer()


@app.command()
def backup(
    out: Annotated[Path, typer.Argument(metavar="FILE", help="The file to write.")],
    data: database.Data = database.DEFAULT_DATA,
    url: database.Url = "",
    url_file: database.UrlFile = None,
    force: Annotated[bool, typer.Option("--force", help="Overwrite FILE, once the new backup is whole.")] = False,
    as_json: server.AsJson = False,
) -> None:
    """Write the whole database to a file; Taskwake runs on meanwhile. The secrets are not in it."""
    from functions.operations.backup import BackupError, dump

    try:
        with working(f"Writing {out}"):
            dump(database.owner_url(data, url, url_file), out, force=force)
    except (BackupError, OSError) as error:
        raise _failed(error) from None
    if as_json:
        output.say_json({"file": str(out.resolve()), "bytes": out.stat().st_size})
    else:
        typer.echo(f"Kept in {out}.")
    if not (url or url_file):
        typer.echo(f"Keep {data / 'secrets.json'} too, elsewhere: the webhooks' secrets are made from it.", err=True)


@app.command()
def restore(
    file: Annotated[Path, typer.Argument(help="What `taskwake backup` wrote.", exists=True, dir_okay=False)],
    data: Annotated[Path, typer.Option(help="A new folder.")] = database.DEFAULT_DATA,
    url: database.Url = "",
    url_file: database.UrlFile = None,
    as_json: server.AsJson = False,
) -> None:
    """Make an installation of a backup, in a new folder or an empty database. What was due since rings late, once."""
    import asyncio

    import psycopg

    from functions.kernel.embedded.folder_lock import FolderTakenError
    from functions.kernel.embedded.postgres import PostgresError
    from functions.operations.backup import BackupError, restore

    try:
        with working(f"Restoring {file}"):
            if url or url_file:
                timeline = restore(database.owner_url(data, url, url_file), file)
            else:
                data.mkdir(parents=True, exist_ok=True, mode=0o700)
                timeline = asyncio.run(_into_folder(data.resolve(), file))
    except (BackupError, FolderTakenError, PostgresError, OSError, psycopg.Error) as error:
        raise _failed(error) from None
    if as_json:
        output.say_json({"file": str(file.resolve()), "timeline": timeline})
        return
    typer.echo("Restored: `taskwake migrate` with --url, or `taskwake serve` over a folder, goes on from there.")
    if not (url or url_file):
        typer.echo(f"Put the secrets.json of that installation into {data} first.", err=True)


async def _into_folder(folder: Path, file: Path) -> int:
    from functions.operations.backup import BackupError, restore

    if (folder / "postgres").exists():
        raise BackupError(f"{folder} holds a Taskwake already: name a new folder with --data")
    return await _in_folder(folder, lambda owner_url: restore(owner_url, file))


async def _in_folder(folder: Path, work: Callable[[str], int]) -> int:
    """Run the folder's PostgreSQL for this work alone, once it has recovered, however long that takes."""
    import asyncio

    from functions.kernel.embedded.folder_lock import FolderLock
    from functions.kernel.embedded.postgres import Postgres

    lock = FolderLock(folder)
    lock.acquire()
    postgres = Postgres(folder / "postgres")
    try:
        await asyncio.to_thread(postgres.start)
        await postgres.ready(seconds=None)
        return await asyncio.to_thread(work, postgres.url())
    finally:
        await asyncio.to_thread(postgres.stop)
        lock.release()


@app.command()
def restored(
    data: database.Data = database.DEFAULT_DATA,
    url: database.Url = "",
    url_file: database.UrlFile = None,
) -> None:
    """Tell a database that it was restored to an earlier point by other tools; once, before anybody is served.

    Over a folder, this also starts its PostgreSQL and waits until that has recovered. Clients that keep a copy then
    begin anew, instead of missing what is written from here on.
    """
    import asyncio

    import psycopg

    from functions.kernel.embedded.folder_lock import FolderTakenError
    from functions.kernel.embedded.postgres import PostgresError
    from functions.operations.backup import begin_timeline

    try:
        if url or url_file:
            begin_timeline(database.owner_url(data, url, url_file))
        elif (data / "postgres").exists():
            asyncio.run(_in_folder(data.resolve(), begin_timeline))
        else:
            raise typer.BadParameter(f"{data} holds no Taskwake")
    except (FolderTakenError, PostgresError, psycopg.Error) as error:
        raise _failed(error) from None
    typer.echo("It goes on from here: cursors from before are refused.")


def _failed(error: Exception) -> typer.Exit:
    typer.echo(f"Not done: {error}", err=True)
    return typer.Exit(1)
