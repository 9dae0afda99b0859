"""Sending what was taken, while no transaction is open and no connection is held; then recording what came of it."""

import asyncio
import logging
import time
from datetime import datetime
from typing import Any

from functions.kernel.cloudevent import render_json
from functions.kernel.errors import TaskwakeError
from functions.kernel.events import SOURCE, DeliveryRequested
from functions.kernel.ports import SecretStore
from functions.kernel.storage import inbox
from functions.kernel.storage.attempts import Failure, note_attempts, store_dead_letters
from functions.kernel.storage.unit_of_work import UnitOfWork, UnitsOfWork
from functions.kernel.telemetry import measures
from functions.notification_service import calls, turns
from functions.notification_service.channels import one_line
from functions.notification_service.channels.directory import Channels
from functions.notification_service.channels.webhook import WebhookAnswerError
from functions.notification_service.deliveries import mark_delivered, message_of
from functions.notification_service.retrying import MAIL_PAUSES, Attempt, try_again

FUNCTION = "delivery-requested"
SEND_SECONDS = 15
"""So long a message may take, whatever its channel allows: its turn has to be ours when it ends."""

log = logging.getLogger(__name__)


async def send(
    event: DeliveryRequested,
    delivery: dict[str, Any],
    channels: Channels,
    secrets: SecretStore,
    now: datetime,
    units: UnitsOfWork,
) -> None:
    """Send the delivery that was taken at `now`, once, and record how that went."""
    attempt = await _attempt(delivery, channels, secrets, now)
    async with units.begin() as uow:
        ours = await turns.end(uow, delivery)
        if delivery["channel"] == "webhook":
            await calls.record(uow, event, delivery, attempt, ours)
        elif ours:
            await _record_mail(uow, event, delivery, attempt)
    await units.publish(uow)


async def _attempt(delivery: dict[str, Any], channels: Channels, secrets: SecretStore, now: datetime) -> Attempt:
    began = time.monotonic()
    answer, error, final = None, None, False
    receiver = "webhook" if delivery["channel"] == "webhook" else "mail server"
    try:
        async with asyncio.timeout(SEND_SECONDS):
            message = await message_of(delivery, secrets, now)
            if delivery["channel"] == "webhook":
                answer = await channels.webhooks().post(message)
                error = None if answer.taken else answer.error
            else:
                await (await channels.notifier(delivery["channel"])).send(message)
    except TimeoutError:
        error = f"the {receiver} did not answer in time"
    except TaskwakeError as refused:
        error, final = str(refused), True
    except WebhookAnswerError as refused:
        error = str(refused)
    except Exception as failure:  # noqa: BLE001 - whatever it was, this attempt failed, and the next one is planned
        error = one_line(f"{type(failure).__name__}: {failure}")
    seconds = time.monotonic() - began
    if delivery["channel"] == "webhook":
        measures.measured(measures.CALL, seconds, {"http.response.status_code": answer.status} if answer else {})
    return Attempt(round(seconds * 1000), answer, error, final)


async def _record_mail(uow: UnitOfWork, event: DeliveryRequested, delivery: dict[str, Any], attempt: Attempt) -> None:
    """What the mail server, or our own settings, refuse for good is a dead letter; so is what failed too often."""
    if attempt.error is None:
        await mark_delivered(uow, event)
        return
    asked = event.model_copy(update={"id": str(delivery["id"])})
    failure = Failure(FUNCTION, event.topic, SOURCE, asked.id, attempt.error, render_json(asked).decode())
    await note_attempts(uow.connection, [failure])
    again = not attempt.final and await try_again(uow, delivery, attempt, MAIL_PAUSES)
    log.warning("e-mail %s: %s: %s", delivery["id"], "again later" if again else "given up", attempt.error)
    if not again:
        await uow.connection.execute("UPDATE deliveries SET failures = 0 WHERE id = %s", (delivery["id"],))
        await store_dead_letters(uow.connection, [failure])
        await inbox.give_back(uow.connection, FUNCTION, SOURCE, asked.id)
