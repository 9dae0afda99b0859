"""What becomes of an occurrence that was missed is a matter of its series' policy, and of nothing else."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest

from functions.kernel.domain.due import MOST_MISSED, resolve
from functions.kernel.domain.recurrence import CatchUp, parse_recurrence_id, recurrence_id
from functions.kernel.domain.task import Task
from functions.recurring_task_service.catch_up import Decision, Missed, decide
from functions.recurring_task_service.series import Series

pytestmark = pytest.mark.requirement("TIME-020")

POLICIES: tuple[CatchUp, ...] = ("latest", "all", "none")


def local(text: str) -> datetime:
    return datetime.fromisoformat(text)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def series_from(start: str, rrule: str, catch_up: CatchUp = "latest", zone: str = "UTC") -> Series:
    all_day = len(start) == len("2026-01-01")
    return Series(
        id=UUID(int=1),
        rrule=rrule,
        dtstart=local(start),
        all_day=all_day,
        zone=None if all_day else zone,
        anchor="schedule",
        user_zone=zone,
        catch_up=catch_up,
    )


def occurrence_of(series: Series, name: str | None = None) -> Task:
    start: date = series.dtstart.date() if series.all_day else series.dtstart
    value = parse_recurrence_id(name) if name else start
    due_local = value if isinstance(value, datetime) else None
    return Task(
        id=UUID(int=2),
        list_id=UUID(int=3),
        title="water",
        due_on=None if due_local else value,
        due_local=due_local,
        zone=series.zone,
        due_at=resolve(None, due_local, series.zone, series.user_zone),
        series_id=series.id,
        recurrence_id=recurrence_id(value),
        version=1,
        created_by=UUID(int=4),
        created_at=utc("2025-01-01"),
    )


def brought(decision: Decision) -> str | None:
    return decision.brings.task.recurrence_id if decision.brings else None


@pytest.mark.parametrize(
    ("start", "rrule", "zone", "now", "latest", "missed", "last"),
    [
        # A minute, a day, a year.
        ("2026-03-01T09:00", "FREQ=MINUTELY", "UTC", "2026-03-01T09:01:30", "20260301T090100", 1, "2026-03-01T09:00"),
        ("2026-03-01T09:00", "FREQ=DAILY", "UTC", "2026-03-02T10:00", "20260302T090000", 1, "2026-03-01T09:00"),
        ("2026-03-01T09:00", "FREQ=DAILY", "UTC", "2027-03-01T10:00", "20270301T090000", 365, "2027-02-28T09:00"),
        ("2026-03-01T09:00", "FREQ=HOURLY", "UTC", "2027-03-01T09:30", "20270301T090000", 8760, "2027-03-01T08:00"),
        # Months' ends, and a leap day.
        ("2026-01-31T09:00", "FREQ=MONTHLY", "UTC", "2026-07-15T00:00", "20260531T090000", 2, "2026-03-31T09:00"),
        ("2024-02-29T09:00", "FREQ=YEARLY", "UTC", "2028-03-15T00:00", "20280229T090000", 1, "2024-02-29T09:00"),
        # In Berlin the clocks skip 02:30 on 29 March, which is read as 03:30, and show it twice on 25 October.
        ("2026-03-28T02:30", "FREQ=DAILY", "Europe/Berlin", "2026-03-29T01:29", None, 0, None),
        (
            "2026-03-28T02:30",
            "FREQ=DAILY",
            "Europe/Berlin",
            "2026-03-29T01:31",
            "20260329T023000",
            1,
            "2026-03-28T01:30",
        ),
        (
            "2026-10-24T02:30",
            "FREQ=DAILY",
            "Europe/Berlin",
            "2026-10-25T00:31",
            "20261025T023000",
            1,
            "2026-10-24T00:30",
        ),
        # All day: due at nine where its owner is.
        ("2026-03-01", "FREQ=DAILY", "Asia/Tokyo", "2026-03-03T23:59", "20260303", 2, "2026-03-02T00:00"),
        ("2026-03-01", "FREQ=DAILY", "Asia/Tokyo", "2026-03-04T00:00", "20260304", 3, "2026-03-03T00:00"),
        # The rule has ended meanwhile.
        ("2026-03-01T09:00", "FREQ=DAILY;COUNT=3", "UTC", "2026-05-01T00:00", "20260303T090000", 2, "2026-03-02T09:00"),
    ],
)
def test_latest_brings_the_last_one_that_has_come_due_and_counts_those_before(
    start: str, rrule: str, zone: str, now: str, latest: str | None, missed: int, last: str | None
) -> None:
    series = series_from(start, rrule, zone=zone)
    task = occurrence_of(series)
    decision = decide(series, task, utc(now))
    assert brought(decision) == latest
    assert decision.rings == (latest is None)
    first = task.due_at or resolve(task.due_on, None, None, zone)
    assert decision.missed == (Missed(missed, first, utc(last)) if last and first else None)


def test_latest_counts_no_further_than_it_may() -> None:
    series = series_from("2026-03-01T09:00", "FREQ=MINUTELY")
    decision = decide(series, occurrence_of(series), utc("2027-03-01T09:00:30"))
    assert brought(decision) == "20270301T090000"
    assert decision.missed == Missed(MOST_MISSED, utc("2026-03-01T09:00"), utc("2027-03-01T08:59"))


def test_all_rings_and_brings_the_next_only() -> None:
    series = series_from("2026-03-01T09:00", "FREQ=DAILY", "all")
    decision = decide(series, occurrence_of(series), utc("2027-03-01T10:00"))
    assert (decision.rings, decision.missed, brought(decision)) == (True, None, "20260302T090000")
    last = occurrence_of(series, "20270301T090000")
    assert decide(series, last, utc("2027-03-01T10:00")) == Decision(True)


@pytest.mark.parametrize("anchor", ["schedule", "completion"])
def test_none_is_silent_and_brings_one_to_come(anchor: str) -> None:
    series = replace(series_from("2026-03-01T09:00", "FREQ=DAILY", "none"), anchor=anchor)
    decision = decide(series, occurrence_of(series), utc("2026-03-10T10:00"))
    assert not decision.rings
    assert brought(decision) == "20260311T090000"
    schedule = Missed(10, utc("2026-03-01T09:00"), utc("2026-03-10T09:00"))
    assert decision.missed == (schedule if anchor == "schedule" else Missed(1, schedule.first, schedule.first))


def test_none_ends_a_series_whose_rule_has() -> None:
    series = series_from("2026-03-01T09:00", "FREQ=DAILY;COUNT=2", "none")
    decision = decide(series, occurrence_of(series), utc("2026-03-10T10:00"))
    assert (decision.rings, decision.brings) == (False, None)
    assert decision.missed == Missed(2, utc("2026-03-01T09:00"), utc("2026-03-02T09:00"))


@pytest.mark.parametrize("catch_up", POLICIES)
def test_an_occurrence_that_is_not_late_itself_is_left_alone(catch_up: CatchUp) -> None:
    series = series_from("2026-03-01T09:00", "FREQ=MINUTELY", catch_up)
    task = occurrence_of(series)
    for now in (utc("2026-03-01T08:59"), utc("2026-03-01T09:00:59")):
        assert decide(series, task, now) == Decision(catch_up != "none")


@pytest.mark.parametrize("catch_up", POLICIES)
def test_an_occurrence_put_off_is_where_it_was_put(catch_up: CatchUp) -> None:
    series = series_from("2026-03-01T09:00", "FREQ=DAILY", catch_up)
    put_off = {"due_local": local("2026-03-05T12:00"), "due_at": utc("2026-03-05T12:00")}
    task = occurrence_of(series).model_copy(update=put_off)
    assert decide(series, task, utc("2026-03-05T11:00")) == Decision(catch_up != "none")
    decision = decide(series, task, utc("2026-03-08T10:00"))
    wanted = {"latest": "20260308T090000", "all": "20260306T090000", "none": "20260309T090000"}
    assert brought(decision) == wanted[catch_up]
    if decision.missed:
        assert decision.missed.first == utc("2026-03-05T12:00")


@pytest.mark.parametrize("catch_up", ["latest", "all"])
def test_by_completion_nothing_has_come_due_before_it_was_done(catch_up: CatchUp) -> None:
    series = replace(series_from("2026-03-01T09:00", "FREQ=DAILY", catch_up), anchor="completion")
    assert decide(series, occurrence_of(series), utc("2027-03-01T10:00")) == Decision(True)


@pytest.mark.parametrize("catch_up", POLICIES)
def test_what_is_brought_is_named_by_its_date_whenever_it_is_decided(catch_up: CatchUp) -> None:
    series = series_from("2026-03-01T09:00", "FREQ=DAILY", catch_up)
    now = utc("2026-03-08T10:00")
    first, second = (decide(series, occurrence_of(series), now + timedelta(hours=hours)).brings for hours in (0, 5))
    assert first is not None
    assert second is not None
    assert first.task.id == second.task.id
