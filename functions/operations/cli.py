"""The command line: `taskwake`."""

import importlib.util
from pathlib import Path
from typing import Annotated, Literal

import typer

from functions.operations.commands import (
    add,
    backup,
    change,
    chat,
    dead_letters,
    doctor,
    files,
    operators,
    people,
    retention,
    show,
    watch,
)
from functions.operations.commands.database import DEFAULT_DATA, Data, Url, UrlFile, owner_url

# Plain help: the other one takes longer to load than most commands to answer.
app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    context_settings={"max_content_width": 120},
    help="Tasks and reminders: kept, once, on time.",
)
for part in (add, show, change, chat, watch, files, people, doctor, backup, retention):
    app.add_typer(part.app)
app.add_typer(dead_letters.app, name="dead-letters")
app.add_typer(operators.app, name="operator")
# A function's image holds no infra, that of operations only the migrations, and no service to simulate.
if importlib.util.find_spec("functions.operations.simulation"):
    from functions.operations.commands import simulate

    app.add_typer(simulate.app, name="simulate")
if importlib.util.find_spec("infra") and importlib.util.find_spec("infra.local"):
    from infra.deploy.cli import app as deploy_app
    from infra.lint.cli import app as lint_app
    from infra.local.cli import app as local_app
    from infra.local.cluster.cli import app as cluster_app

    app.add_typer(local_app, name="local")
    app.add_typer(cluster_app, name="cluster")
    app.add_typer(deploy_app)
    app.add_typer(lint_app)


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
    host: Annotated[str, typer.Option(help="For --url: the Host to ask for, where the address is a gateway's.")] = "",
) -> None:
    """Play the main job with real input, and print the timeline; exit code 0 only when every step was seen."""
    import asyncio

    from functions.operations.demo.command import DEMO_FAILURES, demo

    if bool(url) != bool(token):
        raise typer.BadParameter("--url and --token go together")
    if host and not url:
        raise typer.BadParameter("--host goes with --url")
    try:
        all_seen = asyncio.run(demo(way, url, token, host))
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
def migrate(
    data: Data = DEFAULT_DATA,
    url: Url = "",
    url_file: UrlFile = None,
    logins: Annotated[
        bool, typer.Option(help="Also make the logins anew, and print their addresses for the secret store.")
    ] = False,
    logins_folder: Annotated[
        Path | None,
        typer.Option(
            help="Also see to it that each login works by the address that lies here, in a file named as its secret."
        ),
    ] = None,
) -> None:
    """Bring the database's schema up to date; safe to repeat."""
    import json

    from psycopg import OperationalError
    from sqlalchemy.exc import OperationalError as ConnectionFailedError

    from functions.operations.migrate import LoginError, ensure_logins, make_logins, migrate, passwords_in
    from functions.operations.terminal.progress import working

    owner = owner_url(data, url, url_file)
    try:
        with working("Migrating the schema"):
            revision = migrate(owner)
        typer.echo(f"The schema is at revision {revision}.", err=True)
        if logins_folder:
            ensure_logins(owner, passwords_in(logins_folder))
            typer.echo("The logins are as their addresses say.", err=True)
        if logins:
            typer.echo(json.dumps(make_logins(owner), indent=2))
    except (LoginError, OperationalError) as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from None
    except ConnectionFailedError as error:
        typer.echo(f"The database cannot be reached as its owner: {error.orig}", err=True)
        raise typer.Exit(1) from None


@app.command()
def secret(name: str, data: Data = DEFAULT_DATA) -> None:
    """Put a secret, such as smtp-url, into the embedded way's store; its value is asked for, or read from a pipe."""
    import sys

    from functions.kernel.embedded.secret_store import FileSecretStore

    value = typer.prompt(name, hide_input=True) if sys.stdin.isatty() else sys.stdin.read().strip()
    FileSecretStore(data / "secrets.json").put({name: value})
    typer.echo(f"Kept {name}.")


if __name__ == "__main__":
    app()
