"""A real `taskwake serve` that lives in another time: its clock, and its database's, go on from a moment that a test
sets, and then jump when the test says so.

In the database `now()` and its relatives are found in a schema that stands before PostgreSQL's own; for the process see
virtual_clock.py.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg

from functions.kernel.embedded.postgres import Postgres
from tests.served import Served
from tests.virtual_clock import AHEAD, LOOK_SECONDS, SERVE, ahead

SCHEMA = """
CREATE SCHEMA virtual;
GRANT USAGE ON SCHEMA virtual TO PUBLIC;
CREATE TABLE virtual.clock (ahead interval NOT NULL);
GRANT SELECT ON virtual.clock TO PUBLIC;
INSERT INTO virtual.clock VALUES (%s);
"""
READ = """
CREATE FUNCTION virtual.{name}() RETURNS timestamptz LANGUAGE sql {kind}
    RETURN pg_catalog.{name}() + (SELECT ahead FROM virtual.clock)
"""
CLOCKS = {
    "now": "STABLE",
    "transaction_timestamp": "STABLE",
    "statement_timestamp": "STABLE",
    "clock_timestamp": "VOLATILE",
}
PATIENCE_SECONDS = 30
"""A busy machine may be slow without being wrong."""


@dataclass
class VirtualTime:
    """The time of a server; it passes as any other, and jumps."""

    served: Served
    file: Path

    def now(self) -> datetime:
        return datetime.now(UTC) + ahead(self.file)

    async def settled(self, seconds: float = PATIENCE_SECONDS) -> None:
        """Return when all that is due by now is done. Raises TimeoutError after so many seconds here."""
        async with await psycopg.AsyncConnection.connect(self.served.owner_url, autocommit=True) as connection:
            await _until_nothing_is_left(connection, seconds)

    async def be_away(self, span: timedelta) -> None:
        """kill -9 of the whole, which runs again this much later: in between there was no process, and no database."""
        await asyncio.to_thread(self.served.kill)
        later = ahead(self.file) + span
        async with _owned(self.served.folder) as connection:
            connection.execute("UPDATE virtual.clock SET ahead = %s", (later,))
        _write(self.file, later)
        self.served = await asyncio.to_thread(_serve, self.served.folder, self.file)

    async def pass_until(self, moment: datetime) -> None:
        """Let the time jump to this moment by way of each reminder before it, and return when all that was due by then
        is done."""
        async with await psycopg.AsyncConnection.connect(self.served.owner_url, autocommit=True) as connection:
            await _until_nothing_is_left(connection)
            while (rings_at := await _next_ring(connection)) and rings_at < moment:
                await self._jump(connection, rings_at)
            await self._jump(connection, moment)

    async def _jump(self, connection: psycopg.AsyncConnection, moment: datetime) -> None:
        later = ahead(self.file) + max(moment - self.now(), timedelta())
        # The database first: an alarm that rings by the process's clock finds what is due by this one.
        await connection.execute("UPDATE virtual.clock SET ahead = %s", (later,))
        _write(self.file, later)
        await _until_nothing_is_left(connection)


def _write(file: Path, later: timedelta) -> None:
    """In one step, as the server reads it at any moment."""
    new = file.with_suffix(".new")
    new.write_text(str(later.total_seconds()))
    new.replace(file)


async def _next_ring(connection: psycopg.AsyncConnection) -> datetime | None:
    cursor = await connection.execute(
        "SELECT min(remind_at) FROM reminders WHERE fired_at IS NULL AND remind_at > now()"
    )
    row = await cursor.fetchone()
    return row[0] if row else None


async def _until_nothing_is_left(connection: psycopg.AsyncConnection, seconds: float = PATIENCE_SECONDS) -> None:
    async with asyncio.timeout(seconds):
        while await _is_left(connection):  # noqa: ASYNC110 - the database says nothing when all is done
            await asyncio.sleep(LOOK_SECONDS)


async def _is_left(connection: psycopg.AsyncConnection) -> bool:
    cursor = await connection.execute(
        """
        SELECT EXISTS (SELECT FROM events WHERE published_at IS NULL)
            OR EXISTS (SELECT FROM reminders WHERE fired_at IS NULL AND remind_at <= now())
        """
    )
    return bool((await cursor.fetchone() or [True])[0])


@asynccontextmanager
async def virtual_time(folder: Path, begins: datetime) -> AsyncIterator[VirtualTime]:
    """A server over this empty folder, in whose world it is this moment now."""
    file = folder / "seconds-ahead"
    begins_ahead = begins - datetime.now(UTC)

    await asyncio.to_thread(_write, file, begins_ahead)
    await _prepare(folder / "data", begins_ahead)
    time = VirtualTime(await asyncio.to_thread(_serve, folder / "data", file), file)
    try:
        yield time
    finally:
        await asyncio.to_thread(time.served.end)


def _serve(folder: Path, file: Path) -> Served:
    environment: dict[str, Any] = {AHEAD: str(file)}  # Any: for all that is known, a name could be one of start's own
    return Served.start(folder, program=SERVE, **environment)


async def _prepare(folder: Path, begins_ahead: timedelta) -> None:
    await asyncio.to_thread(folder.mkdir)
    async with _owned(folder) as connection:
        for statement in SCHEMA.strip().split(";\n"):
            connection.execute(statement, (begins_ahead,) if "%s" in statement else None)
        for name, kind in CLOCKS.items():
            connection.execute(READ.format(name=name, kind=kind))
        connection.execute("ALTER DATABASE postgres SET search_path = public, virtual, pg_catalog")


@asynccontextmanager
async def _owned(folder: Path) -> AsyncIterator[psycopg.Connection]:
    """The owner's connection to the database of this folder, which nobody else serves."""
    postgres = Postgres(folder / "postgres")
    await asyncio.to_thread(postgres.start)
    try:
        await postgres.ready()
        with psycopg.connect(postgres.url(), autocommit=True) as connection:
            yield connection
    finally:
        await asyncio.to_thread(postgres.stop)
