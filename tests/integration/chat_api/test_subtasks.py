"""Tasks that are parts of others: they are done, deleted, moved and repeated with them."""

import asyncio
from typing import Any

import pytest

from tests.integration.world import Person, World

pytestmark = pytest.mark.requirement("PROD-011")


async def tree(sam: Person, **fields: Any) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
    """A task, a part of it, and a part of that."""
    top = await sam.create(title="top", **fields)
    middle = await sam.create(title="middle", parent_id=top["id"])
    return top, middle, await sam.create(title="leaf", parent_id=middle["id"])


async def now(sam: Person, task: dict[str, Any]) -> dict[str, Any]:
    return await sam.get(f"/tasks/{task['id']}")


async def refused(sam: Person, task: dict[str, Any], **fields: Any) -> str:
    answer = await sam.http.patch(f"/tasks/{task['id']}", json=fields)
    assert answer.status_code == 422, answer.text
    return answer.json()["errors"][0]["field"]


async def topics(taskwake: World, task: dict[str, Any]) -> list[str]:
    rows = await taskwake.execute(
        "SELECT topic FROM events WHERE event->'data'->'task'->>'id' = %s ORDER BY seq", task["id"]
    )
    return [row["topic"] for row in rows]


async def test_a_subtask_is_in_its_parents_list_and_is_listed_by_it(sam: Person) -> None:
    other = await sam.post("/lists", {"name": "Other"})
    top = await sam.create(list_id=other["id"])
    part = await sam.create(parent_id=top["id"])
    assert part["list_id"] == other["id"]
    await sam.create(parent_id=part["id"])
    assert await sam.tasks(parent_id=top["id"]) == [part]


async def test_no_task_is_a_part_of_itself_nor_too_deep(sam: Person) -> None:
    top, middle, leaf = await tree(sam)
    for parent in (top, middle, leaf):
        assert await refused(sam, top, parent_id=parent["id"]) == "parent_id"
    four = await sam.create(parent_id=leaf["id"])
    five = await sam.create(parent_id=four["id"])
    answer = await sam.http.post("/tasks", json={"title": "x", "parent_id": five["id"]})
    assert "6 levels" in answer.json()["errors"][0]["message"]
    other = await tree(sam)
    assert await refused(sam, other[0], parent_id=leaf["id"]) == "parent_id"
    assert (await sam.change(other[1], parent_id=leaf["id"]))["parent_id"] == leaf["id"]
    assert (await sam.change(other[1], parent_id=None))["parent_id"] is None


async def test_a_parent_is_in_the_same_list_seen_and_open(taskwake: World, sam: Person, kim: Person) -> None:
    other = await sam.post("/lists", {"name": "Other"})
    task = await sam.create()
    elsewhere, foreign, done = await sam.create(list_id=other["id"]), await kim.create(), await sam.create()
    await sam.complete(done)
    for parent in (elsewhere, foreign, done):
        assert await refused(sam, task, parent_id=parent["id"]) == "parent_id"
    answer = await sam.http.post("/tasks", json={"title": "x", "parent_id": foreign["id"]})
    assert answer.status_code == 422


async def test_only_the_top_of_a_tree_repeats(sam: Person) -> None:
    top, middle, _ = await tree(sam)
    series = await sam.create(due_on="2035-06-01", rrule="FREQ=DAILY")
    assert await refused(sam, series, parent_id=top["id"]) == "parent_id"
    assert await refused(sam, middle, due_on="2035-06-01", rrule="FREQ=DAILY") == "rrule"
    body = {"title": "x", "parent_id": top["id"], "due_on": "2035-06-01", "rrule": "FREQ=DAILY"}
    assert (await sam.http.post("/tasks", json=body)).status_code == 422
    assert (await sam.change(series, parent_id=top["id"], rrule=None))["parent_id"] == top["id"]


