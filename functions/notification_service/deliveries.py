"""Deliveries: one notice over one channel, and the message it is sent as."""

from datetime import datetime
from typing import Any
from uuid import UUID

from functions.kernel.errors import RejectedError
from functions.kernel.events import DeliveryRequested
from functions.kernel.ports import Message, SecretStore
from functions.kernel.storage.unit_of_work import UnitOfWork
from functions.kernel.telemetry import measures
from functions.kernel.webhook_secret import KEY_NAME, signing_secrets


async def load(uow: UnitOfWork, delivery_id: UUID) -> dict[str, Any] | None:
    """The delivery with where it goes now and whose turn it is, locked; null when its webhook or person is gone."""
    rows = await (
        await uow.connection.execute(
            """
            SELECT deliveries.id, deliveries.user_id, deliveries.task_id, channel, delivered_at, given_up_at, title,
                   body, deliveries.event::text AS event, webhook_id, requested_at, failures, users.email, webhooks.url,
                   secret_generation, secret_rotated_at, disabled_at, next_attempt_at, claimed_until, called_at
            FROM deliveries JOIN users ON users.id = deliveries.user_id
            LEFT JOIN webhooks ON webhooks.id = webhook_id
            LEFT JOIN delivery_turns ON delivery_turns.delivery_id = deliveries.id
            WHERE deliveries.id = %s FOR UPDATE OF deliveries
            """,
            (delivery_id,),
        )
    ).fetchall()
    return rows[0] if rows else None


async def message_of(delivery: dict[str, Any], secrets: SecretStore, now: datetime) -> Message:
    """The message to send at this moment. RejectedError when the person has taken the address away since."""
    to = delivery["url"] if delivery["channel"] == "webhook" else delivery["email"]
    if not to:
        raise RejectedError(f"there is no address for {delivery['channel']} any more")
    return Message(
        delivery_id=delivery["id"],
        to=to,
        title=delivery["title"],
        body=delivery["body"],
        event=(delivery["event"] or "").encode(),
        signing_secrets=await secrets_of(delivery, secrets, now) if delivery["webhook_id"] else (),
    )


async def secrets_of(webhook: dict[str, Any], secrets: SecretStore, now: datetime) -> tuple[str, ...]:
    """What a webhook's messages are signed with at this moment."""
    key = await secrets.get(KEY_NAME)
    return signing_secrets(key, webhook["webhook_id"], webhook["secret_generation"], webhook["secret_rotated_at"], now)


async def mark_delivered(uow: UnitOfWork, event: DeliveryRequested) -> None:
    """Record that an attempt succeeded."""
    await uow.connection.execute(
        "UPDATE deliveries SET delivered_at = clock_timestamp(), next_attempt_at = NULL WHERE id = %s",
        (event.delivery_id,),
    )
    measures.told(event.channel, event.remind_at, uow.present)
