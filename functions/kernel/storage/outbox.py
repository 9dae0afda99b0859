"""The event log, which is the outbox: an event has its row before it is published."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from functions.kernel.cloudevent import decode, parse_mapping, render_json
from functions.kernel.events import (
    DeliveryRequested,
    Event,
    ListChanged,
    TaskCompleted,
    TaskDeleted,
    TaskEvent,
    TaskReopened,
    TaskUpdated,
)
from functions.kernel.identity import derived_event_id
from functions.kernel.storage.database import TRANSACTION_TIMEOUT_SECONDS, Connection, Database

UNPLANNED = (TaskUpdated, TaskCompleted, TaskReopened, TaskDeleted)
"""Of these no function plans the deliveries to webhooks, so whoever writes one asks for it (decision 0010)."""
CHECK_SECONDS = 30
"""Outbox checks are coalesced: one alarm for all that was written within so many seconds."""


LOOK_BACK = timedelta(days=7)
"""So long a broker keeps an event, and may hand it over again; within it no id is written twice, whatever the inbox
knows."""
_MARGIN = timedelta(seconds=TRANSACTION_TIMEOUT_SECONDS)

# No column is named to ON CONFLICT: while the log is one table its key is meant, else that of the month written to.
_INSERT = """
    INSERT INTO events (id, topic, key, list_id, user_id, task_id, by_id, undoes, event)
    SELECT * FROM ROWS FROM (
        unnest(%(ids)s::uuid[], %(topics)s::text[], %(keys)s::uuid[], %(lists)s::uuid[], %(users)s::uuid[],
               %(tasks)s::uuid[], %(by)s::uuid[], %(undoes)s::uuid[]),
        json_array_elements(%(events)s::json)
    ) AS written (id, topic, key, list_id, user_id, task_id, by_id, undoes, event)
    {unless_before}
    ON CONFLICT DO NOTHING
"""
# Asked once, before any row is written, and so that their order stays.
_UNLESS_BEFORE = """
    WHERE id <> ALL (ARRAY(
        SELECT id FROM events WHERE id = ANY(%(ids)s::uuid[]) AND created_at >= %(from)s AND created_at < %(until)s
    ))
"""


async def write(connection: Connection, events: Sequence[Event], now: datetime) -> list[Event]:
    """Add the events to the log, in their order, in one statement; those whose ids are there already change nothing.
    `now` is when the transaction began, by the database's clock.

    Those that somebody's webhook wants, and whose deliveries no function plans, are followed by events that ask for
    that; returns these."""
    insert, looked = _insert(now)
    unplanned = {event.id: event for event in events if isinstance(event, UNPLANNED)}
    if not unplanned:
        await connection.execute(insert, _columns(events) | looked)
        return []
    rows = await (
        await connection.execute(
            f"""
            WITH written AS ({insert} RETURNING id, topic, list_id)
            SELECT id FROM written WHERE topic = ANY(%(unplanned)s) AND webhook_wants(list_id, topic)
            """,  # noqa: S608 - a constant
            {**_columns(events), **looked, "unplanned": [event_type.topic for event_type in UNPLANNED]},
        )
    ).fetchall()
    asked: list[Event] = [_asking_to_plan(unplanned[str(row["id"])]) for row in rows]
    if asked:
        await connection.execute(insert, _columns(asked) | looked)
    return asked


def _insert(now: datetime) -> tuple[str, dict[str, datetime]]:
    """The statement that writes within this transaction: just after a month's turn it looks into the month before,
    whose ids the present month's key does not know."""
    turn = (now + _MARGIN).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    if now - LOOK_BACK >= turn:
        return _INSERT.format(unless_before=""), {}
    return _INSERT.format(unless_before=_UNLESS_BEFORE), {"from": now - LOOK_BACK, "until": turn}


def _columns(events: Sequence[Event]) -> dict[str, Any]:
    audiences = [event.audience for event in events]
    by_people = [event if isinstance(event, TaskEvent | ListChanged) else None for event in events]
    return {
        "ids": [event.id for event in events],
        "topics": [event.topic for event in events],
        "keys": [event.key for event in events],
        "lists": [list_id for list_id, _ in audiences],
        "users": [user_id for _, user_id in audiences],
        "tasks": [
            event.task.id if isinstance(event, TaskEvent) else getattr(event, "task_id", None) for event in events
        ],
        "by": [done and done.by for done in by_people],
        "undoes": [done and done.undoes for done in by_people],
        # One document: of an array's elements each quotation mark would be escaped, for half of the time all takes.
        "events": f"[{','.join(render_json(event).decode() for event in events)}]",
    }


def _asking_to_plan(event: TaskEvent) -> DeliveryRequested:
    return DeliveryRequested(
        id=derived_event_id(event.id, DeliveryRequested.topic, event.task.id),
        traceparent=event.traceparent,
        delivery_id=UUID(event.id),
        task_id=event.task.id,
        user_id=event.by,
        channel="webhooks",
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
