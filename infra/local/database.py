"""The database of the Dapr way: a PostgreSQL from a wheel as one of the processes, or the one of DATABASE_URL."""

import asyncio
import signal
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, urlsplit, urlunsplit

import psycopg

from functions.kernel.embedded.postgres import Postgres
from functions.kernel.embedded.secret_store import FileSecretStore
from functions.kernel.storage import logins
from infra.local.ports import LOOPBACK
from infra.local.process import ProcessSpec

CONVERSATIONS_SECRET = "database-url-conversations"  # noqa: S105 - the secret's name
CONVERSATIONS_SCHEMA = "dapr_conversations"
LOGINS = {
    logins.API.secret: logins.API.name,
    logins.FUNCTIONS.secret: logins.FUNCTIONS.name,
    CONVERSATIONS_SECRET: "taskwake_conversations",
}


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
    from functions.operations.migrate import ensure_login, ensure_schema_owner, migrate

    names = {secret: f"{login}-password" for secret, login in LOGINS.items()}
    secrets.ensure(*names.values())
    passwords = {LOGINS[secret]: await secrets.get(name) for secret, name in names.items()}
    await asyncio.to_thread(migrate, owner_url)
    for login in (logins.API, logins.FUNCTIONS):
        await asyncio.to_thread(ensure_login, owner_url, login, passwords[login.name])
    conversations = LOGINS[CONVERSATIONS_SECRET]
    await asyncio.to_thread(
        ensure_schema_owner, owner_url, conversations, CONVERSATIONS_SCHEMA, passwords[conversations]
    )
    secrets.put({secret: address(public_url, login, passwords[login]) for secret, login in LOGINS.items()})
    return passwords


def address(url: str, login: str, password: str) -> str:
    """`url` for another login."""
    parts = urlsplit(url)
    place = parts.netloc.rpartition("@")[2]
    return urlunsplit(parts._replace(netloc=f"{quote(login, safe='')}:{quote(password, safe='')}@{place}"))


def tcp_url(port: int, database: str = "postgres") -> str:
    """A database of this machine, for nobody in particular."""
    return f"postgresql://{LOOPBACK}:{port}/{database}"
