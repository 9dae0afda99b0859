"""The command line: `taskwake`."""

import importlib.util
import os
import signal
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Literal
from uuid import UUID

import typer

app = typer.Typer(no_args_is_help=True, add_completion=True, help="Tasks and reminders: kept, once, on time.")
user_app = typer.Typer(no_args_is_help=True, help="People of this installation.")
app.add_typer(user_app, name="user")
dead_letters_app = typer.Typer(no_args_is_help=True, help="Events that a function could not handle.")
app.add_typer(dead_letters_app, name="dead-letters")
# A function's image holds no infra.
if importlib.util.find_spec("infra") and importlib.util.find_spec("infra.local"):
    from infra.local.cli import app as local_app

    app.add_typer(local_app, name="local")

Data = Annotated[Path, typer.Option(help="The folder that holds the database and the secrets.", envvar="TASKWAKE_DATA")]
DEFAULT_DATA = Path(".taskwake")
Url = Annotated[str, typer.Option(help="The owner's address of another database.", envvar="DATABASE_URL")]


def _owner_url(data: Path) -> str:
    from functions.kernel.embedded.postgres import Postgres

    postgres = Postgres(data / "postgres")
    if not postgres.answers():
        typer.echo(f"No Taskwake runs over {data.resolve()}: start one with `taskwake serve`.", err=True)
        raise typer.Exit(1)
    return postgres.url()


@app.command()
def serve(
    data: Data = DEFAULT_DATA,
    port: Annotated[int, typer.Option(help="On 127.0.0.1; 0 takes a free one.")] = 8080,
) -> None:
    """Run Taskwake here: one process, until Ctrl-C."""
    import uvloop

    from functions.kernel.embedded.folder_lock import FolderTakenError
    from functions.kernel.embedded.postgres import PostgresError
    from functions.kernel.errors import SecretMissingError
    from functions.operations.serve import PortTakenError, serve

    try:
        uvloop.run(serve(data.resolve(), port, typer.echo))
    except (PortTakenError, FolderTakenError, PostgresError, SecretMissingError) as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from None


@app.command()
def demo(
    way: Annotated[
        Literal["embedded", "dapr"], typer.Option(help="How to run the Taskwake it plays with.")
    ] = "embedded",
    url: Annotated[str, typer.Option(help="Play with one that runs already, at this address.")] = "",
    token: Annotated[str, typer.Option(help="For --url: from `taskwake token`.", envvar="TASKWAKE_TOKEN")] = "",
) -> None:
    """Play the main job with real input, and print the timeline; exit code 0 only when every step was seen."""
    import asyncio

    from functions.operations.demo.command import DEMO_FAILURES, demo

    if bool(url) != bool(token):
        raise typer.BadParameter("--url and --token go together")
    try:
        all_seen = asyncio.run(demo(way, url, token))
    except DEMO_FAILURES as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from None
    except (KeyboardInterrupt, asyncio.CancelledError):
        raise typer.Exit(130) from None
    raise typer.Exit(0 if all_seen else 1)


@app.command()
def rearm(
    url: Annotated[str, typer.Option(help="The alarm function's address.", envvar="TASKWAKE_ALARM_URL")],
    token: Annotated[str, typer.Option(help="What Dapr shows to functions.", envvar="APP_API_TOKEN")] = "",
) -> None:
    """Set all alarms again from the database, after the scheduler lost its data (the embedded way needs it never)."""
    import httpx

    from functions.kernel.host.ring import REARM

    try:
        httpx.post(f"{url}/job/{REARM}", headers={"dapr-api-token": token}, timeout=60).raise_for_status()
    except httpx.HTTPError as error:
        typer.echo(f"The alarms were not set again: {error}", err=True)
        raise typer.Exit(1) from None
    typer.echo("The alarms are set.")


@app.command()
def login(data: Data = DEFAULT_DATA, user: Annotated[str, typer.Option(help="An e-mail address.")] = "") -> None:
    """Print a one-time login, to be opened as http://…/login?login=… within 15 minutes."""
    _print_credential(data, user, "login")


@app.command()
def token(
    data: Data = DEFAULT_DATA,
    user: Annotated[str, typer.Option(help="An e-mail address.")] = "",
    name: Annotated[str, typer.Option(help="What it is for.")] = "",
) -> None:
    """Print a new token for a program: Authorization: Bearer <token>. It is shown this once."""
    _print_credential(data, user, "token", name)


def _print_credential(data: Path, email: str, kind: str, name: str = "") -> None:
    from functions.operations import accounts

    url = _owner_url(data)
    user_id = accounts.user_by_email(url, email) if email else accounts.first_user(url)
    if user_id is None:
        typer.echo(f"Nobody here has the address {email}: `taskwake user add` adds them.", err=True)
        raise typer.Exit(1)
    typer.echo(accounts.issue(url, user_id, kind, name))


@app.command()
def migrate(
    data: Data = DEFAULT_DATA,
    url: Url = "",
    logins: Annotated[
        bool, typer.Option(help="Also make the two logins anew, and print their addresses for the secret store.")
    ] = False,
) -> None:
    """Bring the database's schema up to date; safe to repeat."""
    import json

    from functions.operations.migrate import make_logins, migrate

    owner_url = url or _owner_url(data)
    typer.echo(f"The schema is at revision {migrate(owner_url)}.", err=True)
    if logins:
        typer.echo(json.dumps(make_logins(owner_url), indent=2))


@app.command()
def secret(name: str, data: Data = DEFAULT_DATA) -> None:
    """Put a secret, such as smtp-url, into the embedded way's store; its value is asked for, or read from a pipe."""
    import sys

    from functions.kernel.embedded.secret_store import FileSecretStore

    value = typer.prompt(name, hide_input=True) if sys.stdin.isatty() else sys.stdin.read().strip()
    FileSecretStore(data / "secrets.json").put({name: value})
    typer.echo(f"Kept {name}.")


@dead_letters_app.command("list")
def list_dead_letters(
    data: Data = DEFAULT_DATA,
    url: Url = "",
    function: Annotated[str, typer.Option(help="Only those of this function.")] = "",
) -> None:
    """Show the newest dead letters, with their reasons."""
    from rich.console import Console
    from rich.table import Table

    from functions.operations import dead_letters

    table = Table("id", "function", "when (UTC)", "attempts", "reason", "replayed (UTC)")
    for row in dead_letters.read(url or _owner_url(data), function=function):
        table.add_row(
            str(row.id), row.function, _when(row.created_at), str(row.attempts), row.reason, _when(row.replayed_at)
        )
    Console().print(table if table.row_count else "There are no dead letters.")


@dead_letters_app.command("replay")
def replay_dead_letters(ids: list[UUID], data: Data = DEFAULT_DATA, url: Url = "") -> None:
    """Hand these events on again, with the same ids: whoever handled one already does nothing."""
    from functions.kernel.embedded.folder_lock import FolderLock
    from functions.operations import dead_letters

    count = dead_letters.replay(url or _owner_url(data), ids)
    running = None if url else FolderLock(data).holder()
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


@user_app.command("add")
def user_add(
    name: str,
    email: str,
    zone: Annotated[str, typer.Option(help="Their IANA time zone.")] = "UTC",
    data: Data = DEFAULT_DATA,
) -> None:
    """Add a person."""
    from functions.operations import accounts

    typer.echo(str(accounts.add_user(_owner_url(data), name, email, zone)))


if __name__ == "__main__":
    app()
