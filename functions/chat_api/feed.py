"""The live feed: the event log as server-sent events, resumable at any point."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterator, Sequence
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from functions.kernel.errors import InvalidInputError
from functions.kernel.events import Event
from functions.kernel.ports import EventBus
from functions.kernel.storage.database import Database

HEARTBEAT_SECONDS = 15
BATCH = 500
# While an older transaction still runs, what was committed after it waits; it is asked for again so soon.
UNSETTLED_SECONDS = 0.02
# Every commit of anybody wakes every stream; a stream reads at once after a silence, and then this often at most.
READ_AGAIN_SECONDS = 0.02

Wake = Callable[[], Awaitable[None]]
Follow = Callable[[Wake], Coroutine[Any, Any, None]]
Position = tuple[int, int]
_Row = tuple[int, int, str, str]
MAX_TX, MAX_SEQ = 2**64, 2**63 - 1
"""What PostgreSQL's xid8 stays below, and its largest bigint."""


def parse_cursor(text: str) -> Position:
    """The position that a cursor names. Raises InvalidInputError (field `cursor`)."""
    tx, dash, seq = text.partition("-")
    if text.isascii() and dash and tx.isdecimal() and seq.isdecimal() and len(text) <= 40:
        position = int(tx), int(seq)
        if position < (MAX_TX, 0) and position[1] <= MAX_SEQ:
            return position
    raise InvalidInputError("cursor", f"{text[:40]!r} is no cursor; leave it out to start at the present")


async def present(database: Database) -> Position:
    """The position of now: what was committed before is behind it, all else comes after it."""
    rows = await database.fetch("SELECT pg_snapshot_xmin(pg_current_snapshot())::text AS tx")
    return int(rows[0]["tx"]), 0


class Feed:
    """Wakes the streams of this process when something was committed. Nothing is asked while nobody watches.

    `follow`, if given, runs while there are streams, and is to call the wake that it is handed.
    """

    def __init__(self, database: Database, follow: Follow | None = None) -> None:
        self._database = database
        self._follow = follow
        self._following: asyncio.Task[None] | None = None
        self._streams = 0
        self._news = asyncio.Condition()
        self._commits = 0
        self._closed = False

    async def wake(self) -> None:
        """Something was committed."""
        async with self._news:
            self._commits += 1
            self._news.notify_all()

    async def close(self) -> None:
        """End every stream, so that the server can stop; each resumes elsewhere from its last id."""
        self._closed = True
        await self.wake()

    async def stream(self, user_id: UUID, after: Position) -> AsyncIterator[str]:
        """Server-sent events (WHATWG HTML §9.2) of the log after this position that this person may see.

        `id` is the cursor to resume from, `event` the topic, `data` the CloudEvent. A comment every
        HEARTBEAT_SECONDS shows that the line is alive.
        """
        yield "retry: 1000\n\n"
        clock = asyncio.get_running_loop().time
        with self._followed():
            while not self._closed:
                seen, read_at = self._commits, clock()
                rows, after, settled = await self._read(user_id, after)
                for tx, seq, topic, event in rows:
                    yield f"id: {tx}-{seq}\nevent: {topic}\ndata: {event}\n\n"
                if len(rows) == BATCH:
                    continue
                if await self._wait(seen, HEARTBEAT_SECONDS if settled else UNSETTLED_SECONDS):
                    await asyncio.sleep(max(0.0, read_at + READ_AGAIN_SECONDS - clock()))
                elif settled:
                    yield ": alive\n\n"

    @contextmanager
    def _followed(self) -> Iterator[None]:
        """Follow from the first stream on, until the last one ends."""
        self._streams += 1
        if self._follow and self._following is None:
            self._following = asyncio.get_running_loop().create_task(self._follow(self.wake))
        try:
            yield
        finally:
            self._streams -= 1
            if not self._streams and self._following:
                self._following.cancel()
                self._following = None

    async def _wait(self, seen: int, seconds: float) -> bool:
        """Whether something was committed since `seen`, waiting for it at most so long."""
        try:
            async with asyncio.timeout(seconds), self._news:
                await self._news.wait_for(lambda: self._commits != seen)
        except TimeoutError:
            return False
        return True

    async def _read(self, user_id: UUID, after: Position) -> tuple[list[_Row], Position, bool]:
        """The next events (see specs/decisions/0003), the position after them, and whether none is committed but
        held back."""
        rows = await self._database.fetch(
            """
            SELECT settled::text AS settled, tx::text AS tx, seq, topic, event, tx < settled AS ready
            FROM (SELECT pg_snapshot_xmin(pg_current_snapshot()) AS settled) AS snapshot LEFT JOIN (
                SELECT tx, seq, topic, event::text AS event
                FROM events WHERE (tx, seq) > (%s::text::xid8, %s) ORDER BY events.tx, seq LIMIT %s
            ) AS news ON true ORDER BY news.tx, seq
            """,
            (str(after[0]), after[1], BATCH),
            user_id=user_id,
        )
        news = [row for row in rows if row["tx"] is not None]
        # Nothing behind the first held-back row either: an older transaction may still put one before it.
        ready = [(int(row["tx"]), row["seq"], row["topic"], row["event"]) for row in news if row["ready"]]
        if len(news) == BATCH:
            return ready, ready[-1][:2] if ready else after, len(ready) == BATCH
        # Past what others may see and this person may not, so that it is not searched again.
        return ready, max(after, (int(rows[0]["settled"]), 0)), len(ready) == len(news)


class WakingBus:
    """An EventBus that wakes the feed first: what is published has been committed."""

    def __init__(self, bus: EventBus, feed: Feed) -> None:
        self._bus = bus
        self._feed = feed

    async def publish(self, events: Sequence[Event]) -> None:
        """See EventBus.publish."""
        await self._feed.wake()
        await self._bus.publish(events)
