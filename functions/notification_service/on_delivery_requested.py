"""delivery-requested: sends one notice over one channel, and records the attempt."""

import asyncio
from collections.abc import Sequence

from functions.kernel.events import DeliveryRequested
from functions.kernel.ports import SecretStore
from functions.kernel.storage.database import TRANSACTION_TIMEOUT_SECONDS
from functions.kernel.storage.unit_of_work import UnitOfWork
from functions.notification_service.calls import call
from functions.notification_service.channels.directory import Channels
from functions.notification_service.deliveries import load, mark_delivered, message_of
from functions.notification_service.planning import plan

SEND_SECONDS = TRANSACTION_TIMEOUT_SECONDS - 5
"""A send that takes longer is tried again: its transaction would be no more when it ended."""


async def on_delivery_requested(
    events: Sequence[DeliveryRequested],
    *,
    uow: UnitOfWork,
    channels: Channels,
    secrets: SecretStore,
) -> None:
    """Send each that is not delivered yet, or plan what webhooks want of an event.

    Of a webhook each outcome is written, and the alarm asks again. Of e-mail, what the server refuses for good is
    rejected, all else retried; the host notes the failed attempt, since this transaction is then no more.
    """
    for event in events:
        if event.channel == "webhooks":
            await plan(uow, event.delivery_id)
            continue
        delivery = await load(uow, event.delivery_id)
        if delivery is None or delivery["delivered_at"] or delivery["given_up_at"]:
            continue
        if event.channel == "webhook":
            await call(uow, event, delivery, channels.webhooks(), secrets)
            continue
        notifier = await channels.notifier(event.channel)
        message = await message_of(delivery, secrets, uow.now)
        async with asyncio.timeout(SEND_SECONDS):
            await notifier.send(message)
        await mark_delivered(uow, event)
