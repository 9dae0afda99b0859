"""The API's database, in which all that one request does can be one transaction."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from functions.kernel.storage.database import Connection, Database


@dataclass(slots=True)
class _Opened:
    user_id: UUID
    connection: Connection
    now: datetime
    over: bool = False
    afterwards: list[Callable[[], None]] = field(default_factory=list)


_OPENED: ContextVar[_Opened | None] = ContextVar("opened", default=None)


class JoiningDatabase(Database):
    """Within `joined`, every transaction of the same person is a part of that one."""

    @asynccontextmanager
    async def joined(self, user_id: UUID) -> AsyncIterator[Connection]:
        """One transaction for all that this task does in the block; commits unless the block raises. Within another, a
        part of that."""
        outer = _opened()
        if outer is not None and outer.user_id == user_id:
            async with outer.connection.transaction():
                yield outer.connection
            return
        async with super().begin(user_id) as (connection, now):
            opened = _Opened(user_id, connection, now)
            token = _OPENED.set(opened)
            try:
                yield connection
            finally:
                _OPENED.reset(token)
                # A task that was started in the block keeps the variable, and must not get at this connection, which
                # is soon another person's.
                opened.over = True
        for call in opened.afterwards:
            call()

    @asynccontextmanager
    async def begin(self, user_id: UUID | None = None) -> AsyncIterator[tuple[Connection, datetime]]:
        """As in Database; within `joined` a part that, if it raises, is taken back alone."""
        opened = _opened()
        if opened is None or opened.user_id != user_id:
            async with super().begin(user_id) as begun:
                yield begun
            return
        async with opened.connection.transaction():
            yield opened.connection, opened.now

    def once_committed(self, call: Callable[[], None]) -> None:
        """Call this when what was done is committed: at once, or within `joined` at its end."""
        opened = _opened()
        if opened is None:
            call()
        else:
            opened.afterwards.append(call)


def _opened() -> _Opened | None:
    opened = _OPENED.get()
    return None if opened is None or opened.over else opened
