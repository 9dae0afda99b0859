# ruff: noqa: DTZ001, DTZ901 (local times are naive here, by design)
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.kernel.domain.wall_time import check_zone, gap_at, to_local, to_utc
from functions.kernel.errors import InvalidInputError

ZONES = ["Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "Pacific/Apia", "UTC"]
LOCAL = st.datetimes(datetime(1975, 1, 1), datetime(2100, 1, 1)).map(lambda moment: moment.replace(microsecond=0))


def test_a_time_in_a_gap_is_read_with_the_offset_before_it() -> None:
    moment = to_utc(datetime(2026, 3, 29, 2, 30), "Europe/Berlin")
    assert moment == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)
    assert to_local(moment, "Europe/Berlin") == datetime(2026, 3, 29, 3, 30)


def test_a_time_that_comes_twice_is_the_first_one() -> None:
    for fold in (0, 1):
        local = datetime(2026, 10, 25, 2, 30, fold=fold)
        assert to_utc(local, "Europe/Berlin") == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


@given(LOCAL, st.sampled_from(ZONES))
def test_local_time_comes_back_unless_it_is_in_a_gap(local: datetime, zone: str) -> None:
    back = to_local(to_utc(local, zone), zone)
    assert back == local or timedelta(0) < back - local <= timedelta(days=1)


@given(LOCAL, st.sampled_from(ZONES))
def test_a_moment_comes_back_unless_it_is_the_second_of_a_fold(moment: datetime, zone: str) -> None:
    aware = moment.replace(tzinfo=UTC)
    back = to_utc(to_local(aware, zone), zone)
    assert back == aware or timedelta(0) < aware - back <= timedelta(hours=2)


@pytest.mark.parametrize(
    "name",
    [
        "",
        "Berlin",
        "europe/berlin",
        "../etc/passwd",
        "/etc/localtime",
        "localtime",
        "a\0b",
        "Europe",
        "x" * 5000,
    ],
)
def test_an_unknown_zone_is_refused_by_field(name: str) -> None:
    with pytest.raises(InvalidInputError) as caught:
        check_zone(name)
    assert caught.value.field == "zone"
    assert len(caught.value.message) < 300


def test_the_refusal_names_the_zone_that_was_meant() -> None:
    with pytest.raises(InvalidInputError, match="Europe/Berlin"):
        check_zone("Berlin")
    check_zone("Europe/Berlin")


def test_a_moment_outside_the_calendar_is_refused() -> None:
    with pytest.raises(InvalidInputError):
        to_utc(datetime.min, "Asia/Tokyo")
    with pytest.raises(InvalidInputError):
        to_local(datetime.max.replace(tzinfo=UTC), "Asia/Tokyo")


@pytest.mark.requirement("TIME-004")
def test_a_gap_is_as_long_as_the_clocks_go_forward() -> None:
    assert gap_at(datetime(2026, 3, 29, 2, 30), "Europe/Berlin") == timedelta(hours=1)
    assert gap_at(datetime(2026, 3, 29, 3), "Europe/Berlin") == timedelta()
    assert gap_at(datetime(2026, 10, 25, 2, 30), "Europe/Berlin") == timedelta()
    assert gap_at(datetime(2026, 10, 4, 2, 15), "Australia/Lord_Howe") == timedelta(minutes=30)
