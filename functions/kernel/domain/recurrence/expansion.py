"""Which dates one period of a rule holds: the table of RFC 5545 §3.3.10 that expands and limits.

Days are proleptic ordinals (`date.toordinal`), which makes weekdays and steps plain arithmetic.
"""

from calendar import isleap
from collections.abc import Iterable, Sequence
from datetime import date, time
from functools import lru_cache
from itertools import accumulate

from functions.kernel.domain.recurrence.rule import Rule

LAST_DAY = date.max.toordinal()
_LENGTHS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_BEFORE = tuple(accumulate(_LENGTHS, initial=0))


def times_of_day(rule: Rule, start: time) -> Sequence[time]:
    """The times that a day of the rule holds, ascending; what the rule leaves open comes from the start."""
    if rule.by_hour or rule.by_minute or rule.by_second:
        return _times(
            rule.by_hour or (start.hour,), rule.by_minute or (start.minute,), rule.by_second or (start.second,)
        )
    return (start,)


@lru_cache(maxsize=64)
def _times(hours: tuple[int, ...], minutes: tuple[int, ...], seconds: tuple[int, ...]) -> tuple[time, ...]:
    return tuple(time(hour, minute, second) for hour in hours for minute in minutes for second in seconds)


def positions(rule: Rule, size: int) -> list[int]:
    """The indexes that BYSETPOS picks of so many, ascending."""
    chosen = {position - 1 if position > 0 else size + position for position in rule.by_set_pos}
    return sorted(index for index in chosen if 0 <= index < size)


def days_of_year(rule: Rule, year: int, start: date) -> list[int]:
    """The days of a YEARLY rule in `year`, ascending; with SKIP also the day before or after it."""
    spans = [_month(year, month) for month in rule.by_month] or [_year(year)]
    if rule.by_year_day:
        days = _numbered(rule, rule.by_year_day, *_year(year))
        days = [day for day in days if _limited(rule, day) and _on_month_day(rule, day)]
        return _on_weekdays(rule, days, spans)
    if rule.by_month_day:
        months = rule.by_month or range(1, 13)
        numbered = {day for month in months for day in _numbered(rule, rule.by_month_day, *_month(year, month))}
        return _on_weekdays(rule, sorted(numbered), spans)
    if rule.by_day:
        return [day for span in spans for day in _weekdays(rule, *span)]
    return [day for month in rule.by_month or (start.month,) for day in _same_day(rule, year, month, start.day)]


def days_of_weeks(rule: Rule, year: int, start: date) -> list[int]:
    """The days of a YEARLY rule with BYWEEKNO in the weeks of `year`, ascending.

    A week belongs whole to the year that has most of its days, so these may be days of the years beside it.
    """
    first, after_last = _week_one(year, rule.week_start), _week_one(year + 1, rule.week_start)
    weeks = (after_last - first) // 7
    numbers = {number - 1 if number > 0 else weeks + number for number in rule.by_week_no}
    days = [first + 7 * number + day for number in sorted(numbers) if 0 <= number < weeks for day in range(7)]
    if not (rule.by_day or rule.by_month_day or rule.by_year_day):
        days = [day for day in days if (day - 1) % 7 == start.weekday()]
    return [day for day in days if 1 <= day <= LAST_DAY and keeps(rule, day)]


def week_year(rule: Rule, day: date) -> int:
    """The year whose weeks hold this day."""
    if day.toordinal() < _week_one(day.year, rule.week_start):
        return day.year - 1
    return day.year + (day.toordinal() >= _week_one(day.year + 1, rule.week_start))


def days_of_month(rule: Rule, year: int, month: int, start: date) -> list[int]:
    """The days of a MONTHLY rule in one month, ascending; with SKIP also the day before or after it."""
    if rule.by_month and month not in rule.by_month:
        return []
    if rule.by_month_day:
        span = _month(year, month)
        return _on_weekdays(rule, _numbered(rule, rule.by_month_day, *span), [span])
    if rule.by_day:
        return _weekdays(rule, *_month(year, month))
    return _same_day(rule, year, month, start.day)


def days_of_week(rule: Rule, first: int, start: date) -> list[int]:
    """The days of a WEEKLY rule in the week that begins on `first`, ascending."""
    weekdays = [weekday for _, weekday in rule.by_day] or [start.weekday()]
    days = sorted([first + (weekday - rule.week_start) % 7 for weekday in weekdays])
    if rule.by_month:
        days = [day for day in days if 1 <= day <= LAST_DAY and date.fromordinal(day).month in rule.by_month]
    return days if 1 <= first <= LAST_DAY - 6 else [day for day in days if 1 <= day <= LAST_DAY]


def keeps(rule: Rule, day: int) -> bool:
    """Whether the rule's date parts let this day through (the "limit" cells of the table)."""
    if not (_limited(rule, day) and _on_month_day(rule, day)):
        return False
    if rule.by_year_day:
        first, length = _year(date.fromordinal(day).year)
        number = day - first + 1
        return number in rule.by_year_day or number - length - 1 in rule.by_year_day
    return True


