"""Days and moments of a filter as bounds of columns; whose day it is, is who asks."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from functions.kernel.domain.filters.tree import Point, Relation
from functions.kernel.domain.wall_time import as_time, to_local, to_utc

DAY = timedelta(days=1)
INSTANT = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Bound:
    """A moment (UTC), and what the clocks show then where the person is."""

    local: datetime
    moment: datetime

    @classmethod
    def at(cls, moment: datetime, zone: str) -> "Bound":
        """Of this moment."""
        return cls(to_local(moment, zone), moment)

    @classmethod
    def midnight(cls, day: date, zone: str) -> "Bound":
        """Where the day begins."""
        return cls(as_time(day), to_utc(as_time(day), zone))

    def next(self) -> "Bound":
        """The least later one that PostgreSQL tells apart."""
        return Bound(self.local + INSTANT, self.moment + INSTANT)


@dataclass(frozen=True, slots=True)
class Window:
    """From `begin` on, up to but not with `end`; whole days from `first` to `last`. Null: no bound on that side;
    without either day no whole day is meant."""

    begin: Bound | None = None
    end: Bound | None = None
    first: date | None = None
    last: date | None = None


def days(first: date, last: date, zone: str) -> Window:
    """These days, whole."""
    return Window(Bound.midnight(first, zone), Bound.midnight(last + DAY, zone), first, last)


def window(relation: Relation, point: Point, zone: str) -> Window:
    """On, before or after the day, or at, before or after the moment; a whole day is before or after a moment of
    another day."""
    if point.moment is not None:
        bound = Bound.at(point.moment, zone)
        if relation == "on":
            return Window(bound, bound.next())
        if relation == "before":
            return Window(end=bound, last=point.day - DAY)
        return Window(begin=bound.next(), first=point.day + DAY)
    if relation == "on":
        return days(point.day, point.day, zone)
    if relation == "before":
        return Window(end=Bound.midnight(point.day, zone), last=point.day - DAY)
    return Window(begin=Bound.midnight(point.day + DAY, zone), first=point.day + DAY)


def passed(now: datetime, zone: str) -> Window:
    """What is before now, and the days that are over."""
    bound = Bound.at(now, zone)
    return Window(end=bound, last=bound.local.date() - DAY)
