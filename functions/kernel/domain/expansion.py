"""Which dates one period of a rule holds: the table of RFC 5545 §3.3.10 that expands and limits.

Days are proleptic ordinals (`date.toordinal`), which makes weekdays and steps plain arithmetic.
"""

from calendar import isleap, monthrange
from collections.abc import Iterable
from datetime import date, time

from functions.kernel.domain.rule import Rule

LAST_DAY = date.max.toordinal()


def times_of_day(rule: Rule, start: time) -> list[time]:
    """The times that a day of the rule holds, ascending; what the rule leaves open comes from the start."""
    return [
        time(hour, minute, second)
        for hour in rule.by_hour or (start.hour,)
        for minute in rule.by_minute or (start.minute,)
        for second in rule.by_second or (start.second,)
    ]


def days_of_year(rule: Rule, year: int, start: date) -> list[int]:
    """The days of a YEARLY rule in `year`, ascending."""
    if rule.by_week_no:
        return _days_of_weeks(rule, year, start)
    first = date(year, 1, 1).toordinal()
    if rule.by_year_day:
        length = 366 if isleap(year) else 365
        numbers = {number if number > 0 else length + 1 + number for number in rule.by_year_day}
        days = sorted(first + number - 1 for number in numbers if 1 <= number <= length)
        return [day for day in days if keeps(rule, day)]
    if not rule.by_month_day and rule.by_day and not rule.by_month:
        return _weekdays(rule, first, 366 if isleap(year) else 365)
    if rule.by_month_day or rule.by_day:
        months = rule.by_month or range(1, 13)
        days = [day for month in months for day in _days_in_month(rule, year, month)]
        if rule.by_day and not rule.by_month and any(ordinal for ordinal, _ in rule.by_day):
            in_year = set(_weekdays(rule, first, 366 if isleap(year) else 365))
            return [day for day in days if day in in_year]
        return days
    return _existing(year, rule.by_month or (start.month,), start.day)


def days_of_month(rule: Rule, year: int, month: int, start: date) -> list[int]:
    """The days of a MONTHLY rule in one month, ascending."""
    if rule.by_month and month not in rule.by_month:
        return []
    if rule.by_month_day or rule.by_day:
        return _days_in_month(rule, year, month)
    return _existing(year, (month,), start.day)


def days_of_week(rule: Rule, first: int, start: date) -> list[int]:
    """The days of a WEEKLY rule in the week that begins on `first`, ascending."""
    weekdays = {day for _, day in rule.by_day} or {start.weekday()}
    days = [day for day in range(max(first, 1), min(first + 6, LAST_DAY) + 1) if (day - 1) % 7 in weekdays]
    if rule.by_month:
        days = [day for day in days if date.fromordinal(day).month in rule.by_month]
    return days


def keeps(rule: Rule, day: int) -> bool:
    """Whether the rule's date parts let this day through (the "limit" cells of the table)."""
    if rule.by_day and not any(weekday == (day - 1) % 7 for _, weekday in rule.by_day):
        return False
    if not (rule.by_month or rule.by_month_day or rule.by_year_day):
        return True
    on = date.fromordinal(day)
    if rule.by_month and on.month not in rule.by_month:
        return False
    if rule.by_month_day:
        length = monthrange(on.year, on.month)[1]
        if on.day not in rule.by_month_day and on.day - length - 1 not in rule.by_month_day:
            return False
    if rule.by_year_day:
        number, length = on.timetuple().tm_yday, 366 if isleap(on.year) else 365
        return number in rule.by_year_day or number - length - 1 in rule.by_year_day
    return True


def _days_in_month(rule: Rule, year: int, month: int) -> list[int]:
    first = date(year, month, 1).toordinal()
    length = monthrange(year, month)[1]
    if not rule.by_month_day:
        return _weekdays(rule, first, length)
    numbers = {number if number > 0 else length + 1 + number for number in rule.by_month_day}
    days = sorted(first + number - 1 for number in numbers if 1 <= number <= length)
    if rule.by_day and (rule.freq == "MONTHLY" or rule.by_month):
        in_month = set(_weekdays(rule, first, length))
        return [day for day in days if day in in_month]
    if rule.by_day and not any(ordinal for ordinal, _ in rule.by_day):
        return [day for day in days if keeps(rule, day)]
    return days


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


def _days_of_weeks(rule: Rule, year: int, start: date) -> list[int]:
    """The days of `year` that lie in the numbered weeks, also of the years whose weeks reach into it."""
    days: set[int] = set()
    for week_year in (year - 1, year, year + 1):
        if not 2 <= week_year <= 9998:
            continue
        first, after_last = _week_one(week_year, rule.week_start), _week_one(week_year + 1, rule.week_start)
        weeks = (after_last - first) // 7
        for number in rule.by_week_no:
            index = number - 1 if number > 0 else weeks + number
            if 0 <= index < weeks:
                days.update(range(first + 7 * index, first + 7 * index + 7))
    inside = (day for day in days if 1 <= day <= LAST_DAY and date.fromordinal(day).year == year)
    if not (rule.by_day or rule.by_month_day or rule.by_year_day):
        inside = (day for day in inside if (day - 1) % 7 == start.weekday())
    return sorted(day for day in inside if keeps(rule, day))


def _week_one(year: int, week_start: int) -> int:
    """The first day of the first week that has at least four days in `year` (ISO 8601)."""
    january_4 = date(year, 1, 4).toordinal()
    return january_4 - ((january_4 - 1) - week_start) % 7


def _existing(year: int, months: Iterable[int], day: int) -> list[int]:
    """That day of each month that has it; the others are skipped (RFC 5545 §3.3.10)."""
    return [date(year, month, day).toordinal() for month in months if day <= monthrange(year, month)[1]]
