"""Deliveries that are asked for again, as rows and as the events that ask."""

from datetime import datetime
from typing import Any

from functions.kernel.events import DeliveryRequested
from functions.kernel.identity import attempt_event_id

ASKED_FOR = """
    deliveries.id, user_id, task_id, channel, webhook_id, deliveries.event ->> 'traceparent' AS traceparent,
    deliveries.event #>> '{data,remind_at}' AS remind_at
"""
"""What `asking_again` wants of a delivery, in the trace of what it tells of."""


def asking_again(row: dict[str, Any], moment: datetime) -> DeliveryRequested:
    """The event that asks for this delivery at this moment (UTC); for the same moment it is the same event."""
    return DeliveryRequested(
        id=attempt_event_id(row["id"], moment),
        traceparent=row["traceparent"],
        delivery_id=row["id"],
        task_id=row["task_id"],
        user_id=row["user_id"],
        channel=row["channel"],
        webhook_id=row["webhook_id"],
        remind_at=row["remind_at"],
    )
