"""Tasks over HTTP: create, read, complete, reopen, delete."""

import asyncio
from uuid import uuid4

import pytest

from tests.integration.world import Person, World

pytestmark = pytest.mark.requirement("FLOW-002")

DUE_FORMS = [
    pytest.param({}, {"due_on": None, "due_local": None, "due_at": None, "zone": None}, id="none"),
    pytest.param({"due_on": "2031-03-05"}, {"due_on": "2031-03-05", "due_at": None, "zone": None}, id="all-day"),
    pytest.param(
        {"due_local": "2031-07-05T09:30:00"},
        {"due_local": "2031-07-05T09:30:00", "due_at": "2031-07-05T07:30:00Z", "zone": None},
        id="floating",
    ),
    pytest.param(
        {"due_local": "2031-07-05T09:30:00", "zone": "America/New_York"},
        {"due_local": "2031-07-05T09:30:00", "due_at": "2031-07-05T13:30:00Z", "zone": "America/New_York"},
        id="zoned",
    ),
    pytest.param(
        {"due_at": "2031-07-05T09:30:00+02:00"},
        {"due_local": "2031-07-05T09:30:00", "due_at": "2031-07-05T07:30:00Z", "zone": "Europe/Berlin"},
        id="moment",
    ),
    pytest.param(
        {"due_at": "2031-07-05T09:30:00Z", "zone": "Asia/Tokyo"},
        {"due_local": "2031-07-05T18:30:00", "due_at": "2031-07-05T09:30:00Z", "zone": "Asia/Tokyo"},
        id="moment-zoned",
    ),
    pytest.param(
        {"due_local": "2031-03-30T02:30:00", "zone": "Europe/Berlin"},
        {"due_local": "2031-03-30T02:30:00", "due_at": "2031-03-30T01:30:00Z", "zone": "Europe/Berlin"},
        id="in-a-gap-of-the-clock",
    ),
    pytest.param({"due_on": "0001-01-01"}, {"due_on": "0001-01-01"}, id="first-day"),
    pytest.param({"due_on": "9999-12-31"}, {"due_on": "9999-12-31"}, id="last-day"),
    pytest.param(
        {"due_on": "0001-01-02", "reminders": [{"minutes_before": 527_040}]},
        {"due_on": "0001-01-02", "reminders": [{"minutes_before": 527_040}]},
        id="reminder-before-the-calendar",
    ),
    pytest.param({"due_local": "0001-01-01T12:00:00", "zone": "UTC"}, {"due_at": "0001-01-01T12:00:00Z"}, id="year-1"),
]


@pytest.mark.requirement("FLOW-001")
@pytest.mark.parametrize(("due", "kept"), DUE_FORMS)
async def test_task_is_created_and_read_back_with_its_due_time(taskwake: World, due, kept) -> None:
    berlin = await taskwake.person(zone="Europe/Berlin")
    task = await berlin.create(title="  Call Sam ☎  ", notes="line 1\nline 2", **due)
    assert {name: task[name] for name in kept} == kept
    assert (task["title"], task["notes"], task["status"], task["version"]) == (
        "Call Sam ☎",
        "line 1\nline 2",
        "open",
        1,
    )
    assert await berlin.get(f"/tasks/{task['id']}") == task
    assert await berlin.tasks() == [task]


@pytest.mark.requirement("FLOW-001")
async def test_location_of_a_new_task_leads_to_it(sam: Person) -> None:
    answer = await sam.http.post("/tasks", json={"title": "x"})
    assert (await sam.get(answer.headers["location"])) == answer.json()


@pytest.mark.requirement("FLOW-001")
async def test_largest_task_is_kept_whole_and_its_events_are_handled(taskwake: World, sam: Person) -> None:
    notes = "😀" * 50_000
    task = await sam.create(title="😀" * 500, notes=notes)
    assert task["notes"] == notes
    await taskwake.settled()
    assert not await dead_letters(taskwake, task)


@pytest.mark.parametrize("text", ["\x7f", "\x85", "\u2028", "\ufffe", "\U0010ffff", "‮", "0", "null", "'; --"])
async def test_odd_characters_are_kept_and_their_events_are_handled(taskwake: World, sam: Person, text) -> None:
    task = await sam.create(title=f"a{text}b", notes=text, due_at="2001-01-01T00:00:00Z")
    assert (await sam.get(f"/tasks/{task['id']}"))["title"] == f"a{text}b"
    assert (await sam.is_told(task))[0]["title"] == f"a{text}b"
    await taskwake.settled()
    assert not await dead_letters(taskwake, task)


