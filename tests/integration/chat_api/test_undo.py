"""Undo: whatever one did, undone the task is as it was; what others did since is never lost."""

import asyncio
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.integration.world import Person, World

pytestmark = pytest.mark.requirement("PROD-053")


async def as_it_is(taskwake: World, task: dict[str, Any]) -> list[dict[str, Any]]:
    """The task's rows, its series, and what it will ring, but for versions."""
    return await taskwake.execute(
        """
        SELECT to_jsonb(t) - '{version,first_version,tx,changed_at}'::text[] AS task, to_jsonb(s) - 'id' AS series,
               (SELECT jsonb_agg(jsonb_build_array(name, remind_at, user_id) ORDER BY name)
                FROM reminders r WHERE r.task_id = t.id AND fired_at IS NULL) AS waiting
        FROM tasks t LEFT JOIN series s ON s.id = t.series_id WHERE t.id = %s
        """,
        task["id"],
    )


async def share(taskwake: World, of: Person, to: Person) -> None:
    await taskwake.execute("INSERT INTO list_members (list_id, user_id) VALUES (%s, %s)", of.list_id, to.id)


DUE = {"due_local": "2031-01-01T09:00:00", "zone": "Europe/Berlin", "reminders": [{"minutes_before": 5}]}
SERIES = DUE | {"rrule": "FREQ=DAILY"}
CHANGES = [
    {"title": "b"},
    {"notes": "more"},
    {"reminders": [{"minutes_before": 60}]},
    {"due_local": "2031-02-02T10:00:00"},
    {"due_on": "2031-02-02"},
    {"title": "c", "start_on": "2030-12-24"},
]
OF_SERIES = [
    {"rrule": "FREQ=WEEKLY"},
    {"rrule": None},
    {"title": "all", "scope": "all"},
    {"title": "this", "scope": "this"},
    {"due_local": "2031-01-05T10:00:00", "scope": "following"},
    {"exdates": ["2031-01-03T09:00:00"]},
    {"catch_up": "none"},
]
ACTIONS: list[tuple[str, Any]] = [
    *(("PATCH", body) for body in CHANGES + OF_SERIES),
    ("complete", None),
    ("skip", None),
    ("DELETE", None),
    ("DELETE", "this"),
    ("DELETE", "following"),
]


async def do(person: Person, task: dict[str, Any], action: tuple[str, Any]) -> bool:
    """Whether it was done."""
    verb, given_ = action
    path = f"/tasks/{task['id']}"
    if verb == "PATCH":
        return (await person.http.patch(path, json=given_)).is_success
    if verb == "DELETE":
        return (await person.http.delete(path, params={"scope": given_} if given_ else {})).is_success
    return (await person.http.post(f"{path}/{verb}")).is_success


