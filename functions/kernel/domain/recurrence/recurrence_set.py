"""A recurrence set (RFC 5545 §3.8.5): what a rule gives, with dates added and dates taken out."""

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from heapq import heappop, heappush, merge
from itertools import takewhile

from functions.kernel.domain.recurrence.engine import occurrences
from functions.kernel.domain.recurrence.rule import SUB_DAILY, Rule, invalid
from functions.kernel.domain.wall_time import check_zone, gap_at, to_local, to_utc
from functions.kernel.errors import InvalidInputError

MAX_DATES = 10_000
# No zone has put its clocks forward by more than the day that Samoa left out in 2011.
_LONGEST_GAP = timedelta(hours=25)


@dataclass(frozen=True, slots=True, order=True)
class Entry:
    """One member of a set, or one that EXDATE took out of it."""

    at: date
    """A day (all day), a naive local time (floating), or an aware UTC moment (zoned)."""
    nominal: date
    """The day or naive local time as the rule has it, which names the occurrence (RECURRENCE-ID)."""
    added: bool = False
    """It comes from RDATE, not from the rule."""
    excluded: bool = False


@dataclass(frozen=True)
class Recurrence:
    """A start, in a zone or not, its rule, and the dates added (RDATE) and taken out (EXDATE).

    `dtstart` is a day, or a naive local time of whole seconds: floating without a zone. `rdates` and `exdates` are
    of its type; in a zone they may also be aware moments. The set gives days, naive times or aware UTC moments:
    strictly increasing, each once. Without a rule it has its start; with one, the start only if the rule gives it.
    Raises InvalidInputError (field `dtstart`, `zone`, `rrule`, `rdate` or `exdate`).
    """

    dtstart: date
    zone: str | None = None
    rule: Rule | None = None
    rdates: tuple[date, ...] = ()
    exdates: tuple[date, ...] = ()

    def __post_init__(self) -> None:
        if self.zone is not None:
            check_zone(self.zone)
        self._check_type("dtstart", self.dtstart, may_be_aware=False)
        if self.rule and self.rule.freq in SUB_DAILY and self.all_day:
            raise invalid(f"FREQ={self.rule.freq} needs a start with a time of day, not {self.dtstart.isoformat()}")
        for field, dates in (("rdate", self.rdates), ("exdate", self.exdates)):
            if len(dates) > MAX_DATES:
                raise InvalidInputError(field, f"{len(dates)} dates are too many; at most {MAX_DATES}")
            for value in dates:
                self._check_type(field, value, may_be_aware=self.zone is not None)

    @property
    def all_day(self) -> bool:
        """Whether it gives days, without a time."""
        return not isinstance(self.dtstart, datetime)

    def check(self) -> None:
        """Raise InvalidInputError if the set is empty; its field names the part to change."""
        if next(self.occurrences(), None) is not None:
            return
        if next(self.entries(), None) is None:
            raise invalid(f"{self.rule} gives no date from {self.dtstart.isoformat()} on; change the rule or the start")
        raise InvalidInputError("exdate", "every date is taken out; leave at least one")

    def occurrences(self) -> Iterator[date]:
        """All of them, from the first."""
        return (entry.at for entry in self.entries() if not entry.excluded)

    def next(self, after: date) -> date | None:
        """The first after `after`, which is of the type that the set gives; None when there is none."""
        return next((entry.at for entry in self.entries(after) if not entry.excluded), None)

    def between(self, first: date, end: date) -> list[date]:
        """Those from `first` on and before `end`, which are of the type that the set gives."""
        self._check_bound(end)
        step = timedelta(days=1) if self.all_day else timedelta(seconds=1)
        found = (entry.at for entry in self.entries(first - step) if not entry.excluded)
        return list(takewhile(lambda at: at < end, (at for at in found if at >= first)))

    def entries(self, after: date | None = None) -> Iterator[Entry]:
        """The members after `after`, or all, in order, with those that EXDATE takes out, marked."""
        if after is not None:
            self._check_bound(after)
        added = self._added[bisect_right(self._added, after, key=_at) if after is not None else 0 :]
        last = None
        for entry in merge(self._by_rule(after), added, key=_at):
            if entry.at != last:
                last = entry.at
                yield Entry(entry.at, entry.nominal, entry.added, True) if entry.at in self._excluded else entry

    def _by_rule(self, after: date | None) -> Iterator[Entry]:
        if self.rule is None:
            if after is None or self._read(self.dtstart) > after:
                yield Entry(self._read(self.dtstart), self.dtstart)
        elif self.all_day or self.zone is None:
            for value in occurrences(self.rule, self.dtstart, self.zone or "UTC", after):
                yield Entry(value, value)
        else:
            yield from self._in_zone(self.rule, self.zone, after)

    def _in_zone(self, rule: Rule, zone: str, after: date | None) -> Iterator[Entry]:
        begin = _begin(after, zone) if isinstance(after, datetime) else None
        held: list[Entry] = []  # times that the clocks skip are read later, and may be overtaken
        for nominal in occurrences(rule, self.dtstart, zone, begin):
            entry = Entry(self._read(nominal), nominal)
            if after is not None and entry.at <= after:
                continue
            if gap_at(nominal, zone):  # type: ignore[arg-type]
                heappush(held, entry)
                continue
            while held and held[0].at < entry.at:
                yield heappop(held)
            yield entry
        while held:
            yield heappop(held)

    def _read(self, value: date) -> date:
        """The value as the set gives it: in a zone, the UTC moment (RFC 5545 §3.3.5)."""
        if self.zone is None or not isinstance(value, datetime):
            return value
        return to_utc(value, self.zone) if value.tzinfo is None else value.astimezone(UTC)

    @cached_property
    def _added(self) -> list[Entry]:
        return sorted(Entry(self._read(value), self._named(value), added=True) for value in set(self.rdates))

    @cached_property
    def _excluded(self) -> frozenset[date]:
        return frozenset(self._read(value) for value in self.exdates)

    def _named(self, value: date) -> date:
        aware = isinstance(value, datetime) and value.tzinfo is not None
        return to_local(value, self.zone or "UTC") if aware else value  # type: ignore[arg-type]

    def _check_type(self, field: str, value: date, *, may_be_aware: bool) -> None:
        if isinstance(value, datetime) == self.all_day:
            kind = "a day, as the start is" if self.all_day else "a time, as the start has"
            raise InvalidInputError(field, f"{value.isoformat()} must be {kind}")
        if isinstance(value, datetime) and (value.microsecond or (value.tzinfo and not may_be_aware)):
            raise InvalidInputError(field, f"{value.isoformat()} must be a wall-clock time of whole seconds")

    def _check_bound(self, value: date) -> None:
        wanted = "a day" if self.all_day else "a moment with an offset" if self.zone else "a wall-clock time"
        given = isinstance(value, datetime)
        if given == self.all_day or (isinstance(value, datetime) and (value.tzinfo is None) == (self.zone is not None)):
            raise InvalidInputError("after", f"{value.isoformat()} must be {wanted}")


def _begin(after: datetime, zone: str) -> datetime:
    """The wall-clock time from which on the rule is asked: before a gap, if one may reach beyond `after`."""
    local = to_local(after, zone)
    before = to_local(after - _LONGEST_GAP, zone) if after.year > 1 else local
    return local if local - before == _LONGEST_GAP else before


def _at(entry: Entry) -> date:
    return entry.at