def days_cycle(rule: Rule) -> int:
    """After how many days the rule's date parts let the same days through again."""
    if rule.by_month or rule.by_month_day or rule.by_year_day:
        return 146_097  # of the Gregorian calendar, also whole weeks
    return 7 if rule.by_day else 1


def next_kept(rule: Rule, day: int, last: int = LAST_DAY) -> int | None:
    """The first day from this one on that the rule's date parts let through; None when there is none up to the last."""
    if not (rule.by_month or rule.by_month_day or rule.by_year_day or rule.by_day):
        return day if day <= last else None
    while day <= last:
        if keeps(rule, day):
            return day
        day = _later(rule, date.fromordinal(day))
    return None


def _later(rule: Rule, on: date) -> int:
    """A day after this one, before which the rule lets none through."""
    if rule.by_month and on.month not in rule.by_month:
        month = next((month for month in rule.by_month if month > on.month), rule.by_month[0])
        return _month(on.year + (month < on.month), month)[0]
    numbers, (first, length) = rule.by_month_day, _month(on.year, on.month)
    if rule.by_year_day:
        numbers, (first, length) = rule.by_year_day, _year(on.year)
    elif not numbers:
        return on.toordinal() + 1
    now = on.toordinal() - first + 1
    days = (number if number > 0 else length + 1 + number for number in numbers)
    return first + min((day for day in days if now < day <= length), default=length + 1) - 1


def _limited(rule: Rule, day: int) -> bool:
    if rule.by_day and not any(weekday == (day - 1) % 7 for _, weekday in rule.by_day):
        return False
    return not rule.by_month or date.fromordinal(day).month in rule.by_month


def _on_month_day(rule: Rule, day: int) -> bool:
    if not rule.by_month_day:
        return True
    on = date.fromordinal(day)
    return on.day in rule.by_month_day or on.day - _month(on.year, on.month)[1] - 1 in rule.by_month_day


def length_of_month(year: int, month: int) -> int:
    """How many days a month has."""
    return _month(year, month)[1]


def _year(year: int) -> tuple[int, int]:
    """The first day of a year, and how many it has."""
    before = year - 1
    return 365 * before + before // 4 - before // 100 + before // 400 + 1, 366 if isleap(year) else 365


@lru_cache(maxsize=4096)
def _month(year: int, month: int) -> tuple[int, int]:
    """The first day of a month, and how many it has."""
    leap = isleap(year)
    first = _year(year)[0] + _BEFORE[month - 1] + (leap and month > 2)
    return first, 29 if leap and month == 2 else _LENGTHS[month - 1]


def _numbered(rule: Rule, numbers: Iterable[int], first: int, length: int) -> list[int]:
    """The numbered days of a month or year; those that it does not have go where SKIP says (RFC 7529 §4.1)."""
    days: set[int] = set()
    for number in numbers:
        index = number - 1 if number > 0 else length + number
        if 0 <= index < length:
            days.add(first + index)
        elif rule.skip == "FORWARD":
            days.add(first + length if number > 0 else first)
        elif rule.skip == "BACKWARD":
            days.add(first + length - 1 if number > 0 else first - 1)
    return sorted(day for day in days if 1 <= day <= LAST_DAY)


def _on_weekdays(rule: Rule, days: list[int], spans: Iterable[tuple[int, int]]) -> list[int]:
    """The days that BYDAY lets through: of its weekdays, and where it has numbers, so numbered in one of the spans."""
    if not rule.by_day:
        return days
    if any(ordinal for ordinal, _ in rule.by_day):
        named = {day for span in spans for day in _weekdays(rule, *span)}
        return [day for day in days if day in named]
    weekdays = {weekday for _, weekday in rule.by_day}
    return [day for day in days if (day - 1) % 7 in weekdays]


def _weekdays(rule: Rule, first: int, length: int) -> list[int]:
    """The days that BYDAY names in a month or year of `length` days, ascending."""
    days: set[int] = set()
    for ordinal, weekday in rule.by_day:
        earliest = first + (weekday - (first - 1)) % 7
        if ordinal == 0:
            days.update(range(earliest, first + length, 7))
            continue
        last = first + length - 1
        latest = last - ((last - 1) - weekday) % 7
        day = earliest + 7 * (ordinal - 1) if ordinal > 0 else latest + 7 * (ordinal + 1)
        if first <= day <= last:
            days.add(day)
    return sorted(days)


@lru_cache(maxsize=1024)
def _week_one(year: int, week_start: int) -> int:
    """The first day of the first week that has at least four days in `year` (ISO 8601)."""
    january_4 = _year(year)[0] + 3
    return january_4 - ((january_4 - 1) - week_start) % 7


def _same_day(rule: Rule, year: int, month: int, day: int) -> list[int]:
    """The day of the start in another month; where there is none, what SKIP says (RFC 5545 §3.3.10: it is left out)."""
    first, length = _month(year, month)
    return [first + day - 1] if day <= length else _numbered(rule, (day,), first, length)
