"""A PostgreSQL for each run: the project's own recipe, the same settings, the same empty data folder."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg.conninfo import conninfo_to_dict

from functions.kernel.embedded.postgres import Postgres

SETTINGS = {"max_connections": "200"}
FIRED = """
CREATE TABLE fired (
    job_id int NOT NULL, due_at timestamptz NOT NULL, fired_at timestamptz NOT NULL DEFAULT clock_timestamp()
)
"""


@dataclass(frozen=True, slots=True)
class Server:
    """One that runs, with a table `fired` and nothing else in its database. `folder` is the run's own; `postgres` in
    it is the server's."""

    folder: Path
    url: str
    tcp_port: int | None

    @property
    def environment(self) -> dict[str, str]:
        """The variables by which libpq, and every driver here, finds it: over its Unix socket."""
        parts = conninfo_to_dict(self.url)
        return {
            f"PG{name}": str(parts[key])
            for name, key in (("HOST", "host"), ("PORT", "port"), ("USER", "user"), ("DATABASE", "dbname"))
        }

    @property
    def pid(self) -> int:
        """Of the process under which all of the server's are."""
        return int((self.folder / "postgres" / "data" / "postmaster.pid").read_text().split("\n", 1)[0])


@asynccontextmanager
async def server(template: Path, folder: Path, tcp_port: int | None = None) -> AsyncIterator[Server]:
    """Serve until the block ends. `template` is a data folder to copy, made if it is not there."""
    await asyncio.to_thread(_copy, template, folder / "postgres" / "data")
    postgres = Postgres(folder / "postgres", port=tcp_port, settings=SETTINGS)
    # Tied to the thread that starts it, by which it ends with this program.
    postgres.start()
    try:
        await postgres.ready()
        async with await psycopg.AsyncConnection.connect(postgres.url()) as connection:
            await connection.execute(FIRED)
        yield Server(folder, postgres.url(), tcp_port)
    finally:
        await asyncio.to_thread(postgres.stop)


def _copy(template: Path, data: Path) -> None:
    if not template.exists():
        making = template.with_name("making")
        Postgres(making).prepare()
        (making / "data").rename(template)
    shutil.copytree(template, data)
