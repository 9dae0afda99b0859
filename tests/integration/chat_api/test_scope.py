"""A change or a deletion of a recurring task is of this occurrence, of it and the following, or of all."""

import asyncio
from typing import Any

import pytest

from tests.integration.world import Person, World

pytestmark = pytest.mark.requirement("TIME-019")

DAILY = {"due_local": "2035-06-01T09:00:00", "zone": "Europe/Berlin", "rrule": "FREQ=DAILY", "title": "water"}


async def following(taskwake: World, sam: Person, task: dict[str, Any]) -> dict[str, Any]:
    """The one that comes when this one is completed."""
    await sam.complete(task)
    await taskwake.settled()
    [task] = await sam.tasks()
    return task


async def all_of(sam: Person) -> dict[str, dict[str, Any]]:
    return {task["recurrence_id"][:8]: task for task in await sam.tasks(status="all")}


def refusal(answer: Any) -> tuple[int, str]:
    problem = answer.json()
    return answer.status_code, problem["errors"][0]["field"] if problem["errors"] else problem["detail"]


async def test_this_occurrence_alone_gets_another_text_and_the_next_is_as_ever(taskwake: World, sam: Person) -> None:
    task = await sam.create(**DAILY, notes="all", reminders=[{"minutes_before": 5}])
    changed = await sam.change(task, scope="this", title="feed", notes="one", reminders=None)
    assert (changed["title"], changed["notes"], changed["reminders"]) == ("feed", "one", [])
    assert changed["series_id"] == task["series_id"]
    after = await following(taskwake, sam, task)
    assert (after["title"], after["notes"], after["reminders"]) == ("water", "all", task["reminders"])


@pytest.mark.parametrize("scope", ["this", None])
async def test_this_occurrence_alone_is_moved_by_its_scope_or_by_none(
    taskwake: World, sam: Person, scope: str | None
) -> None:
    task = await sam.create(**DAILY)
    moved = await sam.change(task, scope=scope, due_local="2035-06-01T17:00:00", zone="Asia/Tokyo")
    assert (moved["due_local"], moved["recurrence_id"]) == ("2035-06-01T17:00:00", "20350601T090000")
    after = await following(taskwake, sam, task)
    assert (after["due_local"], after["zone"], after["due_at"]) == (
        "2035-06-02T09:00:00",
        "Europe/Berlin",
        "2035-06-02T07:00:00Z",
    )


@pytest.mark.parametrize("scope", ["following", None])
async def test_a_new_text_is_for_the_following_by_its_scope_or_by_none(
    taskwake: World, sam: Person, scope: str | None
) -> None:
    first = await sam.create(**DAILY)
    second = await following(taskwake, sam, first)
    await sam.change(second, scope=scope, title="feed")
    third = await following(taskwake, sam, second)
    assert {day: task["title"] for day, task in (await all_of(sam)).items()} == {
        "20350601": "water",
        "20350602": "feed",
        "20350603": "feed",
    }
    assert third["title"] == "feed"


async def test_a_due_time_moved_alone_leaves_the_start_of_the_following_as_long_before_theirs(
    taskwake: World, sam: Person
) -> None:
    task = await sam.create(**DAILY, start_on="2035-05-31")
    await sam.change(task, scope="this", due_local="2035-06-05T09:00:00")
    after = await following(taskwake, sam, task)
    assert (after["due_local"], after["start_on"]) == ("2035-06-02T09:00:00", "2035-06-01")


async def test_a_start_is_changed_for_the_following_as_a_text_is(taskwake: World, sam: Person) -> None:
    task = await sam.create(**DAILY)
    await sam.change(task, start_local="2035-06-01T07:30:00")
    assert (await following(taskwake, sam, task))["start_local"] == "2035-06-02T07:30:00"


async def test_what_was_changed_alone_stays_when_something_else_changes_for_the_following(
    taskwake: World, sam: Person
) -> None:
    task = await sam.create(**DAILY)
    await sam.change(task, scope="this", title="feed")
    await sam.change(task, scope="following", notes="twice")
    after = await following(taskwake, sam, task)
    assert (after["title"], after["notes"]) == ("water", "twice")


