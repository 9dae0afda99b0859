"""Moving a series from one of its occurrences on: the rule for "this and following" at another day or time."""

from calendar import monthrange
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from itertools import takewhile
from typing import Any

from functions.kernel.domain.recurrence.engine import gives, occurrences
from functions.kernel.domain.recurrence.rule import Rule, invalid
from functions.kernel.domain.wall_time import as_day, as_time, to_local, to_utc
from functions.kernel.errors import InvalidInputError

_TIMES = (("BYHOUR", "by_hour", "hour"), ("BYMINUTE", "by_minute", "minute"), ("BYSECOND", "by_second", "second"))


def moved(value: date, old: date, new: date) -> date:
    """The date of a series after one of its dates went from `old` to `new`: by as many days, and by as much of the
    day; a whole day's gets the new time of day, or loses its own. Raises InvalidInputError outside the calendar."""
    try:
        if isinstance(value, datetime) and isinstance(old, datetime) and isinstance(new, datetime):
            return value + (new - old)
        day = as_day(value) + (as_day(new) - as_day(old))
    except OverflowError:
        raise invalid("what is still to come would leave the years 1 to 9999; give rrule, too") from None
    return datetime.combine(day, new.time()) if isinstance(new, datetime) else day


def shifted(rule: Rule, dtstart: date, old: date, new: date, zone: str, new_zone: str) -> Rule:
    """The rule of the series that goes on from `new`, where one that began at `dtstart` moves its occurrence `old`.

    All are days or naive local times, in `zone` before and in `new_zone` after. COUNT becomes what is left of it, UNTIL
    moves along, and what the rule leaves to its start follows that by itself. A BY part that pins what moved is moved
    if it has that one value only; else it is unclear what is meant, and InvalidInputError (field `rrule`) says so.
    """
    if old != dtstart and not gives(rule, dtstart, as_time(old)):
        raise invalid("this is an added date (RDATE), which the rule does not give; give rrule, too, or move only this")
    rule, count = _spelled_out(rule, dtstart, old), _left_of(rule, dtstart, zone, old)
    parts: dict[str, object] = _times(rule, old, new)
    if as_day(old) != as_day(new):
        parts |= _days(rule, as_day(old), as_day(new))
    parts |= {"count": count, "until": _until(rule, old, new, zone, new_zone)}
    return replace(rule, **parts)  # type: ignore[arg-type]


def _spelled_out(rule: Rule, dtstart: date, old: date) -> Rule:
    """The rule with the day that it takes from its start, where a start at `old` would give another one: a SKIP had
    moved that (RFC 7529), or the start was no date of the rule."""
    if rule.by_day or rule.by_month_day or rule.by_year_day or rule.by_week_no:
        return rule
    start, day = as_day(dtstart), as_day(old)
    if rule.freq == "MONTHLY" and start.day != day.day:
        return replace(rule, by_month_day=(start.day,))
    if rule.freq == "YEARLY" and (start.month, start.day) != (day.month, day.day):
        return replace(rule, by_month=rule.by_month or (start.month,), by_month_day=(start.day,))
    return rule


def _left_of(rule: Rule, dtstart: date, zone: str, old: date) -> int | None:
    """How many of the rule's COUNT are left from `old` on; None without a COUNT."""
    if rule.count is None:
        return None
    before = sum(1 for _ in takewhile(lambda value: value < old, occurrences(rule, dtstart, zone)))
    return max(1, rule.count - before)


def _times(rule: Rule, old: date, new: date) -> dict[str, object]:
    if not (isinstance(old, datetime) and isinstance(new, datetime)):
        if isinstance(old, datetime) == isinstance(new, datetime):
            return {}
        return {attribute: _one(rule, name, attribute, None, ()) for name, attribute, _ in _TIMES}
    return {
        attribute: _one(rule, name, attribute, getattr(old, unit), (getattr(new, unit),))
        for name, attribute, unit in _TIMES
        if getattr(old, unit) != getattr(new, unit)
    }


def _days(rule: Rule, old: date, new: date) -> dict[str, object]:
    for name, attribute in (("BYWEEKNO", "by_week_no"), ("BYYEARDAY", "by_year_day"), ("BYSETPOS", "by_set_pos")):
        if getattr(rule, attribute):
            raise _unclear(rule, name)
    parts: dict[str, object] = {}
    if old.month != new.month and rule.by_month:
        if rule.freq != "YEARLY":
            raise _unclear(rule, "BYMONTH")
        parts["by_month"] = _one(rule, "BYMONTH", "by_month", old.month, (new.month,))
    if rule.by_month_day and (old.day != new.day or rule.by_month_day[0] < 0):
        name_of = _from_the_end if rule.by_month_day[0] < 0 else _from_the_beginning
        parts["by_month_day"] = _one(rule, "BYMONTHDAY", "by_month_day", name_of(old), (name_of(new),))
    if any(ordinal for ordinal, _ in rule.by_day):
        parts["by_day"] = _numbered(rule, old, new)
    elif rule.by_day and old.weekday() != new.weekday():
        parts["by_day"] = _one(rule, "BYDAY", "by_day", (0, old.weekday()), ((0, new.weekday()),))
    return parts


def _numbered(rule: Rule, old: date, new: date) -> tuple[tuple[int, int], ...]:
    """The second Monday becomes the second Tuesday: the new day, numbered as the old one was, in the same month."""
    in_a_month = rule.freq == "MONTHLY" or bool(rule.by_month)
    if not in_a_month or (old.year, old.month) != (new.year, new.month):
        raise _unclear(rule, "BYDAY")
    number: Callable[[date], int] = _from_the_end if rule.by_day[0][0] < 0 else _from_the_beginning
    was, becomes = ((_week(number(day)), day.weekday()) for day in (old, new))
    return _one(rule, "BYDAY", "by_day", was, (becomes,))


def _one(rule: Rule, name: str, attribute: str, old: object, new: tuple[Any, ...]) -> tuple[Any, ...]:
    """The part with its one value moved; it stays empty if it is."""
    values: tuple[Any, ...] = getattr(rule, attribute)
    if not values:
        return ()
    if values != (old,):
        raise _unclear(rule, name)
    return new


def _unclear(rule: Rule, name: str) -> InvalidInputError:
    return invalid(f"{rule} says {name}, and what becomes of that is unclear; give rrule, too, or move only this one")


def _until(rule: Rule, old: date, new: date, old_zone: str, new_zone: str) -> date | None:
    until = rule.until
    if not isinstance(until, datetime):
        return until and as_day(moved(until, as_day(old), as_day(new)))
    if until.tzinfo is None:
        return moved(until, as_time(old), as_time(new))
    local = moved(to_local(until, old_zone), as_time(old), as_time(new))
    return to_utc(as_time(local), new_zone)


def _from_the_beginning(day: date) -> int:
    return day.day


def _from_the_end(day: date) -> int:
    return day.day - monthrange(day.year, day.month)[1] - 1


def _week(number: int) -> int:
    """Which of its weekday in the month a day is, counted from the end if its number is."""
    return (number - 1) // 7 + 1 if number > 0 else -((-number - 1) // 7 + 1)
