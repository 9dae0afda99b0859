"""When a webhook that failed is called again: over three days, with growing pauses (Standard Webhooks, "Deliverability
and reliability")."""

from datetime import timedelta

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
SPREAD = 0.1
LONGEST_WISH = timedelta(hours=24)


def pause_after(failures: int, spread: float, wish: timedelta | None = None) -> timedelta | None:
    """How long to wait after so many failed attempts (1 or more); null: that was the last.

    `spread`, from 0 to 1, moves it by up to a tenth either way, so that those who failed together do not come back
    together. It is at least what the receiver wished (Retry-After), up to a day.
    """
    if failures > len(PAUSES):
        return None
    pause = PAUSES[failures - 1] * (1 + SPREAD * (2 * spread - 1))
    return max(pause, min(wish or timedelta(), LONGEST_WISH))