@pytest.mark.parametrize("scope", ["following", "all"])
async def test_the_following_move_along_and_what_was_done_stays_when_it_was(
    taskwake: World, sam: Person, scope: str
) -> None:
    first = await sam.create(**DAILY)
    second = await following(taskwake, sam, first)
    moved = await sam.change(second, scope=scope, due_local="2035-06-03T17:00:00")
    assert (moved["id"], moved["recurrence_id"]) == (second["id"], "20350603T170000")
    assert moved["series_id"] != second["series_id"]
    third = await following(taskwake, sam, moved)
    assert (third["due_local"], third["series_id"]) == ("2035-06-04T17:00:00", moved["series_id"])
    assert (await sam.get(f"/tasks/{first['id']}"))["due_local"] == first["due_local"]
    assert (await sam.http.post(f"/tasks/{first['id']}/reopen")).status_code == 409


async def test_the_following_get_another_zone_with_the_same_time_on_the_wall(taskwake: World, sam: Person) -> None:
    task = await sam.create(**DAILY)
    moved = await sam.change(task, scope="following", zone="Asia/Tokyo")
    after = await following(taskwake, sam, moved)
    assert (after["due_local"], after["due_at"]) == ("2035-06-02T09:00:00", "2035-06-02T00:00:00Z")


async def test_the_following_become_all_day(taskwake: World, sam: Person) -> None:
    task = await sam.create(**DAILY)
    after = await following(taskwake, sam, await sam.change(task, scope="following", due_on="2035-06-01"))
    assert (after["due_on"], after["due_local"], after["zone"]) == ("2035-06-02", None, None)


async def test_the_pinned_weekday_moves_and_count_becomes_what_is_left(taskwake: World, sam: Person) -> None:
    first = await sam.create(due_on="2035-06-04", rrule="FREQ=WEEKLY;BYDAY=MO;COUNT=4")
    second = await following(taskwake, sam, first)
    moved = await sam.change(second, scope="following", due_on="2035-06-13")
    assert moved["rrule"] == "FREQ=WEEKLY;BYDAY=WE;COUNT=3"
    assert (await following(taskwake, sam, moved))["due_on"] == "2035-06-20"


async def test_a_move_that_is_unclear_changes_nothing_until_the_rule_is_given(taskwake: World, sam: Person) -> None:
    task = await sam.create(due_on="2035-06-04", rrule="FREQ=WEEKLY;BYDAY=MO,TH")
    answer = await sam.http.patch(f"/tasks/{task['id']}", json={"due_on": "2035-06-05", "scope": "following"})
    assert refusal(answer) == (422, "rrule")
    assert "BYDAY" in answer.json()["detail"]
    assert await sam.get(f"/tasks/{task['id']}") == task
    rule = "FREQ=WEEKLY;BYDAY=TU,TH"
    moved = await sam.change(task, due_on="2035-06-05", rrule=rule, scope="following")
    assert (moved["rrule"], moved["recurrence_id"]) == (rule, "20350605")
    assert (await following(taskwake, sam, moved))["due_on"] == "2035-06-07"


async def test_the_same_rule_given_with_a_move_begins_anew_there(taskwake: World, sam: Person) -> None:
    task = await sam.create(due_on="2035-06-04", rrule="FREQ=DAILY;INTERVAL=3")
    moved = await sam.change(task, due_on="2035-06-05", rrule="FREQ=DAILY;INTERVAL=3", scope="following")
    assert (await following(taskwake, sam, moved))["due_on"] == "2035-06-08"


async def test_all_get_the_title_and_notes_also_those_that_are_done_each_by_an_event(
    taskwake: World, sam: Person
) -> None:
    first = await sam.create(**DAILY, notes="all")
    second = await following(taskwake, sam, first)
    third = await following(taskwake, sam, second)
    await sam.change(third, scope="all", title="feed", due_local="2035-06-03T10:00:00")
    await taskwake.settled()
    tasks = await all_of(sam)
    assert [(task["title"], task["notes"]) for task in tasks.values()] == [("feed", "all")] * 3
    assert [tasks[day]["due_local"][11:16] for day in sorted(tasks)] == ["09:00", "09:00", "10:00"]
    for task in (first, second):
        rows = await taskwake.execute(
            "SELECT event->'data' AS data FROM events WHERE key = %s AND topic = 'task.updated.v1'", task["id"]
        )
        assert [(row["data"]["task"]["title"], row["data"]["changed"]) for row in rows] == [("feed", ["title"])]
        assert rows[0]["data"]["task"]["version"] == (await sam.get(f"/tasks/{task['id']}"))["version"]


