"""The inbox: which events a function has handled, so that a redelivery changes nothing."""

from collections.abc import Sequence

from functions.kernel.cloudevent import CloudEvent
from functions.kernel.storage.database import Connection


async def claim(connection: Connection, function: str, events: Sequence[CloudEvent]) -> set[tuple[str, str]]:
    """Claim the events for this function and transaction; returns the (source, id) of those that are new.

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
    return {(row["source"], row["event_id"]) for row in rows}


async def give_back(connection: Connection, function: str, source: str, event_id: str) -> None:
    """The event was not handled after all: it is when it comes again, as a dead letter that is replayed."""
    await connection.execute(
        "DELETE FROM inbox WHERE function = %s AND source = %s AND event_id = %s", (function, source, event_id)
    )
