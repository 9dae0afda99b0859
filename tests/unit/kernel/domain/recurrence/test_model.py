"""The engine against a model that tries every day: RFC 5545 §3.3.10 as predicates, slow and plain."""

from collections.abc import Iterable
from datetime import date, timedelta
from itertools import groupby, islice, pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from functions.kernel.domain.recurrence import Rule, next_occurrence, occurrences

pytestmark = pytest.mark.requirement("TIME-001", "TIME-008")

YEARS = 9
ONE_DAY = timedelta(days=1)


def model(rule: Rule, start: date) -> list[date]:
    """All days of the rule in the years after the start."""
    days = [start + ONE_DAY * number for number in range(-400, 366 * YEARS)]
    found: list[date] = []
    for _, group in groupby(days, key=lambda day: period(rule, day)):
        chosen = [day for day in group if aligned(rule, start, day) and fits(rule, start, day)]
        found += picked(rule, chosen)
    whole = days[-1] - ONE_DAY * 372  # of the last period, not all days are there to be picked from
    return [day for day in found if start <= day < whole]


def period(rule: Rule, day: date) -> int:
    if rule.freq == "YEARLY":
        return day.isocalendar().year if rule.by_week_no else day.year
    if rule.freq == "MONTHLY":
        return day.year * 12 + day.month
    if rule.freq == "WEEKLY":
        return (day.toordinal() - 1 - rule.week_start) // 7
    return day.toordinal()


def aligned(rule: Rule, start: date, day: date) -> bool:
    return (period(rule, day) - period(rule, start)) % rule.interval == 0


def fits(rule: Rule, start: date, day: date) -> bool:
    if rule.by_month and day.month not in rule.by_month:
        return False
    if rule.by_week_no:
        weeks = date(day.isocalendar().year, 12, 28).isocalendar().week
        if not either(rule.by_week_no, day.isocalendar().week, weeks):
            return False
    year_begin, year_end = date(day.year, 1, 1), date(day.year, 12, 31)
    if rule.by_year_day and not either(rule.by_year_day, (day - year_begin).days + 1, (year_end - year_begin).days + 1):
        return False
    if rule.by_month_day and not either(rule.by_month_day, day.day, month_end(day).day):
        return False
    if rule.by_day:
        in_month = rule.freq == "MONTHLY" or bool(rule.by_month)
        first, last = (day.replace(day=1), month_end(day)) if in_month else (year_begin, year_end)
        return any(is_weekday(day, ordinal, weekday, first, last) for ordinal, weekday in rule.by_day)
    if rule.freq == "WEEKLY" or (rule.by_week_no and not (rule.by_month_day or rule.by_year_day)):
        return day.weekday() == start.weekday()
    if rule.freq == "DAILY" or rule.by_month_day or rule.by_year_day or rule.by_week_no:
        return True
    same_month = rule.freq == "MONTHLY" or bool(rule.by_month) or day.month == start.month
    return same_month and day.day == start.day


def either(numbers: Iterable[int], number: int, length: int) -> bool:
    return number in numbers or number - length - 1 in numbers


def month_end(day: date) -> date:
    return (day.replace(day=28) + ONE_DAY * 4).replace(day=1) - ONE_DAY


def is_weekday(day: date, ordinal: int, weekday: int, first: date, last: date) -> bool:
    if day.weekday() != weekday:
        return False
    from_first, from_last = (day - first).days // 7 + 1, (last - day).days // 7 + 1
    return ordinal in (0, from_first, -from_last)


def picked(rule: Rule, days: list[date]) -> list[date]:
    if not rule.by_set_pos:
        return days
    return [day for number, day in enumerate(days, 1) if either(rule.by_set_pos, number, len(days))]


def some(*values: int) -> st.SearchStrategy[tuple[int, ...]]:
    chosen = st.lists(st.sampled_from(values), min_size=1, max_size=3, unique=True)
    return st.just(()) | chosen.map(lambda found: tuple(sorted(found)))


@st.composite
def rules(draw: st.DrawFn) -> Rule:
    freq = draw(st.sampled_from(["YEARLY", "MONTHLY", "WEEKLY", "DAILY"]))
    by_week_no = draw(some(*range(1, 54), -1, -53)) if freq == "YEARLY" and draw(st.booleans()) else ()
    ordinals = (0, 1, 2, 5, -1, -5) if freq in ("YEARLY", "MONTHLY") and not by_week_no else (0,)
    weekdays = st.tuples(st.sampled_from(ordinals), st.integers(0, 6))
    by_day = tuple(sorted(draw(st.lists(weekdays, max_size=4, unique=True))))
    return Rule(
        freq,
        interval=draw(st.integers(1, 4)),
        by_month=draw(some(*range(1, 13))),
        by_week_no=by_week_no,
        by_year_day=draw(some(1, 59, 60, 61, 366, -1, -306, -366)) if freq == "YEARLY" else (),
        by_month_day=draw(some(1, 13, 28, 29, 30, 31, -1, -30, -31)) if freq != "WEEKLY" else (),
        by_day=by_day,
        # The model takes ISO weeks for BYWEEKNO, which begin on Monday.
        week_start=0 if by_week_no else draw(st.integers(0, 6)),
        by_set_pos=draw(some(1, 2, 3, -1, -2)),
    )


@settings(max_examples=100, deadline=None)
@given(rules(), st.dates(date(1995, 1, 1), date(2035, 1, 1)))
def test_the_engine_gives_the_days_that_a_model_finds_by_trying_each(rule: Rule, start: date) -> None:
    expected = model(rule, start)[:40]
    assert list(islice(occurrences(rule, start), len(expected))) == expected
    for earlier, later in pairwise(expected):
        assert next_occurrence(rule, start, earlier) == later
