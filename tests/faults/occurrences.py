"""The reference model of a downtime: when everything that was planned is due, and whether it was told or recorded as
missed. It shares no code with Taskwake: wall clocks are Python's."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any, Literal
from zoneinfo import ZoneInfo

HOME = "Europe/Berlin"
"""Where the person is; what has no zone of its own is due by its clocks."""
LATE = timedelta(seconds=60)
"""Only after that does a series leave an occurrence out, and is a reminder told behind those on time."""
LONGEST_GAP = timedelta(hours=3)
RULES = {
    timedelta(minutes=1): "FREQ=MINUTELY",
    timedelta(minutes=45): "FREQ=MINUTELY;INTERVAL=45",
    timedelta(hours=1): "FREQ=HOURLY",
    timedelta(hours=7): "FREQ=HOURLY;INTERVAL=7",
    timedelta(days=1): "FREQ=DAILY",
}
Wrong = Literal["lost", "twice", "early", "disorder", "other"]


@dataclass(frozen=True)
class Planned:
    """A task as somebody asked for it: due `first` by the clocks of its zone, and then `every` so often; with reminders
    so many minutes `before`. Its title is its own. A day without a time is the `day` of `first`, told of at nine."""

    title: str
    first: datetime
    zone: str | None = None
    every: timedelta | None = None
    catch_up: str = "latest"
    day: bool = False
    before: tuple[int, ...] = ()

    def asked(self) -> dict[str, Any]:
        """What a client asks for."""
        due = {"due_on": str(self.first.date())} if self.day else {"due_local": self.first.isoformat()}
        zone = {"zone": self.zone} if self.zone and not self.day else {}
        series = {"rrule": RULES[self.every], "catch_up": self.catch_up} if self.every else {}
        reminders = [{"minutes_before": minutes} for minutes in self.before]
        return {"title": self.title, "reminders": reminders} | due | zone | series

    def moments(self, until: datetime) -> list[datetime]:
        """When its reminders, or those of all its occurrences, are due by then."""
        wall, found = self.first.replace(hour=9, minute=0) if self.day else self.first, set()
        there = ZoneInfo(self.zone or HOME)
        while (at := wall.replace(tzinfo=there).astimezone(UTC)) <= until + LONGEST_GAP:
            found |= {at - timedelta(minutes=minutes) for minutes in (0, *self.before)}
            if self.every is None:
                break
            wall += self.every
        return sorted(moment for moment in found if moment <= until)


@dataclass(frozen=True, slots=True)
class Told:
    """A notice of the reminder of this `moment`, written `at`; in the order of the events that it is of."""

    title: str
    moment: datetime
    at: datetime


@dataclass(frozen=True, slots=True)
class Miss:
    """A record that so many occurrences due from `first` to `last` were left out, as of `at`."""

    title: str
    first: datetime
    last: datetime
    count: int
    at: datetime


@dataclass
class Found:
    """What a person, and their database, hold in the end; `more` are other things that are wrong with it."""

    told: list[Told] = field(default_factory=list)
    misses: list[Miss] = field(default_factory=list)
    more: list[tuple[Wrong, str]] = field(default_factory=list)


@dataclass(frozen=True)
class Verdict:
    """How a downtime went: so much fell due in it, of that so much was told and so much recorded; and what is wrong."""

    due: int
    told: int
    recorded: int
    wrong: list[tuple[Wrong, str]]

    def count(self, kind: Wrong) -> int:
        """How often this is wrong."""
        return sum(each == kind for each, _ in self.wrong)


def judge(plans: Sequence[Planned], found: Found, down: datetime, back: datetime) -> Verdict:
    """Hold what was found against what was planned, where nothing ran from `down` to `back`."""
    wrong, due, fired, recorded = list(found.more), 0, 0, 0
    for plan in plans:
        told = [each for each in found.told if each.title == plan.title]
        misses = [each for each in found.misses if each.title == plan.title]
        wrong += _wrong(plan, told, misses, back)
        away = {moment for moment in plan.moments(back) if moment > down}
        due += len(away)
        fired += len(away & {each.moment for each in told})
        recorded += sum(any(miss.first <= moment <= miss.last for miss in misses) for moment in away)
    unknown = {each.title for each in found.told} | {miss.title for miss in found.misses}
    unknown -= {plan.title for plan in plans}
    wrong += [("other", f"nobody asked for {title!r}") for title in sorted(unknown)]
    return Verdict(due, fired, recorded, wrong)


def _wrong(plan: Planned, told: Sequence[Told], misses: Sequence[Miss], back: datetime) -> Iterator[tuple[Wrong, str]]:
    planned = plan.moments(max([back, *(each.at for each in told), *(miss.at for miss in misses)]))
    times = Counter(each.moment for each in told)
    for miss in misses:
        left_out = [moment for moment in planned if miss.first <= moment <= miss.last]
        times.update(left_out)
        if (len(left_out), miss.first, miss.last) != (miss.count, left_out[0], left_out[-1]):
            yield "other", f"{plan.title}: {miss} is about {len(left_out)}"
        if miss.at - miss.first < LATE:
            yield "other", f"{plan.title}: {miss} was not late"
    for moment in sorted({*planned, *times}):
        if moment not in planned:
            yield "other", f"{plan.title}: told for {moment}, which nobody planned"
        elif times[moment] > 1:
            yield "twice", f"{plan.title}: {times[moment]} times for {moment}"
        elif not times[moment] and moment <= back:
            yield "lost", f"{plan.title}: neither told nor recorded for {moment}"
    for each in told:
        if each.at < each.moment:
            yield "early", f"{plan.title}: {each}"
    late = [each for each in told if each.moment <= back - LATE]
    for one, next_one in pairwise(late):
        if next_one.moment < one.moment or next_one.at < one.at:
            yield "disorder", f"{plan.title}: {one} came before {next_one}"
    yield from _against_policy(plan, misses)


def _against_policy(plan: Planned, misses: Sequence[Miss]) -> Iterator[tuple[Wrong, str]]:
    """`all` leaves nothing out, `latest` all but the last one that has come due, `none` that one, too."""
    if misses and (plan.every is None or plan.catch_up == "all" or len(misses) > 1):
        yield "other", f"{plan.title}: {plan.catch_up} left out {misses}"
        return
    for miss in misses:
        come = plan.moments(miss.at)
        last = come[-1] if plan.catch_up == "none" else come[-2]
        if miss.last != last:
            yield "other", f"{plan.title}: {plan.catch_up} left out what came until {miss.last}, not {last}"
