# ruff: noqa: DTZ001 (local times are naive here, by design)
"""The rule from an occurrence on that moved: what is unclear is refused, and what is not is as a person means it."""

from datetime import date, datetime, time, timedelta
from itertools import islice

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from functions.kernel.domain.recurrence import moved, occurrences, parse_rule, shifted
from functions.kernel.errors import InvalidInputError

pytestmark = pytest.mark.requirement("TIME-019")

BERLIN = "Europe/Berlin"
RULES = [
    "FREQ=HOURLY;INTERVAL=5",
    "FREQ=DAILY",
    "FREQ=DAILY;INTERVAL=3;BYHOUR=9",
    "FREQ=DAILY;BYHOUR=9,17;BYMINUTE=0",
    "FREQ=WEEKLY;INTERVAL=2",
    "FREQ=WEEKLY;BYDAY=TU",
    "FREQ=WEEKLY;BYDAY=MO,WE,FR",
    "FREQ=MONTHLY",
    "FREQ=MONTHLY;BYMONTHDAY=-1",
    "FREQ=MONTHLY;BYDAY=2TU",
    "FREQ=MONTHLY;BYDAY=-1FR",
    "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1",
    "RSCALE=GREGORIAN;FREQ=MONTHLY;BYMONTHDAY=31;SKIP=BACKWARD",
    "FREQ=YEARLY",
    "FREQ=YEARLY;BYMONTH=11;BYDAY=4TH",
]
starts = st.builds(
    datetime.combine, st.dates(date(2024, 1, 1), date(2027, 12, 31)), st.sampled_from([time(9), time(2, 30), time(17)])
)


def shift(rule: str, dtstart: date, old: date, new: date) -> str:
    return str(shifted(parse_rule(rule), dtstart, old, new, BERLIN, BERLIN))


@pytest.mark.parametrize(
    ("rule", "old", "new", "becomes"),
    [
        ("FREQ=DAILY", datetime(2026, 11, 24, 9), datetime(2026, 11, 26, 17, 30), "FREQ=DAILY"),
        ("FREQ=DAILY;BYHOUR=9", datetime(2026, 11, 24, 9), datetime(2026, 11, 24, 17), "FREQ=DAILY;BYHOUR=17"),
        ("FREQ=DAILY;BYHOUR=9,17", datetime(2026, 11, 24, 9), datetime(2026, 11, 24, 9, 5), "FREQ=DAILY;BYHOUR=9,17"),
        ("FREQ=WEEKLY;BYDAY=TU", date(2026, 11, 24), date(2026, 11, 26), "FREQ=WEEKLY;BYDAY=TH"),
        ("FREQ=WEEKLY;BYDAY=MO,TU", date(2026, 11, 24), date(2026, 12, 1), "FREQ=WEEKLY;BYDAY=MO,TU"),
        ("FREQ=MONTHLY;BYMONTHDAY=24", date(2026, 11, 24), date(2026, 11, 26), "FREQ=MONTHLY;BYMONTHDAY=26"),
        ("FREQ=MONTHLY;BYMONTHDAY=-1", date(2026, 11, 30), date(2026, 11, 29), "FREQ=MONTHLY;BYMONTHDAY=-2"),
        ("FREQ=MONTHLY;BYDAY=4TU", date(2026, 11, 24), date(2026, 11, 26), "FREQ=MONTHLY;BYDAY=4TH"),
        ("FREQ=MONTHLY;BYDAY=-1MO", date(2026, 11, 30), date(2026, 11, 27), "FREQ=MONTHLY;BYDAY=-1FR"),
        (
            "FREQ=YEARLY;BYMONTH=11;BYMONTHDAY=24",
            date(2026, 11, 24),
            date(2026, 12, 1),
            "FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=1",
        ),
        ("FREQ=DAILY", date(2026, 11, 24), datetime(2026, 11, 24, 9), "FREQ=DAILY"),
    ],
)
def test_the_one_value_that_a_rule_pins_moves_along(rule: str, old: date, new: date, becomes: str) -> None:
    assert shift(rule, old, old, new) == becomes


