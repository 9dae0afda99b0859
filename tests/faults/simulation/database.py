"""Connections of a simulated process: real ones, each of whose round trips is a step, taken when it is its turn."""

import select
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from psycopg import AsyncConnection, waiting
from psycopg.rows import DictRow, dict_row

from functions.chat_api.joining import JoiningDatabase
from functions.kernel.storage.database import Connection, Database

if TYPE_CHECKING:
    from tests.faults.simulation.world import Process

READ, WRITE = 1, 2
PREPARE_AFTER = 2
LOOK_MS = 5
"""So long a statement may take before somebody looks whether a lock holds it up."""


class SteppedConnection(AsyncConnection[DictRow]):
    """Waits for its turn before each round trip, and then for PostgreSQL alone, unless another's lock is in the way."""

    process: "Process"
    login: str
    point = "a statement"

    @property
    def pid(self) -> int:
        return self.pgconn.backend_pid

    async def wait(self, gen: Any, *_: Any, **__: Any) -> Any:
        world = self.process.world
        await self.process.turn(self.point)
        world.tell_database()
        try:
            wanted = next(gen)
            while True:
                if not (ready := _ready(self.pgconn.socket, wanted)):
                    if world.server.is_blocked(self.pid):
                        await self._unblocked()
                    continue
                wanted = gen.send(ready)
        except StopIteration as done:
            return done.value

    async def _unblocked(self) -> None:
        try:
            await self.process.world.unblocked(self)
        except BaseException:  # nobody waits for the answer any more, so the connection is no use
            self.pgconn.finish()
            raise


def _ready(socket: int, wanted: int) -> int:
    poll = select.poll()
    poll.register(socket, (select.POLLIN if wanted & READ else 0) | (select.POLLOUT if wanted & WRITE else 0))
    found = [events for _, events in poll.poll(LOOK_MS)]
    if not found:
        return 0
    [events] = found
    return (READ if events & ~select.POLLOUT else 0) | (WRITE if events & select.POLLOUT else 0)


def connect(process: "Process", login: str) -> SteppedConnection:
    """A connection of this process: one that an earlier history left in order, or a new one."""
    server = process.world.server
    free = server.free.get(login)
    connection: SteppedConnection = free.pop() if free else waiting.wait_conn(_connecting(server.url(login)))
    connection.process = process
    connection.login = login
    connection._autocommit = True
    connection.row_factory = dict_row
    connection.prepare_threshold = PREPARE_AFTER
    process.connections.append(connection)
    process.world.connections.append(connection)
    return connection


def _connecting(url: str) -> Any:
    return SteppedConnection._connect_gen(url)


class _Stepped(Database):
    def __init__(self, process: "Process", login: str) -> None:
        super().__init__("")
        self._process = process
        self._login = login
        self._free: list[SteppedConnection] = []

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[Connection]:
        """See Database.connection."""
        connection = self._free.pop() if self._free else connect(self._process, self._login)
        try:
            yield connection
        except BaseException:
            if not connection.closed:
                connection.point = "a rollback"
                await connection.rollback()
            raise
        else:
            connection.point = "before the commit"
            await connection.commit()
        finally:
            connection.point = "a statement"
            if not connection.closed and not self._process.dead:
                self._free.append(connection)


class SteppedDatabase(_Stepped):
    """An event function's."""


class SteppedJoiningDatabase(_Stepped, JoiningDatabase):
    """chat-api's."""
