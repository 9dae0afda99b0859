"""Calling a webhook: the attempt is recorded, a failed one is made again later, and a receiver that takes nothing for
three days, or says that it is gone, is called no more."""

import random
import time
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

from functions.kernel.errors import RejectedError
from functions.kernel.events import DeliveryRequested
from functions.kernel.ports import SecretStore
from functions.kernel.storage.unit_of_work import UnitOfWork
from functions.kernel.telemetry import measures
from functions.notification_service.channels.webhook import GONE, Answer, WebhookAnswerError, WebhookNotifier
from functions.notification_service.deliveries import mark_delivered, message_of
from functions.notification_service.notices import Notice, tell
from functions.notification_service.retrying import pause_after


@dataclass(frozen=True, slots=True)
class Attempt:
    """One call: the answer, or why there is none."""

    milliseconds: int
    answer: Answer | None = None
    error: str | None = None


async def call(
    uow: UnitOfWork, event: DeliveryRequested, delivery: dict[str, Any], notifier: WebhookNotifier, secrets: SecretStore
) -> None:
    """Call the delivery's webhook once. Whatever comes of it is written, so the event that asked for it is done; the
    database's row and the alarm see to the next attempt, and nothing waits here meanwhile."""
    if delivery["disabled_at"] is not None:
        await _give_up(uow, delivery)
        return
    attempt = await _attempt(delivery, notifier, secrets, uow)
    await _record(uow, delivery, attempt)
    if attempt.error is None:
        await mark_delivered(uow, event)
        await uow.connection.execute(
            "UPDATE webhooks SET failing_since = NULL WHERE id = %s AND failing_since IS NOT NULL",
            (delivery["webhook_id"],),
        )
        return
    await uow.connection.execute(
        "UPDATE webhooks SET failing_since = %s WHERE id = %s AND failing_since IS NULL",
        (uow.now, delivery["webhook_id"]),
    )
    gone = attempt.answer is not None and attempt.answer.status == GONE
    pause = None if gone else _pause(delivery, attempt)
    if pause is not None:
        moment = uow.present + pause
        await uow.connection.execute(
            "UPDATE deliveries SET failures = failures + 1, next_attempt_at = %s WHERE id = %s",
            (moment, delivery["id"]),
        )
        uow.arm(moment)
        return
    await _give_up(uow, delivery)
    # One event that a receiver chokes on is no reason to withhold the others: it took some since.
    if gone or (delivery["failing_since"] and delivery["failing_since"] <= await _first_failure(uow, delivery)):
        await _disable(uow, event, delivery, attempt.error)


async def _attempt(
    delivery: dict[str, Any], notifier: WebhookNotifier, secrets: SecretStore, uow: UnitOfWork
) -> Attempt:
    message = await message_of(delivery, secrets, uow.now)
    began = time.monotonic()
    answer, error = None, None
    try:
        answer = await notifier.post(message)
        error = None if answer.taken else answer.error
    except TimeoutError:
        error = "the webhook did not answer in time"
    except (WebhookAnswerError, RejectedError) as failure:
        error = str(failure)
    seconds = time.monotonic() - began
    measures.measured(measures.CALL, seconds, {"http.response.status_code": answer.status} if answer else {})
    return Attempt(round(seconds * 1000), answer, error)


async def _record(uow: UnitOfWork, delivery: dict[str, Any], attempt: Attempt) -> None:
    await uow.connection.execute(
        """
        INSERT INTO delivery_attempts (id, delivery_id, user_id, milliseconds, status, error, response)
        VALUES (%s, %s, %s, %s, %s, %s, %s)
        """,
        (
            uuid4(),
            delivery["id"],
            delivery["user_id"],
            attempt.milliseconds,
            attempt.answer and attempt.answer.status,
            attempt.error,
            attempt.answer.body if attempt.answer else "",
        ),
    )


def _pause(delivery: dict[str, Any], attempt: Attempt) -> timedelta | None:
    failures = delivery["failures"] + 1
    wish = attempt.answer.retry_after if attempt.answer else None
    # The same each time it is asked: a transaction that is done again waits for the same moment.
    spread = random.Random(f"{delivery['id']}/{failures}").random()  # noqa: S311 - no secret
    return pause_after(failures, spread, wish)


async def _give_up(uow: UnitOfWork, delivery: dict[str, Any]) -> None:
    await uow.connection.execute(
        "UPDATE deliveries SET given_up_at = %s, next_attempt_at = NULL WHERE id = %s", (uow.now, delivery["id"])
    )


async def _first_failure(uow: UnitOfWork, delivery: dict[str, Any]) -> Any:
    """When the first of this delivery's failed attempts was, since it was asked for the last time."""
    cursor = await uow.connection.execute(
        """
        SELECT min(attempted_at) AS moment FROM (
            SELECT attempted_at FROM delivery_attempts WHERE delivery_id = %s ORDER BY attempted_at DESC LIMIT %s
        ) AS latest
        """,
        (delivery["id"], delivery["failures"] + 1),
    )
    return (await cursor.fetchall())[0]["moment"]


async def _disable(uow: UnitOfWork, event: DeliveryRequested, delivery: dict[str, Any], error: str) -> None:
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
        body=f"It is called no more, since {error}. Put it right, then turn it on again and have sent what it missed.",
    )
    await tell(uow, [notice])