@given(st.lists(st.sampled_from(ACTIONS), min_size=1, max_size=4), st.sampled_from([DUE, SERIES, {}]))
@settings(
    max_examples=25,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
async def test_what_was_done_is_undone_step_by_step_and_the_task_is_as_before_each(
    taskwake: World, actions: list[tuple[str, Any]], first: dict[str, Any]
) -> None:
    sam = await taskwake.person()
    task = await sam.create(title="a", **first)
    await taskwake.settled()
    were = []
    for action in actions:
        before = await as_it_is(taskwake, task)
        if await do(sam, task, action):
            await taskwake.settled()
            if await as_it_is(taskwake, task) != before:
                were.append(before)
        if action[0] in ("DELETE", "complete", "skip"):
            break
    for before in reversed(were):
        await sam.post("/undo")
        await taskwake.settled()
        assert await as_it_is(taskwake, task) == before
    answer = await sam.post("/undo")
    assert answer["task"] is None
    assert (await sam.http.get(f"/tasks/{task['id']}")).status_code == 404
    assert (await sam.http.post("/undo")).status_code == 404


async def test_series_that_began_and_was_completed_once_is_undone_to_the_one_before(
    taskwake: World, sam: Person
) -> None:
    task = await sam.create(title="a", **SERIES)
    before = await as_it_is(taskwake, task)
    await sam.change(task, rrule="FREQ=WEEKLY")
    await sam.complete(task)
    await taskwake.settled()
    await sam.post("/undo")
    await sam.post("/undo")
    assert await as_it_is(taskwake, task) == before


@pytest.mark.parametrize("action", ACTIONS, ids=str)
async def test_undone_and_done_again_is_as_if_it_was_never_undone(
    taskwake: World, sam: Person, action: tuple[str, Any]
) -> None:
    task = await sam.create(title="a", **SERIES)
    assert await do(sam, task, action)
    await taskwake.settled()
    done = await as_it_is(taskwake, task)
    undone = await sam.post("/undo")
    await taskwake.settled()
    again = await sam.post(f"/events/{undone['by_event']}/undo")
    await taskwake.settled()
    now = await as_it_is(taskwake, task)
    for rows in (done, now):
        rows[0]["task"].pop("deleted_at")
        if action == ("DELETE", "this"):
            rows[0]["task"].pop("completed_at")
    assert now == done
    assert again["undone"] == undone["by_event"]


async def test_reopening_is_undone_with_the_moment_of_completion(taskwake: World, sam: Person) -> None:
    task = await sam.create()
    await sam.complete(task)
    before = await as_it_is(taskwake, task)
    await sam.reopen(task)
    await sam.post("/undo")
    assert await as_it_is(taskwake, task) == before


async def test_what_another_changed_since_is_not_overwritten(taskwake: World, sam: Person, kim: Person) -> None:
    await share(taskwake, sam, kim)
    task = await sam.create(title="a")
    await sam.change(task, title="b")
    now = await kim.change(task, title="c")
    answer = await sam.http.post("/undo")
    assert answer.status_code == 409
    assert "Kim changed title since" in answer.json()["detail"]
    assert await sam.get(f"/tasks/{task['id']}") == now
    changed = (await sam.get("/activity", user_id=sam.id, topic="task.created.v1"))["activity"][0]
    assert (await sam.http.post(f"/events/{changed['id']}/undo")).status_code == 409


async def test_other_fields_that_another_changed_stay(taskwake: World, sam: Person, kim: Person) -> None:
    await share(taskwake, sam, kim)
    task = await sam.create(title="a")
    await sam.change(task, title="b")
    await kim.change(task, notes="of Kim")
    undone = await sam.post("/undo")
    assert (undone["task"]["title"], undone["task"]["notes"]) == ("a", "of Kim")
    assert "title “b” → “a”" in undone["text"]


async def test_only_who_did_it_undoes_it_and_nobody_learns_of_others_events(
    taskwake: World, sam: Person, kim: Person
) -> None:
    await share(taskwake, sam, kim)
    await kim.create(title="hers", list_id=str(sam.list_id))
    hers = (await sam.get("/activity"))["activity"][0]
    assert not hers["undoable"]
    assert (await sam.http.post(f"/events/{hers['id']}/undo")).status_code == 403
    stranger = await taskwake.person()
    assert (await stranger.http.post(f"/events/{hers['id']}/undo")).status_code == 404


async def test_of_many_at_once_one_undoes_it(sam: Person) -> None:
    task = await sam.create(title="a")
    await sam.change(task, title="b")
    event = (await sam.get("/activity"))["activity"][0]
    answers = await asyncio.gather(*(sam.http.post(f"/events/{event['id']}/undo") for _ in range(6)))
    assert sorted(answer.status_code for answer in answers) == [200] + [409] * 5
    assert (await sam.get("/activity"))["activity"][1]["undone_by"]


async def test_completion_whose_next_occurrence_was_touched_is_not_undone(taskwake: World, sam: Person) -> None:
    task = await sam.create(**SERIES)
    await sam.complete(task)
    await taskwake.settled()
    completed = (await sam.get("/activity", topic="task.completed.v1"))["activity"][0]
    [following] = await sam.tasks()
    await sam.change(following, title="touched", scope="this")
    answer = await sam.http.post(f"/events/{completed['id']}/undo")
    assert answer.status_code == 409
    assert following["id"] in answer.json()["detail"]


async def test_without_anything_done_there_is_nothing_to_undo(sam: Person) -> None:
    assert (await sam.http.post("/undo")).status_code == 404


async def make_list(person: Person, name: str) -> str:
    made = await person.post("/lists", {"name": name})
    return str(made["id"])


async def test_move_to_another_list_is_undone_with_all_that_moved_along(taskwake: World, sam: Person) -> None:
    work = await make_list(sam, "Work")
    series = await sam.create(title="water", **SERIES)
    await sam.complete(series)
    await taskwake.settled()
    trip = await sam.create(title="trip")
    part = await sam.create(title="pack", parent_id=trip["id"])
    [water] = [task for task in await sam.tasks(status="open") if task["title"] == "water"]
    moved = [water, trip, part, series]
    were = [await as_it_is(taskwake, task) for task in moved]
    for task in (water, trip):
        await sam.change(task, list_id=work)
    assert len(await sam.tasks(list_id=work, status="all")) == 4
    for title in ("trip", "water"):
        undone = await sam.post("/undo")
        assert undone["task"]["title"] == title
        assert "list “Work” → “" in undone["text"]
    await taskwake.settled()
    assert [await as_it_is(taskwake, task) for task in moved] == were
    assert (await sam.post("/undo"))["text"] == "Sam deleted “pack”"


async def test_move_below_another_task_is_undone_and_done_again(taskwake: World, sam: Person) -> None:
    trip, pack = await sam.create(title="trip"), await sam.create(title="pack")
    before = await as_it_is(taskwake, pack)
    await sam.change(pack, parent_id=trip["id"])
    below = await as_it_is(taskwake, pack)
    undone = await sam.post("/undo")
    assert undone["text"] == "Sam changed “pack”: parent “trip” → none"
    assert await as_it_is(taskwake, pack) == before
    await sam.post(f"/events/{undone['by_event']}/undo")
    assert await as_it_is(taskwake, pack) == below


async def test_move_back_to_what_is_not_there_any_more_is_refused(taskwake: World, sam: Person, kim: Person) -> None:
    shared = await make_list(kim, "Shared")
    await taskwake.execute("INSERT INTO list_members (list_id, user_id) VALUES (%s, %s)", shared, sam.id)
    task = await sam.create(title="a", list_id=shared)
    await sam.change(task, list_id=str(sam.list_id))
    await taskwake.execute("DELETE FROM list_members WHERE list_id = %s AND user_id = %s", shared, sam.id)
    answer = await sam.http.post("/undo")
    assert answer.status_code == 409
    assert (await sam.get(f"/tasks/{task['id']}"))["list_id"] == str(sam.list_id)
