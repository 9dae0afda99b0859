"""A pool of connections to PostgreSQL, as Neon's pooled endpoint wants them used."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

from psycopg import AsyncConnection
from psycopg.rows import DictRow, dict_row
from psycopg_pool import AsyncConnectionPool

Connection = AsyncConnection[DictRow]

# Bounds every transaction, so that none outlives the outbox check that covers it (see outbox.py).
TRANSACTION_TIMEOUT_SECONDS = 20


class Database:
    """Connections that keep nothing between two transactions: no session SET, LISTEN or prepared statement.

    So any pooler in transaction mode may stand between. A connection opened while idle is none: the pool shrinks
    to nothing, and PostgreSQL can sleep.
    """

    def __init__(self, url: str, *, max_connections: int = 8) -> None:
        self._pool: AsyncConnectionPool[Connection] = AsyncConnectionPool(
            url,
            min_size=0,
            max_size=max_connections,
            max_idle=60,
            open=False,
            check=AsyncConnectionPool.check_connection,
            kwargs={"autocommit": True, "row_factory": dict_row, "prepare_threshold": None},
        )
        self._opened = False

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[Connection]:
        """A connection in autocommit. Raises psycopg.OperationalError or PoolTimeout when there is none."""
        if not self._opened:
            await self._pool.open()
            self._opened = True
        async with self._pool.connection(timeout=10) as connection:
            yield connection

    @asynccontextmanager
    async def transaction(self, user_id: UUID | None = None) -> AsyncIterator[Connection]:
        """One transaction, acting for `user_id` where row-level security asks; commits unless the block raises."""
        async with self.connection() as connection, connection.transaction():
            await connection.execute(
                "SELECT set_config('transaction_timeout', %s, true), set_config('taskwake.user_id', %s, true)",
                (f"{TRANSACTION_TIMEOUT_SECONDS}s", str(user_id) if user_id else ""),
            )
            yield connection

    async def fetch(self, query: str, parameters: Any = None, *, user_id: UUID | None = None) -> list[DictRow]:
        """The rows of one statement in a transaction of its own."""
        async with self.transaction(user_id) as connection:
            return await (await connection.execute(query, parameters)).fetchall()

    async def close(self) -> None:
        """Close every connection; those in use are waited for."""
        if self._opened:
            await self._pool.close()
