"""/sync: who only applies its answers ends with what the lists and tasks are, whatever happens meanwhile."""

import asyncio
import random
from dataclasses import dataclass, field
from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.integration.world import Person, World

pytestmark = pytest.mark.requirement("PROD-050")


@dataclass
class Copy:
    """A client that knows what /sync told it, and nothing else."""

    person: Person
    limit: int = 500
    cursor: str | None = None
    lists: dict[str, Any] = field(default_factory=dict)
    tasks: dict[str, Any] = field(default_factory=dict)

    async def page(self) -> dict[str, Any]:
        query = {"limit": self.limit} | ({"cursor": self.cursor} if self.cursor else {})
        answer = await self.person.get("/sync", **query)
        gone = answer["deleted"]
        number = len(answer["lists"]) + len(answer["tasks"]) + len(gone["lists"]) + len(gone["tasks"])
        assert number <= self.limit
        if answer["full"]:
            self.lists, self.tasks = {}, {}
        for task_id in gone["tasks"]:
            self.tasks.pop(task_id, None)
        for list_id in gone["lists"]:
            self.lists.pop(list_id, None)
            self.tasks = {key: task for key, task in self.tasks.items() if task["list_id"] != list_id}
        self.lists |= {each["id"]: each for each in answer["lists"]}
        self.tasks |= {each["id"]: each for each in answer["tasks"]}
        self.cursor = answer["cursor"]
        return answer

    async def catch_up(self) -> None:
        while (await self.page())["has_more"]:
            pass

    async def is_exact(self) -> None:
        await self.catch_up()
        seen = await everything_seen(self.person)
        assert self.tasks == seen
        known = {
            key: {name: each[name] for name in ("id", "name", "owner_id", "role")} for key, each in self.lists.items()
        }
        assert known == {
            each["id"]: {name: each[name] for name in ("id", "name", "owner_id", "role")}
            for each in await self.person.get("/lists")
        }


async def everything_seen(person: Person) -> dict[str, Any]:
    tasks: dict[str, Any] = {}
    query: dict[str, Any] = {"status": "all", "limit": 500}
    while True:
        page = await person.get("/tasks", **query)
        tasks |= {task["id"]: task for task in page["tasks"]}
        if page["next_cursor"] is None:
            return tasks
        query["cursor"] = page["next_cursor"]


async def share(taskwake: World, of: Person, list_id: Any, to: Person) -> None:
    await taskwake.execute(
        "INSERT INTO list_members (list_id, user_id) VALUES (%s, %s) ON CONFLICT DO NOTHING", list_id, to.id
    )


async def unshare(taskwake: World, list_id: Any, of: Person) -> None:
    await taskwake.execute("DELETE FROM list_members WHERE list_id = %s AND user_id = %s", list_id, of.id)


async def test_begins_with_everything_done_tasks_too_and_then_tells_what_changed(sam: Person) -> None:
    task, done, gone = [await sam.create(title=title) for title in "abc"]
    await sam.complete(done)
    await sam.delete(gone)
    copy = Copy(sam)
    first = await copy.page()
    assert first["full"]
    assert {each["id"] for each in first["tasks"]} == {task["id"], done["id"]}
    assert [each["members"] for each in first["lists"]] == [[{"user_id": str(sam.id), "role": "owner"}]]
    changed = await sam.change(task, title="d")
    await sam.delete(done)
    second = await copy.page()
    assert not second["full"]
    assert second["tasks"] == [changed]
    assert second["deleted"] == {"lists": [], "tasks": [done["id"]]}
    third = await copy.page()
    assert (third["tasks"], third["lists"], third["deleted"]) == ([], [], {"lists": [], "tasks": []})


@pytest.mark.parametrize("limit", [1, 2, 3, 7])
async def test_pages_of_any_size_tell_the_same(sam: Person, limit: int) -> None:
    for title in "abcdefg":
        await sam.create(title=title)
    await Copy(sam, limit).is_exact()


