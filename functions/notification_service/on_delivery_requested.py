"""delivery-requested: sends one notice over one channel, and records the attempt."""

from collections.abc import Sequence
from functools import partial

from functions.kernel.events import DeliveryRequested
from functions.kernel.ports import SecretStore
from functions.kernel.storage.unit_of_work import Errand, UnitOfWork
from functions.notification_service import turns
from functions.notification_service.channels.directory import Channels
from functions.notification_service.planning import plan
from functions.notification_service.sending import send


async def on_delivery_requested(
    events: Sequence[DeliveryRequested],
    *,
    uow: UnitOfWork,
    channels: Channels,
    secrets: SecretStore,
) -> list[Errand]:
    """Take each whose turn it is, and return what sends it; or plan what webhooks want of an event.

    Whatever comes of an attempt is written, and the alarm asks for the next one; a crash on the way is found by the
    alarm, too.
    """
    errands: list[Errand] = []
    for event in events:
        if event.channel == "webhooks":
            await plan(uow, event.delivery_id)
        elif delivery := await turns.take(uow, event):
            errands.append(partial(send, event, delivery, channels, secrets, uow.now))
    return errands
