# ruff: noqa: DTZ001 (local times are naive here, by design)
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest

from functions.kernel.domain.due import describe, resolve, rings_of
from functions.kernel.domain.task import Task, TaskReminder

DAY, LOCAL = date(2026, 11, 23), datetime(2026, 11, 23, 9)


def test_an_all_day_task_is_due_at_nine_where_its_owner_is() -> None:
    assert resolve(DAY, None, None, "Asia/Tokyo") == datetime(2026, 11, 23, 0, tzinfo=UTC)


def test_a_zoned_time_ignores_where_its_owner_is() -> None:
    assert resolve(None, LOCAL, "Europe/Berlin", "Asia/Tokyo") == datetime(2026, 11, 23, 8, tzinfo=UTC)


def test_a_floating_time_moves_with_its_owner() -> None:
    assert resolve(None, LOCAL, None, "America/New_York") == datetime(2026, 11, 23, 14, tzinfo=UTC)


def test_without_a_due_time_nothing_rings() -> None:
    assert resolve(None, None, None, "UTC") is None
    assert describe(None, None, None) is None


def test_the_due_time_is_written_for_a_person() -> None:
    assert describe(DAY, None, None) == "2026-11-23"
    assert describe(None, LOCAL, "Europe/Berlin") == "2026-11-23 09:00 Europe/Berlin"
    assert describe(None, LOCAL, None) == "2026-11-23 09:00"


DUE = datetime(2026, 11, 23, 8, tzinfo=UTC)


def task(*minutes_before: int, **more: object) -> Task:
    given = {"due_local": LOCAL, "zone": "Europe/Berlin", "due_at": DUE} | more
    return Task(
        id=UUID(int=1),
        list_id=UUID(int=2),
        title="x",
        version=1,
        created_by=UUID(int=3),
        created_at=DUE,
        reminders=[TaskReminder(minutes_before=minutes) for minutes in minutes_before],
        **given,  # type: ignore[arg-type]
    )


def test_a_task_rings_at_its_due_moment_and_at_each_reminder_before_it_once() -> None:
    rings = rings_of(task(60, 10, 60), DUE, DUE - timedelta(days=1))
    assert rings == {0: DUE, 10: DUE - timedelta(minutes=10), 60: DUE - timedelta(minutes=60)}


def test_a_reminder_whose_moment_has_passed_is_left_out_but_not_the_due_moment() -> None:
    assert rings_of(task(60, 10), DUE, DUE - timedelta(minutes=60)) == {0: DUE, 10: DUE - timedelta(minutes=10)}
    assert rings_of(task(60, 10), DUE, DUE + timedelta(days=1)) == {0: DUE}


def test_an_all_day_task_whose_moment_has_passed_rings_no_more() -> None:
    assert rings_of(task(10, due_local=None, zone=None, due_at=None, due_on=DAY), DUE, DUE) == {}


@pytest.mark.parametrize(("due", "status"), [(None, "open"), (DUE, "done")])
def test_what_is_not_due_or_done_does_not_ring(due: datetime | None, status: str) -> None:
    assert rings_of(task(10, status=status), due, DUE - timedelta(days=1)) == {}


def test_a_reminder_before_the_first_year_is_left_out() -> None:
    first = datetime(1, 1, 1, tzinfo=UTC)
    assert rings_of(task(10), first, DUE) == {0: first}
