"""Deliveries that failed, or whose sending did not end, and are to be asked for again: claimed like reminders."""

from datetime import datetime, timedelta

from functions.kernel.events import DeliveryRequested
from functions.kernel.storage.deliveries import ASKED_FOR, asking_again
from functions.kernel.storage.unit_of_work import UnitOfWork


async def claim(uow: UnitOfWork, limit: int, second: datetime | None) -> list[DeliveryRequested]:
    """Claim up to `limit` deliveries whose next attempt is due, or will be within `second` (UTC), and return the events
    that ask for them.

    An alarm rings a little early, and so may an attempt be made. The claim commits with the events, so a crash leaves
    nothing claimed.
    """
    cursor = await uow.connection.execute(
        f"""
        UPDATE deliveries SET next_attempt_at = NULL
        FROM (
            SELECT id, next_attempt_at FROM deliveries
            WHERE next_attempt_at <= greatest(statement_timestamp(), %(end)s::timestamptz)
            ORDER BY next_attempt_at LIMIT %(limit)s FOR UPDATE SKIP LOCKED
        ) AS due
        WHERE deliveries.id = due.id
        RETURNING {ASKED_FOR}, due.next_attempt_at AS moment
        """,  # noqa: S608 - a constant
        {"end": second and second + timedelta(seconds=1), "limit": limit},
    )
    return [asking_again(row, row["moment"]) for row in await cursor.fetchall()]