async def test_list_that_is_shared_comes_with_its_old_tasks_and_goes_with_all(
    taskwake: World, sam: Person, kim: Person
) -> None:
    await kim.create(title="old")
    gone = await kim.create(title="deleted")
    await kim.delete(gone)
    copy = Copy(sam)
    await copy.catch_up()
    await share(taskwake, kim, kim.list_id, sam)
    page = await copy.page()
    assert [task["title"] for task in page["tasks"]] == ["old"]
    assert page["deleted"]["tasks"] == []
    assert {member["user_id"] for member in copy.lists[str(kim.list_id)]["members"]} == {str(sam.id), str(kim.id)}
    await unshare(taskwake, kim.list_id, sam)
    assert (await copy.page())["deleted"] == {"lists": [str(kim.list_id)], "tasks": []}
    await copy.is_exact()


async def test_task_that_was_moved_out_of_sight_goes_and_one_moved_within_it_goes_and_comes(
    taskwake: World, sam: Person, kim: Person
) -> None:
    mine = await sam.post("/lists", {"name": "Mine"})
    await share(taskwake, sam, sam.list_id, kim)
    hidden, moved = await sam.create(title="hidden"), await kim.create(title="moved", list_id=str(sam.list_id))
    copies = [Copy(sam), Copy(kim)]
    for copy in copies:
        await copy.catch_up()
    await taskwake.execute("UPDATE tasks SET list_id = %s WHERE id = %s", mine["id"], hidden["id"])
    await taskwake.execute("UPDATE tasks SET list_id = %s WHERE id = %s", kim.list_id, moved["id"])
    told = [await copy.page() for copy in copies]
    assert [each["deleted"]["tasks"] for each in told] == [[hidden["id"], moved["id"]]] * 2
    assert [[task["id"] for task in each["tasks"]] for each in told] == [[hidden["id"]], [moved["id"]]]
    for copy in copies:
        await copy.is_exact()


async def test_list_left_and_joined_again_holds_nothing_that_went_meanwhile(
    taskwake: World, sam: Person, kim: Person
) -> None:
    tasks = [await kim.create(title=title) for title in ("stays", "deleted", "moved", "removed")]
    await share(taskwake, kim, kim.list_id, sam)
    copy = Copy(sam)
    await copy.catch_up()
    await unshare(taskwake, kim.list_id, sam)
    await kim.delete(tasks[1])
    other = await kim.post("/lists", {"name": "Other"})
    await taskwake.execute("UPDATE tasks SET list_id = %s WHERE id = %s", other["id"], tasks[2]["id"])
    await taskwake.execute("DELETE FROM tasks WHERE id = %s", tasks[3]["id"])
    await share(taskwake, kim, kim.list_id, sam)
    await copy.is_exact()
    assert tasks[0]["id"] in copy.tasks


async def test_list_that_is_deleted_goes(taskwake: World, sam: Person, kim: Person) -> None:
    await share(taskwake, kim, kim.list_id, sam)
    await kim.create()
    copy = Copy(sam)
    await copy.catch_up()
    await taskwake.execute("DELETE FROM lists WHERE id = %s", kim.list_id)
    assert (await copy.page())["deleted"]["lists"] == [str(kim.list_id)]
    assert list(copy.lists) == [str(sam.list_id)]
    assert copy.tasks == {}


async def test_what_commits_late_is_told_in_a_later_round(taskwake: World, sam: Person) -> None:
    task = await sam.create(title="before")
    copy = Copy(sam)
    async with await psycopg.AsyncConnection.connect(taskwake.url()) as slow:
        await slow.execute("UPDATE tasks SET title = 'late', version = version + 1 WHERE id = %s", (task["id"],))
        other = await sam.create(title="meanwhile")
        await copy.catch_up()
        # What is committed is there, though an older transaction is not over.
        assert {each["title"] for each in copy.tasks.values()} == {"before", "meanwhile"}
        await sam.change(other, title="again")
        await copy.catch_up()
        await slow.commit()
    await copy.is_exact()
    assert copy.tasks[task["id"]]["title"] == "late"


