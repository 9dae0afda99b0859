"""Each form of reminder rings at its moment: before the start, at a moment, on the day, again until it is done."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests.integration.world import Person, World, soon

pytestmark = pytest.mark.requirement("TIME-009")

BERLIN = {"zone": "Europe/Berlin"}


async def waiting(taskwake: World, task: dict[str, Any]) -> dict[str, datetime]:
    """The moments of the task's reminders that wait, by name."""
    rows = await taskwake.execute(
        "SELECT name, remind_at FROM reminders WHERE task_id = %s AND fired_at IS NULL", task["id"]
    )
    return {row["name"]: row["remind_at"] for row in rows}


async def is_late_by(taskwake: World, task: dict[str, Any], name: str, late: timedelta) -> None:
    """Put a reminder's moment into the past, as if the service had been off since, and ring."""
    await taskwake.execute(
        "UPDATE reminders SET remind_at = now() - %s, held_from = NULL WHERE task_id = %s AND name = %s",
        late,
        task["id"],
        name,
    )
    await taskwake.taskwake.look_again()


async def test_each_form_is_answered_as_it_was_given_and_waits_for_its_moment(taskwake: World, sam: Person) -> None:
    asked = [
        {"minutes_before": 10, "related": "start"},
        {"at": "2031-03-01T06:00:00Z"},
        {"time": "18:00:00", "days_before": 1},
        {"every_minutes": 30},
    ]
    task = await sam.create(
        due_local="2031-03-05T12:00:00", start_local="2031-03-05T09:00:00", reminders=asked, **BERLIN
    )
    assert task["reminders"] == asked
    assert task["start_local"] == "2031-03-05T09:00:00"
    berlin = ZoneInfo("Europe/Berlin")
    due = datetime(2031, 3, 5, 12, tzinfo=berlin)
    assert await waiting(taskwake, task) == {
        "due": due,
        "start/10": datetime(2031, 3, 5, 8, 50, tzinfo=berlin),
        "at/2031-03-01T06:00:00+00:00": datetime(2031, 3, 1, 6, tzinfo=UTC),
        "day/1/18:00:00": datetime(2031, 3, 4, 18, tzinfo=berlin),
        "nag/30": due + timedelta(minutes=30),
    }


async def test_a_reminder_at_a_moment_rings_for_a_task_without_a_due_time(sam: Person) -> None:
    moment = soon(0.5)
    task = await sam.create(reminders=[{"at": moment}])
    [notice] = await sam.is_told(task)
    assert (notice["kind"], datetime.fromisoformat(notice["remind_at"])) == ("at", datetime.fromisoformat(moment))
    assert notice["created_at"] >= notice["remind_at"]


async def test_a_reminder_at_a_moment_stays_when_the_due_time_moves_and_is_not_of_the_next_occurrence(
    taskwake: World, sam: Person
) -> None:
    task = await sam.create(
        due_local="2031-03-05T12:00:00", reminders=[{"at": "2031-03-01T06:00:00Z"}], rrule="FREQ=DAILY", **BERLIN
    )
    task = await sam.change(task, due_local="2031-03-07T12:00:00")
    assert "at/2031-03-01T06:00:00+00:00" in await waiting(taskwake, task)
    await sam.complete(task)
    await taskwake.settled()
    [following] = await sam.tasks()
    assert (following["reminders"], set(await waiting(taskwake, following))) == ([], {"due"})


async def test_the_start_keeps_its_distance_from_the_due_time_of_the_next_occurrence(
    taskwake: World, sam: Person
) -> None:
    task = await sam.create(
        due_on="2031-01-31",
        start_on="2031-01-29",
        rrule="FREQ=MONTHLY;BYMONTHDAY=-1",
        reminders=[{"minutes_before": 0, "related": "start"}],
    )
    await sam.complete(task)
    await taskwake.settled()
    [following] = await sam.tasks()
    assert (following["due_on"], following["start_on"]) == ("2031-02-28", "2031-02-26")


async def test_a_new_due_time_before_the_start_is_refused_and_no_due_time_means_no_start(sam: Person) -> None:
    task = await sam.create(due_on="2031-01-31", start_on="2031-01-29")
    answer = await sam.http.patch(f"/tasks/{task['id']}", json={"due_on": "2031-01-28"})
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "start_on")
    moved = await sam.change(task, due_on="2031-01-28", start_on="2031-01-28")
    assert moved["start_on"] == "2031-01-28"
    assert (await sam.change(moved, due_on=None))["start_on"] is None


async def test_a_nag_rings_again_and_again_until_the_task_is_done(taskwake: World, sam: Person) -> None:
    task = await sam.create(due_at=soon(-60), reminders=[{"every_minutes": 5}])
    await sam.is_told(task)
    for times in (2, 3):
        await is_late_by(taskwake, task, "nag/5", timedelta(seconds=1))
        assert (await sam.is_told(task, times=times))[0]["kind"] == "nag"
    assert set(await waiting(taskwake, task)) == {"nag/5"}
    await sam.complete(task)
    assert await waiting(taskwake, task) == {}


async def test_a_nag_that_a_day_went_by_rings_once_and_goes_on_in_step(taskwake: World, sam: Person) -> None:
    task = await sam.create(due_at=soon(-60), reminders=[{"every_minutes": 60}])
    await sam.is_told(task)
    due = datetime.fromisoformat(task["due_at"])
    await is_late_by(taskwake, task, "nag/60", datetime.now(UTC) - (due - timedelta(hours=24)))
    await sam.is_told(task, times=2)
    await taskwake.settled()
    [notice, _] = await sam.notices(task)
    assert "late" in notice["body"]
    again = (await waiting(taskwake, task))["nag/60"]
    assert timedelta() < again - datetime.now(UTC) <= timedelta(hours=1)


@pytest.mark.requirement("TIME-010")
async def test_a_persons_default_reminders_are_those_of_a_task_that_names_none(taskwake: World, sam: Person) -> None:
    usual = [{"minutes_before": 15}, {"time": "07:00:00", "days_before": 0}]
    answer = await sam.http.patch("/me", json={"default_reminders": usual})
    assert answer.json()["default_reminders"] == usual
    assert (await sam.create(due_local="2031-03-05T12:00:00"))["reminders"] == usual
    assert (await sam.create(due_local="2031-03-05T12:00:00", reminders=[]))["reminders"] == []
    assert (await sam.create())["reminders"] == []
    said = await sam.post("/chat", {"text": "call Kim on 5 March 2031 at noon"})
    assert said["tasks"][0]["reminders"] == usual
    said = await sam.post("/chat", {"text": "call Kim on 5 March 2031 at noon remind me 2 hours before"})
    assert said["tasks"][0]["reminders"] == [{"minutes_before": 120}]
