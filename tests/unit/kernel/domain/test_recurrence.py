# ruff: noqa: DTZ001, DTZ901 (local times are naive here, by design)
from datetime import UTC, date, datetime, timedelta
from itertools import islice, pairwise
from time import perf_counter

import pytest
from dateutil.rrule import rrulestr
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from functions.kernel.domain.recurrence import (
    check_rule,
    following,
    next_occurrence,
    occurrences,
    parse_recurrence_id,
    parse_rule,
    recurrence_id,
)
from functions.kernel.domain.wall_time import to_utc
from functions.kernel.errors import InvalidInputError

pytestmark = pytest.mark.requirement("FLOW-006")

DAYS = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"]
STARTS = st.datetimes(datetime(1990, 1, 1), datetime(2040, 1, 1)).map(lambda moment: moment.replace(microsecond=0))


@st.composite
def rule_texts(draw: st.DrawFn) -> str:
    """Rules on which python-dateutil is right: no BYWEEKNO, no weekly BYSETPOS, no BYDAY=MO,1MO."""
    freq = draw(st.sampled_from(["YEARLY", "MONTHLY", "WEEKLY", "DAILY", "HOURLY"]))
    parts = [f"FREQ={freq}", f"INTERVAL={draw(st.integers(1, 5))}"]

    def some(name: str, values: st.SearchStrategy[object]) -> None:
        chosen = draw(st.none() | st.lists(values, min_size=1, max_size=3, unique=True))
        if chosen:
            parts.append(f"{name}={','.join(map(str, chosen))}")

    some("BYMONTH", st.integers(1, 12))
    if freq != "WEEKLY":
        some("BYMONTHDAY", st.integers(-31, 31).filter(bool))
    numbered = [f"{number}{day}" for number in (1, 2, -1) for day in DAYS]
    may_number = freq in ("MONTHLY", "YEARLY") and draw(st.booleans())
    some("BYDAY", st.sampled_from(numbered if may_number else DAYS))
    some("BYHOUR", st.integers(0, 23))
    some("BYMINUTE", st.integers(0, 59))
    if len(parts) > 2 and freq in ("YEARLY", "MONTHLY") and draw(st.booleans()):
        some("BYSETPOS", st.sampled_from([1, 2, -1]))
    if draw(st.booleans()):
        parts.append(f"WKST={draw(st.sampled_from(DAYS))}")
    return ";".join(parts)


def usable(text: str, start: datetime) -> bool:
    try:
        check_rule(parse_rule(text), start)
    except InvalidInputError:
        return False
    return True


@settings(max_examples=60, deadline=None)
@given(rule_texts(), STARTS)
def test_occurrences_strictly_increase_and_agree_with_dateutil(text: str, start: datetime) -> None:
    assume(usable(text, start))
    ours = list(islice(occurrences(parse_rule(text), start), 12))
    assert all(earlier < later for earlier, later in pairwise(ours))
    assume(len(ours) == 12 and ours[-1].year - start.year < 20)  # sparser rules take dateutil seconds
    assert ours == list(islice(rrulestr(text, dtstart=start), 12))


@settings(max_examples=60, deadline=None)
@given(rule_texts(), STARTS, st.integers(0, 11))
def test_next_agrees_with_the_iteration_from_the_start(text: str, start: datetime, index: int) -> None:
    assume(usable(text, start))
    rule = parse_rule(text)
    walked = list(islice(occurrences(rule, start), 13))
    assume(index + 1 < len(walked))
    assert next_occurrence(rule, start, walked[index]) == walked[index + 1]
    between = walked[index] + (walked[index + 1] - walked[index]) / 2
    assert next_occurrence(rule, start, between) == walked[index + 1]