async def test_completing_a_task_completes_what_is_open_below_it_and_each_is_told(taskwake: World, sam: Person) -> None:
    top, middle, leaf = await tree(sam)
    early = await sam.create(parent_id=top["id"])
    early = await sam.complete(early)
    done = await sam.complete(top)
    assert await sam.tasks() == []
    assert await now(sam, early) == early
    for task in (middle, leaf):
        after = await now(sam, task)
        assert (after["status"], after["completed_at"], after["version"]) == ("done", done["completed_at"], 2)
        assert await topics(taskwake, task) == ["task.created.v1", "task.completed.v1"]


async def test_reopening_takes_back_what_the_completion_did_and_no_more(sam: Person) -> None:
    top, middle, leaf = await tree(sam, due_local="2035-06-01T09:00:00")
    early = await sam.complete(await sam.create(parent_id=top["id"]))
    await sam.complete(top)
    await sam.reopen(top)
    assert {task["id"] for task in await sam.tasks()} == {top["id"], middle["id"], leaf["id"]}
    assert (await now(sam, early))["status"] == "done"


async def test_reopening_a_subtask_reopens_what_it_is_a_part_of_alone(sam: Person) -> None:
    top, middle, leaf = await tree(sam)
    beside = await sam.create(parent_id=top["id"])
    await sam.complete(top)
    await sam.reopen(leaf)
    assert {task["id"] for task in await sam.tasks()} == {top["id"], middle["id"], leaf["id"]}
    assert (await now(sam, beside))["status"] == "done"


async def test_deleting_a_task_deletes_what_is_below_it(taskwake: World, sam: Person) -> None:
    top, _, leaf = await tree(sam)
    await sam.delete(top)
    assert await sam.tasks(status="all") == []
    assert await topics(taskwake, leaf) == ["task.created.v1", "task.deleted.v1"]


async def test_nothing_stays_open_below_a_task_that_is_completed_meanwhile(sam: Person) -> None:
    for _ in range(5):
        top, _, leaf = await tree(sam)
        _, answer = await asyncio.gather(
            sam.http.post(f"/tasks/{top['id']}/complete"),
            sam.http.post("/tasks", json={"title": "late", "parent_id": leaf["id"]}),
        )
        assert answer.status_code in (201, 422), answer.text
        assert await sam.tasks() == []


async def test_the_next_occurrence_has_its_subtasks_anew_and_open_as_many_days_later(
    taskwake: World, sam: Person
) -> None:
    top, middle, leaf = await tree(sam, due_on="2035-06-01", rrule="FREQ=WEEKLY")
    middle = await sam.change(middle, due_local="2035-05-31T18:00:00", zone="Europe/Berlin", labels=["x"])
    await sam.complete(leaf)
    await sam.complete(top)
    await taskwake.settled()
    after = {task["title"]: task for task in await sam.tasks()}
    assert set(after) == {"top", "middle", "leaf"}
    assert after["middle"]["parent_id"] == after["top"]["id"]
    assert after["leaf"]["parent_id"] == after["middle"]["id"]
    assert (after["middle"]["due_at"], after["middle"]["labels"]) == ("2035-06-07T16:00:00Z", ["x"])
    assert {after[title]["id"] for title in after}.isdisjoint({top["id"], middle["id"], leaf["id"]})
    assert [notice["task_id"] for notice in await sam.notices() if notice["kind"] == "recurred"] == [after["top"]["id"]]


async def test_taking_a_completion_back_takes_the_new_subtasks_back_and_again_brings_them(
    taskwake: World, sam: Person
) -> None:
    top, middle, leaf = await tree(sam, due_on="2035-06-01", rrule="FREQ=WEEKLY")
    seen = []
    for _ in range(2):
        await sam.complete(top)
        await taskwake.settled()
        seen.append({task["id"] for task in await sam.tasks()})
        await sam.reopen(top)
        assert {task["id"] for task in await sam.tasks()} == {top["id"], middle["id"], leaf["id"]}
    assert seen[0] == seen[1]
    assert len(seen[0]) == 3


