# ruff: noqa: DTZ001 (local times are naive here, by design)
from datetime import UTC, date, datetime

import pytest

from functions.kernel.domain.recurrence import Recurrence, parse_rule
from functions.kernel.domain.recurrence.content_lines import parse_recurrence
from functions.kernel.domain.recurrence.preview import PreviewRow, preview

pytestmark = pytest.mark.requirement("TIME-007")


def noted(text: str, count: int) -> list[tuple[str, ...]]:
    return [(row.nominal, *row.notes) for row in preview(parse_recurrence(text), count)]


def test_a_time_in_a_gap_shows_both_times() -> None:
    recurrence = Recurrence(datetime(2026, 3, 28, 2, 30), "Europe/Berlin", parse_rule("FREQ=DAILY"))
    assert preview(recurrence, 2) == [
        PreviewRow("2026-03-28T02:30:00", datetime(2026, 3, 28, 1, 30, tzinfo=UTC), datetime(2026, 3, 28, 2, 30)),
        PreviewRow(
            "2026-03-29T02:30:00",
            datetime(2026, 3, 29, 1, 30, tzinfo=UTC),
            datetime(2026, 3, 29, 3, 30),
            ("DST gap: 02:30 → 03:30",),
        ),
    ]


def test_an_hour_that_the_clocks_skip_is_told_where_it_would_have_come() -> None:
    assert noted("DTSTART;TZID=Europe/Berlin:20260329T013000\nRRULE:FREQ=HOURLY", 3) == [
        ("2026-03-29T01:30:00",),
        ("2026-03-29T03:30:00", "DST gap: 02:30 → 03:30, which comes anyway: once"),
        ("2026-03-29T04:30:00",),
    ]


def test_a_time_that_comes_twice_is_the_first() -> None:
    assert noted("DTSTART;TZID=Europe/Berlin:20261025T023000\nRRULE:FREQ=DAILY", 1) == [
        ("2026-10-25T02:30:00", "comes twice this night (DST fold): the first")
    ]


def test_a_floating_time_knows_no_clocks() -> None:
    assert noted("DTSTART:20260329T023000\nRRULE:FREQ=DAILY", 1) == [("2026-03-29T02:30:00",)]


def test_days_that_do_not_exist_stand_among_the_others() -> None:
    assert noted("DTSTART:20270130\nRRULE:FREQ=MONTHLY;BYMONTHDAY=30,31", 3) == [
        ("2027-01-30",),
        ("2027-01-31",),
        ("2027-02-30", "30th does not exist: skipped"),
        ("2027-02-31", "31st does not exist: skipped"),
        ("2027-03-30",),
    ]
    assert noted("DTSTART:20240229\nRRULE:FREQ=YEARLY;INTERVAL=2", 2) == [
        ("2024-02-29",),
        ("2026-02-29", "29th does not exist: skipped"),
        ("2028-02-29",),
    ]
    assert noted("DTSTART:20260101\nRRULE:FREQ=MONTHLY;BYMONTHDAY=-31", 2) == [
        ("2026-01-01",),
        ("2026-02", "31st from the end does not exist: skipped"),
        ("2026-03-01",),
    ]


def test_a_weekday_that_chooses_names_no_missing_days() -> None:
    assert noted("DTSTART:20260130\nRRULE:FREQ=MONTHLY;BYMONTHDAY=30;BYDAY=FR", 2) == [
        ("2026-01-30",),
        ("2026-10-30",),
    ]


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        (
            "FREQ=MONTHLY;SKIP=BACKWARD",
            ("2026-02-28", "31st does not exist: moved to the 28th (SKIP=BACKWARD)"),
        ),
        (
            "FREQ=MONTHLY;SKIP=FORWARD",
            ("2026-03-01", "31st does not exist: moved to the 1st (SKIP=FORWARD)"),
        ),
        ("FREQ=MONTHLY;BYMONTHDAY=28,31;SKIP=BACKWARD", ("2026-02-28",)),
        ("FREQ=MONTHLY;BYMONTHDAY=-1,31;SKIP=BACKWARD", ("2026-02-28",)),
    ],
)
@pytest.mark.requirement("TIME-003")
def test_a_moved_day_says_from_where_and_why(rule: str, expected: tuple[str, ...]) -> None:
    assert noted(f"DTSTART:20260131\nRRULE:RSCALE=GREGORIAN;{rule}", 2)[1] == expected


def test_dates_added_and_taken_out_say_so() -> None:
    text = "DTSTART:20260101\nRRULE:FREQ=DAILY;INTERVAL=2\nRDATE:20260102\nEXDATE:20260103"
    assert noted(text, 3) == [
        ("2026-01-01",),
        ("2026-01-02", "added (RDATE)"),
        ("2026-01-03", "excluded (EXDATE)"),
        ("2026-01-05",),
    ]


def test_a_set_that_ends_gives_fewer() -> None:
    recurrence = Recurrence(date(2026, 1, 1), None, parse_rule("FREQ=DAILY;COUNT=3"))
    assert [row.at for row in preview(recurrence, 5, date(2026, 1, 1))] == [date(2026, 1, 2), date(2026, 1, 3)]
