# ruff: noqa: DTZ001 (local times are naive here, by design)
"""Playing a rule gives what stepping from one date to the next gives."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from functions.kernel.domain.recurrence import next_occurrence, parse_rule
from functions.kernel.domain.wall_time import to_utc
from functions.kernel.errors import InvalidInputError
from functions.operations.simulation import rings
from functions.operations.simulation.progress import Progress
from functions.operations.simulation.rule import play_rule
from functions.operations.simulation.svg import svg_of
from functions.operations.simulation.text import text_of

pytestmark = pytest.mark.requirement("TIME-027")

QUIET = Progress(lambda text: None, lambda: 0.0)
RULES = st.sampled_from(
    [
        "FREQ=DAILY",
        "FREQ=DAILY;INTERVAL=3;COUNT=40",
        "FREQ=WEEKLY;BYDAY=MO,WE,SU",
        "FREQ=MONTHLY;BYMONTHDAY=31",
        "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1",
        "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29",
        "FREQ=YEARLY;UNTIL=20300101",
        "FREQ=HOURLY;INTERVAL=31",
    ]
)


@settings(max_examples=30, deadline=None)
@given(RULES, st.datetimes(datetime(1995, 1, 1), datetime(2035, 1, 1)), st.sampled_from(["UTC", "Europe/Berlin"]))
def test_a_played_rule_is_the_rule_stepped_through(text: str, start: datetime, zone: str) -> None:
    start = start.replace(second=0, microsecond=0)
    rule, end = parse_rule(text), datetime.combine(rings.years_later(start.date(), 2), datetime.min.time())
    try:
        played = play_rule(text, start, zone, 2, QUIET)
    except InvalidInputError:
        assert next_occurrence(rule, start, start - timedelta(seconds=1), zone) is None
        return

    stepped, at = [], next_occurrence(rule, start, start - timedelta(seconds=1), zone)
    while at and at < end:
        stepped.append(to_utc(at, zone))
        at = next_occurrence(rule, start, at, zone)
    assert [ring.at for ring in played.rings] == stepped


def test_an_hour_that_the_clocks_leave_out_is_said() -> None:
    played = play_rule("FREQ=DAILY", datetime(2026, 3, 28, 2, 30), "Europe/Berlin", 1, QUIET)

    gap = played.rings[1]
    assert gap.local == datetime(2026, 3, 29, 3, 30)
    assert gap.due == "2026-03-29 02:30 Europe/Berlin"
    assert [(note.on, note.why) for note in played.reasons] == [
        (date(2026, 3, 29), "DST gap: 02:30 → 03:30"),
        (date(2026, 10, 25), "comes twice this night (DST fold): the first"),
    ]


def test_a_day_that_does_not_exist_is_noted() -> None:
    played = play_rule("FREQ=MONTHLY", datetime(2026, 1, 31, 9), "UTC", 1, QUIET)

    assert [note.on for note in played.notes] == [
        date(2026, month, 30 if month > 2 else 28) for month in (2, 4, 6, 9, 11)
    ]
    assert {note.why for note in played.notes} == {"31st does not exist: skipped"}


def test_a_day_counted_from_the_end_that_does_not_exist_is_noted_at_the_months_beginning() -> None:
    played = play_rule("FREQ=MONTHLY;BYMONTHDAY=-31", datetime(2026, 1, 1, 9), "UTC", 1, QUIET)

    assert [note.on for note in played.notes] == [date(2026, month, 1) for month in (2, 4, 6, 9, 11)]


def test_more_dates_than_are_asked_for_at_once_are_all_played() -> None:
    played = play_rule("FREQ=HOURLY;COUNT=2500", datetime(2026, 1, 1), "UTC", 1, QUIET)

    assert [ring.at for ring in played.rings] == [
        datetime(2026, 1, 1, tzinfo=UTC) + timedelta(hours=hours) for hours in range(2500)
    ]


def test_an_all_day_rule_rings_at_nine() -> None:
    played = play_rule("FREQ=YEARLY", date(2026, 7, 1), "Asia/Tokyo", 2, QUIET)

    assert [ring.at for ring in played.rings] == [datetime(year, 7, 1, 0, tzinfo=UTC) for year in (2026, 2027)]
    assert played.rings[0].due == "2026-07-01"


def test_a_rule_that_rings_without_end_is_stopped_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rings, "MAX_RINGS", 100)

    played = play_rule("FREQ=HOURLY", datetime(2026, 1, 1), "UTC", 10, QUIET)

    assert len(played.rings) == 100
    assert played.stopped_on == date(2026, 1, 5)
    assert "where the simulation stops" in played.summary[0]


@pytest.mark.parametrize(
    ("rule", "zone", "field"), [("FREQ=OFTEN", "UTC", "rrule"), ("FREQ=DAILY", "Mars", "zone"), ("", "UTC", "rrule")]
)
def test_what_is_wrong_is_named(rule: str, zone: str, field: str) -> None:
    with pytest.raises(InvalidInputError) as wrong:
        play_rule(rule, datetime(2026, 1, 1), zone, 1, QUIET)
    assert wrong.value.field == field


def test_the_last_year_there_is_can_be_played() -> None:
    played = play_rule("FREQ=DAILY", datetime(9999, 12, 30, 9), "UTC", 10, QUIET)

    assert [ring.local.day for ring in played.rings] == [30]
    assert "9999" in text_of(played)
    assert "9999" in svg_of(played)
