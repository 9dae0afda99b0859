"""Reminders: each rings once, at its moment, never before."""

import asyncio
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from tests.integration.world import Person, World, soon, until

pytestmark = pytest.mark.requirement("FLOW-004")


def lateness(notice) -> timedelta:
    return datetime.fromisoformat(notice["created_at"]) - datetime.fromisoformat(notice["remind_at"])


async def waiting(taskwake: World, task) -> list[tuple[str, datetime]]:
    """The reminders of a task that still wait, the last first: name, and moment."""
    rows = await taskwake.execute(
        "SELECT name, remind_at FROM reminders WHERE task_id = %s AND fired_at IS NULL ORDER BY 2 DESC", task["id"]
    )
    return [(row["name"], row["remind_at"]) for row in rows]


@pytest.mark.requirement("FLOW-011")
async def test_reminders_ring_once_each_at_their_moment_and_never_before(taskwake: World, sam: Person) -> None:
    tasks = [await sam.create(title=f"task {n}", due_at=soon(0.4 + n / 10)) for n in range(10)]
    told = [(await sam.is_told(task))[0] for task in tasks]
    late = sorted(lateness(notice) for notice in told)
    print(f"late by {late[5] / timedelta(milliseconds=1):.1f} ms in the middle, {late[-1]} at most")
    assert late[0] >= timedelta(0)
    for task, notice in zip(tasks, told, strict=True):
        assert (notice["kind"], notice["title"]) == ("due", task["title"])
        assert datetime.fromisoformat(notice["remind_at"]) == datetime.fromisoformat(task["due_at"])
        assert "late" not in notice["body"]
    await taskwake.settled()
    assert len(await sam.notices()) == 10


@pytest.mark.requirement("FLOW-005")
async def test_many_due_in_one_second_are_each_noticed_once(taskwake: World, sam: Person) -> None:
    due = datetime.now(UTC) + timedelta(seconds=1.5)
    tasks = await asyncio.gather(
        *(sam.create(due_at=(due + timedelta(milliseconds=n)).isoformat()) for n in range(100))
    )

    async def all_told() -> bool:
        return len(await sam.notices()) >= 100

    await until(all_told)
    await taskwake.settled()
    told = await sam.notices()
    assert sorted(notice["task_id"] for notice in told) == sorted(task["id"] for task in tasks)
    assert min(map(lateness, told)) >= timedelta(0)


async def test_changed_due_time_rings_at_the_new_moment_only(taskwake: World, sam: Person) -> None:
    task = await sam.create(due_at=soon(0.8))
    task = await sam.change(task, due_at=soon(1.6))
    [notice] = await sam.is_told(task)
    assert datetime.fromisoformat(notice["remind_at"]) == datetime.fromisoformat(task["due_at"])
    assert lateness(notice) >= timedelta(0)
    await taskwake.settled()
    assert len(await sam.notices(task)) == 1


async def test_due_time_changed_after_it_rang_rings_again(sam: Person) -> None:
    task = await sam.create(due_at=soon(-5))
    await sam.is_told(task)
    await sam.change(task, due_at=soon(0.3))
    assert len(await sam.is_told(task, times=2)) == 2


async def test_change_of_the_title_after_it_rang_does_not_ring_again(taskwake: World, sam: Person) -> None:
    task = await sam.create(due_at=soon(-5))
    await sam.is_told(task)
    await sam.change(task, title="another", notes="more", reminders=[{"minutes_before": 5}])
    await taskwake.settled()
    assert len(await sam.notices(task)) == 1


@pytest.mark.parametrize("withdraw", ["complete", "delete"])
async def test_task_completed_or_deleted_before_does_not_ring(taskwake: World, sam: Person, withdraw) -> None:
    task = await sam.create(due_at=soon(0.5), reminders=[{"minutes_before": 1}])
    later = await sam.create(due_at=soon(0.6))
    await getattr(sam, withdraw)(task)
    assert await waiting(taskwake, task) == []
    await sam.is_told(later)
    await taskwake.settled()
    assert await sam.notices(task) == []


