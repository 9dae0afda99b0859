"""The inbox: which events a function has handled, so that a redelivery changes nothing."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from functions.kernel.cloudevent import CloudEvent
from functions.kernel.errors import RejectedError
from functions.kernel.events import SOURCE
from functions.kernel.storage.database import Connection

YOUNG = timedelta(days=27)
"""What is not older is in the log, if it is ours: of its months only those that ended a whole month ago are dropped. A
day less, for the clock of whoever emitted it."""


async def claim(
    connection: Connection, function: str, events: Sequence[CloudEvent], now: datetime
) -> set[tuple[str, str]]:
    """Claim the events for this function and transaction, which began at `now` by the database's clock; returns the
    (source, id) of those that are new. Raises RejectedError for one that was dropped from the log, as nothing knows
    any more whether it was handled.

    A delivery of the same event that is being handled elsewhere is waited for. The order of the keys keeps two
    batches that share events from waiting for each other.
    """
    keys = sorted({(event.source, event.id) for event in events})
    rows = await (
        await connection.execute(
            """
            INSERT INTO inbox (function, source, event_id)
            SELECT %s, source, id FROM unnest(%s::text[], %s::text[]) AS delivered (source, id)
            ON CONFLICT DO NOTHING RETURNING source, event_id
            """,
            (function, [source for source, _ in keys], [event_id for _, event_id in keys]),
        )
    ).fetchall()
    new = {(row["source"], row["event_id"]) for row in rows}
    old = [event for event in events if event.time and now - event.time > YOUNG and event.source == SOURCE]
    if old and new:
        await _check_known(connection, [event for event in old if (event.source, event.id) in new])
    return new


async def _check_known(connection: Connection, events: Sequence[CloudEvent]) -> None:
    """Asked after the claim: whatever took the row of one out of the inbox had dropped it from the log before."""
    rows = await (
        await connection.execute(
            """
            SELECT at, ARRAY(SELECT id::text FROM events WHERE id = ANY(ARRAY(
                SELECT logged_id(%s, old) FROM unnest(%s::text[]) AS old))) AS logged
            FROM log_begins()
            """,
            (SOURCE, [event.id for event in events]),
        )
    ).fetchall()
    for row in rows:
        for event in events:
            if event.id not in row["logged"]:
                raise RejectedError(
                    f"it is of {event.time:%Y-%m-%d}, and not in the event log any more, which begins at"
                    f" {row['at']:%Y-%m-%d}: whether it was handled is not known"
                )


async def give_back(connection: Connection, function: str, source: str, event_id: str) -> None:
    """The event was not handled after all: it is when it comes again, as a dead letter that is replayed."""
    await connection.execute(
        "DELETE FROM inbox WHERE function = %s AND source = %s AND event_id = %s", (function, source, event_id)
    )
