"""What follows an occurrence depends on it and on the moment of its completion, and on nothing else."""

from dataclasses import replace
from datetime import UTC, date, datetime
from uuid import UUID

import pytest

from functions.kernel.domain.reminder import Before
from functions.kernel.domain.task import Task
from functions.kernel.domain.template import Template
from functions.recurring_task_service.series import Series, next_task

pytestmark = pytest.mark.requirement("FLOW-006")

NOW = datetime(2026, 3, 28, 12, tzinfo=UTC)
SERIES = Series(
    id=UUID(int=1),
    rrule="FREQ=DAILY",
    dtstart=datetime(2026, 3, 28, 9),  # noqa: DTZ001
    all_day=False,
    zone="Europe/Berlin",
    anchor="schedule",
    user_zone="UTC",
)
DONE = Task(
    id=UUID(int=2),
    list_id=UUID(int=3),
    title="water",
    notes="all",
    status="done",
    due_local=SERIES.dtstart,
    zone="Europe/Berlin",
    due_at=datetime(2026, 3, 28, 8, tzinfo=UTC),
    series_id=SERIES.id,
    recurrence_id="20260328T090000",
    rrule="FREQ=DAILY",
    reminders=[Before(minutes_before=5)],
    version=7,
    created_by=UUID(int=4),
    created_at=datetime(2026, 1, 1, tzinfo=UTC),
    completed_at=NOW,
)


def test_next_keeps_the_wall_clock_time_over_a_change_of_the_clocks() -> None:
    following = next_task(SERIES, DONE, NOW)
    assert following is not None
    assert following.task.due_local == datetime(2026, 3, 29, 9)  # noqa: DTZ001
    assert following.due_moment == following.task.due_at == datetime(2026, 3, 29, 7, tzinfo=UTC)


def test_next_is_a_fresh_task_that_is_alike() -> None:
    following = next_task(SERIES, DONE, NOW)
    assert following is not None
    task = following.task
    assert (task.status, task.version, task.completed_at, task.created_at) == ("open", 1, None, NOW)
    assert (task.title, task.notes, task.reminders) == (DONE.title, DONE.notes, DONE.reminders)
    assert (task.series_id, task.recurrence_id) == (SERIES.id, "20260329T090000")


def test_two_who_compute_it_get_the_same_task() -> None:
    first, second = next_task(SERIES, DONE, NOW), next_task(SERIES, DONE, datetime(2027, 1, 1, tzinfo=UTC))
    assert first is not None
    assert second is not None
    assert first.task.id == second.task.id


def test_all_day_series_rings_where_its_owner_is() -> None:
    series = Series(SERIES.id, "FREQ=DAILY", datetime(2026, 3, 28), True, None, "schedule", "Asia/Tokyo")  # noqa: DTZ001
    done = DONE.model_copy(update={"due_local": None, "due_on": date(2026, 3, 28), "recurrence_id": "20260328"})
    following = next_task(series, done, NOW)
    assert following is not None
    assert (following.task.due_on, following.task.due_at) == (date(2026, 3, 29), None)
    assert following.due_moment == datetime(2026, 3, 29, tzinfo=UTC)


def test_series_that_has_ended_has_no_next() -> None:
    ended = Series(SERIES.id, "FREQ=DAILY;COUNT=1", SERIES.dtstart, False, "Europe/Berlin", "schedule", "UTC")
    assert next_task(ended, DONE, NOW) is None


@pytest.mark.requirement("TIME-019")
def test_next_is_made_from_the_template_in_the_zone_of_the_series_whatever_became_of_this_one() -> None:
    series = replace(SERIES, template=Template(title="feed", notes="", reminders=[]))
    elsewhere = DONE.model_copy(update={"zone": "Asia/Tokyo", "due_local": datetime(2026, 3, 28, 23)})  # noqa: DTZ001
    following = next_task(series, elsewhere, NOW)
    assert following is not None
    task = following.task
    assert (task.title, task.notes, task.reminders, task.zone) == ("feed", "", [], "Europe/Berlin")
    assert task.due_local == datetime(2026, 3, 29, 9)  # noqa: DTZ001


@pytest.mark.requirement("TIME-029")
def test_next_is_an_added_date_if_one_comes_first_and_none_that_was_taken_out() -> None:
    series = replace(SERIES, rdates=["20260328T170000"], exdates=["20260329T090000"])
    first = next_task(series, DONE, NOW)
    assert first is not None
    assert first.task.recurrence_id == "20260328T170000"
    second = next_task(series, first.task.model_copy(update={"completed_at": NOW}), NOW)
    assert second is not None
    assert second.task.recurrence_id == "20260330T090000"
