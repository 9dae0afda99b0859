"""Time zones between iCalendar's names for them and those of the IANA database."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo

from functions.chat_api.calendars.lines import Component, component, content_line
from functions.kernel.domain.recurrence import recurrence_id
from functions.kernel.domain.wall_time import is_zone

FIRST, LAST = datetime(1970, 1, 1, tzinfo=UTC), datetime(2038, 1, 1, tzinfo=UTC)
"""What a VTIMEZONE tells of; readers know the zone by its name, and need no more than that today."""
_STEP = timedelta(days=7)
_OFFSET = re.compile(r"([+-]?)(\d{2})(\d{2})(\d{2})?\Z")


@lru_cache(maxsize=512)
def iana_zone(name: str) -> str | None:
    """The IANA zone that a TZID means: its own name, one behind a prefix (`/freeassociation.sourceforge.net/…`), or
    Windows' name for it (CLDR). Null: none that is known."""
    from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

    name = name.strip().strip('"')
    if name in WINDOWS_TO_OLSON:
        return WINDOWS_TO_OLSON[name]
    parts = name.strip("/").split("/")
    # America/Argentina/Salta has three parts, no zone has more.
    candidates = (name, *("/".join(parts[-size:]) for size in (3, 2, 1) if len(parts) >= size))
    return next(filter(is_zone, candidates), None)


def zone_of(definition: Component | None) -> str | None:
    """The IANA zone that a VTIMEZONE says it is, or whose clocks show what its own do, now and in half a year."""
    if definition is None:
        return None
    for name in ("X-LIC-LOCATION", "TZUNTIL", "X-MICROSOFT-CDO-TZID"):
        if (found := definition.text(name)) and (zone := iana_zone(found)):
            return zone
    return None


def fixed_offset(definition: Component | None) -> timedelta | None:
    """How far a VTIMEZONE of one offset is from UTC; null for one whose clocks change."""
    if definition is None:
        return None
    offsets = {read.value for part in definition.children if (read := part.get("TZOFFSETTO"))}
    found = _OFFSET.match(offsets.pop().strip()) if len(offsets) == 1 else None
    if found is None:
        return None
    size = timedelta(hours=int(found[2]), minutes=int(found[3]), seconds=int(found[4] or 0))
    return -size if found[1] == "-" else size


@lru_cache(maxsize=64)
def timezone_text(zone: str) -> str:
    """The VTIMEZONE of an IANA zone (RFC 5545 §3.6.5): each of its changes from 1970 on, as a date."""
    clock = ZoneInfo(zone)
    groups: dict[tuple[timedelta, timedelta, str, bool], list[datetime]] = {}
    for before, at in [(FIRST, FIRST), *_changes(clock)]:
        was, now = before.astimezone(clock), at.astimezone(clock)
        offsets = _offset(was), _offset(now)
        # The onset is told by the clock as it was until then.
        onset = (at + offsets[0]).replace(tzinfo=None)
        groups.setdefault((*offsets, now.tzname() or zone, bool(now.dst())), []).append(onset)
    parts = (_observance(*group, onsets) for group, onsets in groups.items())
    return component("VTIMEZONE", [content_line("TZID", zone), *parts])


def _observance(was: timedelta, now: timedelta, name: str, is_summer: bool, onsets: list[datetime]) -> str:
    lines = [
        content_line("DTSTART", recurrence_id(onsets[0])),
        content_line("TZOFFSETFROM", _written(was)),
        content_line("TZOFFSETTO", _written(now)),
        content_line("TZNAME", name),
    ]
    if onsets[1:]:
        lines.append(content_line("RDATE", ",".join(map(recurrence_id, onsets[1:]))))
    return component("DAYLIGHT" if is_summer else "STANDARD", lines)


def _changes(clock: tzinfo) -> Iterator[tuple[datetime, datetime]]:
    """The moments before which, and at which, the zone's clocks change."""
    at = FIRST
    while at < LAST:
        low, high = at, at + _STEP
        if _signs(low, clock) != _signs(high, clock):
            while high - low > timedelta(seconds=1):
                middle = low + (high - low) // 2
                middle = middle.replace(microsecond=0)
                low, high = (middle, high) if _signs(middle, clock) == _signs(low, clock) else (low, middle)
            yield low, high
        at += _STEP


def _signs(moment: datetime, clock: tzinfo) -> tuple[timedelta, str | None]:
    local = moment.astimezone(clock)
    return _offset(local), local.tzname()


def _offset(local: datetime) -> timedelta:
    return local.utcoffset() or timedelta()


def _written(offset: timedelta) -> str:
    seconds = round(offset.total_seconds())
    sign, seconds = "-" if seconds < 0 else "+", abs(seconds)
    text = f"{sign}{seconds // 3600:02}{seconds // 60 % 60:02}"
    return text + (f"{seconds % 60:02}" if seconds % 60 else "")
