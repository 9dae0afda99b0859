"""Deliveries: one notice over one channel, and the message it is sent as."""

from typing import Any
from uuid import UUID

from functions.kernel.errors import RejectedError
from functions.kernel.ports import Message, SecretStore
from functions.kernel.storage.unit_of_work import UnitOfWork
from functions.kernel.webhook_secret import KEY_NAME, signing_secret


async def load(uow: UnitOfWork, delivery_id: UUID) -> dict[str, Any] | None:
    """The delivery with where it goes now, locked; null when its webhook or person is gone."""
    rows = await (
        await uow.connection.execute(
            """
            SELECT deliveries.id, channel, delivered_at, title, body, deliveries.event::text AS event, webhook_id,
                   users.email, webhooks.url
            FROM deliveries JOIN users ON users.id = deliveries.user_id
            LEFT JOIN webhooks ON webhooks.id = webhook_id
            WHERE deliveries.id = %s FOR UPDATE OF deliveries
            """,
            (delivery_id,),
        )
    ).fetchall()
    return rows[0] if rows else None


async def message_of(delivery: dict[str, Any], secrets: SecretStore) -> Message:
    """The message to send. RejectedError when the person has taken the address away since."""
    to = delivery["url"] if delivery["channel"] == "webhook" else delivery["email"]
    if not to:
        raise RejectedError(f"there is no address for {delivery['channel']} any more")
    secret = ""
    if delivery["webhook_id"]:
        secret = signing_secret(await secrets.get(KEY_NAME), delivery["webhook_id"])
    return Message(
        delivery_id=delivery["id"],
        to=to,
        title=delivery["title"],
        body=delivery["body"],
        event=(delivery["event"] or "").encode(),
        signing_secret=secret,
    )


async def mark_delivered(uow: UnitOfWork, delivery_id: UUID) -> None:
    """Record that an attempt succeeded; those that failed are noted by the host."""
    await uow.connection.execute("UPDATE deliveries SET delivered_at = clock_timestamp() WHERE id = %s", (delivery_id,))
