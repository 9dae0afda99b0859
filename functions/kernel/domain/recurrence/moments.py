"""The moments a rule gives, in order: the walk over its periods, begun where it is wanted.

The period that holds the wanted moment is computed, so an old start costs no more than a new one. Every walk
ends: the Gregorian calendar repeats after 400 years (20,871 weeks, 146,097 days), so a rule that gave nothing
in a whole cycle never will; and nothing comes after the year 9999.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from itertools import chain, dropwhile
from math import gcd, lcm

from functions.kernel.domain.recurrence import expansion, sub_daily
from functions.kernel.domain.recurrence.rule import SUB_DAILY, Rule

_CYCLE = {"YEARLY": 400, "MONTHLY": 4_800, "WEEKLY": 20_871, "DAILY": 146_097}
_MIDNIGHT = (time(),)
_SECOND = timedelta(seconds=1)
_LAST = datetime(9999, 12, 31, 23, 59, 59)  # noqa: DTZ001


def walk(rule: Rule, start: datetime, after: datetime | None, all_day: bool = False) -> Iterator[datetime]:
    """The rule's moments from `start` on and after `after`, whatever COUNT and UNTIL say.

    All are naive local times of whole seconds. All day, each is a midnight, and parts that name times of day
    are ignored (RFC 5545 §3.3.10).
    """
    lowest = start
    if after is not None and after >= start:
        if after >= _LAST:
            return iter(())
        lowest = (after.replace(microsecond=0) if after.microsecond else after) + _SECOND
    if rule.freq in SUB_DAILY:
        return sub_daily.walk(rule, start, lowest)
    times = _MIDNIGHT if all_day else expansion.times_of_day(rule, start.time())
    if rule.skip == "OMIT" and not rule.by_set_pos:
        return _by_days(rule, start, lowest, times)
    by_period = _by_period(rule, start, lowest, times)
    found = chain.from_iterable(by_period) if rule.skip == "OMIT" else _in_order(by_period)
    return dropwhile(lowest.__gt__, found)


def _by_days(rule: Rule, start: date, lowest: datetime, times: Sequence[time]) -> Iterator[datetime]:
    """All times of all days of the rule."""
    first, empty = lowest.toordinal(), 0
    for days in _days(rule, start, lowest):
        empty = 0 if days else empty + 1
        if empty and empty > _most_empty(rule):
            return
        for day in days:
            if day < first:
                continue
            on = date.fromordinal(day)
            for at in times:
                moment = datetime.combine(on, at)
                if day > first or moment >= lowest:
                    yield moment


def _by_period(rule: Rule, start: date, lowest: datetime, times: Sequence[time]) -> Iterator[list[datetime]]:
    """The moments of each period, of them those that BYSETPOS picks."""
    count, empty = len(times), 0
    for days in _days(rule, start, lowest):
        size = len(days) * count
        picks = expansion.positions(rule, size) if rule.by_set_pos else range(size)
        empty = 0 if picks else empty + 1
        if empty and empty > _most_empty(rule):
            return
        yield [datetime.combine(date.fromordinal(days[index // count]), times[index % count]) for index in picks]


def _in_order(by_period: Iterable[list[datetime]]) -> Iterator[datetime]:
    """Each moment once and in order, where SKIP may move a day into the period before or after."""
    held: set[datetime] = set()
    for moments in by_period:
        last = max(held, default=None)
        held.update(moments)
        if last is not None:  # a day moves by one and a period has more, so nothing later comes before this
            ready = sorted(moment for moment in held if moment <= last)
            held.difference_update(ready)
            yield from ready
    yield from sorted(held)


def _most_empty(rule: Rule) -> int:
    """How many periods in a row may give nothing before the calendar repeats."""
    cycle = _CYCLE[rule.freq]
    return cycle // gcd(rule.interval, cycle)


def _days(rule: Rule, start: date, since: date) -> Iterator[list[int]]:
    """The days of each period of the rule, from the one that holds `since` on."""
    interval = rule.interval
    if rule.freq == "YEARLY":
        base, now, days_of = start.year, since.year, expansion.days_of_year
        if rule.by_week_no:
            base, now, days_of = (
                expansion.week_year(rule, start),
                expansion.week_year(rule, since),
                expansion.days_of_weeks,
            )
        for year in range(_latest(rule, base, now, interval), 10_000, interval):
            yield days_of(rule, year, start)
    elif rule.freq == "MONTHLY":
        base, now = start.year * 12 + start.month - 1, since.year * 12 + since.month - 1
        for index in range(_latest(rule, base, now, interval), 120_000, interval):
            yield expansion.days_of_month(rule, index // 12, index % 12 + 1, start)
    elif rule.freq == "WEEKLY":
        base = start.toordinal() - (start.weekday() - rule.week_start) % 7
        step = 7 * interval
        for first in range(_latest(rule, base, since.toordinal(), step), expansion.LAST_DAY + 1, step):
            yield expansion.days_of_week(rule, first, start)
    else:
        yield from _every_so_many_days(rule, start.toordinal(), since.toordinal())


def _every_so_many_days(rule: Rule, base: int, since: int) -> Iterator[list[int]]:
    interval, cycle = rule.interval, lcm(rule.interval, expansion.days_cycle(rule))
    day = _latest(rule, base, since, interval)
    last = day + cycle
    while day <= last:
        kept = expansion.next_kept(rule, day)
        if kept is None:
            return
        if kept == day:
            yield [day]
            last = day + cycle
            kept += 1
        day += -(-(kept - day) // interval) * interval


def _latest(rule: Rule, base: int, now: int, step: int) -> int:
    """The last period that begins by `now`; the one before it, if that may have given a day to it."""
    steps = (now - base) // step
    return base + (steps - (rule.skip == "FORWARD" and steps > 0)) * step
