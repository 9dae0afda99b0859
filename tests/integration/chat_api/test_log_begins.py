"""Once the oldest months of the event log were dropped: who read it before begins anew, and the rest goes on."""

import asyncio
import copy
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from functions.operations.retention.months import drop
from tests.integration.log_months import OLD_UNTIL, age, quiet
from tests.integration.world import PATIENCE_SECONDS, Person, World

BEGINS = OLD_UNTIL.isoformat().replace("+00:00", "Z")


@pytest_asyncio.fixture(scope="module")
async def aged(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    """A Taskwake of its own, whose first month is long ago, and dropped."""
    async with World.begin(tmp_path_factory.mktemp("aged")) as world:
        person = await world.person()
        task = await person.create(title="of old", due_on="2031-01-01")
        await person.change(task, title="of old, changed")
        person.__dict__ |= {
            "task": task,
            "left_alone": await person.create(title="left alone"),
            "activity": (await person.get("/activity"))["activity"],
            "cursors": [
                (await person.http.get("/tasks")).headers["x-event-cursor"],
                (await person.get("/sync", limit=1))["cursor"],
                (await person.get("/sync"))["cursor"],
            ],
        }
        # Behind the cursors, and before the log begins.
        await person.change(task, notes="the last of old")
        await world.settled()
        await age(world.url())
        [dropped] = await asyncio.to_thread(drop, world.url(), 12, quiet)
        assert not dropped.held
        yield world


@pytest.fixture
def old(aged: World) -> Any:
    """Who was there before; with their `task`, one `left_alone`, the `activity` and the `cursors` of then."""
    return copy.copy(aged.people[0])


@pytest.mark.requirement("TRUST-127")
@pytest.mark.parametrize("path", ["/sync", "/events"])
async def test_a_cursor_of_before_the_log_begins_is_gone_and_the_answer_says_what_to_do(old: Any, path: str) -> None:
    for cursor in old.cursors if path == "/sync" else old.cursors[:1]:
        answer = await old.http.get(path, params={"cursor": cursor})
        assert answer.status_code == 410, (cursor, answer.text)
        assert answer.json()["detail"] == (
            "this cursor is of before 2020-07-01, where the event log begins; leave it out to begin anew"
        )


@pytest.mark.requirement("TRUST-127")
async def test_who_begins_anew_misses_nothing_from_then_on(old: Any) -> None:
    page = await old.get("/sync")
    assert page["full"]
    assert old.task["id"] in {task["id"] for task in page["tasks"]}
    async with (
        asyncio.timeout(PATIENCE_SECONDS),
        old.http.stream("GET", "/events", headers={"last-event-id": page["cursor"]}) as stream,
    ):
        assert stream.status_code == 200
        new = await old.create(title="anew")
        async for line in stream.aiter_lines():
            if line.startswith("data: "):
                assert new["id"] in line
                break
    assert [task["id"] for task in (await old.get("/sync", cursor=page["cursor"]))["tasks"]] == [new["id"]]


@pytest.mark.requirement("TRUST-128")
async def test_activity_and_flow_say_where_the_log_begins(old: Any) -> None:
    await old.change(old.task, notes="now")
    for path in ("/activity", f"/tasks/{old.task['id']}/activity"):
        page = await old.get(path)
        assert page["log_begins_at"] == BEGINS
        assert {each["id"] for each in page["activity"]}.isdisjoint(each["id"] for each in old.activity)
    flow = await old.get(f"/tasks/{old.task['id']}/flow")
    assert flow["log_begins_at"] == BEGINS
    assert [event["changed"] for event in flow["events"]][-1] == ["notes"]


@pytest.mark.requirement("TRUST-128")
async def test_a_log_that_is_whole_begins_nowhere(sam: Person) -> None:
    task = await sam.create()
    assert (await sam.get("/activity"))["log_begins_at"] is None
    assert (await sam.get(f"/tasks/{task['id']}/flow"))["log_begins_at"] is None


@pytest.mark.requirement("TRUST-128")
async def test_what_was_done_before_the_log_begins_is_not_undone(aged: World, old: Any) -> None:
    answer = await old.http.post(f"/events/{old.activity[0]['id']}/undo")
    assert answer.status_code == 409
    assert "begins on 2020-07-01, and what was done before cannot be undone" in answer.json()["detail"]
    idle = await aged.person(name="Idle")
    answer = await idle.http.post("/undo")
    assert answer.status_code == 409
    assert "you did nothing since that could be undone" in answer.json()["detail"]


@pytest.mark.requirement("TRUST-128")
async def test_what_was_done_since_is_undone_though_what_came_before_it_is_gone(old: Any) -> None:
    task = await old.create(title="a")
    await old.change(task, title="b")
    assert (await old.post("/undo"))["task"]["title"] == "a"
    # What the field was, only the dropped part of the log knew.
    await old.change(old.left_alone, title="c")
    answer = await old.http.post("/undo")
    assert answer.status_code == 409
    assert "the log does not know what the task was before" in answer.json()["detail"]