@pytest.mark.parametrize(
    ("rule", "old", "new", "part"),
    [
        ("FREQ=DAILY;BYHOUR=9,17", datetime(2026, 11, 24, 9), datetime(2026, 11, 24, 10), "BYHOUR"),
        ("FREQ=DAILY;BYHOUR=9", datetime(2026, 11, 24, 9), date(2026, 11, 24), "BYHOUR"),
        ("FREQ=WEEKLY;BYDAY=MO,TU", date(2026, 11, 24), date(2026, 11, 25), "BYDAY"),
        ("FREQ=MONTHLY;BYDAY=4TU", date(2026, 11, 24), date(2026, 12, 1), "BYDAY"),
        ("FREQ=MONTHLY;BYDAY=MO,TU;BYSETPOS=-1", date(2026, 11, 30), date(2026, 11, 27), "BYSETPOS"),
        ("FREQ=MONTHLY;BYMONTHDAY=15,24", date(2026, 11, 24), date(2026, 11, 25), "BYMONTHDAY"),
        ("FREQ=DAILY;BYMONTH=11", date(2026, 11, 30), date(2026, 12, 1), "BYMONTH"),
        ("FREQ=YEARLY;BYYEARDAY=328", date(2026, 11, 24), date(2026, 11, 25), "BYYEARDAY"),
    ],
)
def test_what_is_unclear_is_refused_and_the_part_is_named(rule: str, old: date, new: date, part: str) -> None:
    with pytest.raises(InvalidInputError, match=f"{part}.*give rrule, too") as refused:
        shift(rule, old, old, new)
    assert refused.value.field == "rrule"


def test_an_added_date_is_no_date_of_the_rule_that_could_move() -> None:
    with pytest.raises(InvalidInputError, match="RDATE"):
        shift("FREQ=WEEKLY", date(2026, 11, 24), date(2026, 11, 25), date(2026, 11, 26))


def test_count_becomes_what_is_left_of_it() -> None:
    start = datetime(2026, 11, 24, 9)
    assert shift("FREQ=DAILY;COUNT=10", start, datetime(2026, 11, 27, 9), datetime(2026, 11, 27, 10)) == (
        "FREQ=DAILY;COUNT=7"
    )


@pytest.mark.parametrize(
    ("until", "becomes"),
    [("20261231", "20270101"), ("20261231T090000", "20270101T100000"), ("20261231T080000Z", "20270101T090000Z")],
)
def test_until_moves_along(until: str, becomes: str) -> None:
    old, new = datetime(2026, 11, 24, 9), datetime(2026, 11, 25, 10)
    assert shift(f"FREQ=DAILY;UNTIL={until}", old, old, new) == f"FREQ=DAILY;UNTIL={becomes}"


def test_a_months_end_that_skip_moved_is_the_31st_again_after_another_time_of_day() -> None:
    start, february = datetime(2026, 1, 31, 9), datetime(2026, 2, 28, 9)
    rule = shift("RSCALE=GREGORIAN;FREQ=MONTHLY;SKIP=BACKWARD", start, february, datetime(2026, 2, 28, 10))
    days = [value.day for value in islice(occurrences(parse_rule(rule), datetime(2026, 2, 28, 10)), 4)]
    assert days == [28, 31, 30, 31]


@given(st.sampled_from(RULES), starts, st.integers(0, 9), st.integers(-40, 40), st.integers(-600, 600))
def test_the_series_that_goes_on_begins_with_the_occurrence_that_moved(
    rule: str, start: datetime, number: int, days: int, minutes: int
) -> None:
    old = next(islice(occurrences(parse_rule(rule), start), number, None))
    new = old + timedelta(days=days, minutes=minutes)
    try:
        goes_on = shift(rule, start, old, new)
    except InvalidInputError:
        assume(False)
    assert next(occurrences(parse_rule(goes_on), new)) == new


@given(st.sampled_from([rule for rule in RULES if "BYHOUR" not in rule]), starts, st.integers(0, 9))
def test_another_time_of_day_moves_no_day(rule: str, start: datetime, number: int) -> None:
    assume(not rule.startswith("FREQ=HOURLY"))
    old = next(islice(occurrences(parse_rule(rule), start), number, None))
    new = datetime.combine(old, time(23, 15))
    days = [value.date() for value in islice(occurrences(parse_rule(shift(rule, start, old, new)), new), 12)]
    assert days == [value.date() for value in islice(occurrences(parse_rule(rule), start), number, number + 12)]


@pytest.mark.parametrize(
    ("value", "old", "new", "becomes"),
    [
        (date(2026, 12, 24), date(2026, 11, 24), date(2026, 11, 26), date(2026, 12, 26)),
        (datetime(2026, 12, 24, 9), datetime(2026, 11, 24, 9), datetime(2026, 11, 24, 17), datetime(2026, 12, 24, 17)),
        (date(2026, 12, 24), date(2026, 11, 24), datetime(2026, 11, 25, 9), datetime(2026, 12, 25, 9)),
        (datetime(2026, 12, 24, 9), datetime(2026, 11, 24, 9), date(2026, 11, 24), date(2026, 12, 24)),
    ],
)
def test_a_date_added_or_taken_out_moves_with_its_series(value: date, old: date, new: date, becomes: date) -> None:
    assert moved(value, old, new) == becomes


def test_what_would_leave_the_calendar_is_refused() -> None:
    with pytest.raises(InvalidInputError, match="9999"):
        moved(date(9999, 12, 31), date(2026, 11, 24), date(2026, 11, 25))
