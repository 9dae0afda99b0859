# ruff: noqa: DTZ001 (local times are naive here, by design)
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import islice, pairwise, takewhile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from functions.kernel.domain.recurrence import Recurrence, Rule, parse_rule
from functions.kernel.domain.wall_time import gap_at, to_local
from functions.kernel.errors import InvalidInputError

pytestmark = pytest.mark.requirement("TIME-002")

DAILY, BERLIN = parse_rule("FREQ=DAILY"), "Europe/Berlin"
NEW_YEAR = date(2026, 1, 1)


def days(*numbers: int) -> list[date]:
    return [date(2026, 1, number) for number in numbers]


def test_dates_are_added_and_taken_out_and_each_comes_once_in_order() -> None:
    rule = parse_rule("FREQ=DAILY;INTERVAL=2;COUNT=4")
    added, excluded = tuple(days(10, 3, 4, 4)), tuple(days(5, 6))
    assert list(Recurrence(NEW_YEAR, None, rule, added, excluded).occurrences()) == days(1, 3, 4, 7, 10)


def test_what_is_taken_out_counts_nevertheless() -> None:
    recurrence = Recurrence(NEW_YEAR, None, parse_rule("FREQ=DAILY;COUNT=3"), exdates=tuple(days(2)))
    assert list(recurrence.occurrences()) == days(1, 3)


def test_a_date_added_and_taken_out_does_not_come() -> None:
    recurrence = Recurrence(NEW_YEAR, rdates=tuple(days(3, 4)), exdates=tuple(days(3)))
    assert list(recurrence.occurrences()) == days(1, 4)


def test_without_a_rule_a_set_has_its_start() -> None:
    assert list(Recurrence(datetime(2026, 1, 1, 9)).occurrences()) == [datetime(2026, 1, 1, 9)]


def test_a_zoned_set_gives_moments_and_a_floating_one_wall_clock_times() -> None:
    start = datetime(2026, 3, 28, 9)
    zoned, floating = Recurrence(start, BERLIN, DAILY), Recurrence(start, None, DAILY)
    assert list(islice(zoned.occurrences(), 2)) == [
        datetime(2026, 3, 28, 8, tzinfo=UTC),
        datetime(2026, 3, 29, 7, tzinfo=UTC),
    ]
    assert list(islice(floating.occurrences(), 2)) == [start, start + timedelta(days=1)]


def test_next_is_strictly_after_and_between_has_its_first_and_not_its_end() -> None:
    recurrence = Recurrence(NEW_YEAR, None, DAILY, exdates=tuple(days(4)))
    assert recurrence.next(date(2025, 1, 1)) == NEW_YEAR
    assert recurrence.next(NEW_YEAR) == date(2026, 1, 2)
    assert recurrence.next(date(2026, 1, 3)) == date(2026, 1, 5)
    assert recurrence.between(*days(3, 7)) == days(3, 5, 6)


def test_a_moment_in_utc_is_taken_out_of_a_zoned_set() -> None:
    rule = parse_rule("FREQ=DAILY;COUNT=2")
    excluded = datetime(2026, 1, 2, 8, tzinfo=UTC)
    recurrence = Recurrence(datetime(2026, 1, 1, 9), BERLIN, rule, exdates=(excluded,))
    assert list(recurrence.occurrences()) == [datetime(2026, 1, 1, 8, tzinfo=UTC)]


@pytest.mark.requirement("TIME-004")
def test_the_second_of_an_hour_that_comes_twice_can_be_added() -> None:
    second = datetime(2026, 10, 25, 1, 30, tzinfo=UTC)
    recurrence = Recurrence(datetime(2026, 10, 25, 2, 30), BERLIN, parse_rule("FREQ=DAILY;COUNT=1"), (second,))
    first = second - timedelta(hours=1)
    assert list(recurrence.occurrences()) == [first, second]
    assert recurrence.next(first) == second
    assert recurrence.next(second) is None


@pytest.mark.requirement("TIME-004")
def test_times_that_the_clocks_skip_fall_in_order_among_the_later_ones() -> None:
    rule = parse_rule("FREQ=MINUTELY;INTERVAL=25;COUNT=9")
    moments = list(Recurrence(datetime(2026, 3, 29, 1, 30), BERLIN, rule).occurrences())
    assert [f"{moment:%H:%M}" for moment in moments] == [
        *("00:30", "00:55"),
        *("01:10", "01:20", "01:35", "01:45"),  # 02:20 and 02:45 are read as 03:20 and 03:45
        *("02:00", "02:25", "02:50"),
    ]


