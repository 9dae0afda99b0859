# ruff: noqa: DTZ001, DTZ901 (local times are naive here, by design)
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from itertools import islice, pairwise

import pytest
from dateutil.rrule import rrulestr
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from functions.kernel.domain.recurrence import (
    check_rule,
    engine,
    expansion,
    next_occurrence,
    occurrences,
    parse_rule,
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
        ("FREQ=YEARLY;BYYEARDAY=1;BYDAY=1TH", [date(2032, 1, 1), date(2037, 1, 1), date(2043, 1, 1)]),
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


@pytest.mark.requirement("TIME-006")
@pytest.mark.parametrize(
    "text",
    ["FREQ=DAILY", "FREQ=WEEKLY;BYDAY=MO,WE", "FREQ=MONTHLY;BYDAY=-1FR", "FREQ=YEARLY;BYWEEKNO=20", "FREQ=MINUTELY"],
)
def test_the_next_date_takes_as_many_steps_whatever_the_age_of_the_start(
    text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps = 0

    def counted(function: Callable[..., object]) -> Callable[..., object]:
        def call(*arguments: object) -> object:
            nonlocal steps
            steps += 1
            return function(*arguments)

        return call

    for name in ("days_of_year", "days_of_weeks", "days_of_month", "days_of_week", "next_kept"):
        monkeypatch.setattr(expansion, name, counted(getattr(expansion, name)))
    rule, now, taken = parse_rule(text), datetime(2026, 11, 22, 10), []
    for start in (datetime(2026, 11, 20, 9), datetime(2006, 11, 20, 9), datetime(1000, 11, 20, 9)):
        steps = 0
        next_occurrence(rule, start, now)
        taken.append(steps)
    assert max(taken) <= 3


@pytest.mark.requirement("TIME-006")
def test_the_end_of_a_counted_rule_is_found_once(monkeypatch: pytest.MonkeyPatch) -> None:
    rule, start = parse_rule("FREQ=DAILY;COUNT=9000"), datetime(2001, 1, 1, 9)
    last = start + timedelta(days=8999)
    assert next_occurrence(rule, start, last - timedelta(days=1)) == last
    assert next_occurrence(rule, start, last) is None
    monkeypatch.setattr(engine, "islice", None)
    assert next_occurrence(rule, start, datetime(2020, 1, 1)) == datetime(2020, 1, 1, 9)


@pytest.mark.parametrize(
    ("text", "start"),
    [
        ("FREQ=HOURLY;INTERVAL=24;BYHOUR=5", datetime(2027, 1, 1, 9)),
        ("FREQ=YEARLY;INTERVAL=4;BYMONTH=2;BYMONTHDAY=29", datetime(2027, 1, 1)),
        ("FREQ=MINUTELY;INTERVAL=1440;BYHOUR=3", datetime(2027, 1, 1)),
        ("FREQ=DAILY;UNTIL=20200101", datetime(2027, 1, 1)),
        ("FREQ=MINUTELY;INTERVAL=7;BYHOUR=5;BYMINUTE=5;BYDAY=TU", datetime(2026, 11, 23, 5, 4)),
        ("FREQ=SECONDLY;INTERVAL=2;BYHOUR=3;BYMINUTE=7;BYSECOND=4", datetime(2027, 1, 1, 0, 0, 1)),
        ("FREQ=HOURLY;INTERVAL=168;BYDAY=TU", datetime(2026, 11, 23, 9)),
        ("FREQ=SECONDLY;INTERVAL=86399;BYHOUR=5;BYMINUTE=5;BYSECOND=5;BYMONTH=2;BYMONTHDAY=29", datetime(2026, 1, 1)),
        ("FREQ=DAILY;INTERVAL=7;BYDAY=TU", datetime(2026, 11, 23, 9)),
        ("FREQ=YEARLY;INTERVAL=400;BYDAY=-1SU;BYMONTH=2;BYMONTHDAY=29", datetime(2027, 1, 1)),
    ],
)
@pytest.mark.requirement("TIME-005")
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


@pytest.mark.requirement("TIME-005")
@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "BYMONTH"),
        ("FREQ=DAILY;BYMONTH=4,6;BYMONTHDAY=31", "BYMONTH"),
        ("FREQ=SECONDLY;BYMONTH=3;BYYEARDAY=366", "BYMONTH"),
        ("FREQ=MONTHLY;BYMONTHDAY=1;BYDAY=5MO", "BYMONTHDAY"),
        ("FREQ=WEEKLY;BYDAY=MO,TU;BYSETPOS=3", "BYSETPOS"),
        ("FREQ=DAILY;BYHOUR=3,4;BYSETPOS=-3", "BYSETPOS"),
        ("FREQ=HOURLY;BYMINUTE=3,4;BYSETPOS=3", "BYSETPOS"),
        ("FREQ=MINUTELY;BYHOUR=8,11,12;BYSETPOS=-2", "BYSETPOS"),
        ("FREQ=YEARLY;BYWEEKNO=53;BYMONTH=6", "BYMONTH"),
    ],
)
def test_a_rule_that_excludes_itself_is_refused_and_the_part_is_named(text: str, part: str) -> None:
    with pytest.raises(InvalidInputError, match=f"never gives a date because of {part}; change it"):
        parse_rule(text)


