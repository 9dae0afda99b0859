"""The ledger: what became of each reminder of a person, read off what the functions write anyway.

A reminder that a person was told of is its notice, which stays whatever happens to the task. One that nobody was told
of (it waits, or its task was done when it rang) is its own row. Deliveries are found by their ids, which follow from
the notice and the channel.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from operator import itemgetter
from typing import Any
from uuid import UUID

from functions.chat_api.cursor import Key, cut
from functions.chat_api.deliveries import DELIVERIES
from functions.chat_api.models.ledger import LedgerChannel, LedgerEntry
from functions.kernel.identity import delivery_id
from functions.kernel.storage.database import Connection

# The page is cut before its events are looked up, each by its id.
_PAGE = """
    WITH page AS (
        (
            SELECT id, id AS notice_id, event_id, task_id, title, kind, remind_at, NULL::timestamptz AS held_from,
                   NULL::timestamptz AS fired_at, created_at AS told_at, read_at, acknowledged_at
            FROM notices
            WHERE user_id = %(user)s AND remind_at IS NOT NULL AND %(fired)s::bool IS NOT FALSE
              AND (%(task)s::uuid IS NULL OR task_id = %(task)s)
              AND (%(at)s::timestamptz IS NULL OR (remind_at, id) < (%(at)s, %(id)s::uuid))
            ORDER BY remind_at DESC, id DESC LIMIT %(limit)s
        ) UNION ALL (
            SELECT reminders.id, NULL, NULL, task_id, title, kind, remind_at, held_from, fired_at, NULL, NULL,
                   NULL
            FROM reminders JOIN tasks ON tasks.id = task_id
            WHERE user_id = %(user)s AND (%(task)s::uuid IS NULL OR task_id = %(task)s)
              AND (%(fired)s::bool IS NULL OR (fired_at IS NOT NULL) = %(fired)s)
              AND (%(at)s::timestamptz IS NULL OR (remind_at, reminders.id) < (%(at)s, %(id)s::uuid))
              AND (fired_at IS NULL OR NOT EXISTS (
                  SELECT FROM notices told WHERE told.user_id = reminders.user_id
                  AND told.remind_at = reminders.remind_at AND told.task_id = reminders.task_id
                  AND told.created_at >= reminders.fired_at))
            ORDER BY remind_at DESC, reminders.id DESC LIMIT %(limit)s
        )
        ORDER BY remind_at DESC, id DESC LIMIT %(limit)s
    )
    SELECT page.id, notice_id, page.task_id, title, kind, remind_at,
           COALESCE(held_from, (events.event #>> '{data,held_from}')::timestamptz) AS held_from,
           COALESCE(fired_at, events.created_at) AS fired_at, told_at, read_at, acknowledged_at
    FROM page LEFT JOIN events ON events.id = page.event_id::uuid ORDER BY remind_at DESC, page.id DESC
"""


async def read(
    connection: Connection, user_id: UUID, limit: int, *, after: Key | None, task_id: UUID | None, fired: bool | None
) -> tuple[list[LedgerEntry], str | None]:
    """Up to `limit` entries behind `after`, those set for the latest moments first, and the cursor of the next
    page, if there is one. `fired`: only those that rang, or that wait."""
    at, row_id = after or (None, None)
    rows = await (
        await connection.execute(
            _PAGE,
            {"user": user_id, "task": task_id, "fired": fired, "at": at, "id": row_id, "limit": limit + 1},
        )
    ).fetchall()
    shown, more = cut(rows, limit, itemgetter("remind_at", "id"))
    sent = await _deliveries(connection, user_id, [row["notice_id"] for row in shown if row["notice_id"]])
    entries = [_entry(row, sent.get(row["notice_id"], [])) for row in shown]
    return entries, more


async def _deliveries(
    connection: Connection, user_id: UUID, notices: Sequence[UUID]
) -> dict[UUID, list[dict[str, Any]]]:
    """The deliveries of these notices, by notice; e-mail first, then webhooks as they were added."""
    rows = await (
        await connection.execute("SELECT id FROM webhooks WHERE user_id = %s ORDER BY created_at, id", (user_id,))
    ).fetchall()
    names = ["email", *(f"webhook/{row['id']}" for row in rows)]
    ids = {notice: [delivery_id(notice, name) for name in names] for notice in notices}
    found = await (
        await connection.execute(
            f"{DELIVERIES} WHERE deliveries.id = ANY(%s) AND user_id = %s",
            ([each for of_notice in ids.values() for each in of_notice], user_id),
        )
    ).fetchall()
    by_id = {row["id"]: row for row in found}
    return {notice: [by_id[each] for each in of_notice if each in by_id] for notice, of_notice in ids.items()}


def _entry(row: dict[str, Any], deliveries: Sequence[dict[str, Any]]) -> LedgerEntry:
    told = {"channel": "in-app", "attempts": 1, "status": "delivered"}
    channels = [told | {"attempted_at": row["told_at"], "delivered_at": row["told_at"]}] if row["told_at"] else []
    return LedgerEntry(
        **row,
        lateness_ms=_late(row["remind_at"], row["fired_at"]),
        channels=[
            LedgerChannel(**channel, lateness_ms=_late(row["remind_at"], channel["delivered_at"]))
            for channel in (*channels, *deliveries)
        ],
    )


def _late(moment: datetime, happened: datetime | None) -> int | None:
    return (happened - moment) // timedelta(milliseconds=1) if happened else None
