# ruff: noqa: DTZ001 (local times are naive here, by design)
from datetime import UTC, date, datetime

import pytest

from functions.kernel.domain.recurrence import following, parse_rule, recurrence_id

pytestmark = pytest.mark.requirement("FLOW-006")


def utc(*when: int) -> datetime:
    return datetime(*when, tzinfo=UTC)  # type: ignore[misc]


WEEKDAYS, START = parse_rule("FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR"), datetime(2026, 11, 23, 9)


@pytest.mark.parametrize(
    ("completed", "expected"),
    [
        (utc(2026, 11, 22, 8), datetime(2026, 11, 24, 9)),  # early
        (utc(2026, 11, 23, 20), datetime(2026, 11, 24, 9)),  # the same day
        (utc(2026, 11, 26, 8, 59), datetime(2026, 11, 26, 9)),  # late: the missed ones are skipped
        (utc(2026, 11, 27, 20), datetime(2026, 11, 30, 9)),
    ],
)
def test_completing_early_or_late_brings_the_first_occurrence_after_both(
    completed: datetime, expected: datetime
) -> None:
    assert following(WEEKDAYS, START, "20261123T090000", completed) == expected


def test_completing_an_all_day_task_in_the_evening_counts_as_that_local_day() -> None:
    evening = utc(2026, 11, 24, 1)
    found = following(parse_rule("FREQ=DAILY"), START.date(), "20261123", evening, "America/New_York")
    assert found == date(2026, 11, 24)


def test_by_completion_the_interval_counts_from_the_day_it_was_done() -> None:
    rule = parse_rule("FREQ=DAILY;INTERVAL=3")
    late = utc(2026, 11, 25, 20)
    assert following(rule, START, "20261123T090000", late, anchor="completion") == datetime(2026, 11, 28, 9)
    assert following(rule, START.date(), "20261123", late, anchor="completion") == date(2026, 11, 28)


def test_by_completion_the_same_occurrence_never_comes_twice() -> None:
    rule, done = parse_rule("FREQ=DAILY;INTERVAL=3"), utc(2026, 11, 23, 20)
    first = following(rule, START, "20261123T090000", done, anchor="completion")
    assert first == datetime(2026, 11, 26, 9)
    assert following(rule, START, recurrence_id(first), done, anchor="completion") == datetime(2026, 11, 29, 9)


def test_the_last_occurrence_has_none_after_it() -> None:
    rule = parse_rule("FREQ=DAILY;COUNT=2")
    assert following(rule, START, "20261124T090000", utc(2026, 11, 24, 10)) is None
    until = parse_rule(f"FREQ=DAILY;UNTIL={START.replace(tzinfo=UTC):%Y%m%dT%H%M%SZ}")
    assert following(until, START, "20261123T090000", START.replace(tzinfo=UTC)) is None


@pytest.mark.requirement("TIME-016")
def test_completed_in_the_hour_that_the_clocks_leave_out_what_is_read_later_still_comes() -> None:
    daily, start = parse_rule("FREQ=DAILY"), datetime(2026, 3, 1, 2, 30)
    ten_past_three = utc(2026, 3, 29, 1, 10)  # 02:30 is read as 03:30 that night
    assert following(daily, start, "20260328T023000", ten_past_three, "Europe/Berlin") == datetime(2026, 3, 29, 2, 30)
    assert following(daily, start, "20260329T023000", ten_past_three, "Europe/Berlin") == datetime(2026, 3, 30, 2, 30)


@pytest.mark.requirement("TIME-016")
def test_completed_in_the_hour_that_comes_twice_what_came_in_the_first_has_passed() -> None:
    daily, start = parse_rule("FREQ=DAILY"), datetime(2026, 10, 1, 2, 30)
    the_second_ten_past_two = utc(2026, 10, 25, 1, 10)
    found = following(daily, start, "20261024T023000", the_second_ten_past_two, "Europe/Berlin")
    assert found == datetime(2026, 10, 26, 2, 30)


@pytest.mark.requirement("TIME-029")
@pytest.mark.parametrize("zone", ["UTC", "Europe/Berlin"])
def test_dates_added_come_and_dates_taken_out_do_not(zone: str) -> None:
    extra, out = datetime(2026, 11, 25, 18), datetime(2026, 11, 26, 9)

    def after(name: str, late: datetime) -> date | None:
        return following(WEEKDAYS, START, name, late, zone, rdates=(extra,), exdates=(out,))

    assert after("20261124T090000", utc(2026, 11, 24, 10)) == datetime(2026, 11, 25, 9)
    assert after("20261125T090000", utc(2026, 11, 25, 10)) == extra
    assert after("20261125T180000", utc(2026, 11, 25, 20)) == datetime(2026, 11, 27, 9)


@pytest.mark.requirement("TIME-029")
def test_days_added_come_after_the_rule_has_ended() -> None:
    rule, start = parse_rule("FREQ=DAILY;COUNT=1"), date(2026, 11, 23)
    early = utc(2026, 11, 1)
    assert following(rule, start, "20261123", early, rdates=(date(2026, 12, 24),)) == date(2026, 12, 24)
    assert following(rule, start, "20261224", early, rdates=(date(2026, 12, 24),)) is None
