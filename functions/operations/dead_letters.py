"""Dead letters, as the operator sees them: what could not be handled, why, and handing it on again."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import psycopg
from psycopg.rows import class_row


@dataclass(frozen=True, slots=True)
class DeadLetterRow:
    """One event that one function could not handle."""

    id: UUID
    function: str
    event_id: str
    reason: str
    attempts: int
    created_at: datetime
    replayed_at: datetime | None


def read(owner_url: str, *, function: str = "", limit: int = 100) -> list[DeadLetterRow]:
    """The newest dead letters; of one function, if it is named."""
    with psycopg.connect(owner_url, row_factory=class_row(DeadLetterRow)) as connection:
        return connection.execute(
            """
            SELECT id, function, event_id, reason, attempts, created_at, replayed_at FROM dead_letters
            WHERE %(function)s = '' OR function = %(function)s ORDER BY created_at DESC LIMIT %(limit)s
            """,
            {"function": function, "limit": limit},
        ).fetchall()


def replay(owner_url: str, ids: list[UUID]) -> int:
    """Have these events published again, with the same ids, at the next outbox check; returns how many could be.

    Every function that consumes them is handed them again; whoever handled them already does nothing. An event
    that is not of this installation's log cannot be replayed, since nothing is known of it but its text.
    """
    with psycopg.connect(owner_url) as connection:
        replayed = connection.execute(
            """
            WITH again AS (
                UPDATE events SET published_at = NULL FROM dead_letters dead
                WHERE dead.id = ANY(%(ids)s) AND events.id::text = dead.event_id RETURNING dead.id
            ), forgotten AS (
                DELETE FROM attempts noted USING dead_letters dead
                WHERE dead.id IN (SELECT id FROM again) AND noted.function = dead.function
                  AND noted.source = dead.source AND noted.event_id = dead.event_id
            )
            UPDATE dead_letters SET replayed_at = clock_timestamp() WHERE id IN (SELECT id FROM again)
            """,
            {"ids": ids},
        )
        return replayed.rowcount
