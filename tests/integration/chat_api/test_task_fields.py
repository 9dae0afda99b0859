"""Labels, priority, deadline, estimate and assignee of a task; who is reminded; what a series carries on."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.integration.world import Person, World

FIELDS = {
    "labels": ["home", "waiting-for"],
    "priority": 1,
    "deadline_on": "2035-06-03",
    "estimate_minutes": 45,
    "notes": "**Markdown**, as it was written",
}


async def shared(taskwake: World, sam: Person, role: str = "editor") -> Person:
    """Somebody who is a member of Sam's list."""
    kim = await taskwake.person(name="Kim")
    await sam.share(sam.list_id, kim, role)
    return kim


@pytest.mark.requirement("PROD-010")
async def test_a_task_keeps_what_it_is_given_and_null_clears_it(sam: Person) -> None:
    task = await sam.create(**FIELDS)
    assert {name: task[name] for name in FIELDS} == FIELDS
    assert await sam.get(f"/tasks/{task['id']}") == task
    cleared = await sam.change(task, **dict.fromkeys(FIELDS))
    assert [cleared[name] for name in FIELDS] == [[], 4, None, None, ""]


@pytest.mark.requirement("PROD-010")
async def test_a_change_names_the_fields_that_changed(taskwake: World, sam: Person) -> None:
    task = await sam.create(priority=2)
    same = await sam.change(task, priority=2, labels=[])
    assert same["version"] == task["version"]
    changed = await sam.change(task, priority=3, labels=["x"])
    assert (changed["version"], changed["priority"], changed["labels"]) == (2, 3, ["x"])


@pytest.mark.requirement("PROD-010")
async def test_labels_are_trimmed_and_one_whatever_their_case(sam: Person) -> None:
    task = await sam.create(labels=[" Home ", "home", "HOME", "work"])
    assert task["labels"] == ["Home", "work"]


@pytest.mark.requirement("PROD-010")
@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("labels", ["a b"]),
        ("labels", ["@a"]),
        ("labels", ["x" * 61]),
        ("labels", [f"l{n}" for n in range(51)]),
        ("priority", 0),
        ("priority", 5),
        ("estimate_minutes", 0),
        ("estimate_minutes", 10**9),
        ("deadline_on", "soon"),
        ("assignee_id", "00000000-0000-0000-0000-000000000000"),
        ("parent_id", "00000000-0000-0000-0000-000000000000"),
    ],
)
async def test_what_no_field_takes_is_refused_and_changes_nothing(sam: Person, field: str, value: Any) -> None:
    task = await sam.create()
    for answer in (
        await sam.http.post("/tasks", json={"title": "x", field: value}),
        await sam.http.patch(f"/tasks/{task['id']}", json={"title": "x", field: value}),
    ):
        assert answer.status_code == 422, answer.text
        assert answer.json()["errors"][0]["field"].startswith(field)
    assert await sam.tasks() == [task]


@pytest.mark.requirement("PROD-010")
async def test_labels_in_use_are_listed_with_their_open_tasks_and_find_them(taskwake: World, sam: Person) -> None:
    one = await sam.create(labels=["Home", "x"])
    await sam.create(labels=["Home"])
    done = await sam.create(labels=["home", "y"])
    await sam.complete(done)
    other = await taskwake.person()
    await other.create(labels=["secret"])
    assert await sam.get("/labels") == [
        {"name": "Home", "open_count": 2},
        {"name": "x", "open_count": 1},
        {"name": "y", "open_count": 0},
    ]
    assert [task["id"] for task in await sam.tasks(label="X")] == [one["id"]]
    assert len(await sam.tasks(label="HOME", status="all")) == 3


@pytest.mark.requirement("PROD-012")
async def test_only_a_member_of_the_list_is_assigned_its_tasks(taskwake: World, sam: Person) -> None:
    kim, stranger = await shared(taskwake, sam), await taskwake.person()
    task = await sam.create(assignee_id=str(kim.id))
    assert task["assignee_id"] == str(kim.id)
    answer = await sam.http.patch(f"/tasks/{task['id']}", json={"assignee_id": str(stranger.id)})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "assignee_id"


@pytest.mark.requirement("PROD-012")
async def test_who_is_to_do_it_is_reminded_and_nobody_else(taskwake: World, sam: Person) -> None:
    kim = await shared(taskwake, sam)
    soon = (datetime.now(UTC) + timedelta(seconds=2)).isoformat()
    mine = await sam.create(due_at=soon)
    task = await sam.create(due_at=soon, assignee_id=str(kim.id))
    [*_, told] = [notice for notice in await kim.is_told(task, 2) if notice["kind"] == "due"]
    assert told["task_id"] == task["id"]
    await sam.is_told(mine)
    assert await sam.notices(task) == []


@pytest.mark.requirement("PROD-012")
async def test_another_assignee_takes_the_reminders_over(taskwake: World, sam: Person) -> None:
    kim = await shared(taskwake, sam)
    task = await sam.create(due_local="2035-06-01T09:00:00")
    assert len((await sam.get("/reminders/ledger"))["entries"]) == 1
    await sam.change(task, assignee_id=str(kim.id))
    assert (await sam.get("/reminders/ledger"))["entries"] == []
    assert len((await kim.get("/reminders/ledger"))["entries"]) == 1
    await sam.change(task, assignee_id=None)
    assert len((await sam.get("/reminders/ledger"))["entries"]) == 1


@pytest.mark.requirement("PROD-012")
async def test_a_floating_time_is_where_the_assignee_is(taskwake: World, sam: Person) -> None:
    kim = await shared(taskwake, sam)
    await kim.http.patch("/me", json={"zone": "Asia/Tokyo"})
    await sam.http.patch("/me", json={"zone": "Europe/Berlin"})
    task = await sam.create(due_local="2035-06-01T09:00:00", assignee_id=str(kim.id))
    assert task["due_at"] == "2035-06-01T00:00:00Z"
    back = await sam.change(task, assignee_id=None)
    assert back["due_at"] == "2035-06-01T07:00:00Z"


@pytest.mark.requirement("PROD-012")
async def test_who_leaves_a_list_is_assigned_nothing_of_it(taskwake: World, sam: Person) -> None:
    kim = await shared(taskwake, sam)
    task = await sam.create(assignee_id=str(kim.id))
    await taskwake.execute("DELETE FROM list_members WHERE user_id = %s AND list_id = %s", kim.id, sam.list_id)
    assert (await sam.get(f"/tasks/{task['id']}"))["assignee_id"] is None


@pytest.mark.requirement("PROD-014")
async def test_the_next_occurrence_has_the_fields_and_the_deadline_moves_along(taskwake: World, sam: Person) -> None:
    task = await sam.create(**FIELDS, due_on="2035-06-01", rrule="FREQ=WEEKLY", assignee_id=str(sam.id))
    await sam.complete(task)
    await taskwake.settled()
    [after] = await sam.tasks()
    assert after["due_on"] == "2035-06-08"
    kept = FIELDS | {"deadline_on": "2035-06-10", "assignee_id": str(sam.id), "position": task["position"]}
    assert {name: after[name] for name in kept} == kept