async def test_reopened_task_rings_if_its_moment_is_still_to_come(taskwake: World, sam: Person) -> None:
    task = await sam.create(due_at=soon(1))
    await sam.complete(task)
    await sam.reopen(task)
    assert lateness((await sam.is_told(task))[0]) >= timedelta(0)
    await taskwake.settled()
    assert len(await sam.notices(task)) == 1


async def test_reopened_task_does_not_ring_for_what_has_passed(taskwake: World, sam: Person) -> None:
    task = await sam.create(due_at=soon(0.2))
    await sam.complete(task)
    await asyncio.sleep(0.3)
    await sam.reopen(task)
    await taskwake.settled()
    assert await sam.notices(task) == []


async def test_minutes_before_ring_at_their_own_moments(taskwake: World, sam: Person) -> None:
    due = datetime.now(UTC) + timedelta(minutes=10, seconds=0.5)
    task = await sam.create(due_at=due.isoformat(), reminders=[{"minutes_before": 10}, {"minutes_before": 5}])
    [notice] = await sam.is_told(task)
    assert notice["kind"] == "before"
    assert datetime.fromisoformat(notice["remind_at"]) == due - timedelta(minutes=10)
    assert await waiting(taskwake, task) == [("due", due), ("before/5", due - timedelta(minutes=5))]


async def test_reminder_before_that_has_passed_already_tells_nothing(taskwake: World, sam: Person) -> None:
    task = await sam.create(due_at=soon(300), reminders=[{"minutes_before": 10}])
    await taskwake.settled()
    assert [name for name, _ in await waiting(taskwake, task)] == ["due"]
    assert await sam.notices(task) == []


async def test_all_day_task_rings_at_nine_where_its_owner_is(taskwake: World) -> None:
    tokyo = await taskwake.person(zone="Asia/Tokyo")
    task = await tokyo.create(due_on="2031-03-05", reminders=[{"minutes_before": 60}])
    nine = datetime(2031, 3, 5, 9, tzinfo=ZoneInfo("Asia/Tokyo"))
    assert await waiting(taskwake, task) == [("due", nine), ("before/60", nine - timedelta(hours=1))]


async def test_past_due_time_rings_at_once_and_says_how_late(sam: Person) -> None:
    task = await sam.create(due_at=soon(-2 * 3600 - 90))
    [notice] = await sam.is_told(task)
    assert "2 h 1 min late" in notice["body"]


async def test_series_keeps_its_reminders_for_the_next_occurrence(taskwake: World, sam: Person) -> None:
    task = await sam.create(
        due_local="2031-03-29T09:00:00",
        zone="Europe/Berlin",
        rrule="FREQ=DAILY",
        reminders=[{"minutes_before": 30}],
    )
    await sam.complete(task)
    await taskwake.settled()
    [following] = await sam.tasks()
    berlin = ZoneInfo("Europe/Berlin")
    assert await waiting(taskwake, following) == [
        ("due", datetime(2031, 3, 30, 9, tzinfo=berlin)),
        ("before/30", datetime(2031, 3, 30, 8, 30, tzinfo=berlin)),
    ]


async def test_another_member_who_edits_the_title_moves_no_reminder(taskwake: World) -> None:
    sam = await taskwake.person(zone="Asia/Tokyo")
    kim = await taskwake.person(name="Kim", email=f"kim-{sam.id}@example.org", zone="America/New_York")
    await sam.share(sam.list_id, kim)
    floating = await sam.create(due_local="2031-03-05T12:00:00")
    all_day = await sam.create(due_on="2031-03-05")
    before = [await waiting(taskwake, task) for task in (floating, all_day)]
    for task in (floating, all_day):
        assert (await kim.change(task, title="changed"))["due_at"] == task["due_at"]
    assert [await waiting(taskwake, task) for task in (floating, all_day)] == before
