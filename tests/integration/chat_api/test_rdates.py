"""Dates beside a task's rule, and dates taken out of it."""

from typing import Any

import pytest

from tests.integration.world import Person, World

pytestmark = pytest.mark.requirement("TIME-029")

WEEKLY = {"due_local": "2035-06-04T09:00:00", "zone": "Europe/Berlin", "rrule": "FREQ=WEEKLY"}


async def those_that_come(taskwake: World, sam: Person, task: dict[str, Any], times: int) -> list[str]:
    came = []
    for _ in range(times):
        await sam.complete(task)
        await taskwake.settled()
        [task] = await sam.tasks()
        came.append(task["due_local"] or task["due_on"])
    return came


async def test_dates_added_come_and_dates_taken_out_do_not(taskwake: World, sam: Person) -> None:
    task = await sam.create(**WEEKLY, rdates=["2035-06-07T17:00:00"], exdates=["2035-06-11T09:00:00"])
    assert await those_that_come(taskwake, sam, task, 2) == ["2035-06-07T17:00:00", "2035-06-18T09:00:00"]


async def test_days_are_added_and_taken_out_of_a_series_of_whole_days(taskwake: World, sam: Person) -> None:
    task = await sam.create(due_on="2035-06-04", rrule="FREQ=WEEKLY", rdates=["2035-06-07"], exdates=["2035-06-11"])
    assert await those_that_come(taskwake, sam, task, 2) == ["2035-06-07", "2035-06-18"]


async def test_they_are_shown_sorted_and_once_and_changed_without_a_new_series(taskwake: World, sam: Person) -> None:
    task = await sam.create(**WEEKLY, exdates=["2035-06-18T09:00", "2035-06-11T09:00:00", "2035-06-11 09:00:00"])
    path = f"/tasks/{task['id']}/series"
    assert await sam.get(path) == {
        "id": task["series_id"],
        "rrule": "FREQ=WEEKLY",
        "anchor": "schedule",
        "catch_up": "latest",
        "dtstart": "2035-06-04T09:00:00",
        "zone": "Europe/Berlin",
        "rdates": [],
        "exdates": ["2035-06-11T09:00:00", "2035-06-18T09:00:00"],
        "template": {
            "title": "Call Sam", "notes": "", "reminders": [], "start_days": None, "start_seconds": None,
            "labels": [], "priority": 4, "assignee_id": None, "estimate_minutes": None, "deadline_days": None,
        },
    }  # fmt: skip
    changed = await sam.change(task, rdates=["2035-06-05T09:00:00"], exdates=None)
    assert changed == task | {"version": 2}
    assert await sam.change(task, rdates=["2035-06-05T09:00:00"], exdates=None) == changed
    series = await sam.get(path)
    assert (series["rdates"], series["exdates"]) == (["2035-06-05T09:00:00"], [])
    rows = await taskwake.execute(
        "SELECT event->'data'->'changed' AS names FROM events WHERE key = %s AND topic = 'task.updated.v1'", task["id"]
    )
    assert [sorted(row["names"]) for row in rows] == [["exdates", "rdates"]]


@pytest.mark.requirement("TIME-019")
async def test_those_to_come_move_with_the_following(taskwake: World, sam: Person) -> None:
    task = await sam.create(**WEEKLY, rdates=["2035-06-07T17:00:00"], exdates=["2035-06-11T09:00:00"])
    moved = await sam.change(task, due_local="2035-06-05T10:00:00", scope="following")
    assert await those_that_come(taskwake, sam, moved, 2) == ["2035-06-08T18:00:00", "2035-06-19T10:00:00"]


async def test_a_new_rule_begins_without_those_of_the_old_one(sam: Person) -> None:
    task = await sam.create(**WEEKLY, exdates=["2035-06-11T09:00:00"])
    changed = await sam.change(task, rrule="FREQ=DAILY", rdates=["2035-06-05T17:00:00"])
    series = await sam.get(f"/tasks/{changed['id']}/series")
    assert (series["rdates"], series["exdates"]) == (["2035-06-05T17:00:00"], [])


@pytest.mark.parametrize("field", ["rdates", "exdates"])
@pytest.mark.parametrize(
    "value",
    [
        ["2035-06-07"],
        ["2035-06-07T17:00:00Z"],
        ["2035-06-07T17:00:00.5"],
        ["tomorrow"],
        [20350607],
        [None],
        ["2035-02-30T09:00:00"],
        "2035-06-07T17:00:00",
        ["2035-06-07T17:00:00"] * 10_001,
    ],
    ids=["a-day", "an-offset", "half-a-second", "a-word", "a-number", "null", "no-date", "no-list", "too-many"],
)
async def test_wrong_dates_are_refused_and_change_nothing(taskwake: World, sam: Person, field: str, value: Any) -> None:
    task = await sam.create(**WEEKLY)
    await taskwake.settled()
    before = await taskwake.everything()
    for answer in (
        await sam.http.post("/tasks", json=WEEKLY | {"title": "other", field: value}),
        await sam.http.patch(f"/tasks/{task['id']}", json={field: value}),
    ):
        assert answer.status_code == 422, answer.text
        assert answer.json()["errors"][0]["field"].startswith(field)
    assert await taskwake.everything() == before


@pytest.mark.parametrize(
    ("body", "field", "said"),
    [
        ({"due_on": "2035-06-04", "rdates": ["2035-06-05"]}, "rdates", "give rrule, too"),
        (
            {"due_on": "2035-06-04", "rrule": "FREQ=DAILY", "anchor": "completion", "exdates": ["2035-06-05"]},
            "exdates",
            "after each completion",
        ),
        ({"due_on": "2035-06-04", "rrule": "FREQ=DAILY;COUNT=1", "exdates": ["2035-06-04"]}, "exdates", "at least one"),
        ({"due_on": "2035-06-04", "rrule": "FREQ=DAILY", "rdates": ["2035-06-05T09:00:00"]}, "rdates", "a day"),
    ],
)
async def test_dates_that_go_with_no_such_repetition_are_refused(
    sam: Person, body: dict[str, Any], field: str, said: str
) -> None:
    answer = await sam.http.post("/tasks", json=body | {"title": "other"})
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, field), answer.text
    assert said in answer.json()["detail"]
    assert await sam.tasks() == []


async def test_a_task_that_does_not_repeat_has_no_series(sam: Person, kim: Person) -> None:
    task = await sam.create(due_on="2035-06-04")
    assert (await sam.http.get(f"/tasks/{task['id']}/series")).status_code == 404
    answer = await sam.http.patch(f"/tasks/{task['id']}", json={"exdates": ["2035-06-04"]})
    assert answer.json()["errors"][0]["field"] == "exdates"
    recurring = await sam.create(**WEEKLY)
    assert (await kim.http.get(f"/tasks/{recurring['id']}/series")).status_code == 404