@settings(max_examples=60, deadline=None)
@given(rule_texts(), STARTS, st.integers(1, 12))
def test_a_count_ends_the_series_after_so_many(text: str, start: datetime, count: int) -> None:
    assume(usable(text, start))
    every = list(islice(occurrences(parse_rule(text), start), count))
    counted = parse_rule(f"{text};COUNT={count}")
    assert list(occurrences(counted, start)) == every
    assert next_occurrence(counted, start, every[-1]) is None or len(every) < count


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("FREQ=MONTHLY", [date(2026, 1, 31), date(2026, 3, 31), date(2026, 5, 31)]),
        ("FREQ=MONTHLY;BYMONTHDAY=-1", [date(2026, 1, 31), date(2026, 2, 28), date(2026, 3, 31)]),
        (
            "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1",
            [date(2026, 2, 27), date(2026, 3, 31), date(2026, 4, 30)],
        ),
        (
            "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,SU;WKST=MO",
            [date(2026, 2, 1), date(2026, 2, 10), date(2026, 2, 15)],
        ),
        (
            "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,SU;WKST=SU",
            [date(2026, 2, 8), date(2026, 2, 10), date(2026, 2, 22)],
        ),
        ("FREQ=YEARLY;BYWEEKNO=20;BYDAY=MO", [date(2026, 5, 11), date(2027, 5, 17), date(2028, 5, 15)]),
        ("FREQ=YEARLY;BYWEEKNO=53;BYDAY=FR", [date(2027, 1, 1), date(2032, 12, 31), date(2038, 1, 1)]),
        ("FREQ=YEARLY;BYYEARDAY=-1", [date(2026, 12, 31), date(2027, 12, 31), date(2028, 12, 31)]),
        ("FREQ=WEEKLY;BYDAY=MO,WE,FR;BYSETPOS=1", [date(2026, 2, 2), date(2026, 2, 9), date(2026, 2, 16)]),
    ],
)
def test_rules_give_the_dates_that_rfc_5545_says(text: str, expected: list[date]) -> None:
    assert list(islice(occurrences(parse_rule(text), date(2026, 1, 31)), 3)) == expected


def test_february_29_comes_in_leap_years_only() -> None:
    rule = parse_rule("FREQ=YEARLY")
    assert list(islice(occurrences(rule, date(2096, 2, 29)), 2)) == [date(2096, 2, 29), date(2104, 2, 29)]


def test_local_time_is_kept_over_a_change_of_the_clocks() -> None:
    rule, start = parse_rule("FREQ=DAILY"), datetime(2026, 3, 28, 9)
    after = next_occurrence(rule, start, start)
    assert after == datetime(2026, 3, 29, 9)
    assert to_utc(after, "Europe/Berlin") - to_utc(start, "Europe/Berlin") == timedelta(hours=23)


def test_until_is_inclusive_as_day_local_time_and_utc() -> None:
    start, last = datetime(2026, 11, 23, 9), datetime(2026, 11, 25, 9)
    for until in ("20261125", "20261125T090000", "20261125T080000Z"):
        rule = parse_rule(f"FREQ=DAILY;UNTIL={until}")
        assert list(occurrences(rule, start, "Europe/Berlin"))[-1] == last
    earlier = parse_rule("FREQ=DAILY;UNTIL=20261125T075959Z")
    assert next_occurrence(earlier, start, datetime(2026, 11, 24, 9), "Europe/Berlin") is None
    assert list(occurrences(parse_rule("FREQ=DAILY;UNTIL=20261125T080000Z"), start.date()))[-1] == last.date()


def test_until_in_utc_is_exact_inside_a_fold() -> None:
    start = datetime(2026, 10, 24, 2, 30)
    rule = parse_rule("FREQ=DAILY;UNTIL=20261025T003000Z")
    assert next_occurrence(rule, start, start, "Europe/Berlin") == datetime(2026, 10, 25, 2, 30)


def test_an_old_start_costs_no_more_than_a_new_one() -> None:
    rule, now = parse_rule("FREQ=MINUTELY;INTERVAL=7"), datetime(2026, 11, 22, 10)
    begin = perf_counter()
    for _ in range(100):
        next_occurrence(rule, datetime(1900, 1, 1), now)
    assert perf_counter() - begin < 0.5


@pytest.mark.parametrize(
    ("text", "start"),
    [
        ("FREQ=HOURLY;INTERVAL=24;BYHOUR=5", datetime(2027, 1, 1, 9)),
        ("FREQ=YEARLY;INTERVAL=4;BYMONTH=2;BYMONTHDAY=29", datetime(2027, 1, 1)),
        ("FREQ=MINUTELY;INTERVAL=1440;BYHOUR=3", datetime(2027, 1, 1)),
        ("FREQ=DAILY;UNTIL=20200101", datetime(2027, 1, 1)),
    ],
)
def test_a_rule_that_gives_nothing_from_its_start_is_refused_and_never_hangs(text: str, start: datetime) -> None:
    rule = parse_rule(text)
    assert next_occurrence(rule, start, start) is None
    with pytest.raises(InvalidInputError, match="gives no date from"):
        check_rule(rule, start)