async def test_completing_twice_is_completing_once(taskwake: World, sam: Person) -> None:
    task = await sam.create()
    done = await sam.complete(task)
    assert (done["status"], done["version"]) == ("done", 2)
    assert done["completed_at"]
    assert await sam.complete(task) == done
    assert await sam.get(f"/tasks/{task['id']}") == done
    assert await topics(taskwake, task) == ["task.created.v1", "task.completed.v1"]


@pytest.mark.requirement("FLOW-006")
async def test_twenty_completions_at_once_are_one_event_and_one_next_occurrence(taskwake: World, sam: Person) -> None:
    task = await sam.create(due_on="2031-01-01", rrule="FREQ=DAILY")
    answers = await asyncio.gather(*(sam.complete(task) for _ in range(20)))
    assert {answer["version"] for answer in answers} == {2}
    await taskwake.settled()
    assert await topics(taskwake, task) == ["task.created.v1", "task.completed.v1"]
    assert [task["due_on"] for task in await sam.tasks()] == ["2031-01-02"]


async def test_reopening_takes_a_completion_back_once(taskwake: World, sam: Person) -> None:
    task = await sam.create()
    await sam.complete(task)
    opened = await sam.reopen(task)
    assert (opened["status"], opened["completed_at"], opened["version"]) == ("open", None, 3)
    assert await sam.reopen(task) == opened
    assert (await topics(taskwake, task))[2:] == ["task.reopened.v1"]


async def test_deleted_task_is_gone(taskwake: World, sam: Person) -> None:
    task = await sam.create()
    await sam.delete(task)
    assert await sam.tasks(status="all") == []
    for method, path in [("GET", ""), ("PATCH", ""), ("DELETE", ""), ("POST", "/complete"), ("POST", "/reopen")]:
        answer = await sam.http.request(method, f"/tasks/{task['id']}{path}", json={})
        assert answer.status_code == 404, (method, path)
        assert answer.headers["content-type"] == "application/problem+json"
    assert (await topics(taskwake, task))[1:] == ["task.deleted.v1"]


async def test_deleting_an_occurrence_ends_its_series(taskwake: World, sam: Person) -> None:
    task = await sam.create(due_on="2031-01-01", rrule="FREQ=DAILY")
    await sam.delete(task)
    await taskwake.settled()
    assert await sam.tasks(status="all") == []


async def test_status_chooses_which_tasks_are_listed(sam: Person) -> None:
    opened, done = await sam.create(), await sam.complete(await sam.create())
    assert await sam.tasks() == [opened]
    assert await sam.tasks(status="done") == [done]
    assert await sam.tasks(status="all") == [opened, done]


async def test_list_chooses_which_tasks_are_listed(sam: Person) -> None:
    other = await sam.post("/lists", {"name": "Home"})
    await sam.create()
    task = await sam.create(list_id=other["id"])
    assert await sam.tasks(list_id=other["id"]) == [task]
    assert await sam.tasks(list_id=str(uuid4())) == []


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/tasks/{id}"),
        ("PATCH", "/tasks/{id}"),
        ("DELETE", "/tasks/{id}"),
        ("POST", "/tasks/{id}/complete"),
        ("POST", "/tasks/{id}/reopen"),
    ],
)
async def test_task_of_somebody_else_is_not_found(taskwake: World, sam: Person, kim: Person, method, path) -> None:
    task = await kim.create()
    await taskwake.settled()
    before = await taskwake.everything()
    answer = await sam.http.request(method, path.format(id=task["id"]), json={"title": "mine now"})
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"
    assert await taskwake.everything() == before


async def topics(taskwake: World, task) -> list[str]:
    rows = await taskwake.execute(
        "SELECT topic FROM events WHERE key = %s AND topic LIKE 'task.%%' ORDER BY seq", task["id"]
    )
    return [row["topic"] for row in rows]


async def dead_letters(taskwake: World, task) -> list[str]:
    rows = await taskwake.execute("SELECT reason FROM dead_letters WHERE event LIKE %s", f"%{task['id']}%")
    return [row["reason"] for row in rows]
