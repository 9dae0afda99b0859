"""Deliveries that failed, or whose sending did not end, and are to be asked for again: claimed like reminders."""

from datetime import datetime, timedelta

from functions.kernel.events import DeliveryRequested
from functions.kernel.identity import attempt_event_id
from functions.kernel.storage.unit_of_work import UnitOfWork


async def claim(uow: UnitOfWork, limit: int, second: datetime | None) -> list[DeliveryRequested]:
    """Claim up to `limit` deliveries whose next attempt is due, or will be within `second` (UTC), and return the events
    that ask for them.

    An alarm rings a little early, and so may an attempt be made. The claim commits with the events, so a crash leaves
    nothing claimed.
    """
    cursor = await uow.connection.execute(
        """
        UPDATE deliveries SET next_attempt_at = NULL
        FROM (
            SELECT id, next_attempt_at FROM deliveries
            WHERE next_attempt_at <= greatest(statement_timestamp(), %(end)s::timestamptz)
            ORDER BY next_attempt_at LIMIT %(limit)s FOR UPDATE SKIP LOCKED
        ) AS due
        WHERE deliveries.id = due.id
        RETURNING deliveries.id, user_id, task_id, channel, webhook_id, due.next_attempt_at AS moment,
                  deliveries.event ->> 'traceparent' AS traceparent,
                  deliveries.event #>> '{data,remind_at}' AS remind_at
        """,
        {"end": second and second + timedelta(seconds=1), "limit": limit},
    )
    return [
        DeliveryRequested(
            id=attempt_event_id(row["id"], row["moment"]),
            traceparent=row["traceparent"],
            delivery_id=row["id"],
            task_id=row["task_id"],
            user_id=row["user_id"],
            channel=row["channel"],
            webhook_id=row["webhook_id"],
            remind_at=row["remind_at"],
        )
        for row in await cursor.fetchall()
    ]
