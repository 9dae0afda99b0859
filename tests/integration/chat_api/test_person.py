"""Changing oneself: quiet hours, default reminders, and a zone that floating times follow."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests.integration.world import Person, World, soon

NOON = "2031-03-05T12:00:00"


async def moments(taskwake: World, task: dict[str, Any]) -> list[datetime]:
    """What the task's reminders wait for, the first one first."""
    rows = await taskwake.execute(
        "SELECT remind_at FROM reminders WHERE task_id = %s AND fired_at IS NULL ORDER BY 1", task["id"]
    )
    return [row["remind_at"] for row in rows]


def around_now(zone: str, hours: int = 2) -> dict[str, str]:
    """Quiet hours in this zone that have begun, and last for so long from now."""
    now = datetime.now(ZoneInfo(zone)).replace(microsecond=0)
    begin, end = now - timedelta(hours=1), now + timedelta(hours=hours)
    return {"quiet_from": begin.time().isoformat(), "quiet_until": end.time().isoformat()}


@pytest.mark.requirement("TIME-013")
async def test_a_new_zone_moves_what_is_floating_and_all_day_and_says_what(taskwake: World) -> None:
    sam = await taskwake.person(zone="Europe/Berlin")
    floating = await sam.create(title="Floating", due_local=NOON, reminders=[{"minutes_before": 60}])
    all_day = await sam.create(title="All day", due_on="2031-03-05", reminders=[{"time": "08:00"}])
    zoned = await sam.create(due_local=NOON, zone="Europe/Berlin")
    done = await sam.complete(await sam.create(due_local=NOON))
    before = await moments(taskwake, zoned)
    answer = (await sam.http.patch("/me", json={"zone": "America/New_York"})).json()
    there = ZoneInfo("America/New_York")
    noon = datetime(2031, 3, 5, 12, tzinfo=there)
    assert [(moved["title"], moved["is_now"]) for moved in answer["moved"]] == [
        ("All day", "2031-03-05T14:00:00Z"),
        ("Floating", "2031-03-05T17:00:00Z"),
    ]
    assert [moved["was"] for moved in answer["moved"]] == ["2031-03-05T08:00:00Z", "2031-03-05T11:00:00Z"]
    assert answer["moved_count"] == 2
    assert await moments(taskwake, floating) == [noon - timedelta(hours=1), noon]
    assert await moments(taskwake, all_day) == [datetime(2031, 3, 5, hour, tzinfo=there) for hour in (8, 9)]
    assert await moments(taskwake, zoned) == before
    tasks = {task["id"]: task for task in await sam.tasks(status="all")}
    assert tasks[floating["id"]]["due_at"] == "2031-03-05T17:00:00Z"
    assert tasks[floating["id"]]["version"] == floating["version"] + 1
    assert (tasks[zoned["id"]], tasks[done["id"]]) == (zoned, done)


@pytest.mark.requirement("TIME-013")
async def test_the_same_zone_or_another_field_moves_nothing(taskwake: World) -> None:
    sam = await taskwake.person(zone="Europe/Berlin")
    task = await sam.create(due_local=NOON)
    for change in ({"zone": "Europe/Berlin"}, {"name": "Sam"}, {"zone": "Europe/Paris"}):
        answer = (await sam.http.patch("/me", json=change)).json()
        assert (answer["moved"], answer["moved_count"]) == ([], 0)
    assert (await sam.get(f"/tasks/{task['id']}")) == task


@pytest.mark.requirement("TIME-013")
async def test_what_rang_in_the_old_zone_and_has_passed_in_the_new_one_does_not_ring_again(taskwake: World) -> None:
    sam = await taskwake.person(zone="UTC")
    past = (datetime.now(UTC) - timedelta(hours=5)).strftime("%Y-%m-%dT%H:%M:%S")
    task = await sam.create(due_local=past)
    await sam.is_told(task)
    await sam.http.patch("/me", json={"zone": "Asia/Kolkata"})
    await taskwake.settled()
    assert len(await sam.notices(task)) == 1
    assert await moments(taskwake, task) == []


@pytest.mark.requirement("TIME-013")
async def test_what_a_new_zone_makes_overdue_rings_at_once(taskwake: World) -> None:
    sam = await taskwake.person(zone="UTC")
    later = (datetime.now(UTC) + timedelta(hours=3)).strftime("%Y-%m-%dT%H:%M:%S")
    task = await sam.create(due_local=later)
    await sam.http.patch("/me", json={"zone": "Asia/Kolkata"})
    [notice] = await sam.is_told(task)
    assert "2 h 3" in notice["body"] or "2 h 2" in notice["body"]


