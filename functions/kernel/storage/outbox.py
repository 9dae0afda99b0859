"""The event log, which is the outbox: an event has its row before it is published."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from functions.kernel.cloudevent import decode, parse_mapping, render_json
from functions.kernel.events import Event
from functions.kernel.storage.database import Connection, Database

CHECK_SECONDS = 30
"""Outbox checks are coalesced: one alarm for all that was written within so many seconds."""


async def write(connection: Connection, events: Sequence[Event]) -> None:
    """Add the events to the log, in their order, in one statement."""
    audiences = [event.audience for event in events]
    await connection.execute(
        """
        INSERT INTO events (id, topic, key, list_id, user_id, event)
        SELECT * FROM ROWS FROM (
            unnest(%s::uuid[], %s::text[], %s::uuid[], %s::uuid[], %s::uuid[]), json_array_elements(%s::json)
        )
        ON CONFLICT (id) DO NOTHING
        """,
        (
            [event.id for event in events],
            [event.topic for event in events],
            [event.key for event in events],
            [list_id for list_id, _ in audiences],
            [user_id for _, user_id in audiences],
            # One document: of an array's elements each quotation mark would be escaped, for half of the time all takes.
            f"[{','.join(render_json(event).decode() for event in events)}]",
        ),
    )


def check_moment(now: datetime) -> datetime:
    """When what is written now is looked after: the end of the next whole check period, so that every
    transaction begun now has ended by then."""
    period = now.timestamp() // CHECK_SECONDS
    return datetime.fromtimestamp((period + 2) * CHECK_SECONDS, UTC)


async def left_behind(
    connection: Connection, limit: int, left_for: timedelta, *, after: int = 0
) -> tuple[list[Event], int]:
    """The oldest events with a `seq` above `after` that were written so long ago and are still not published;
    and the last one's `seq`. Each is claimed for this transaction, so that two checks at once publish different ones.
    """
    rows = await (
        await connection.execute(
            """
            SELECT seq, event FROM events
            WHERE published_at IS NULL AND seq > %s AND created_at < clock_timestamp() - %s
            ORDER BY seq LIMIT %s FOR UPDATE SKIP LOCKED
            """,
            (after, left_for, limit),
        )
    ).fetchall()
    return [event_of(row["event"]) for row in rows], rows[-1]["seq"] if rows else after


async def anything_unpublished(connection: Connection) -> bool:
    """Whether any event waits to be published, left behind or not."""
    rows = await (
        await connection.execute("SELECT EXISTS (SELECT FROM events WHERE published_at IS NULL) AS found")
    ).fetchall()
    return bool(rows[0]["found"])


def event_of(stored: dict[str, Any]) -> Event:
    """The event of a row of the log."""
    return decode(parse_mapping(stored))


class Outbox:
    """Notes which events of the log are published."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def mark_published(self, events: Sequence[Event]) -> None:
        """No outbox check publishes these again. A repetition changes nothing.

        Not waited for until it is on the disk: should the server crash before, they are published again, and the
        inboxes know them.
        """
        await self._database.fetch(
            "SELECT set_config('synchronous_commit', 'off', true), mark_published(%s::uuid[])",
            ([event.id for event in events],),
        )
