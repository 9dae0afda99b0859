"""The moments a rule gives, in order: the walk over its periods, begun where it is wanted.

The period that holds the wanted moment is computed, so an old start costs no more than a new one. Every walk
ends: at the year 9999, or when a whole cycle of the calendar gave nothing.
"""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from math import gcd

from functions.kernel.domain import expansion
from functions.kernel.domain.rule import SUB_DAILY, Rule

# The calendar repeats after 400 years, so a rule that gave nothing in as many periods never will.
_CYCLE = {"YEARLY": 400, "MONTHLY": 4_800, "WEEKLY": 20_871, "DAILY": 146_097}
_UNIT = {"HOURLY": 3_600, "MINUTELY": 60, "SECONDLY": 1}
# Empty steps after which an hourly (or finer) rule is taken to give nothing more. A day or hour that cannot
# match is one step.
_EMPTY_STEPS = 50_000
_DAY = 86_400


def walk(rule: Rule, start: datetime, after: datetime | None) -> Iterator[datetime]:
    """The rule's moments from `start` on and after `after`, whatever COUNT and UNTIL say."""
    moments = _sub_daily(rule, start, after) if rule.freq in SUB_DAILY else _by_days(rule, start, after)
    for moment in moments:
        if moment >= start and (after is None or moment > after):
            yield moment


def _by_days(rule: Rule, start: datetime, after: datetime | None) -> Iterator[datetime]:
    times = expansion.times_of_day(rule, start.time())
    empty, most = 0, _CYCLE[rule.freq] // gcd(rule.interval, _CYCLE[rule.freq]) + 1
    for days in _periods(rule, start.date(), max(start, after).date() if after else start.date()):
        size = len(days) * len(times)
        picks: Sequence[int] = range(size)
        if rule.by_set_pos:
            chosen = {position - 1 if position > 0 else size + position for position in rule.by_set_pos}
            picks = sorted(index for index in chosen if 0 <= index < size)
        empty = 0 if picks else empty + 1
        if empty > most:
            return
        for index in picks:
            yield datetime.combine(date.fromordinal(days[index // len(times)]), times[index % len(times)])


def _periods(rule: Rule, start: date, since: date) -> Iterator[list[int]]:
    """The days of each period of the rule, from the one that holds `since` on."""
    interval = rule.interval
    if rule.freq == "YEARLY":
        first = start.year + max(0, (since.year - start.year) // interval) * interval
        for year in range(first, 10_000, interval):
            yield expansion.days_of_year(rule, year, start)
    elif rule.freq == "MONTHLY":
        base, now = start.year * 12 + start.month - 1, since.year * 12 + since.month - 1
        for index in range(base + (now - base) // interval * interval, 120_000, interval):
            yield expansion.days_of_month(rule, index // 12, index % 12 + 1, start)
    elif rule.freq == "WEEKLY":
        base = start.toordinal() - (start.weekday() - rule.week_start) % 7
        step = 7 * interval
        for first in range(base + (since.toordinal() - base) // step * step, expansion.LAST_DAY + 1, step):
            yield expansion.days_of_week(rule, first, start)
    else:
        base = start.toordinal()
        for day in range(base + (since.toordinal() - base) // interval * interval, expansion.LAST_DAY + 1, interval):
            yield [day] if expansion.keeps(rule, day) else []


def _sub_daily(rule: Rule, start: datetime, after: datetime | None) -> Iterator[datetime]:
    unit = _UNIT[rule.freq]
    step = rule.interval * unit
    base = _seconds(start) // unit * unit
    position = base if after is None or after < start else base + (_seconds(after) - base) // step * step
    hours = frozenset(rule.by_hour) or frozenset(range(24))
    minutes = frozenset(rule.by_minute) if rule.by_minute and unit < 3_600 else frozenset(range(60))
    seconds = frozenset(rule.by_second) if rule.by_second and unit == 1 else frozenset(range(60))
    empty = 0
    while empty <= _EMPTY_STEPS:
        day, second = divmod(position, _DAY)
        if day > expansion.LAST_DAY:
            return
        empty += 1
        if not expansion.keeps(rule, day):
            position += -(-(_next_day(rule, day) * _DAY - position) // step) * step
        elif second // 3_600 not in hours:
            position += -(-(3_600 - second % 3_600) // step) * step
        elif second // 60 % 60 not in minutes:
            position += -(-(60 - second % 60) // step) * step
        else:
            if second % 60 in seconds:
                at = datetime.combine(date.fromordinal(day), time.min) + timedelta(seconds=second)
                chosen = _within(rule, at, start)
                empty = 0 if chosen else empty
                yield from chosen
            position += step


def _within(rule: Rule, at: datetime, start: datetime) -> list[datetime]:
    """The moments inside one hour, minute or second."""
    if rule.freq == "HOURLY":
        found = [
            at.replace(minute=minute, second=second)
            for minute in rule.by_minute or (start.minute,)
            for second in rule.by_second or (start.second,)
        ]
    elif rule.freq == "MINUTELY":
        found = [at.replace(second=second) for second in rule.by_second or (start.second,)]
    else:
        found = [at]
    if not rule.by_set_pos:
        return found
    chosen = {position - 1 if position > 0 else len(found) + position for position in rule.by_set_pos}
    return [found[index] for index in sorted(chosen) if 0 <= index < len(found)]


def _seconds(moment: datetime) -> int:
    return moment.toordinal() * _DAY + moment.hour * 3_600 + moment.minute * 60 + moment.second


def _next_day(rule: Rule, day: int) -> int:
    """The day after, or the first of the next month when the rule leaves out this whole month."""
    if rule.by_month and day < expansion.LAST_DAY - 31:
        on = date.fromordinal(day)
        if on.month not in rule.by_month:
            return date(on.year + on.month // 12, on.month % 12 + 1, 1).toordinal()
    return day + 1
