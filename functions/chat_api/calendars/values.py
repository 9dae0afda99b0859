"""Values of properties (RFC 5545 §3.3): days, times and durations, read and written."""

import re
from datetime import UTC, date, datetime, time, timedelta

from functions.kernel.domain.recurrence import recurrence_id

_DATE = re.compile(r"(\d{4})(\d{2})(\d{2})(?:T(\d{2})(\d{2})(\d{2})(Z)?)?\Z", re.ASCII | re.I)
_DURATION = re.compile(
    r"([+-]?)P(?=.)(?:(\d+)W)?(?:(\d+)D)?(?:T(?=.)(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?\Z", re.ASCII | re.I
)


def read_date(text: str) -> date:
    """A DATE, or a DATE-TIME: aware, UTC, if it ends in Z, else naive. Raises ValueError."""
    found = _DATE.match(text.strip())
    if found is None:
        raise ValueError(f"{text[:40]!r} is no date; write 20261123 or 20261123T090000")
    try:
        day = date(int(found[1]), int(found[2]), int(found[3]))
        if found[4] is None:
            return day
        at = time(int(found[4]), int(found[5]), min(int(found[6]), 59), tzinfo=UTC if found[7] else None)
        return datetime.combine(day, at)
    except ValueError:
        raise ValueError(f"{text[:40]!r} is no date of the calendar") from None


def read_moment(text: str) -> datetime:
    """A DATE-TIME in UTC; one without Z is taken for one, as many write it. Raises ValueError."""
    value = read_date(text)
    if not isinstance(value, datetime):
        return datetime.combine(value, time(), UTC)
    return value.replace(tzinfo=UTC)


def read_duration(text: str) -> timedelta:
    """A DURATION (§3.3.6). Raises ValueError."""
    found = _DURATION.match(text.strip())
    if found is None:
        raise ValueError(f"{text[:40]!r} is no duration; write PT15M or -P1D")
    weeks, days, hours, minutes, seconds = (int(part or 0) for part in found.groups()[1:])
    try:
        size = timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes, seconds=seconds)
    except OverflowError:
        raise ValueError(f"{text[:40]!r} is longer than time is counted") from None
    return -size if found[1] == "-" else size


def duration_text(size: timedelta) -> str:
    """A DURATION of days, or of hours, minutes and seconds."""
    sign, seconds = "-" if size < timedelta() else "", round(abs(size).total_seconds())
    days, seconds = divmod(seconds, 86_400)
    parts = [(seconds // 3600, "H"), (seconds // 60 % 60, "M"), (seconds % 60, "S")]
    clock = "".join(f"{count}{unit}" for count, unit in parts if count)
    text = (f"{days}D" if days else "") + (f"T{clock}" if clock else "")
    return f"{sign}P{text or 'T0S'}"


def moment_text(moment: datetime) -> str:
    """A DATE-TIME in UTC, of whole seconds."""
    return recurrence_id(moment.astimezone(UTC).replace(tzinfo=None, microsecond=0)) + "Z"
