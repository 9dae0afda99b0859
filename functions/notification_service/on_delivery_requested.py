"""delivery-requested: sends one notice over one channel, and records the attempt."""

from collections.abc import Sequence

from functions.kernel.events import DeliveryRequested
from functions.kernel.ports import SecretStore
from functions.kernel.storage.unit_of_work import UnitOfWork
from functions.notification_service.channels.directory import Channels
from functions.notification_service.deliveries import load, mark_delivered, message_of


async def on_delivery_requested(
    events: Sequence[DeliveryRequested],
    *,
    uow: UnitOfWork,
    channels: Channels,
    secrets: SecretStore,
) -> None:
    """Send each that is not delivered yet. What the channel refuses for good is rejected, all else retried; the
    host notes the failed attempt, since this transaction is then no more."""
    for event in events:
        delivery = await load(uow, event.delivery_id)
        if delivery is None or delivery["status"] == "delivered":
            continue
        notifier = await channels.notifier(event.channel)
        await notifier.send(await message_of(delivery, secrets))
        await mark_delivered(uow, event.delivery_id)
