"""Time: whether this machine and the database agree what time it is, and what the clocks of the zones in use say."""

import zoneinfo
from datetime import datetime, timedelta
from importlib import metadata
from pathlib import Path

from functions.kernel.clock import Clock, system_clock
from functions.operations.doctor.finding import Finding, well, wrong
from functions.operations.doctor.sight import Sight

MOST_SKEW = timedelta(seconds=1)
"""Half of the lead by which the alarm rings early: beyond, reminders come late by it."""
_AHEAD = (timedelta(), timedelta(days=182))
"""Moments to compare zones at: in summer time, and out of it."""


def skew(sight: Sight, clock: Clock = system_clock) -> Finding:
    """How far apart both clocks are, at least: the time of the way there and back is not held against them."""
    before = clock()
    now: datetime = sight.row("SELECT clock_timestamp() AS now")["now"]
    after = clock()
    apart = max(before - now, now - after, timedelta())
    seconds = apart / timedelta(seconds=1)
    if apart < MOST_SKEW:
        return well("skew", f"this machine and the database are less than {seconds + 0.1:.1f} s apart", sight.place)
    ahead = "ahead of" if before > now else "behind"
    todo = "have NTP set both clocks; the database's decides what is due, this machine's when to look"
    return wrong("skew", f"this machine is {seconds:.1f} s {ahead} the database", sight.place, todo)


def zones(sight: Sight) -> Finding:
    """Whether both know the zones in use, and tell the same time in them."""
    used = [
        row["zone"]
        for row in sight.rows(
            "SELECT zone FROM users UNION SELECT zone FROM tasks WHERE zone IS NOT NULL AND deleted_at IS NULL"
            " UNION SELECT zone FROM series WHERE zone IS NOT NULL ORDER BY 1"
        )
    ]
    known = zoneinfo.available_timezones()
    moments = [system_clock() + ahead for ahead in _AHEAD]
    rows = sight.rows(
        """
        SELECT name, ARRAY(
            SELECT (moment AT TIME ZONE name) - (moment AT TIME ZONE 'UTC')
            FROM unnest(%s::timestamptz[]) WITH ORDINALITY AS moments (moment, place) ORDER BY place
        ) AS offsets FROM pg_timezone_names WHERE name = ANY(%s)
        """,
        moments,
        used,
    )
    offsets = {row["name"]: row["offsets"] for row in rows}
    faults = [f"this machine does not know {zone}" for zone in used if zone not in known]
    faults += [f"the database does not know {zone}" for zone in used if zone not in offsets]
    faults += [
        f"{zone} is another time here than in the database"
        for zone in used
        if zone in known and zone in offsets and offsets[zone] != _offsets(zone, moments)
    ]
    if faults:
        todo = "bring the package tzdata, and the database's server, up to date; what is due moves when zones change"
        return wrong("zones", "; ".join(faults), f"tzdata {data_version()}", todo)
    return well("zones", f"{len(used)} in use, alike here and in the database", f"tzdata {data_version()}")


def _offsets(zone: str, moments: list[datetime]) -> list[timedelta | None]:
    return [moment.astimezone(zoneinfo.ZoneInfo(zone)).utcoffset() for moment in moments]


def data_version() -> str:
    """The version of the zones' data that is read here: the system's, which goes first, else the package's."""
    for folder in zoneinfo.TZPATH:
        file = Path(folder) / "tzdata.zi"
        if file.exists():
            with file.open() as lines:
                return next(lines, "").removeprefix("# version").strip()
    return metadata.version("tzdata")
