"""A pool of connections to PostgreSQL, as Neon's pooled endpoint wants them used."""

import asyncio
import select
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from psycopg import AsyncConnection, OperationalError
from psycopg.rows import DictRow, dict_row
from psycopg_pool import AsyncConnectionPool

Connection = AsyncConnection[DictRow]

# Bounds every transaction, so that none outlives the outbox check that covers it (see outbox.py).
TRANSACTION_TIMEOUT_SECONDS = 20
PREPARE_AFTER = 5
CONNECTION_SECONDS = 20
"""So long a connection is waited for: a database that only starts again, or wakes, fails no request."""
ANSWER_SECONDS = TRANSACTION_TIMEOUT_SECONDS + 5
"""A connection that has not done its work by then has no server at its other end any more: TCP alone would wait for
a quarter of an hour, or for ever."""
MAX_WAITING = 2000
"""More than that cannot be served within CONNECTION_SECONDS by a machine that is as slow as to let them gather."""


class Database:
    """Connections that keep nothing between two transactions: no session SET, LISTEN or prepared statement.

    So any pooler in transaction mode may stand between. A connection opened while idle is none: the pool shrinks
    to nothing, and PostgreSQL can sleep.
    """

    def __init__(
        self, url: str, *, max_connections: int = 8, prepare: bool = False, max_waiting: int = MAX_WAITING
    ) -> None:
        """`prepare` lets a connection keep the plans of what it runs often: only where no pooler stands between. Of
        those that want a connection `max_waiting` wait for one, and the next is refused at once."""
        self._pool: AsyncConnectionPool[Connection] = AsyncConnectionPool(
            url,
            min_size=0,
            max_size=max_connections,
            max_idle=60,
            max_waiting=max_waiting,
            open=False,
            # The waits between its attempts double; by the default's 5 minutes, a database that was away for long
            # would be missed long after it is back. Given up, the next who asks begins anew.
            reconnect_timeout=CONNECTION_SECONDS,
            kwargs={
                "autocommit": True,
                "row_factory": dict_row,
                "prepare_threshold": PREPARE_AFTER if prepare else None,
            },
        )
        self._opened = False
        self._renewed_at = float("-inf")

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[Connection]:
        """A connection in autocommit, for ANSWER_SECONDS. Raises psycopg.OperationalError when there is none
        (PoolTimeout after a while, TooManyRequests at once), or when it does not answer."""
        if not self._opened:
            await self._pool.open()
            self._opened = True
        began = time.monotonic()
        bound = asyncio.timeout(None)
        try:
            async with bound:
                connection = await self._connected()
                bound.reschedule(asyncio.get_running_loop().time() + ANSWER_SECONDS)
                try:
                    async with connection:
                        yield connection
                finally:
                    await self._pool.putconn(connection)
        except TimeoutError:
            if bound.expired():
                await self._renew(began)
                raise OperationalError(f"the server did not answer within {ANSWER_SECONDS} s") from None
            raise

    async def _connected(self) -> Connection:
        """A connection at whose other end there is a server. The pool's own check would wait 1, 2, 4, 8 s after each
        that has none: for most of a minute after the server started again."""
        until = time.monotonic() + CONNECTION_SECONDS
        while True:
            connection = await self._pool.getconn(timeout=until - time.monotonic())
            if not _hung_up(connection):
                return connection
            await connection.close()  # else the pool, which only asks libpq, would take it for a good one
            await self._pool.putconn(connection)

    async def _renew(self, began: float) -> None:
        """Give up every connection, since one that was had at `began` is dead: what cut it off cut off the others, too,
        and each would cost somebody ANSWER_SECONDS to find out. Once, however many of them are found dead."""
        if began > self._renewed_at:
            self._renewed_at = time.monotonic()
            await self._pool.drain()

    async def wake(self) -> None:
        """Have a connection, which also wakes a database that sleeps. Raises as `connection` does."""
        async with self.connection():
            pass

    @asynccontextmanager
    async def begin(self, user_id: UUID | None = None) -> AsyncIterator[tuple[Connection, datetime]]:
        """One transaction, acting for `user_id` where row-level security asks, and the moment it began by the
        database's clock (UTC); commits unless the block raises."""
        async with self.connection() as connection:  # which commits or rolls back as its block ends
            # One round trip. A simple query takes no parameters, and a UUID needs no quoting.
            cursor = await connection.execute(
                # The server's own zone may be any; in another than UTC some moments of year 1 cannot be read.
                f"BEGIN; SELECT set_config('transaction_timeout', '{TRANSACTION_TIMEOUT_SECONDS}s', true), "
                "set_config('TimeZone', 'UTC', true), "
                f"set_config('taskwake.user_id', '{user_id or ''}', true), clock_timestamp() AS now"
            )
            cursor.nextset()
            row = await cursor.fetchone()
            assert row is not None  # noqa: S101 - a SELECT without FROM has a row
            yield connection, row["now"].astimezone(UTC)

    @asynccontextmanager
    async def transaction(self, user_id: UUID | None = None) -> AsyncIterator[Connection]:
        """As `begin`, for who needs no clock."""
        async with self.begin(user_id) as (connection, _):
            yield connection

    async def fetch(self, query: str, parameters: Any = None, *, user_id: UUID | None = None) -> list[DictRow]:
        """The rows of one statement in a transaction of its own."""
        if user_id is None:
            async with self.connection() as connection:  # alone, a statement is a transaction already
                return await (await connection.execute(query, parameters)).fetchall()
        async with self.transaction(user_id) as connection:
            return await (await connection.execute(query, parameters)).fetchall()

    async def close(self) -> None:
        """Close every connection; those in use are waited for."""
        if self._opened:
            await self._pool.close()


def _hung_up(connection: Connection) -> bool:
    """Whether the server hung up while the connection was idle: then there is an end to read. Asking the server
    instead would cost a round trip each time."""
    if connection.closed:
        return True
    waiting = select.poll()
    waiting.register(connection.fileno(), select.POLLIN)
    return bool(waiting.poll(0))