@pytest.mark.requirement("TIME-013")
async def test_changes_of_different_settings_at_once_are_all_kept(sam: Person) -> None:
    changes = [{"name": "Samuel"}, {"zone": "Asia/Tokyo"}, {"week_start": "SU"}, {"date_order": "dmy"}] * 3
    answers = await asyncio.gather(*(sam.http.patch("/me", json=change) for change in changes))
    assert {answer.status_code for answer in answers} == {200}
    me = await sam.get("/me")
    assert (me["name"], me["zone"], me["week_start"], me["date_order"]) == ("Samuel", "Asia/Tokyo", "SU", "dmy")


@pytest.mark.requirement("TIME-013")
async def test_an_unknown_zone_changes_nothing(sam: Person) -> None:
    before = await sam.get("/me")
    answer = await sam.http.patch("/me", json={"zone": "Berlin", "name": "Else"})
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "zone")
    assert await sam.get("/me") == before


@pytest.mark.requirement("TIME-012")
async def test_in_quiet_hours_a_reminder_waits_until_they_end_and_the_ledger_says_since_when(
    taskwake: World, sam: Person
) -> None:
    await sam.http.patch("/me", json={"zone": "Asia/Tokyo"} | around_now("Asia/Tokyo"))
    task = await sam.create(due_at=soon(0.3))
    loud = await taskwake.person(name="Kim")
    await loud.is_told(await loud.create(due_at=soon(0.5)))
    await taskwake.settled()
    assert await sam.notices() == []
    [entry] = (await sam.get("/reminders/ledger"))["entries"]
    ends = datetime.fromisoformat(entry["remind_at"])
    assert timedelta(hours=1, minutes=59) < ends - datetime.now(UTC) <= timedelta(hours=2)
    assert datetime.fromisoformat(entry["held_from"]) == datetime.fromisoformat(task["due_at"])
    assert entry["fired_at"] is None


@pytest.mark.requirement("TIME-012")
async def test_when_quiet_hours_end_what_they_held_is_told_once_and_says_so(taskwake: World, sam: Person) -> None:
    await sam.http.patch("/me", json=around_now("UTC"))
    task = await sam.create(due_at=soon(-1))
    await taskwake.settled()
    assert await sam.notices() == []
    await sam.http.patch("/me", json={"quiet_from": None, "quiet_until": None})
    await taskwake.execute("UPDATE reminders SET remind_at = now() WHERE task_id = %s", task["id"])
    await taskwake.taskwake.look_again()
    [notice] = await sam.is_told(task)
    assert notice["body"].endswith("held over your quiet hours")
    [entry] = (await sam.get("/reminders/ledger"))["entries"]
    assert datetime.fromisoformat(entry["held_from"]) == datetime.fromisoformat(task["due_at"])


@pytest.mark.requirement("TIME-012")
async def test_a_snooze_rings_in_quiet_hours(sam: Person) -> None:
    task = await sam.create(due_at=soon(-1))
    [notice] = await sam.is_told(task)
    await sam.http.patch("/me", json=around_now("UTC"))
    await sam.post(f"/notices/{notice['id']}/snooze", {"until": soon(0.3)})
    assert (await sam.is_told(task, times=2))[0]["kind"] == "snooze"


@pytest.mark.requirement("TIME-012")
async def test_an_edit_that_moves_no_reminder_leaves_what_is_held(taskwake: World, sam: Person) -> None:
    await sam.http.patch("/me", json=around_now("UTC"))
    task = await sam.create(due_at=soon(-1))
    await taskwake.settled()
    held = await moments(taskwake, task)
    await sam.change(task, reminders=[{"minutes_before": 5}])
    await taskwake.settled()
    assert await moments(taskwake, task) == held
    assert await sam.notices() == []


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"quiet_from": "22:00"}, "quiet_until"),
        ({"quiet_until": "07:00"}, "quiet_from"),
        ({"quiet_from": "07:00", "quiet_until": "07:00"}, "quiet_until"),
        ({"quiet_from": 79200, "quiet_until": "07:00"}, "quiet_from"),
        ({"quiet_from": "22:00Z", "quiet_until": "07:00"}, "quiet_from"),
        ({"default_reminders": [{"at": "2031-01-01T09:00:00Z"}]}, "default_reminders.0"),
        ({"default_reminders": [{"minutes_before": 5, "related": "start"}]}, "default_reminders.0"),
        ({"default_reminders": [{"every_minutes": 1}]}, "default_reminders.0.every_minutes"),
    ],
)
@pytest.mark.requirement("TIME-010")
async def test_habits_that_make_no_sense_are_refused_and_change_nothing(
    sam: Person, change: dict[str, Any], field: str
) -> None:
    before = await sam.get("/me")
    answer = await sam.http.patch("/me", json=change)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, field)
    assert await sam.get("/me") == before