async def test_goes_on_from_an_event_and_the_stream_from_it(sam: Person) -> None:
    cursor = (await sam.http.get("/tasks")).headers["x-event-cursor"]
    task = await sam.create()
    page = await sam.get("/sync", cursor=cursor)
    assert page["tasks"] == [task]
    async with sam.http.stream("GET", "/events", headers={"last-event-id": page["cursor"]}) as answer:
        assert answer.status_code == 200


async def test_cursor_of_another_database_is_gone_and_no_cursor_is_refused(sam: Person) -> None:
    answer = await sam.http.get("/sync", params={"cursor": f"{2**63}-0"})
    assert answer.status_code == 410
    assert "leave it out" in answer.json()["detail"]
    for cursor in (
        "x",
        "1-2-3",
        "1.2.3",
        "1.1.9.1.1." + "0" * 32,
        "1.1.1.-1.1." + "0" * 32,
        "-1-0",
        f"1.{2**64}.0.0.0.{'0' * 32}",
    ):
        refused = await sam.http.get("/sync", params={"cursor": cursor})
        assert refused.status_code == 422, cursor
        assert refused.json()["errors"][0]["field"] == "cursor"


@given(seed=st.integers(0, 2**32))
@settings(
    max_examples=4, deadline=None, phases=[Phase.explicit, Phase.generate], suppress_health_check=list(HealthCheck)
)
async def test_whatever_people_do_at_once_each_copy_ends_with_what_is_there(taskwake: World, seed: int) -> None:
    chance = random.Random(seed)
    people = [await taskwake.person(name=name) for name in ("Sam", "Kim", "Alex")]
    lists = [(person, str(person.list_id)) for person in people]
    copies = [Copy(person, chance.choice([1, 3, 10, 500])) for person in people]

    async def write(person: Person) -> None:
        for _ in range(12):
            await one_thing(taskwake, chance, person, lists, people)

    async def follow(copy: Copy) -> None:
        for _ in range(chance.randint(3, 20)):
            await copy.page()
            await asyncio.sleep(chance.random() / 50)

    await asyncio.gather(*(write(person) for person in people * 2), *(follow(copy) for copy in copies))
    await taskwake.settled()
    for copy in copies:
        await copy.is_exact()


async def one_thing(
    taskwake: World, chance: random.Random, person: Person, lists: list[tuple[Person, str]], people: list[Person]
) -> None:
    """Something that a person may try; refused, it does nothing."""
    owner, list_id = chance.choice(lists)
    tasks = await person.tasks(status="all")
    task = chance.choice(tasks) if tasks else None
    path = f"/tasks/{task['id']}" if task else "/tasks/none"
    match chance.choice(["new", "new", "series", "change", "done", "open", "gone", "move", "share", "leave", "list"]):
        case "new":
            await person.http.post("/tasks", json={"title": "x", "list_id": list_id})
        case "series":
            await person.http.post("/tasks", json={"title": "x", "due_on": "2031-01-01", "rrule": "FREQ=DAILY"})
        case "change":
            await person.http.patch(path, json={"title": str(chance.random())})
        case "done":
            await person.http.post(f"{path}/complete")
        case "open":
            await person.http.post(f"{path}/reopen")
        case "gone":
            await person.http.delete(path)
        case "move" if task and not task["series_id"]:  # which would have to move with it
            await taskwake.execute("UPDATE tasks SET list_id = %s WHERE id = %s", list_id, task["id"])
        case "share":
            await share(taskwake, owner, list_id, chance.choice(people))
        case "leave":
            leaver = chance.choice(people)
            if leaver is not owner:
                await unshare(taskwake, list_id, leaver)
        case "list":
            made = await person.post("/lists", {"name": "More"})
            lists.append((person, made["id"]))
