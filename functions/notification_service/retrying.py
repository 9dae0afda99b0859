"""When what failed is sent again: over three days, with growing pauses (Standard Webhooks, "Deliverability and
reliability")."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from functions.kernel.storage.unit_of_work import UnitOfWork
from functions.notification_service.channels.webhook import Answer

PAUSES = (
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
    timedelta(hours=14),
    timedelta(hours=20),
    timedelta(hours=24),
)
"""After the first failed attempt, after the second, … Together 75 h 35 min."""
MAIL_PAUSES = (*(timedelta(seconds=seconds) for seconds in (1, 5, 15, 30, 60)), *PAUSES[1:])
"""A mail server's refusal for now is often over in a minute, and a reminder is wanted soon."""
SPREAD = 0.1
LONGEST_WISH = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Attempt:
    """One message sent: a webhook's answer, and why it was not taken, if it was not; `final`: and never will be."""

    milliseconds: int
    answer: Answer | None = None
    error: str | None = None
    final: bool = False


async def try_again(
    uow: UnitOfWork, delivery: dict[str, Any], attempt: Attempt, pauses: Sequence[timedelta] = PAUSES
) -> bool:
    """Plan the delivery's next attempt after this one, which failed; false: that was the last."""
    failures = delivery["failures"] + 1
    wish = attempt.answer.retry_after if attempt.answer else None
    # The same for whoever asks, so that a history can be told again.
    spread = random.Random(f"{delivery['id']}/{failures}").random()  # noqa: S311 - no secret
    pause = pause_after(failures, spread, wish, pauses)
    if pause is None:
        return False
    moment = uow.present + pause
    await uow.connection.execute(
        "UPDATE deliveries SET failures = failures + 1, next_attempt_at = %s WHERE id = %s", (moment, delivery["id"])
    )
    uow.arm(moment)
    return True


def pause_after(
    failures: int, spread: float, wish: timedelta | None = None, pauses: Sequence[timedelta] = PAUSES
) -> timedelta | None:
    """How long to wait after so many failed attempts (1 or more); null: that was the last.

    `spread`, from 0 to 1, moves it by up to a tenth either way, so that those who failed together do not come back
    together. It is at least what the receiver wished (Retry-After), up to a day.
    """
    if failures > len(pauses):
        return None
    pause = pauses[failures - 1] * (1 + SPREAD * (2 * spread - 1))
    return max(pause, min(wish or timedelta(), LONGEST_WISH))
