# ruff: noqa: DTZ001 (local times are naive here, by design)
from datetime import UTC, date, datetime

import pytest

from functions.kernel.domain.recurrence import following, parse_rule, recurrence_id

pytestmark = pytest.mark.requirement("FLOW-006")

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
