"""A recurrence rule (RFC 5545 §3.3.10, RFC 7529): its parts, and the one form in which it is written."""

from dataclasses import dataclass
from datetime import date, datetime

from functions.kernel.errors import InvalidInputError

FREQUENCIES = ("YEARLY", "MONTHLY", "WEEKLY", "DAILY", "HOURLY", "MINUTELY", "SECONDLY")
SUB_DAILY = frozenset(FREQUENCIES[4:])
WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


@dataclass(frozen=True, slots=True)
class Rule:
    """A valid rule. Weekdays are 0 for Monday; `by_day` holds (ordinal, weekday), ordinal 0 for "each"."""

    freq: str
    interval: int = 1
    by_month: tuple[int, ...] = ()
    by_week_no: tuple[int, ...] = ()
    by_year_day: tuple[int, ...] = ()
    by_month_day: tuple[int, ...] = ()
    by_day: tuple[tuple[int, int], ...] = ()
    by_hour: tuple[int, ...] = ()
    by_minute: tuple[int, ...] = ()
    by_second: tuple[int, ...] = ()
    by_set_pos: tuple[int, ...] = ()
    week_start: int = 0
    count: int | None = None
    until: date | datetime | None = None
    """Inclusive: a day, a naive local time, or an aware UTC moment."""
    skip: str = "OMIT"
    """Where a day goes that its month or year does not have: OMIT, BACKWARD or FORWARD (RFC 7529 §4.1)."""

    def __str__(self) -> str:
        parts = [f"FREQ={self.freq}"] if self.skip == "OMIT" else ["RSCALE=GREGORIAN", f"FREQ={self.freq}"]
        if self.interval != 1:
            parts.append(f"INTERVAL={self.interval}")
        for name, (attribute, _, _) in LISTS.items():
            values: tuple[int, ...] = getattr(self, attribute)
            if values:
                parts.append(f"{name}={','.join(map(str, values))}")
            if name == "BYMONTHDAY" and self.by_day:
                days = (f"{ordinal or ''}{WEEKDAYS[day]}" for ordinal, day in self.by_day)
                parts.append(f"BYDAY={','.join(days)}")
        if self.week_start:
            parts.append(f"WKST={WEEKDAYS[self.week_start]}")
        if self.skip != "OMIT":
            parts.append(f"SKIP={self.skip}")
        if self.count is not None:
            parts.append(f"COUNT={self.count}")
        if self.until is not None:
            parts.append(f"UNTIL={_until_text(self.until)}")
        return ";".join(parts)


# name -> (attribute, largest value, are negative values allowed). Zero is allowed only for times of day.
LISTS: dict[str, tuple[str, int, bool]] = {
    "BYMONTH": ("by_month", 12, False),
    "BYWEEKNO": ("by_week_no", 53, True),
    "BYYEARDAY": ("by_year_day", 366, True),
    "BYMONTHDAY": ("by_month_day", 31, True),
    "BYHOUR": ("by_hour", 23, False),
    "BYMINUTE": ("by_minute", 59, False),
    "BYSECOND": ("by_second", 60, False),
    "BYSETPOS": ("by_set_pos", 366, True),
}
BY_PARTS = {**{name: attribute for name, (attribute, _, _) in LISTS.items()}, "BYDAY": "by_day"}


def invalid(message: str) -> InvalidInputError:
    """The error for a rule that cannot be used."""
    return InvalidInputError("rrule", message)


def _until_text(until: date | datetime) -> str:
    if not isinstance(until, datetime):
        return f"{until:%Y%m%d}".rjust(8, "0")
    return f"{until:%Y%m%dT%H%M%S}".rjust(15, "0") + ("Z" if until.tzinfo else "")
