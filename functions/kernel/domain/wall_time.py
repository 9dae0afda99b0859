"""Wall-clock time in a zone, and the UTC moment it means (RFC 5545 §3.3.5)."""

from datetime import UTC, date, datetime, time, timedelta
from difflib import get_close_matches
from functools import cache, lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from functions.kernel.errors import InvalidInputError

# Files that a machine's zone folder may hold, and that mean something else on the next machine.
_NOT_ZONES = frozenset({"localtime", "posixrules", "Factory"})


def wall_clock(value: time) -> time:
    """The time of day as it came. Raises ValueError for one with an offset or parts of a second."""
    if value.tzinfo or value.microsecond:
        raise ValueError('it is a wall-clock time of whole seconds, such as "08:00"')
    return value


@lru_cache(maxsize=1024)
def _zone(name: str) -> ZoneInfo:
    if name in _NOT_ZONES or name.startswith(("posix/", "right/")):
        raise _unknown(name)
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise _unknown(name) from error


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones() - _NOT_ZONES)


def is_zone(name: str) -> bool:
    """Whether `name` is a zone of the IANA database; unlike check_zone it looks for nothing that may be meant, so that
    a file of unknown names is read fast."""
    return name in _zones()


def _unknown(name: str) -> InvalidInputError:
    by_lower = {known.lower(): known for known in _zones()}
    # A town without its area ("Berlin") is the most frequent slip.
    by_lower |= {known.rsplit("/", 1)[1].lower(): known for known in sorted(by_lower.values()) if "/" in known}
    wanted = name[:64].strip().lower().replace(" ", "_")
    close = [by_lower[wanted]] if wanted in by_lower else []
    close += [by_lower[match] for match in get_close_matches(wanted, by_lower, n=3)]
    names = ", ".join(dict.fromkeys(close)) or "Europe/Berlin, America/New_York or UTC"
    return InvalidInputError("zone", f"no time zone is called {name[:64]!r}; use an IANA name, such as {names}")


def check_zone(name: str) -> None:
    """Raise InvalidInputError (field `zone`) unless `name` is a zone of the IANA database."""
    _zone(name)


def as_time(value: date, at: time = time.min) -> datetime:
    """A wall-clock time as it is; of a whole day the time `at`, at its beginning by default."""
    return value if isinstance(value, datetime) else datetime.combine(value, at)


def as_day(value: date) -> date:
    """The day of a wall-clock time, or the day itself."""
    return value.date() if isinstance(value, datetime) else value


def to_utc(local: datetime, zone: str) -> datetime:
    """The UTC moment of a naive wall-clock time in `zone`.

    A time that comes twice (fold) means the first; one that never comes (gap) is read with the offset
    before the gap, so 02:30 is 03:30 (RFC 5545 §3.3.5). Raises InvalidInputError for an unknown zone and
    for a moment outside the years 1 to 9999.
    """
    try:
        return local.replace(tzinfo=_zone(zone), fold=0).astimezone(UTC)
    except OverflowError as error:
        raise InvalidInputError("due_local", f"{local.isoformat()} in {zone} leaves the years 1 to 9999") from error


def to_local(moment: datetime, zone: str) -> datetime:
    """The naive wall-clock time in `zone` at an aware moment. Raises InvalidInputError as `to_utc` does."""
    try:
        return moment.astimezone(_zone(zone)).replace(tzinfo=None, fold=0)
    except OverflowError as error:
        raise InvalidInputError("zone", f"{moment.isoformat()} in {zone} leaves the years 1 to 9999") from error


def gap_at(local: datetime, zone: str) -> timedelta:
    """By how much the clocks go forward over a wall-clock time that never comes there; zero for any other time."""
    if _has_no_gap(local.date(), zone):
        return timedelta()
    before, after = _offsets(local, zone)
    return max(after - before, timedelta())


@lru_cache(maxsize=4096)
def _has_no_gap(day: date, zone: str) -> bool:
    """Whether the clocks go forward nowhere on this day, as on most; asked of each date of a rule."""
    if day == date.max:
        return False
    there, midnight = _zone(zone), datetime.combine(day, time())
    next_midnight = (midnight + timedelta(days=1)).replace(fold=1)
    return there.utcoffset(midnight) == there.utcoffset(next_midnight)


def is_twice(local: datetime, zone: str) -> bool:
    """Whether this wall-clock time comes twice there, because the clocks go back over it."""
    before, after = _offsets(local, zone)
    return before > after


def _offsets(local: datetime, zone: str) -> tuple[timedelta, timedelta]:
    # A zone looks at the fields of what it is given only, so a naive time will do.
    there = _zone(zone)
    first = local.replace(fold=0) if local.fold else local
    return there.utcoffset(first) or timedelta(), there.utcoffset(first.replace(fold=1)) or timedelta()
