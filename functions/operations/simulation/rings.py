"""What a simulation gives: each ring with its moment and its reason, and the days on which one would have been
expected."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from functions.kernel.domain.due import RingKind
from functions.kernel.domain.wall_time import to_local

MAX_RINGS = 200_000
"""A simulation stops here and says so: a rule by the minute would give five million in ten years."""
SHOWN_DATES = 6


@dataclass(frozen=True, slots=True)
class Ring:
    """A reminder that rings: at `at` (UTC), `late` after the moment it was set for.

    `local` is the same moment on the simulation's wall clock, `due` the task's due time as text for a person, `why`
    a reason where the moment is not the obvious one.
    """

    at: datetime
    local: datetime
    title: str
    kind: RingKind = "due"
    due: str | None = None
    late: timedelta = timedelta()
    why: str = ""


@dataclass(frozen=True, slots=True)
class Note:
    """Why a date is where it is, or why there is none; of the task with this title, where it is one of several."""

    on: date
    why: str
    title: str = ""


@dataclass(slots=True)
class Simulation:
    """What rings from the day `begin` on and before the day `end`, both in `zone`, in the order of its moments."""

    title: str
    zone: str
    begin: date
    end: date
    rings: list[Ring] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    downtimes: tuple["Downtime", ...] = ()
    stopped_on: date | None = None
    """The day on which MAX_RINGS were reached; what comes later is not known."""

    @property
    def per_day(self) -> Counter[date]:
        """How often it rings on each day."""
        return Counter(ring.local.date() for ring in self.rings)

    @property
    def reasons(self) -> list[Note]:
        """The notes, and the reasons of the rings, by day; each once a day. Where several tasks ring, it says whose."""
        found = {(note.on, note.why, note.title) for note in self.notes}
        found |= {(ring.local.date(), ring.why, ring.title) for ring in self.rings if ring.why}
        several = len({ring.title for ring in self.rings}) > 1
        return [Note(on, f"{title}: {why}" if several and title else why) for on, why, title in sorted(found)]

    @property
    def reasons_said(self) -> list[tuple[str, str]]:
        """Each reason, in the order of its first day, with its days in words."""
        by_reason: dict[str, list[date]] = {}
        for note in self.reasons:
            by_reason.setdefault(note.why, []).append(note.on)
        return [(why, _said(days)) for why, days in by_reason.items()]

    @property
    def last_day(self) -> date:
        """The last day that was played."""
        return self.stopped_on or self.end - timedelta(days=1)

    @property
    def years(self) -> range:
        """The years it touches."""
        return range(self.begin.year, self.last_day.year + 1)

    @property
    def summary(self) -> list[str]:
        """How often it rings, and when first and last, in words."""
        days = len(self.per_day)
        times = f"{_counted(len(self.rings), 'ring')} on {_counted(days, 'day')}"
        if self.stopped_on:
            said = [f"{self.begin} to {self.stopped_on}: {times}, where the simulation stops"]
        else:
            said = [f"{self.begin} to {self.end}: {times}"]
        if self.rings:
            first, last = (f"{at:%a} {at.date()} {at:%H:%M}" for at in (self.rings[0].local, self.rings[-1].local))
            said.append(f"first {first}, last {last}")
        return said

    def add(self, ring: Ring) -> bool:
        """Keep it; false once no more are taken."""
        if len(self.rings) >= MAX_RINGS:
            self.stopped_on = ring.local.date()
            return False
        self.rings.append(ring)
        return True

    def note(self, *notes: Note) -> None:
        """Keep those of the days that are played."""
        self.notes += [note for note in notes if self.begin <= note.on < self.end]

    def document(self) -> dict[str, Any]:
        """All of it as JSON; its form is promised in specs/003-time/contracts/simulation.md."""
        return {
            "title": self.title,
            "zone": self.zone,
            "begin": self.begin.isoformat(),
            "end": self.end.isoformat(),
            "stopped_on": self.stopped_on.isoformat() if self.stopped_on else None,
            "rings": [
                {
                    "at": ring.at.astimezone(UTC).isoformat().replace("+00:00", "Z"),
                    "local": ring.local.isoformat(),
                    "title": ring.title,
                    "kind": ring.kind,
                    "due": ring.due,
                    "late_seconds": round(ring.late.total_seconds()),
                    "why": ring.why or None,
                }
                for ring in self.rings
            ],
            "notes": [
                {"on": note.on.isoformat(), "title": note.title or self.title, "why": note.why} for note in self.notes
            ],
        }


@dataclass(frozen=True, slots=True)
class Downtime:
    """The service is off from `since` on and back at `until` (UTC)."""

    since: datetime
    until: datetime

    def days(self, zone: str) -> list[date]:
        """The days, in a zone, on which it is off all day or a part of it."""
        first, last = to_local(self.since, zone).date(), to_local(self.until, zone).date()
        return [first + timedelta(days=at) for at in range((last - first).days + 1)]


def years_later(day: date, years: int) -> date:
    """The same day so many years later; 29 February becomes 1 March, and no day is after the year 9999."""
    if day.year + years > date.max.year:
        return date.max
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1)


def _counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _said(days: list[date]) -> str:
    shown = ", ".join(map(str, days[:SHOWN_DATES]))
    return f"{shown} and {len(days) - SHOWN_DATES} more, the last {days[-1]}" if len(days) > SHOWN_DATES else shown
