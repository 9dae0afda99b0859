"""When a recurring task comes next: RFC 5545 rules on wall-clock time.

All arithmetic is on local time, so an occurrence keeps its hour over a change of the clocks; a month without
the 31st is skipped. Days: 1 to 9999; what would come later does not come.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, time
from functools import lru_cache
from typing import Literal, overload

from functions.kernel.domain import expansion
from functions.kernel.domain.moments import walk
from functions.kernel.domain.rule import SUB_DAILY, Rule, invalid, read_rule
from functions.kernel.domain.wall_time import to_local, to_utc
from functions.kernel.errors import InvalidInputError

__all__ = [
    "Anchor",
    "Rule",
    "check_rule",
    "following",
    "next_occurrence",
    "occurrences",
    "parse_recurrence_id",
    "parse_rule",
    "recurrence_id",
]

Anchor = Literal["schedule", "completion"]

_LONGEST_MONTH = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


@lru_cache(maxsize=1024)
def parse_rule(text: str) -> Rule:
    """The rule that RFC 5545 text spells, with or without `RRULE:`, in any case; `str` writes it canonically.

    Raises InvalidInputError (field `rrule`) that says what to change, also for one that never gives a date.
    """
    rule = read_rule(text)
    if not _can_give_a_date(rule):
        raise invalid(f"{rule} never gives a date; no day fits all its parts")
    return rule


def check_rule(rule: Rule, dtstart: date, zone: str = "UTC") -> None:
    """Raise InvalidInputError (field `rrule`) if the rule gives no date at all from this start on."""
    if next(occurrences(rule, dtstart, zone), None) is None:
        raise invalid(f"{rule} gives no date from {dtstart.isoformat()} on; change the rule or the start")


def _can_give_a_date(rule: Rule) -> bool:
    if rule.by_month and rule.by_month_day:
        longest = max(_LONGEST_MONTH[month - 1] for month in rule.by_month)
        if min(map(abs, rule.by_month_day)) > longest:
            return False
    if rule.by_set_pos:
        times = len(expansion.times_of_day(rule, time()))
        most = {"YEARLY": 366, "MONTHLY": 31, "WEEKLY": 7}.get(rule.freq, 1) * times
        if min(map(abs, rule.by_set_pos)) > most:
            return False
    every = replace(rule, interval=1, count=None, until=None)
    return next(walk(every, datetime(2000, 1, 1), None), None) is not None  # noqa: DTZ001


@overload
def next_occurrence(rule: Rule, dtstart: datetime, after: date, zone: str = "UTC") -> datetime | None: ...
@overload
def next_occurrence(rule: Rule, dtstart: date, after: date, zone: str = "UTC") -> date | None: ...
def next_occurrence(rule: Rule, dtstart: date, after: date, zone: str = "UTC") -> date | None:
    """The first occurrence strictly after `after`, of the type of `dtstart`; None when there is none.

    Both are naive local times, or dates. COUNT counts what the rule gives from `dtstart` on. `zone` matters
    for an UNTIL in UTC only. Raises InvalidInputError when an hourly (or finer) rule meets an all-day start.
    """
    start, all_day = _start(rule, dtstart)
    if all_day:
        bound = datetime.combine(after, time.min)
    elif isinstance(after, datetime):
        bound = after
    else:
        bound = datetime.combine(after, time.max)
    if rule.count is None:
        found = next(walk(rule, start, bound), None)
    else:
        found = next((moment for moment in _counted(rule, start) if moment > bound), None)
    if found is None or (rule.until is not None and _is_past_until(found, rule.until, all_day, zone)):
        return None
    return found.date() if all_day else found


@overload
def occurrences(rule: Rule, dtstart: datetime, zone: str = "UTC") -> Iterator[datetime]: ...
@overload
def occurrences(rule: Rule, dtstart: date, zone: str = "UTC") -> Iterator[date]: ...
def occurrences(rule: Rule, dtstart: date, zone: str = "UTC") -> Iterator[date]:
    """All occurrences, strictly increasing; `dtstart` is one of them only if the rule gives it."""
    start, all_day = _start(rule, dtstart)
    for moment in _counted(rule, start):
        if rule.until is not None and _is_past_until(moment, rule.until, all_day, zone):
            return
        yield moment.date() if all_day else moment


def following(
    rule: Rule,
    dtstart: date,
    recurrence_id: str,
    completed_at_local: datetime,
    zone: str = "UTC",
    anchor: Anchor = "schedule",
) -> date | None:
    """The occurrence that follows when the one called `recurrence_id` was completed at that local time.

    By schedule: the first after both. Completed early, it is the one after this occurrence; completed late,
    the missed ones are skipped. By completion: the rule starts anew on the day of completion, at the time of
    day of `dtstart`.
    """
    current = parse_recurrence_id(recurrence_id)
    if isinstance(dtstart, datetime):
        due = current if isinstance(current, datetime) else datetime.combine(current, dtstart.time())
        if anchor == "schedule":
            return next_occurrence(rule, dtstart, max(due, completed_at_local), zone)
        sub_daily = rule.freq in SUB_DAILY
        anew = completed_at_local if sub_daily else datetime.combine(completed_at_local, dtstart.time())
        found = next_occurrence(rule, anew, anew, zone)
        # Completed twice on one day, the same date would come again; it is this occurrence's name already.
        return next_occurrence(rule, anew, due, zone) if found == due else found
    day = current.date() if isinstance(current, datetime) else current
    done = completed_at_local.date()
    if anchor == "schedule":
        return next_occurrence(rule, dtstart, max(day, done), zone)
    next_day = next_occurrence(rule, done, done, zone)
    return next_occurrence(rule, done, day, zone) if next_day == day else next_day


def recurrence_id(value: date) -> str:
    """The name of an occurrence (RFC 5545 §3.8.4.4): `20261123`, or `20261123T090000` with a time of day."""
    day = f"{value.year:04}{value.month:02}{value.day:02}"
    return f"{day}T{value:%H%M%S}" if isinstance(value, datetime) else day


def parse_recurrence_id(text: str) -> date:
    """The date, or naive local time, that `recurrence_id` wrote.

    Raises InvalidInputError (field `recurrence_id`).
    """
    try:
        if len(text) == 8 and text.isdecimal() and text.isascii():
            return date(int(text[:4]), int(text[4:6]), int(text[6:]))
        if len(text) == 15 and text[8] == "T" and (text[:8] + text[9:]).isdecimal() and text.isascii():
            day = date(int(text[:4]), int(text[4:6]), int(text[6:8]))
            return datetime.combine(day, time(int(text[9:11]), int(text[11:13]), int(text[13:])))
    except ValueError:
        pass  # such as month 13: the message below says the same
    raise InvalidInputError("recurrence_id", f"{text[:40]!r} is no occurrence; write 20261123 or 20261123T090000")


def _start(rule: Rule, dtstart: date) -> tuple[datetime, bool]:
    if isinstance(dtstart, datetime):
        return dtstart.replace(microsecond=0, fold=0), False
    if rule.freq in SUB_DAILY:
        raise invalid(f"FREQ={rule.freq} needs a start with a time of day, not {dtstart.isoformat()}")
    return datetime.combine(dtstart, time.min), True


def _is_past_until(moment: datetime, until: date, all_day: bool, zone: str) -> bool:
    if not isinstance(until, datetime):
        return moment.date() > until
    if all_day:
        return moment.date() > (to_local(until, zone) if until.tzinfo else until).date()
    return to_utc(moment, zone) > until if until.tzinfo else moment > until


def _counted(rule: Rule, start: datetime) -> Iterator[datetime]:
    for number, moment in enumerate(walk(rule, start, None)):
        if rule.count is not None and number >= rule.count:
            return
        yield moment
