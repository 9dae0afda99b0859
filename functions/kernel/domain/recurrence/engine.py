"""The occurrences of a rule: all of them, or the next one after a moment.

All arithmetic is on local time, so an occurrence keeps its hour over a change of the clocks; a month without
the 31st is skipped, unless the rule has a SKIP. Days: 1 to 9999; what would come later does not come.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from itertools import islice
from typing import overload

from functions.kernel.domain.recurrence.expansion import positions, times_of_day
from functions.kernel.domain.recurrence.moments import walk
from functions.kernel.domain.recurrence.reading import read_rule
from functions.kernel.domain.recurrence.rule import BY_PARTS, SUB_DAILY, Rule, invalid
from functions.kernel.domain.wall_time import gap_at, to_local, to_utc

_SOME_TIME = datetime(2000, 1, 1)  # noqa: DTZ001
_SECOND = timedelta(seconds=1)
_MOST_DAYS = {"YEARLY": 371, "MONTHLY": 31}


@lru_cache(maxsize=1024)
def parse_rule(text: str) -> Rule:
    """The rule that RFC 5545 text spells, with or without `RRULE:`, in any case; `str` writes it canonically.

    Raises InvalidInputError (field `rrule`) that says what to change, also for one that never gives a date.
    """
    rule = read_rule(text)
    if not _can_give_a_date(rule):
        raise invalid(f"{rule} never gives a date{_part_to_blame(rule)}; change it")
    return rule


def check_rule(rule: Rule, dtstart: date, zone: str = "UTC") -> None:
    """Raise InvalidInputError (field `rrule`) if the rule gives no date at all from this start on."""
    if next(occurrences(rule, dtstart, zone), None) is None:
        raise invalid(f"{rule} gives no date from {dtstart.isoformat()} on; change the rule or the start")


@overload
def next_occurrence(rule: Rule, dtstart: datetime, after: date, zone: str = "UTC") -> datetime | None: ...
@overload
def next_occurrence(rule: Rule, dtstart: date, after: date, zone: str = "UTC") -> date | None: ...
def next_occurrence(rule: Rule, dtstart: date, after: date, zone: str = "UTC") -> date | None:
    """The first occurrence strictly after `after`, of the type of `dtstart`; None when there is none.

    Both are naive local times, or dates. COUNT counts what the rule gives from `dtstart` on. `zone` matters for
    an UNTIL in UTC, and where its clocks go forward: a time that is skipped there is left out if the time it is
    read as comes anyway. Raises InvalidInputError when an hourly (or finer) rule meets an all-day start.
    """
    start, all_day = _start(rule, dtstart)
    for found in walk(rule, start, _bound(after, all_day), all_day):
        if _comes_anyway(rule, start, found, all_day, zone):
            continue
        if not _has_ended(rule, start, found, all_day, zone):
            return found.date() if all_day else found
        if not gap_at(found, zone):
            break
    return None


@overload
def occurrences(
    rule: Rule, dtstart: datetime, zone: str = "UTC", after: datetime | None = None
) -> Iterator[datetime]: ...
@overload
def occurrences(rule: Rule, dtstart: date, zone: str = "UTC", after: date | None = None) -> Iterator[date]: ...
def occurrences(rule: Rule, dtstart: date, zone: str = "UTC", after: date | None = None) -> Iterator[date]:
    """All occurrences, or those after `after`, strictly increasing; types as in `next_occurrence`.

    `dtstart` is one of them only if the rule gives it.
    """
    start, all_day = _start(rule, dtstart)
    bound = None if after is None else _bound(after, all_day)
    # From the start, COUNT is counted on the way; from elsewhere, it is an end like UNTIL.
    for moment in islice(_distinct(rule, start, bound, all_day, zone), rule.count if bound is None else None):
        if (bound is None and rule.until is None) or not _has_ended(rule, start, moment, all_day, zone):
            yield moment.date() if all_day else moment
        elif not gap_at(moment, zone):  # a time that the clocks skip is read later than some that follow
            return


def gives(rule: Rule, dtstart: date, moment: datetime) -> bool:
    """Whether the rule gives this wall-clock time, whatever COUNT and UNTIL say, and any zone."""
    start, all_day = _start(rule, dtstart)
    return moment >= start and next(walk(rule, start, moment - _SECOND, all_day), None) == moment


def _bound(after: date, all_day: bool) -> datetime:
    if all_day:
        return datetime.combine(after, time.min)
    return after if isinstance(after, datetime) else datetime.combine(after, time.max)


def _start(rule: Rule, dtstart: date) -> tuple[datetime, bool]:
    if isinstance(dtstart, datetime):
        return (dtstart.replace(microsecond=0, fold=0) if dtstart.microsecond or dtstart.fold else dtstart), False
    if rule.freq in SUB_DAILY:
        raise invalid(f"FREQ={rule.freq} needs a start with a time of day, not {dtstart.isoformat()}")
    return datetime.combine(dtstart, time.min), True


def _distinct(rule: Rule, start: datetime, after: datetime | None, all_day: bool, zone: str) -> Iterator[datetime]:
    """The rule's moments, each instant once: RFC 5545 §3.3.5 reads 02:30 as 03:30 where clocks go forward."""
    found = walk(rule, start, after, all_day)
    if all_day or zone == "UTC":
        return found
    return (moment for moment in found if not _comes_anyway(rule, start, moment, all_day, zone))


def _comes_anyway(rule: Rule, start: datetime, moment: datetime, all_day: bool, zone: str) -> bool:
    """Whether the clocks skip this time and the one it is read as is of the rule too."""
    if all_day or zone == "UTC":
        return False
    gap = gap_at(moment, zone)
    return bool(gap) and gives(rule, start, moment + gap)


def _has_ended(rule: Rule, start: datetime, found: datetime, all_day: bool, zone: str) -> bool:
    if rule.until is not None:
        return _is_past_until(found, rule.until, all_day, zone)
    if rule.count is None:
        return False
    last = _last(rule, start, all_day, zone)
    return last is not None and found > last


@lru_cache(maxsize=4096)
def _last(rule: Rule, start: datetime, all_day: bool, zone: str) -> datetime | None:
    """The last moment of a rule with COUNT; None when the calendar ends before it."""
    count = rule.count or 1
    return next(islice(_distinct(rule, start, None, all_day, zone), count - 1, None), None)


def _is_past_until(moment: datetime, until: date, all_day: bool, zone: str) -> bool:
    if not isinstance(until, datetime):
        return moment.date() > until
    if all_day:
        return moment.date() > (to_local(until, zone) if until.tzinfo else until).date()
    return to_utc(moment, zone) > until if until.tzinfo else moment > until


def _can_give_a_date(rule: Rule) -> bool:
    if rule.by_set_pos:
        days = len(rule.by_day) or 1 if rule.freq == "WEEKLY" else _MOST_DAYS.get(rule.freq, 1)
        most = days * len(times_of_day(rule, time()))
        if not positions(rule, most):
            return False
    every = replace(rule, interval=1, count=None, until=None)
    return next(walk(every, _SOME_TIME, None), None) is not None


def _part_to_blame(rule: Rule) -> str:
    """Which BY part leaves none; empty when it is not one alone."""
    for name, attribute in BY_PARTS.items():
        without = {attribute: ()}
        if getattr(rule, attribute) and _can_give_a_date(replace(rule, **without)):  # type: ignore[arg-type]
            return f" because of {name}"
    return ""