@pytest.mark.requirement("TIME-005")
def test_a_set_that_excludes_itself_is_refused() -> None:
    rule = parse_rule("FREQ=DAILY;COUNT=2")
    with pytest.raises(InvalidInputError, match="exdate: every date is taken out"):
        Recurrence(NEW_YEAR, None, rule, exdates=tuple(days(1, 2))).check()
    with pytest.raises(InvalidInputError, match=r"rrule: .* gives no date from 2026-01-01 on"):
        Recurrence(NEW_YEAR, None, parse_rule("FREQ=DAILY;UNTIL=20250101")).check()
    Recurrence(NEW_YEAR, None, rule, exdates=tuple(days(1))).check()


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"zone": "Berlin"}, "zone"),
        ({"dtstart": datetime(2026, 1, 1, 9, tzinfo=UTC)}, "dtstart"),
        ({"dtstart": datetime(2026, 1, 1, 9, 0, 0, 1)}, "dtstart"),
        ({"dtstart": NEW_YEAR, "rule": parse_rule("FREQ=HOURLY")}, "rrule"),
        ({"rdates": (NEW_YEAR,)}, "rdate"),
        ({"exdates": (NEW_YEAR,)}, "exdate"),
        ({"dtstart": NEW_YEAR, "exdates": (datetime(2026, 1, 1),)}, "exdate"),
        ({"rdates": (datetime(2026, 1, 1, tzinfo=UTC),)}, "rdate"),
        ({"rdates": (datetime(2026, 1, 1),) * 10_001}, "rdate"),
    ],
)
def test_parts_that_do_not_fit_are_refused(wrong: dict[str, object], field: str) -> None:
    with pytest.raises(InvalidInputError) as caught:
        Recurrence(**{"dtstart": datetime(2026, 1, 1, 9), **wrong})
    assert caught.value.field == field


def test_a_bound_of_another_type_is_refused() -> None:
    zoned = Recurrence(datetime(2026, 1, 1, 9), BERLIN, DAILY)
    for after in (NEW_YEAR, datetime(2026, 1, 1)):
        with pytest.raises(InvalidInputError, match=r"after: .* must be a moment with an offset"):
            zoned.next(after)
    with pytest.raises(InvalidInputError, match="must be a day"):
        Recurrence(NEW_YEAR, None, DAILY).next(datetime(2026, 1, 1))


ZONES = st.sampled_from(
    ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Pacific/Apia", "America/St_Johns", "Asia/Kathmandu"]
)
# Weeks in which clocks change somewhere: in spring and autumn, and in Samoa, which left out a day.
STARTS = st.one_of(
    st.datetimes(datetime(year, month, day), datetime(year, month, day) + timedelta(days=10))
    for year, month, day in ((2026, 3, 5), (2026, 3, 25), (2026, 4, 1), (2026, 10, 1), (2026, 10, 22), (2011, 12, 25))
).map(lambda start: start.replace(second=0, microsecond=0))
RULES = st.sampled_from(
    [
        "FREQ=DAILY",
        "FREQ=DAILY;BYHOUR=1,2,3;BYMINUTE=0,15,45",
        "FREQ=HOURLY",
        "FREQ=HOURLY;INTERVAL=5;BYMINUTE=10,50",
        "FREQ=MINUTELY;INTERVAL=25",
        "FREQ=MINUTELY;INTERVAL=7",
        "FREQ=WEEKLY;BYDAY=SU,SA;BYHOUR=2;BYMINUTE=30",
        "FREQ=MINUTELY;INTERVAL=20;COUNT=150",
        "FREQ=DAILY;BYHOUR=2,3;BYMINUTE=5,35;BYSETPOS=1,-1",
        "FREQ=MINUTELY;INTERVAL=35;UNTIL=20261101T000000Z",
    ]
).map(parse_rule)


@pytest.mark.requirement("TIME-004", "TIME-008")
@settings(max_examples=150, deadline=None)
@given(STARTS, ZONES, RULES, st.lists(st.integers(0, 40), max_size=4), st.integers(0, 200))
def test_over_changes_of_the_clocks_moments_increase_and_next_agrees_with_the_iteration(
    start: datetime, zone: str, rule: Rule, excluded: list[int], index: int
) -> None:
    every = list(islice(Recurrence(start, zone, rule).occurrences(), 260))
    taken_out = tuple({every[number] for number in excluded if number < len(every)})
    recurrence = Recurrence(start, zone, rule, exdates=taken_out)
    found = list(islice(recurrence.occurrences(), 250))
    assert all(earlier < later for earlier, later in pairwise(found))
    assert not set(found) & set(taken_out)
    if index + 1 < len(found):
        assert recurrence.next(found[index]) == found[index + 1]
        assert recurrence.next(found[index + 1] - timedelta(seconds=1)) == found[index + 1]
        assert recurrence.between(found[index], found[index + 1]) == [found[index]]


@pytest.mark.requirement("TIME-004", "TIME-008")
@settings(max_examples=100, deadline=None)
@given(STARTS, ZONES, ZONES, RULES)
def test_in_another_zone_the_same_wall_clock_times_come_but_for_those_its_clocks_skip(
    start: datetime, zone: str, other: str, rule: Rule
) -> None:
    rule = replace(rule, count=None, until=None)
    end = start + timedelta(days=8)
    here, there = (
        {entry.nominal for entry in takewhile(lambda entry: entry.nominal < end, Recurrence(start, at, rule).entries())}
        for at in (zone, other)
    )
    for name in (zone, other):
        for entry in islice(Recurrence(start, name, rule).entries(), 100):
            assert to_local(entry.at, name) == entry.nominal + gap_at(entry.nominal, name)
    settled = end - timedelta(days=2)  # what the clocks skip may stand after the end
    for nominal in here ^ there:
        assert nominal >= settled or gap_at(nominal, zone) or gap_at(nominal, other)
