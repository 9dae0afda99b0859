# ruff: noqa: DTZ001 (local times are naive here, by design)
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.kernel.domain.due import Ring, again_at, describe, resolve, rings_of
from functions.kernel.domain.reminder import At, Before, Nag, OnDay, TaskReminder
from functions.kernel.domain.task import Task

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


def task(*reminders: int | TaskReminder, **more: object) -> Task:
    given = {"due_local": LOCAL, "zone": "Europe/Berlin", "due_at": DUE} | more
    return Task(
        id=UUID(int=1),
        list_id=UUID(int=2),
        title="x",
        version=1,
        created_by=UUID(int=3),
        created_at=DUE,
        reminders=[Before(minutes_before=given) if isinstance(given, int) else given for given in reminders],
        **given,  # type: ignore[arg-type]
    )


def rings(of: Task, due: datetime | None, now: datetime, zone: str = "UTC") -> dict[str, datetime]:
    return {ring.name: ring.at for ring in rings_of(of, due, now, zone)}


def test_a_task_rings_at_its_due_moment_and_at_each_reminder_before_it_once() -> None:
    assert rings(task(60, 10, 60), DUE, DUE - timedelta(days=1)) == {
        "due": DUE,
        "before/10": DUE - timedelta(minutes=10),
        "before/60": DUE - timedelta(minutes=60),
    }


def test_a_reminder_whose_moment_has_passed_is_left_out_but_not_the_due_moment() -> None:
    assert rings(task(60, 10), DUE, DUE - timedelta(minutes=60)) == {
        "due": DUE,
        "before/10": DUE - timedelta(minutes=10),
    }
    assert rings(task(60, 10), DUE, DUE + timedelta(days=1)) == {"due": DUE}


def test_an_all_day_task_whose_moment_has_passed_rings_no_more() -> None:
    assert rings(task(10, due_local=None, zone=None, due_at=None, due_on=DAY), DUE, DUE) == {}


@pytest.mark.parametrize(("due", "status"), [(None, "open"), (DUE, "done")])
def test_what_is_not_due_or_done_does_not_ring(due: datetime | None, status: str) -> None:
    assert rings(task(10, status=status), due, DUE - timedelta(days=1)) == {}


def test_a_reminder_before_the_first_year_is_left_out() -> None:
    first = datetime(1, 1, 1, tzinfo=UTC)
    assert rings(task(10), first, DUE) == {"due": first}


def test_a_reminder_at_a_moment_rings_then_whether_or_not_the_task_is_due() -> None:
    at = DUE + timedelta(days=3)
    never_due = task(At(at=at), due_local=None, zone=None, due_at=None)
    assert rings(never_due, None, DUE) == {f"at/{at.isoformat()}": at}
    assert rings(never_due, None, at) == {}


def test_a_reminder_of_the_start_rings_before_it() -> None:
    early = task(
        Before(minutes_before=0, related="start"),
        Before(minutes_before=30, related="start"),
        start_local=LOCAL - timedelta(hours=2),
    )
    assert rings(early, DUE, DUE - timedelta(days=1)) == {
        "due": DUE,
        "start/0": DUE - timedelta(hours=2),
        "start/30": DUE - timedelta(hours=2, minutes=30),
    }


def test_a_reminder_of_the_start_of_a_task_without_one_does_not_ring() -> None:
    assert set(rings(task(Before(minutes_before=5, related="start")), DUE, DUE - timedelta(days=1))) == {"due"}


def test_a_reminder_on_the_day_rings_at_its_time_in_the_tasks_zone() -> None:
    on_day = task(OnDay(time=time(18)), OnDay(time=time(7, 30), days_before=2))
    assert rings(on_day, DUE, DUE - timedelta(days=9), "Asia/Tokyo") == {
        "due": DUE,
        "day/0/18:00:00": datetime(2026, 11, 23, 17, tzinfo=UTC),
        "day/2/07:30:00": datetime(2026, 11, 21, 6, 30, tzinfo=UTC),
    }


def test_a_reminder_on_the_day_of_an_all_day_task_rings_where_its_owner_is() -> None:
    all_day = task(OnDay(time=time(8)), due_local=None, zone=None, due_at=None, due_on=DAY)
    due = resolve(DAY, None, None, "Asia/Tokyo")
    assert rings(all_day, due, DUE - timedelta(days=9), "Asia/Tokyo")["day/0/08:00:00"] == datetime(
        2026, 11, 22, 23, tzinfo=UTC
    )


def test_a_reminder_on_a_day_at_a_time_that_the_clocks_skip_rings_an_hour_later() -> None:
    due = datetime(2026, 3, 29, 10, tzinfo=UTC)
    spring = task(OnDay(time=time(2, 30)), due_local=datetime(2026, 3, 29, 12), due_at=due)
    assert rings(spring, due, due - timedelta(days=1))["day/0/02:30:00"] == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)


def test_a_nag_rings_after_the_due_moment_and_says_how_long_after_it_the_next_is() -> None:
    every = timedelta(minutes=30)
    nag = Ring("nag/30", "nag", DUE + every, every)
    assert nag in rings_of(task(Nag(every_minutes=30)), DUE, DUE - timedelta(days=1), "UTC")


@given(
    minutes=st.integers(5, 10_080),
    passed=st.timedeltas(min_value=timedelta(days=-400), max_value=timedelta(days=4000)),
)
def test_a_nags_next_moment_is_the_first_of_its_own_that_is_to_come(minutes: int, passed: timedelta) -> None:
    every, now = timedelta(minutes=minutes), DUE + passed
    again = again_at(DUE, every, now)
    assert again > max(now, DUE)
    assert (again - DUE) % every == timedelta()
    assert again - every <= max(now, DUE)


def test_a_nag_at_the_end_of_time_does_not_ring() -> None:
    last = datetime(9999, 12, 31, 23, 58, tzinfo=UTC)
    assert set(rings(task(Nag(every_minutes=5)), last, DUE)) == {"due"}
