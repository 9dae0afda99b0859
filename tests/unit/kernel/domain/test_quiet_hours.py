# ruff: noqa: DTZ001 (strategies take their bounds naive)
from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.kernel.domain.quiet_hours import quiet_until
from functions.kernel.domain.wall_time import to_local

pytestmark = pytest.mark.requirement("TIME-012")

BERLIN = "Europe/Berlin"


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("moment", "until"),
    [
        ("2026-11-23T20:59:59", None),
        ("2026-11-23T21:00", "2026-11-24T06:00"),
        ("2026-11-24T02:00", "2026-11-24T06:00"),
        ("2026-11-24T05:59:59", "2026-11-24T06:00"),
        ("2026-11-24T06:00", None),
        ("2026-03-28T23:00", "2026-03-29T05:00"),  # the clocks go forward that night
        ("2026-10-24T21:00", "2026-10-25T06:00"),  # and back
    ],
)
def test_quiet_hours_over_midnight_end_in_the_morning_where_the_person_is(moment: str, until: str | None) -> None:
    assert quiet_until(utc(moment), time(22), time(7), BERLIN) == (utc(until) if until else None)


def test_quiet_hours_within_a_day_end_on_it() -> None:
    assert quiet_until(utc("2026-11-23T12:30"), time(12), time(14), "UTC") == utc("2026-11-23T14:00")
    assert quiet_until(utc("2026-11-23T14:00"), time(12), time(14), "UTC") is None


@given(
    moment=st.datetimes(datetime(2000, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC)),
    begin=st.times().map(lambda at: at.replace(microsecond=0)),
    end=st.times().map(lambda at: at.replace(microsecond=0)),
    zone=st.sampled_from([BERLIN, "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "UTC"]),
)
def test_what_is_held_is_held_for_less_than_two_days_until_a_time_that_is_not_quiet(
    moment: datetime, begin: time, end: time, zone: str
) -> None:
    until = quiet_until(moment, begin, end, zone)
    if until is not None:
        assert moment < until <= moment + timedelta(hours=49)
        assert quiet_until(until, begin, end, zone) is None or to_local(until, zone).time() != end
