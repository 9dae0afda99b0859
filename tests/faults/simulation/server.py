"""The PostgreSQL of the simulation: a real one, in which it is whatever time the simulation says."""

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg
from psycopg.pq import TransactionStatus
from psycopg.rows import dict_row

from functions.kernel.embedded.postgres import Postgres
from functions.kernel.storage import logins
from functions.operations.migrate import ensure_login, migrate

if TYPE_CHECKING:
    from tests.faults.simulation.database import SteppedConnection

# Each moment of the simulation, and since when by this machine's clock it is now. So a transaction's `now()` is when it
# began, as ever.
SCHEMA = """
CREATE SCHEMA virtual;
GRANT USAGE ON SCHEMA virtual TO PUBLIC;
CREATE TABLE virtual.clock (since timestamptz PRIMARY KEY, moment timestamptz NOT NULL);
GRANT SELECT ON virtual.clock TO PUBLIC;
"""
READ = """
CREATE FUNCTION virtual.{name}() RETURNS timestamptz LANGUAGE sql {kind}
    RETURN COALESCE((SELECT moment FROM virtual.clock WHERE since <= pg_catalog.{name}() ORDER BY since DESC LIMIT 1),
                    pg_catalog.{name}())
"""
CLOCKS = {
    "now": "STABLE",
    "transaction_timestamp": "STABLE",
    "statement_timestamp": "STABLE",
    "clock_timestamp": "VOLATILE",
}
SETTINGS = {
    # No power is lost here.
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    # What it learns of the tables would make other plans, and another order, of the same seed.
    "autovacuum": "off",
    "deadlock_timeout": "20ms",
    "plan_cache_mode": "force_generic_plan",
    "jit": "off",
}
VACUUM_EACH = 100
"""Histories: by then the catalogue is full of the tables that were emptied."""


class Server:
    """One server for many histories, each of which begins with nothing in it."""

    def __init__(self, postgres: Postgres) -> None:
        self._postgres = postgres
        self._begun = 0
        self.free: dict[str, list[SteppedConnection]] = {}
        """Connections in order, by login."""
        self.owner = psycopg.Connection.connect(postgres.url(), autocommit=True, row_factory=dict_row)
        rows = self.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'alembic_version' ORDER BY 1"
        )
        names = [row["tablename"] for row in rows] + ["virtual.clock"]
        filled = (f'EXISTS (SELECT FROM {name}) AS "{name}"' for name in names)
        self._filled = "SELECT " + ", ".join(filled)

    @classmethod
    @contextmanager
    def started(cls) -> Iterator["Server"]:
        """A server of one's own, in memory where the machine has files there; nothing of it is left."""
        memory = Path("/dev/shm")  # noqa: S108 - the folder in it has a name of its own
        with tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else None) as folder:
            yield from cls._over(Path(folder))

    @classmethod
    def _over(cls, folder: Path) -> Iterator["Server"]:
        postgres = Postgres(folder / "postgres", settings=SETTINGS)
        postgres.start()
        try:
            while not postgres.answers():
                pass
            with psycopg.connect(postgres.url(), autocommit=True) as connection:
                for statement in SCHEMA.strip().split(";\n"):
                    connection.execute(statement)
                for name, kind in CLOCKS.items():
                    connection.execute(READ.format(name=name, kind=kind))
                connection.execute("ALTER DATABASE postgres SET search_path = public, virtual, pg_catalog")
            migrate(postgres.url())
            for login in (logins.API, logins.FUNCTIONS):
                ensure_login(postgres.url(), login)
            server = cls(postgres)
            try:
                yield server
            finally:
                server.close()
        finally:
            postgres.stop()

    def close(self) -> None:
        """End every connection."""
        self.owner.close()
        for connections in self.free.values():
            for connection in connections:
                connection.pgconn.finish()

    def url(self, login: str) -> str:
        """The address for this login."""
        return self._postgres.url(login)

    def begin_anew(self, moment: datetime) -> None:
        """Empty every table; from here on it is this moment."""
        [filled] = self.execute(self._filled)
        names = [name for name, is_filled in filled.items() if is_filled]
        if names:
            self.execute(f"TRUNCATE {', '.join(names)} RESTART IDENTITY CASCADE")
        if self._begun % VACUUM_EACH == VACUUM_EACH - 1:
            self.execute("VACUUM")
        self._begun += 1
        self.set_clock(moment)

    def set_clock(self, moment: datetime) -> None:
        """It is this moment now."""
        self.execute("INSERT INTO virtual.clock VALUES (pg_catalog.clock_timestamp(), %s)", moment)

    def is_blocked(self, pid: int) -> bool:
        """Whether this backend waits for a lock of another."""
        [row] = self.execute("SELECT cardinality(pg_blocking_pids(%s)) > 0 AS blocked", pid)
        return bool(row["blocked"])

    def end_backend(self, pid: int) -> None:
        """Return when this backend is no more, and its transaction is rolled back."""
        self.execute("SELECT pg_terminate_backend(%s)", pid)
        while self.execute("SELECT FROM pg_stat_get_activity(%s)", pid):
            pass

    def give_back(self, connections: Sequence["SteppedConnection"]) -> None:
        """Keep those that are in order for the next history, and end the others."""
        for connection in connections:
            if not connection.closed and connection.pgconn.transaction_status == TransactionStatus.IDLE:
                self.free.setdefault(connection.login, []).append(connection)
            elif not connection.closed:
                self.end_backend(connection.pid)
                connection.pgconn.finish()

    def execute(self, query: str, *parameters: Any) -> list[dict[str, Any]]:
        """The owner's statement."""
        cursor = self.owner.execute(query, parameters or None)
        return cursor.fetchall() if cursor.description else []
