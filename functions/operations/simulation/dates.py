"""The dates of a rule, each with the moment it rings at and why it is where it is."""

from calendar import monthrange
from collections.abc import Iterator
from contextlib import suppress
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import NamedTuple

from functions.kernel.domain.due import describe, resolve
from functions.kernel.domain.recurrence import Recurrence, Rule
from functions.kernel.domain.recurrence.preview import PreviewRow, preview
from functions.kernel.domain.recurrence.reasons import what_clocks_do
from functions.kernel.domain.wall_time import to_local, to_utc
from functions.operations.simulation.rings import Note

_AT_ONCE = 1000


class RuleDate(NamedTuple):
    """One date that the rule gives: as a person would write it, the moment it means (UTC), and that moment on the
    wall clock."""

    due: str | None
    at: datetime
    local: datetime
    why: str


def dates_of(rule: Rule, dtstart: date, zone: str) -> Iterator[RuleDate | Note]:
    """All of them, in their order, and between them the days that the rule names and that do not come."""
    recurrence, after = recurrence_of(rule, dtstart, zone), None
    while rows := preview(recurrence, _AT_ONCE, after):
        for row in rows:
            if row.at is None:
                yield note_of(row)
                continue
            nominal = datetime.fromisoformat(row.nominal)
            on, local = (None, nominal) if isinstance(row.at, datetime) else (nominal.date(), None)
            at = row.at if isinstance(row.at, datetime) else resolve(on, local, zone, zone)
            if at is not None:
                yield RuleDate(describe(on, local, zone), at, to_local(at, zone), "; ".join(row.notes))
        after = rows[-1].at


def recurrence_of(rule: Rule, dtstart: date, zone: str) -> Recurrence:
    """What a task that starts there repeats by."""
    return Recurrence(dtstart, zone if isinstance(dtstart, datetime) else None, rule)


def note_of(row: PreviewRow, title: str = "") -> Note:
    """Why a date does not come; one that the calendar has not is put on a day of its month that there is."""
    with suppress(ValueError):
        return Note(date.fromisoformat(row.nominal[:10]), "; ".join(row.notes), title)
    year, month = int(row.nominal[:4]), int(row.nominal[5:7])
    named_day = len(row.nominal) > len("2026-02")
    return Note(date(year, month, monthrange(year, month)[1] if named_day else 1), "; ".join(row.notes), title)


def why(local: datetime | None, zone: str) -> str:
    """What the zone's clocks do to a wall-clock time; nothing, most often."""
    if local is None or not _clocks_change(local.date(), zone):
        return ""
    return "; ".join(what_clocks_do(Recurrence(local, zone), local))


@lru_cache(maxsize=100_000)
def _clocks_change(day: date, zone: str) -> bool:
    """Whether a zone's clocks may change on this day or the one before: seldom, so that an account asks this first."""
    if not date.min < day < date.max:
        return True
    before, after = (datetime.combine(day + timedelta(days=days), time()) for days in (-1, 1))
    return to_utc(after, zone) - to_utc(before, zone) != timedelta(days=2)