async def test_a_thousand_that_are_done_are_changed_in_batches_and_all_are_told(
    taskwake: World, sam: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("functions.chat_api.scope.BATCH", 4)
    task = await sam.create(**DAILY)
    await taskwake.execute(
        """
        INSERT INTO tasks (id, list_id, title, status, series_id, recurrence_id, created_by, completed_at)
        SELECT gen_random_uuid(), list_id, title, 'done', series_id, 'd' || n, created_by, now()
        FROM tasks, generate_series(1, 10) AS n WHERE id = %s
        """,
        task["id"],
    )
    await sam.change(task, scope="all", notes="twice")
    assert {one["notes"] for one in await sam.tasks(status="all")} == {"twice"}
    logged = await taskwake.execute(
        "SELECT DISTINCT key FROM events WHERE list_id = %s AND topic = 'task.updated.v1'", sam.list_id
    )
    assert len(logged) == 11
    await taskwake.execute("UPDATE events SET published_at = now() WHERE list_id = %s", sam.list_id)


@pytest.mark.parametrize("scope", ["this", "following", "all"])
async def test_a_task_that_does_not_repeat_has_no_scope(sam: Person, scope: str) -> None:
    task = await sam.create(due_on="2035-06-01")
    for answer in (
        await sam.http.patch(f"/tasks/{task['id']}", json={"title": "other", "scope": scope}),
        await sam.http.delete(f"/tasks/{task['id']}", params={"scope": scope}),
    ):
        assert answer.status_code == 409
        assert "does not repeat" in answer.json()["detail"]
    assert await sam.tasks() == [task]


@pytest.mark.parametrize("field", ["rrule", "anchor", "rdates", "exdates"])
async def test_what_is_the_series_is_not_changed_of_one_occurrence(sam: Person, field: str) -> None:
    task = await sam.create(**DAILY)
    value = {"rrule": "FREQ=WEEKLY", "anchor": "schedule"}.get(field, ["2035-06-02T09:00:00"])
    body = {"scope": "this", "rrule": "FREQ=WEEKLY", field: value} if field == "anchor" else {"scope": "this"}
    answer = await sam.http.patch(f"/tasks/{task['id']}", json=body | {field: value})
    assert refusal(answer) == (422, "rrule" if field == "anchor" else field)
    assert await sam.get(f"/tasks/{task['id']}") == task


@pytest.mark.parametrize("scope", ["following", "all"])
async def test_a_closed_occurrence_says_which_one_is_open(taskwake: World, sam: Person, scope: str) -> None:
    first = await sam.create(**DAILY)
    second = await following(taskwake, sam, first)
    before = await sam.tasks(status="all")
    for answer in (
        await sam.http.patch(f"/tasks/{first['id']}", json={"title": "other", "scope": scope}),
        await sam.http.delete(f"/tasks/{first['id']}", params={"scope": scope}),
    ):
        assert answer.status_code == 409
        assert second["id"] in answer.json()["detail"]
    assert await sam.tasks(status="all") == before


async def test_a_closed_occurrence_is_changed_alone(taskwake: World, sam: Person) -> None:
    first = await sam.create(**DAILY)
    second = await following(taskwake, sam, first)
    await sam.change(first, title="was watered")
    assert (await following(taskwake, sam, second))["title"] == "water"


async def test_scope_that_nobody_knows_is_refused(sam: Person) -> None:
    task = await sam.create(**DAILY)
    answer = await sam.http.patch(f"/tasks/{task['id']}", json={"title": "other", "scope": "past"})
    assert refusal(answer) == (422, "scope")
    assert refusal(await sam.http.delete(f"/tasks/{task['id']}", params={"scope": "past"})) == (422, "scope")


async def delete(sam: Person, task: dict[str, Any], scope: str) -> None:
    answer = await sam.http.delete(f"/tasks/{task['id']}", params={"scope": scope})
    assert answer.status_code == 204, answer.text


async def test_this_one_deleted_is_taken_out_of_its_series_and_the_next_comes(taskwake: World, sam: Person) -> None:
    first = await sam.create(**DAILY)
    second = await following(taskwake, sam, first)
    await sam.change(second, scope="this", title="feed")
    await delete(sam, second, "this")
    await taskwake.settled()
    [third] = await sam.tasks()
    assert (third["due_local"], third["title"]) == ("2035-06-03T09:00:00", "water")
    assert (await sam.get(f"/tasks/{third['id']}/series"))["exdates"] == ["2035-06-02T09:00:00"]
    assert sorted(await all_of(sam)) == ["20350601", "20350603"]
    refused = await sam.http.post(f"/tasks/{first['id']}/reopen")
    assert (refused.status_code, "the series went on" in refused.json()["detail"]) == (409, True)
    waiting = await taskwake.execute("SELECT task_id FROM reminders WHERE user_id = %s AND fired_at IS NULL", sam.id)
    assert [str(row["task_id"]) for row in waiting] == [third["id"]]


async def test_this_one_of_a_series_by_completion_deleted_lets_the_next_come(taskwake: World, sam: Person) -> None:
    task = await sam.create(due_on="2035-06-01", rrule="FREQ=DAILY;INTERVAL=3", anchor="completion")
    await delete(sam, task, "this")
    await taskwake.settled()
    assert [task["due_on"] for task in await sam.tasks()] == ["2035-06-04"]


async def test_the_last_one_deleted_ends_the_series(taskwake: World, sam: Person) -> None:
    task = await sam.create(due_on="2035-06-01", rrule="FREQ=DAILY;COUNT=1")
    await delete(sam, task, "this")
    await taskwake.settled()
    assert await sam.tasks(status="all") == []


@pytest.mark.parametrize("scope", ["following", None])
async def test_the_following_deleted_come_no_more_and_what_was_done_stays(
    taskwake: World, sam: Person, scope: str | None
) -> None:
    first = await sam.create(**DAILY)
    second = await following(taskwake, sam, first)
    await (delete(sam, second, scope) if scope else sam.delete(second))
    await taskwake.settled()
    assert [task["id"] for task in await sam.tasks(status="all")] == [first["id"]]


async def test_all_deleted_are_gone_each_by_an_event(taskwake: World, sam: Person) -> None:
    first = await sam.create(**DAILY)
    second = await following(taskwake, sam, first)
    other = await sam.create(title="other")
    await delete(sam, second, "all")
    await taskwake.settled()
    assert await sam.tasks(status="all") == [other]
    rows = await taskwake.execute(
        "SELECT key FROM events WHERE list_id = %s AND topic = 'task.deleted.v1'", sam.list_id
    )
    assert {str(row["key"]) for row in rows} == {first["id"], second["id"]}


@pytest.mark.requirement("TIME-016")
async def test_a_closed_occurrence_deleted_at_once_does_not_end_its_series(taskwake: World, sam: Person) -> None:
    task = await sam.create(**DAILY)
    await sam.complete(task)
    await sam.delete(task)
    await taskwake.settled()
    assert list(await all_of(sam)) == ["20350602"]


@pytest.mark.requirement("TIME-016")
async def test_deleted_and_completed_at_the_same_instant_one_next_comes(taskwake: World, sam: Person) -> None:
    for day in range(1, 6):
        task = await sam.create(due_on=f"2035-0{day}-01", rrule="FREQ=DAILY")
        path = f"/tasks/{task['id']}"
        answers = await asyncio.gather(
            sam.http.delete(path, params={"scope": "this"}),
            sam.http.post(f"{path}/complete"),
            sam.http.delete(path, params={"scope": "this"}),
            sam.http.post(f"{path}/skip"),
        )
        assert sorted(answer.status_code for answer in answers if answer.request.method == "DELETE") == [204, 404]
        await taskwake.settled()
        names = [one["recurrence_id"] for one in await sam.tasks(status="all") if one["series_id"] == task["series_id"]]
        assert names == [f"20350{day}02"]


async def test_who_may_only_read_changes_no_occurrence(taskwake: World, sam: Person) -> None:
    kim = await taskwake.person(name="Kim")
    await sam.share(sam.list_id, kim, "viewer")
    task = await sam.create(**DAILY)
    for scope in ("this", "following", "all"):
        answer = await kim.http.patch(f"/tasks/{task['id']}", json={"title": "mine", "scope": scope})
        assert answer.status_code == 403
        assert (await kim.http.delete(f"/tasks/{task['id']}", params={"scope": scope})).status_code == 403
    assert await sam.tasks() == [task]