def test_the_series_ends_where_the_calendar_ends() -> None:
    assert next_occurrence(parse_rule("FREQ=DAILY"), date(2026, 1, 1), date.max) is None
    assert next_occurrence(parse_rule("FREQ=SECONDLY;INTERVAL=1000000000"), datetime(9999, 1, 1), datetime.max) is None


def test_an_hourly_rule_needs_a_time_of_day() -> None:
    with pytest.raises(InvalidInputError, match="time of day"):
        next_occurrence(parse_rule("FREQ=HOURLY"), date(2026, 1, 1), date(2026, 1, 1))


def test_a_recurrence_id_names_a_day_or_a_local_time() -> None:
    for value, text in ((date(2026, 11, 23), "20261123"), (datetime(2026, 11, 23, 9), "20261123T090000")):
        assert recurrence_id(value) == text
        assert parse_recurrence_id(text) == value
        assert type(parse_recurrence_id(text)) is type(value)


@pytest.mark.parametrize("text", ["", "20261323", "2026-11-23", "20261123T0900", "20261123T250000", "２０２６１１２３"])
def test_a_malformed_recurrence_id_is_refused(text: str) -> None:
    with pytest.raises(InvalidInputError) as caught:
        parse_recurrence_id(text)
    assert caught.value.field == "recurrence_id"


WEEKDAYS, START = parse_rule("FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR"), datetime(2026, 11, 23, 9)


@pytest.mark.parametrize(
    ("completed", "expected"),
    [
        (datetime(2026, 11, 22, 8), datetime(2026, 11, 24, 9)),  # early
        (datetime(2026, 11, 23, 20), datetime(2026, 11, 24, 9)),  # the same day
        (datetime(2026, 11, 26, 8, 59), datetime(2026, 11, 26, 9)),  # late: the missed ones are skipped
        (datetime(2026, 11, 27, 20), datetime(2026, 11, 30, 9)),
    ],
)
def test_completing_early_or_late_brings_the_first_occurrence_after_both(
    completed: datetime, expected: datetime
) -> None:
    assert following(WEEKDAYS, START, "20261123T090000", completed) == expected


def test_completing_an_all_day_task_in_the_evening_counts_as_that_local_day() -> None:
    evening_in_new_york = datetime(2026, 11, 23, 20)  # 2026-11-24 01:00 UTC
    assert following(parse_rule("FREQ=DAILY"), START.date(), "20261123", evening_in_new_york) == date(2026, 11, 24)


def test_by_completion_the_interval_counts_from_the_day_it_was_done() -> None:
    rule = parse_rule("FREQ=DAILY;INTERVAL=3")
    late = datetime(2026, 11, 25, 20)
    assert following(rule, START, "20261123T090000", late, anchor="completion") == datetime(2026, 11, 28, 9)
    assert following(rule, START.date(), "20261123", late, anchor="completion") == date(2026, 11, 28)


def test_by_completion_the_same_occurrence_never_comes_twice() -> None:
    rule, done = parse_rule("FREQ=DAILY;INTERVAL=3"), datetime(2026, 11, 23, 20)
    first = following(rule, START, "20261123T090000", done, anchor="completion")
    assert first == datetime(2026, 11, 26, 9)
    assert following(rule, START, recurrence_id(first), done, anchor="completion") == datetime(2026, 11, 29, 9)


def test_the_last_occurrence_has_none_after_it() -> None:
    rule = parse_rule("FREQ=DAILY;COUNT=2")
    assert following(rule, START, "20261124T090000", datetime(2026, 11, 24, 10)) is None
    until = parse_rule(f"FREQ=DAILY;UNTIL={START.replace(tzinfo=UTC):%Y%m%dT%H%M%SZ}")
    assert following(until, START, "20261123T090000", START) is None
