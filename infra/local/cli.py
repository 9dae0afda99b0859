"""`taskwake local`: the Dapr way on this machine."""

import asyncio
import os
import signal
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from infra.local.stack import DaprStack

app = typer.Typer(
    no_args_is_help=True, help="The Dapr way on this machine: every function, its daprd, Kafka, PostgreSQL."
)

Data = Annotated[Path, typer.Option(help="The folder that holds all of it.", envvar="TASKWAKE_LOCAL_DATA")]
DEFAULT_DATA = Path(".taskwake-dapr")
POLL_SECONDS = 0.3


@app.command()
def up(
    data: Data = DEFAULT_DATA,
    pooler: Annotated[bool, typer.Option(help="Put PgBouncer before PostgreSQL, as Neon does.")] = False,
    database_url: Annotated[str, typer.Option(help="The owner's address of a PostgreSQL.", envvar="DATABASE_URL")] = "",
    smtp_url: Annotated[str, typer.Option(help="A mail server: smtp://user:password@host:587", envvar="SMTP_URL")] = "",
) -> None:
    """Start it, print its address, and run until Ctrl-C. What was accepted is kept in the folder."""
    from functions.kernel.embedded.folder_lock import FolderTakenError
    from functions.kernel.embedded.postgres import PostgresError
    from infra.local.process import ProcessFailedError
    from infra.local.stack import DaprStack
    from infra.local.tools import ToolMissingError

    stack = DaprStack(data, pooler=pooler, database_url=database_url or None, smtp_url=smtp_url or None, say=typer.echo)
    try:
        asyncio.run(_run(stack))
    except (FolderTakenError, PostgresError, ProcessFailedError, ToolMissingError) as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from None
    except (KeyboardInterrupt, asyncio.CancelledError):
        raise typer.Exit(0) from None


async def _run(stack: "DaprStack") -> None:
    from functions.operations import accounts

    task = asyncio.current_task()
    assert task is not None  # noqa: S101 - this is one
    # SIGTERM ends it as Ctrl-C does.
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    started = time.monotonic()
    async with stack:
        user = await asyncio.to_thread(accounts.first_user, stack.owner_url)
        login = await asyncio.to_thread(accounts.issue, stack.owner_url, user, "login")
        typer.echo(
            f"Taskwake serves at {stack.url} ({time.monotonic() - started:.1f} s)\n"
            f"  open   {stack.url}/login?login={login}   (once, within 15 minutes)\n"
            f"  token  taskwake token --data {stack.folder}   (for programs)\n"
            f"  logs   taskwake local logs NAME -f\n"
            f"  stop   Ctrl-C; what was accepted is kept in {stack.folder}"
        )
        await stack.supervisor.watch()


@app.command()
def status(data: Data = DEFAULT_DATA) -> None:
    """What runs, with its pid and ports. Exit code 1 when something does not."""
    from infra.local.supervisor import read_process_list

    processes = read_process_list(data / "logs")
    for process in processes:
        running = _is_running(process["pid"])
        ports = " ".join(f"{name}:{port}" for name, port in process["ports"].items())
        typer.echo(f"{process['name']:26} {process['pid'] if running else 'ended':>8}  {ports}")
    if not processes or not all(_is_running(process["pid"]) for process in processes):
        raise typer.Exit(1)


def _is_running(pid: int | None) -> bool:
    if pid is None:
        return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


@app.command()
def rearm(data: Data = DEFAULT_DATA) -> None:
    """Set all alarms again from the database, now: after the scheduler lost its data."""
    import httpx

    from functions.kernel.embedded.secret_store import FileSecretStore
    from infra.local import sweep
    from infra.local.functions import ALARM, Tokens
    from infra.local.ports import LOOPBACK
    from infra.local.supervisor import read_process_list

    ports = [process["ports"]["http"] for process in read_process_list(data / "logs") if process["name"] == ALARM]
    if not ports:
        typer.echo(f"No Taskwake ever ran over {data.resolve()}: start one with `taskwake local up`.", err=True)
        raise typer.Exit(1)

    async def run() -> None:
        tokens = await Tokens.kept_in(FileSecretStore(data / "secrets.json"))
        await sweep.rearm(f"http://{LOOPBACK}:{ports[0]}", tokens.app)

    try:
        asyncio.run(run())
    except httpx.HTTPError as error:
        typer.echo(f"The alarms were not set again: {error}", err=True)
        raise typer.Exit(1) from None
    typer.echo("The alarms are set.")


@app.command()
def logs(
    name: Annotated[str, typer.Argument(help="A process; without it, the list of logs.")] = "",
    data: Data = DEFAULT_DATA,
    follow: Annotated[bool, typer.Option("-f", help="Go on as it grows, until Ctrl-C.")] = False,
) -> None:
    """Print the log of one process."""
    folder = data / "logs"
    known = sorted(path.stem for path in folder.glob("*.log"))
    if not name:
        for each in known:
            typer.echo(f"{each:26} {(folder / f'{each}.log').stat().st_size:>10} bytes")
        return
    if name not in known:
        typer.echo(f"There is no log {name!r} in {folder}; there are: {', '.join(known) or 'none'}.", err=True)
        raise typer.Exit(1)
    with (folder / f"{name}.log").open("rb") as log:
        try:
            while True:
                sys.stdout.buffer.write(log.read())
                sys.stdout.flush()
                if not follow:
                    return
                time.sleep(POLL_SECONDS)
        except KeyboardInterrupt:
            return
