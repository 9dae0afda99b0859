"""The database of the Dapr way: a PostgreSQL from a wheel as one of the processes, or the one of DATABASE_URL."""

import asyncio
import signal
from dataclasses import dataclass
from pathlib import Path

import psycopg

from functions.kernel.embedded.postgres import Postgres
from functions.kernel.embedded.secret_store import FileSecretStore
from functions.kernel.storage import logins
from infra.local.ports import LOOPBACK
from infra.local.process import ProcessSpec


@dataclass(frozen=True)
class Answers:
    """Readiness: the database of `url` takes a connection."""

    url: str

    async def reached(self, log: Path, log_start: int) -> bool:
        try:
            connection = await psycopg.AsyncConnection.connect(self.url, connect_timeout=2)
        except psycopg.OperationalError:
            return False
        await connection.close()
        return True

    def __str__(self) -> str:
        return "PostgreSQL to answer"


def postgres_process(postgres: Postgres) -> ProcessSpec:
    """The server of a prepared folder."""
    assert postgres.port is not None  # noqa: S101 - daprd has no other way in
    return ProcessSpec(
        name="postgres",
        argv=postgres.command(),
        ready=Answers(postgres.url()),
        ready_timeout_seconds=30,
        ports={"postgres": postgres.port},
        stop_signal=signal.SIGINT,  # SIGTERM would wait for everybody to hang up
    )


async def prepare_database(owner_url: str, secrets: FileSecretStore, public_url: str) -> dict[str, str]:
    """Bring the schema up to date and give each login a password; returns login → password.

    The secrets then hold an address for each, made of `public_url`'s host, port and database.
    """
    from functions.operations.migrate import ensure_logins, migrate

    secrets.ensure(*(_password_of(login.name) for login in logins.ALL))
    passwords = {login.name: await secrets.get(_password_of(login.name)) for login in logins.ALL}
    await asyncio.to_thread(migrate, owner_url)
    await asyncio.to_thread(ensure_logins, owner_url, passwords)
    secrets.put({login.secret: logins.address(public_url, login, passwords[login.name]) for login in logins.ALL})
    return passwords


def _password_of(login: str) -> str:
    return f"{login}-password"


def tcp_url(port: int, database: str = "postgres") -> str:
    """A database of this machine, for nobody in particular."""
    return f"postgresql://{LOOPBACK}:{port}/{database}"