@pytest.mark.requirement("TIME-001")
def test_a_rule_may_wait_for_centuries() -> None:
    start = datetime(2026, 11, 23, 9, 1, 7)
    rule = parse_rule("FREQ=SECONDLY;INTERVAL=86401;BYHOUR=8;BYMINUTE=5;BYSECOND=5")
    found = next_occurrence(rule, start, start)
    assert found == datetime(2254, 4, 1, 8, 5, 5)
    assert (found - start) % timedelta(seconds=86401) == timedelta()


@pytest.mark.requirement("TIME-001")
def test_an_all_day_rule_ignores_times_of_day() -> None:
    rule = parse_rule("FREQ=DAILY;BYHOUR=9,17;BYMINUTE=30;INTERVAL=2")
    assert list(islice(occurrences(rule, date(2026, 1, 1)), 2)) == [date(2026, 1, 1), date(2026, 1, 3)]


@pytest.mark.requirement("TIME-001")
def test_numbered_weeks_belong_whole_to_their_year() -> None:
    rule = parse_rule("FREQ=YEARLY;INTERVAL=3;BYWEEKNO=1;BYDAY=MO,TU")
    dates = [date(2024, 12, 31), date(2028, 1, 3), date(2028, 1, 4), date(2030, 12, 30), date(2030, 12, 31)]
    assert list(islice(occurrences(rule, date(2024, 12, 31)), 5)) == dates


@pytest.mark.requirement("TIME-003")
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("MONTHLY;BYMONTHDAY=1,31;SKIP=FORWARD", ["0131", "0201", "0301", "0331", "0401", "0501", "0531"]),
        ("MONTHLY;BYMONTHDAY=28,30,31;SKIP=BACKWARD", ["0130", "0131", "0228", "0328", "0330", "0331", "0428"]),
        ("MONTHLY;BYMONTHDAY=-31;SKIP=BACKWARD", ["0131", "0301", "0331", "0501", "0531", "0701", "0801"]),
        ("MONTHLY;BYMONTHDAY=31;BYDAY=FR;SKIP=BACKWARD", ["0731"]),
    ],
)
def test_what_skip_moves_falls_among_the_others_once_and_in_order(text: str, expected: list[str]) -> None:
    rule, start = parse_rule(f"RSCALE=GREGORIAN;FREQ={text}"), date(2026, 1, 30)
    assert [f"{day:%m%d}" for day in islice(occurrences(rule, start), len(expected))] == expected
    for day, later in pairwise(islice(occurrences(rule, start), 40)):
        assert next_occurrence(rule, start, day) == later


@pytest.mark.requirement("TIME-004")
def test_an_hour_that_the_clocks_skip_is_no_second_occurrence_at_the_next() -> None:
    rule, start = parse_rule("FREQ=HOURLY"), datetime(2026, 3, 29, 0, 30)
    hours = [moment.hour for moment in islice(occurrences(rule, start, "Europe/Berlin"), 4)]
    assert hours == [0, 1, 3, 4]
    assert next_occurrence(rule, start, start.replace(hour=1), "Europe/Berlin") == start.replace(hour=3)


@pytest.mark.requirement("TIME-004")
def test_a_day_that_a_zone_skipped_is_no_second_occurrence_on_the_next() -> None:
    rule, start = parse_rule("FREQ=DAILY"), datetime(2011, 12, 29, 9)
    days = [moment.day for moment in islice(occurrences(rule, start, "Pacific/Apia"), 3)]
    assert days == [29, 31, 1]


@pytest.mark.requirement("TIME-004")
def test_a_daily_time_in_a_gap_is_read_with_the_offset_before_it() -> None:
    rule, start = parse_rule("FREQ=DAILY"), datetime(2026, 3, 28, 2, 30)
    found = next_occurrence(rule, start, start, "Europe/Berlin")
    assert found == datetime(2026, 3, 29, 2, 30)
    assert to_utc(found, "Europe/Berlin") == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)
