"""What comes of a call of a webhook: the attempt is recorded, a failed one is made again later, and a receiver that
takes nothing for three days, or says that it is gone, is called no more."""

from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

from functions.kernel.events import DeliveryRequested
from functions.kernel.storage.unit_of_work import UnitOfWork
from functions.notification_service.channels.webhook import GONE
from functions.notification_service.deliveries import mark_delivered
from functions.notification_service.notices import Notice, tell
from functions.notification_service.retrying import Attempt, try_again

A_MINUTE = timedelta(minutes=1)
"""An event is written before its delivery is requested, by what it takes to wake the functions between."""


async def record(
    uow: UnitOfWork, event: DeliveryRequested, delivery: dict[str, Any], attempt: Attempt, ours: bool
) -> None:
    """Keep the attempt, and what follows from it if the delivery is still `ours`."""
    await _keep(uow, delivery, attempt)
    if not ours:
        return
    if attempt.error is None:
        await mark_delivered(uow, event)
        await uow.connection.execute(
            "UPDATE webhooks SET failing_since = NULL WHERE id = %s AND failing_since IS NOT NULL",
            (delivery["webhook_id"],),
        )
        return
    cursor = await uow.connection.execute(
        "UPDATE webhooks SET failing_since = COALESCE(failing_since, %s) WHERE id = %s RETURNING failing_since",
        (uow.now, delivery["webhook_id"]),
    )
    failing_since = (await cursor.fetchall())[0]["failing_since"]
    gone = attempt.answer is not None and attempt.answer.status == GONE
    if not gone and await try_again(uow, delivery, attempt):
        return
    await uow.connection.execute("UPDATE deliveries SET given_up_at = %s WHERE id = %s", (uow.now, delivery["id"]))
    # One event that a receiver chokes on is no reason to withhold the others: it took some since.
    if gone or failing_since <= await _first_failure(uow, delivery):
        await _disable(uow, event, delivery, attempt.error, min(failing_since, delivery["requested_at"]) - A_MINUTE)


async def _keep(uow: UnitOfWork, delivery: dict[str, Any], attempt: Attempt) -> None:
    await uow.connection.execute(
        """
        INSERT INTO delivery_attempts (id, delivery_id, user_id, milliseconds, status, error, response)
        SELECT %s, id, user_id, %s, %s, %s, %s FROM deliveries WHERE id = %s  -- it may be gone by now
        """,
        (
            uuid4(),
            attempt.milliseconds,
            attempt.answer and attempt.answer.status,
            attempt.error,
            attempt.answer.body if attempt.answer else "",
            delivery["id"],
        ),
    )


async def _first_failure(uow: UnitOfWork, delivery: dict[str, Any]) -> datetime:
    """When the first of this delivery's failed attempts was, since it was asked for the last time."""
    cursor = await uow.connection.execute(
        """
        SELECT min(attempted_at) AS moment FROM (
            SELECT attempted_at FROM delivery_attempts WHERE delivery_id = %s ORDER BY attempted_at DESC LIMIT %s
        ) AS latest
        """,
        (delivery["id"], delivery["failures"] + 1),
    )
    moment: datetime = (await cursor.fetchall())[0]["moment"]
    return moment


async def _disable(
    uow: UnitOfWork, event: DeliveryRequested, delivery: dict[str, Any], error: str, missed_since: datetime
) -> None:
    """Call it no more, and tell its owner, once."""
    cursor = await uow.connection.execute(
        """
        UPDATE webhooks SET disabled_at = %s, disabled_reason = %s WHERE id = %s AND disabled_at IS NULL RETURNING id
        """,
        (uow.now, error, delivery["webhook_id"]),
    )
    if not await cursor.fetchall():
        return
    host = urlsplit(delivery["url"]).hostname
    notice = Notice(
        user_id=delivery["user_id"],
        task_id=delivery["task_id"],
        event=event,
        kind="webhook-disabled",
        title=f"Your webhook at {host} is off",
        body=f"It is called no more, since {error}. Put it right, then turn it on again, and have it sent what it "
        f"missed since {missed_since:%Y-%m-%dT%H:%M}Z (POST /webhooks/{delivery['webhook_id']}/redeliver).",
    )
    await tell(uow, [notice])
