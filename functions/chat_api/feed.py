"""The live feed: the event log as server-sent events, resumable at any point."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterator, Sequence
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from functions.chat_api.timeline import Position, cursor_of, mark, present, split
from functions.kernel.events import Event
from functions.kernel.ports import EventBus
from functions.kernel.storage.database import Database

HEARTBEAT_SECONDS = 15
BATCH = 500
# Every commit of anybody is a reason to look: after a silence at once, and then this often at most; so often also while
# an older transaction runs, since what was committed after it waits for that.
LOOK_AGAIN_SECONDS = 0.02
MOST_NEWS = 2000
AGAIN_SECONDS = 1

log = logging.getLogger(__name__)

Wake = Callable[[], Awaitable[None]]
Follow = Callable[[Wake], Coroutine[Any, Any, None]]
_Row = tuple[int, int, str, str]


class _Stream:
    """An open stream: where it is, and whether there is something for it behind that."""

    def __init__(self, after: Position) -> None:
        self.after = after
        self.news = asyncio.Event()
        self.news.set()
        self.reading = True


class Feed:
    """Wakes the streams of this process when something was committed for them. Nothing is asked while nobody watches.

    One look into the log a time, for all streams (SQL function `news`), says for whom there is something; only theirs
    read it, each under its own person's rights. `follow`, if given, runs while there are streams, and is to call the
    wake that it is handed.
    """

    def __init__(self, database: Database, follow: Follow | None = None) -> None:
        self._database = database
        self._follow = follow
        self._streams: dict[UUID, set[_Stream]] = {}
        self._looking: asyncio.Task[None] | None = None
        self._following: asyncio.Task[None] | None = None
        self._committed = asyncio.Event()
        self._begun = asyncio.Event()
        self._closed = False

    async def wake(self) -> None:
        """Something was committed."""
        self._committed.set()

    async def close(self) -> None:
        """End every stream, so that the server can stop; each resumes elsewhere from its last id."""
        self._closed = True
        self._begun.set()
        self._committed.set()
        for stream in [stream for streams in self._streams.values() for stream in streams]:
            stream.news.set()
        if self._looking:
            await self._looking

    def watched_by(self, user_id: UUID) -> int:
        """How many streams this person has open here."""
        return len(self._streams.get(user_id, ()))

    def look(self, user_id: UUID) -> None:
        """Have this person's streams look, though nothing happened: a credential of theirs is gone."""
        for stream in self._streams.get(user_id, ()):
            stream.news.set()

    async def stream(self, user_id: UUID, after: Position, credential_id: UUID | None = None) -> AsyncIterator[str]:
        """Server-sent events (WHATWG HTML §9.2) of the log after this position that this person may see; until the
        credential which they were asked for with, if it is one of ours, is revoked or expired.

        `id` is the cursor to resume from, `event` the topic, `data` the CloudEvent. A comment every
        HEARTBEAT_SECONDS shows that the line is alive. It begins with an id of its own, as each comment has one: who is
        cut off before anything happened goes on from there, and not from when they are back.
        """
        yield f"retry: 1000\nid: {cursor_of(after)}\n\n"
        with self._watched(user_id, after) as stream:
            # What is committed from here on is looked out for; what was before is read by the stream itself.
            await self._begun.wait()
            while not self._closed:
                if not await _within(stream.news, HEARTBEAT_SECONDS):
                    yield f": alive\nid: {cursor_of(stream.after)}\n\n"
                    continue
                stream.news.clear()
                stream.reading = True
                found = await self._read(user_id, credential_id, stream.after)
                if found is None:
                    return
                rows, after, more = found
                if split(after[0])[0] != split(stream.after[0])[0]:
                    return  # the database was restored: whoever resumes is told so
                stream.after = after
                stream.reading = False
                if more:
                    stream.news.set()
                for tx, seq, topic, event in rows:
                    yield f"id: {cursor_of((tx, seq))}\nevent: {topic}\ndata: {event}\n\n"

    @contextmanager
    def _watched(self, user_id: UUID, after: Position) -> Iterator[_Stream]:
        """Look out, and follow, from the first stream on until the last one ends."""
        stream = _Stream(after)
        self._streams.setdefault(user_id, set()).add(stream)
        loop = asyncio.get_running_loop()
        if self._looking is None and not self._closed:
            self._begun.clear()
            self._looking = loop.create_task(self._look_out())
        if self._follow and self._following is None:
            self._following = loop.create_task(self._follow(self.wake))
        try:
            yield stream
        finally:
            self._streams[user_id].discard(stream)
            if not self._streams[user_id]:
                del self._streams[user_id]
            if not self._streams:
                self._committed.set()
                if self._following:
                    self._following.cancel()
                    self._following = None

    async def _look_out(self) -> None:
        """Tell the streams of what is new for them, as long as there are any. A look that is under way when the last
        one ends is not cancelled, which would cost its connection."""
        position: Position | None = None
        while self._streams and not self._closed:
            try:
                self._committed.clear()
                position = await self._looked(position)
            except Exception as error:  # noqa: BLE001 - whatever it was, the streams wait for this
                log.warning("the event log is not looked into, again in a second: %s: %s", type(error).__name__, error)
                await asyncio.sleep(AGAIN_SECONDS)
            else:
                await asyncio.sleep(LOOK_AGAIN_SECONDS)
                # A wake that was lost on its way costs one heartbeat.
                await _within(self._committed, HEARTBEAT_SECONDS)
        self._looking = None

    async def _looked(self, position: Position | None) -> Position:
        """Wake those whom the events after this position are for; returns the position behind them."""
        if position is None:
            position = await present(self._database)
            self._begun.set()
            return position
        [row] = await self._database.fetch(
            "SELECT tx::text AS tx, seq, held, readers, timeline() FROM news(%s::text::xid8, %s, %s)",
            (str(split(position[0])[1]), position[1], MOST_NEWS),
        )
        if row["timeline"] != split(position[0])[0]:
            for stream in [stream for streams in self._streams.values() for stream in streams]:
                stream.news.set()
            return await present(self._database)
        position = max(position, (mark(row["timeline"], int(row["tx"])), row["seq"]))
        readers = set(row["readers"])
        for user_id, streams in self._streams.items():
            for stream in streams:
                if user_id in readers:
                    stream.news.set()
                elif not stream.reading and not stream.news.is_set():
                    # Past what is for others, so that it is not searched when there is something.
                    stream.after = max(stream.after, position)
        if row["held"]:
            self._committed.set()
        return position

    async def _read(
        self, user_id: UUID, credential_id: UUID | None, after: Position
    ) -> tuple[list[_Row], Position, bool] | None:
        """The next events (see specs/decisions/0003), the position after them, and whether there are more; null: the
        credential does not stand any more. Those that are held back have their turn: whoever looks out says when."""
        rows = await self._database.fetch(
            """
            SELECT settled::text AS settled, timeline, stands, tx::text AS tx, seq, topic, event
            FROM (
                SELECT pg_snapshot_xmin(pg_current_snapshot()) AS settled, timeline(), %(credential)s::uuid IS NULL
                    OR EXISTS (SELECT FROM credentials WHERE id = %(credential)s
                        AND (expires_at IS NULL OR expires_at > clock_timestamp())) AS stands
            ) AS snapshot LEFT JOIN LATERAL (
                SELECT tx, seq, topic, event::text AS event FROM events
                WHERE (tx, seq) > (%(tx)s::text::xid8, %(seq)s) AND tx < settled AND stands
                ORDER BY events.tx, seq LIMIT %(most)s
            ) AS news ON true ORDER BY news.tx, seq
            """,
            {"credential": credential_id, "tx": str(split(after[0])[1]), "seq": after[1], "most": BATCH},
            user_id=user_id,
        )
        if not rows[0]["stands"]:
            return None
        timeline = rows[0]["timeline"]
        ready = [
            (mark(timeline, int(row["tx"])), row["seq"], row["topic"], row["event"])
            for row in rows
            if row["tx"] is not None
        ]
        if len(ready) == BATCH:
            return ready, ready[-1][:2], True
        # Past what others may see and this person may not, so that it is not searched again.
        settled = mark(timeline, int(rows[0]["settled"])), 0
        return ready, max(after, settled) if split(after[0])[0] == timeline else settled, False


async def _within(happened: asyncio.Event, seconds: float) -> bool:
    """Whether it happened, waiting for it at most so long."""
    try:
        async with asyncio.timeout(seconds):
            await happened.wait()
    except TimeoutError:
        return False
    return True


class WakingBus:
    """An EventBus that wakes the feed first: what is published has been committed."""

    def __init__(self, bus: EventBus, feed: Feed) -> None:
        self._bus = bus
        self._feed = feed

    async def publish(self, events: Sequence[Event]) -> None:
        """See EventBus.publish."""
        await self._feed.wake()
        await self._bus.publish(events)
