"""Properties of a component that say one thing each."""

from contextlib import suppress
from datetime import date, datetime, timedelta
from math import isfinite

from functions.chat_api.calendars.item import Stamps
from functions.chat_api.calendars.lines import Component
from functions.chat_api.calendars.texts import storable
from functions.chat_api.calendars.values import read_date, read_duration, read_moment
from functions.chat_api.calendars.writing import EVENT
from functions.kernel.domain.labels import MOST_LABELS, as_label, unique
from functions.kernel.domain.wall_time import as_day

LONGEST_ESTIMATE = 527_040
"""Minutes: a year."""


def is_cancelled(found: Component) -> bool:
    """Whether its STATUS says that it does not take place (RFC 5545 §3.8.1.11)."""
    return found.text("STATUS").strip().upper() == "CANCELLED"


def closed(found: Component) -> tuple[bool, bool, datetime | None]:
    """Whether it is closed, whether it was skipped, and when. Raises ValueError for a task that was cancelled."""
    status = found.text("STATUS").strip().upper()
    completed = found.get("COMPLETED")
    at = read_moment(completed.value) if completed and completed.value.strip() else None
    if is_cancelled(found):
        if not found.get("RECURRENCE-ID"):
            raise ValueError("it was cancelled")
        return True, True, at or _moment(found, "LAST-MODIFIED", "DTSTAMP")
    whole = found.text("PERCENT-COMPLETE").strip() == "100"
    if found.name == "VTODO" and (status == "COMPLETED" or (not status and (at or whole))):
        return True, False, at or _moment(found, "LAST-MODIFIED", "DTSTAMP")
    return False, False, None


def _moment(found: Component, *names: str) -> datetime | None:
    for name in names:
        with suppress(ValueError):
            if given := found.get(name):
                return read_moment(given.value)
    return None


def stamps_of(found: Component) -> Stamps:
    """When it was created and last changed, and where it stands."""
    return Stamps(
        created_at=_moment(found, "CREATED", "DTSTAMP"),
        changed_at=_moment(found, "LAST-MODIFIED"),
        position=position_of(found),
    )


def position_of(found: Component) -> float | None:
    """Its place among its siblings, where Taskwake wrote it."""
    with suppress(ValueError):
        position = float(found.text("X-TASKWAKE-POSITION"))
        return position if isfinite(position) else None
    return None


def labels_of(found: Component) -> tuple[str, ...]:
    """CATEGORIES, as labels can be."""
    names = (as_label(storable(name)) for given in found.all("CATEGORIES") for name in given.texts)
    return tuple(unique(name for name in names if name))[:MOST_LABELS]


def priority_of(found: Component) -> int:
    """Ours, of RFC 5545's (§3.8.1.9)."""
    given = found.text("PRIORITY").strip()
    number = int(given) if given.isdecimal() and given.isascii() else 0
    return 1 if 1 <= number <= 4 else 2 if number == 5 else 3 if 6 <= number <= 9 else 4


def deadline_of(found: Component) -> date | None:
    """By when it must be done."""
    given = found.text("X-TASKWAKE-DEADLINE")
    return as_day(read_date(given)) if given else None


def estimate_of(found: Component, length: timedelta | None) -> int | None:
    """Its estimate in minutes; of an event its length."""
    given = found.text("X-TASKWAKE-ESTIMATE")
    if given:
        return min(max(round(read_duration(given) / timedelta(minutes=1)), 1), LONGEST_ESTIMATE)
    minutes = length // timedelta(minutes=1) if length else 0
    own = found.text("UID").endswith(EVENT)
    return min(minutes, LONGEST_ESTIMATE) if minutes > 0 and not own else None


def parent_of(found: Component) -> str | None:
    """The UID of what it is a part of."""
    for related in found.all("RELATED-TO"):
        if related.parameters.get("RELTYPE", "PARENT").upper() == "PARENT" and related.text.strip():
            return storable(related.text).strip()[:1000]
    return None
