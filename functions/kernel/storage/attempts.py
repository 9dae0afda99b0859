"""Failed attempts and dead letters: what went wrong with an event, kept where a person can find it."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import NAMESPACE_URL, uuid5

from functions.kernel.storage.database import Connection
from functions.kernel.telemetry import measures

# Kept whole up to here, so that a message of megabytes cannot fill the table.
MAX_EVENT_CHARS = 300_000
MAX_REASON_CHARS = 2_000


@dataclass(frozen=True, slots=True)
class Position:
    """Where the broker has an event: what it takes to find it there again."""

    topic: str
    partition: int
    offset: int


@dataclass(frozen=True, slots=True)
class Failure:
    """One event that one function could not handle. `event` is its text as it came; `position` is null where no broker
    handed it over; `attempts` is how often it was tried since it was last noted."""

    function: str
    topic: str
    source: str
    event_id: str
    reason: str
    event: str
    position: Position | None = None
    attempts: int = 1


def _storable(text: str, limit: int) -> str:
    # PostgreSQL's text has neither NUL nor half a surrogate pair, and poison may carry either.
    return text[:limit].replace("\x00", "\ufffd").encode("utf-8", "replace").decode()


async def note_attempts(connection: Connection, failures: Sequence[Failure]) -> dict[tuple[str, str], int]:
    """Count the failed attempts at each, with the last error; returns the counts by (source, event id)."""
    cursor = await connection.execute(
        """
        INSERT INTO attempts (function, source, event_id, last_error, attempts)
        SELECT DISTINCT ON (1, 2, 3) * FROM unnest(%s::text[], %s::text[], %s::text[], %s::text[], %s::int[])
        ON CONFLICT (function, source, event_id) DO UPDATE
        SET attempts = attempts.attempts + excluded.attempts, last_error = excluded.last_error,
            last_at = clock_timestamp()
        RETURNING source, event_id, attempts
        """,
        (
            [failure.function for failure in failures],
            [_storable(failure.source, MAX_REASON_CHARS) for failure in failures],
            [_storable(failure.event_id, MAX_REASON_CHARS) for failure in failures],
            [_storable(failure.reason, MAX_REASON_CHARS) for failure in failures],
            [failure.attempts for failure in failures],
        ),
    )
    return {(row["source"], row["event_id"]): row["attempts"] for row in await cursor.fetchall()}


async def store_dead_letters(connection: Connection, failures: Sequence[Failure]) -> None:
    """Keep each as a dead letter, once; the noted attempts give the count and, where there is one, the reason. One that
    was replayed and failed again waits anew, with what is known now."""
    await connection.execute(
        """
        INSERT INTO dead_letters (id, function, topic, source, event_id, reason, attempts, event, broker_partition,
                                  broker_offset)
        SELECT DISTINCT ON (dead.id) dead.id, dead.function, dead.topic, dead.source, dead.event_id,
               COALESCE(noted.last_error, dead.reason), COALESCE(noted.attempts, 1), dead.event, dead.partition,
               dead.position
        FROM unnest(%s::uuid[], %s::text[], %s::text[], %s::text[], %s::text[], %s::text[], %s::text[], %s::int[],
                    %s::bigint[])
             AS dead (id, function, topic, source, event_id, reason, event, partition, position)
        LEFT JOIN attempts noted USING (function, source, event_id)
        ON CONFLICT (function, source, event_id) DO UPDATE
        SET topic = excluded.topic, reason = excluded.reason, attempts = excluded.attempts, event = excluded.event,
            broker_partition = excluded.broker_partition, broker_offset = excluded.broker_offset,
            created_at = excluded.created_at, replayed_at = NULL
        WHERE dead_letters.replayed_at IS NOT NULL
        """,
        (
            [uuid5(NAMESPACE_URL, f"{f.function}/{f.source}/{f.event_id}") for f in failures],
            [f.function for f in failures],
            [_storable(f.position.topic if f.position else f.topic, MAX_REASON_CHARS) for f in failures],
            [_storable(f.source, MAX_REASON_CHARS) for f in failures],
            [_storable(f.event_id, MAX_REASON_CHARS) for f in failures],
            [_storable(f.reason, MAX_REASON_CHARS) for f in failures],
            [_storable(f.event, MAX_EVENT_CHARS) for f in failures],
            [f.position and f.position.partition for f in failures],
            [f.position and f.position.offset for f in failures],
        ),
    )
    for failure in failures:
        measures.measured(measures.DEAD_LETTERS, 1, {"taskwake.function": failure.function})
