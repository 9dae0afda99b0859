"""PATCH /tasks/{id}: what is named changes, null clears, all else stays."""

import pytest

from tests.integration.world import Person, World

pytestmark = pytest.mark.requirement("FLOW-002")

BERLIN = {"due_local": "2031-07-05T09:30:00", "zone": "Europe/Berlin"}
NO_DUE = {"due_on": None, "due_local": None, "due_at": None, "zone": None}


async def changed(taskwake: World, task) -> list[list[str]]:
    rows = await taskwake.execute(
        """
        SELECT event->'data'->'changed' AS names FROM events WHERE key = %s AND topic = 'task.updated.v1' ORDER BY seq
        """,
        task["id"],
    )
    return [sorted(row["names"]) for row in rows]


async def test_only_what_is_named_changes(taskwake: World, sam: Person) -> None:
    task = await sam.create(notes="n", **BERLIN)
    after = await sam.change(task, title="Call Kim")
    assert after == task | {"title": "Call Kim", "version": 2}
    assert await sam.get(f"/tasks/{task['id']}") == after
    assert await changed(taskwake, task) == [["title"]]


@pytest.mark.parametrize("change", [{}, {"title": "Call Sam"}, {"due_local": "2031-07-05T09:30:00"}, {"rrule": None}])
async def test_change_that_changes_nothing_is_no_event(taskwake: World, sam: Person, change) -> None:
    task = await sam.create(**BERLIN)
    assert await sam.change(task, **change) == task
    assert await changed(taskwake, task) == []


async def test_null_clears_notes_and_reminders(sam: Person) -> None:
    task = await sam.create(notes="n", reminders=[{"minutes_before": 5}], **BERLIN)
    after = await sam.change(task, notes=None, reminders=None)
    assert (after["notes"], after["reminders"]) == ("", [])


@pytest.mark.parametrize("change", [{"due_local": None}, {"due_at": None}, {"due_on": None, "due_local": None}])
async def test_null_clears_a_time(taskwake: World, sam: Person, change) -> None:
    task = await sam.create(**BERLIN)
    assert await sam.change(task, **change) == task | NO_DUE | {"version": 2}
    assert await taskwake.execute("SELECT 1 FROM reminders WHERE task_id = %s", task["id"]) == []


async def test_null_clears_a_day(sam: Person) -> None:
    task = await sam.create(due_on="2031-07-05")
    assert await sam.change(task, due_on=None) == task | NO_DUE | {"version": 2}


async def test_null_of_a_form_the_task_does_not_have_changes_nothing(sam: Person) -> None:
    timed, all_day = await sam.create(**BERLIN), await sam.create(due_on="2031-07-05")
    assert await sam.change(timed, due_on=None) == timed
    assert await sam.change(all_day, due_local=None, due_at=None, zone=None) == all_day


async def test_new_time_without_a_zone_stays_in_the_tasks_zone(sam: Person) -> None:
    task = await sam.create(**BERLIN)
    after = await sam.change(task, due_local="2031-07-06T10:00:00")
    assert (after["zone"], after["due_at"]) == ("Europe/Berlin", "2031-07-06T08:00:00Z")
    after = await sam.change(task, due_at="2031-07-07T10:00:00Z")
    assert (after["zone"], after["due_local"]) == ("Europe/Berlin", "2031-07-07T12:00:00")


async def test_zone_alone_keeps_the_wall_clock_time(sam: Person) -> None:
    task = await sam.create(**BERLIN)
    after = await sam.change(task, zone="America/New_York")
    assert (after["due_local"], after["due_at"]) == ("2031-07-05T09:30:00", "2031-07-05T13:30:00Z")
    after = await sam.change(task, zone=None)
    assert (after["due_local"], after["due_at"], after["zone"]) == ("2031-07-05T09:30:00", "2031-07-05T09:30:00Z", None)


async def test_day_takes_the_place_of_a_time_and_back(sam: Person) -> None:
    task = await sam.create(**BERLIN)
    after = await sam.change(task, due_on="2031-08-01")
    assert {name: after[name] for name in NO_DUE} == NO_DUE | {"due_on": "2031-08-01"}
    after = await sam.change(task, **BERLIN)
    assert {name: after[name] for name in NO_DUE} == {name: task[name] for name in NO_DUE}


async def test_rule_is_added_changed_and_removed(taskwake: World, sam: Person) -> None:
    task = await sam.create(due_on="2031-01-01")
    daily = await sam.change(task, rrule="FREQ=DAILY")
    assert (daily["rrule"], daily["recurrence_id"]) == ("FREQ=DAILY", "20310101")
    weekly = await sam.change(task, rrule="RRULE:FREQ=WEEKLY")
    assert weekly["rrule"] == "FREQ=WEEKLY"
    assert weekly["series_id"] != daily["series_id"]
    none = await sam.change(task, rrule=None)
    assert (none["rrule"], none["series_id"], none["recurrence_id"]) == (None, None, None)
    await sam.complete(task)
    await taskwake.settled()
    assert await sam.tasks() == []


async def test_changed_rule_is_what_the_next_occurrence_follows(taskwake: World, sam: Person) -> None:
    task = await sam.create(due_on="2031-01-01", rrule="FREQ=DAILY")
    await sam.change(task, rrule="FREQ=WEEKLY")
    await sam.complete(task)
    await taskwake.settled()
    assert [task["due_on"] for task in await sam.tasks()] == ["2031-01-08"]


@pytest.mark.requirement("TIME-016")
async def test_what_a_rule_counts_from_is_changed_once_and_sent_again_changes_nothing(
    taskwake: World, sam: Person
) -> None:
    task = await sam.create(due_on="2031-01-01", rrule="FREQ=DAILY;INTERVAL=3")
    changed = await sam.change(task, rrule="FREQ=DAILY;INTERVAL=3", anchor="completion")
    again = await sam.change(task, rrule="FREQ=DAILY;INTERVAL=3", anchor="completion")
    assert changed["series_id"] != task["series_id"]
    assert again == changed
    await sam.complete(task)
    await taskwake.settled()
    [following] = await sam.tasks()
    assert following["due_on"] < "2031-01-01"


@pytest.mark.requirement("FLOW-003")
async def test_recurring_task_keeps_a_due_time_until_its_rule_goes(sam: Person) -> None:
    task = await sam.create(due_on="2031-01-01", rrule="FREQ=DAILY")
    answer = await sam.http.patch(f"/tasks/{task['id']}", json={"due_on": None})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "due_on"
    after = await sam.change(task, due_on=None, rrule=None)
    assert (after["due_on"], after["rrule"]) == (None, None)