async def test_a_completion_whose_next_occurrence_got_another_subtask_is_not_taken_back(
    taskwake: World, sam: Person
) -> None:
    top, _, _ = await tree(sam, due_on="2035-06-01", rrule="FREQ=WEEKLY")
    await sam.complete(top)
    await taskwake.settled()
    [after] = [task for task in await sam.tasks() if task["title"] == "top"]
    await sam.create(parent_id=after["id"])
    answer = await sam.http.post(f"/tasks/{top['id']}/reopen")
    assert answer.status_code == 409
    assert "subtask" in answer.json()["detail"]


async def test_an_occurrence_that_is_skipped_or_deleted_alone_still_hands_its_subtasks_on(
    taskwake: World, sam: Person
) -> None:
    top, _, _ = await tree(sam, due_on="2035-06-01", rrule="FREQ=WEEKLY")
    await sam.post(f"/tasks/{top['id']}/skip")
    await taskwake.settled()
    [second] = [task for task in await sam.tasks() if task["title"] == "top"]
    assert (await sam.http.delete(f"/tasks/{second['id']}", params={"scope": "this"})).status_code == 204
    await taskwake.settled()
    assert sorted(task["title"] for task in await sam.tasks()) == ["leaf", "middle", "top"]


async def test_a_task_moves_to_another_list_with_all_below_it_and_its_reminders(taskwake: World, sam: Person) -> None:
    other = await sam.post("/lists", {"name": "Other"})
    top, middle, leaf = await tree(sam, due_local="2035-06-01T09:00:00")
    moved = await sam.change(top, list_id=other["id"])
    assert {task["list_id"] for task in await sam.tasks()} == {other["id"]}
    assert (moved["version"], (await now(sam, leaf))["version"]) == (2, 2)
    rows = await taskwake.execute("SELECT list_id::text FROM reminders WHERE task_id = %s", top["id"])
    assert rows == [{"list_id": other["id"]}]
    assert await topics(taskwake, leaf) == ["task.created.v1", "task.deleted.v1", "task.updated.v1"]
    back = await sam.change(middle, list_id=str(sam.list_id))
    assert (back["list_id"], back["parent_id"]) == (str(sam.list_id), None)


async def test_a_series_moves_whole_and_comes_there(taskwake: World, sam: Person) -> None:
    other = await sam.post("/lists", {"name": "Other"})
    task = await sam.create(due_on="2035-06-01", rrule="FREQ=DAILY")
    await sam.complete(task)
    await taskwake.settled()
    [second] = await sam.tasks()
    await sam.change(second, list_id=other["id"])
    assert {each["list_id"] for each in await sam.tasks(status="all")} == {other["id"]}
    await sam.complete(second)
    await taskwake.settled()
    assert [each["list_id"] for each in await sam.tasks()] == [other["id"]]


async def test_who_sees_only_the_old_list_is_told_that_the_task_is_gone_and_is_reminded_of_it_no_more(
    taskwake: World, sam: Person
) -> None:
    kim = await taskwake.person(name="Kim")
    shared = await kim.post("/lists", {"name": "Shared"})
    await kim.share(shared["id"], sam)
    task = await kim.create(list_id=shared["id"], due_local="2035-06-01T09:00:00")
    moved = await sam.change(task, list_id=str(sam.list_id))
    assert moved["assignee_id"] == str(sam.id)
    assert (await kim.http.get(f"/tasks/{task['id']}")).status_code == 404
    assert (await kim.get("/reminders/ledger"))["entries"] == []
    assert len((await sam.get("/reminders/ledger"))["entries"]) == 1
    rows = await taskwake.execute(
        """
        SELECT list_id::text, event->'data'->>'moved_to' AS moved_to FROM events
        WHERE key = %s AND topic = 'task.deleted.v1'
        """,
        task["id"],
    )
    assert rows == [{"list_id": shared["id"], "moved_to": str(sam.list_id)}]


async def test_a_list_that_one_may_only_read_takes_no_task(taskwake: World, sam: Person) -> None:
    kim = await taskwake.person(name="Kim")
    await sam.share(sam.list_id, kim, "viewer")
    task = await kim.create()
    answer = await kim.http.patch(f"/tasks/{task['id']}", json={"list_id": str(sam.list_id)})
    assert answer.status_code == 403
    assert await refused(kim, task, list_id=None) == "list_id"
