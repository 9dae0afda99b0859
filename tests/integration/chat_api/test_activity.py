"""Activity: who did what when, in words and as data."""

import pytest

from tests.integration.world import Person, World, soon

pytestmark = pytest.mark.requirement("PROD-052")


async def test_tells_each_change_with_what_was_and_what_became(sam: Person) -> None:
    task = await sam.create(title="a", due_on="2031-01-01")
    await sam.change(task, title="b", due_on="2031-01-02")
    await sam.complete(task)
    await sam.delete(task)
    told = (await sam.get(f"/tasks/{task['id']}/activity"))["activity"]
    assert [each["text"] for each in reversed(told)] == [
        "Sam added “a”",
        "Sam changed “b”: due 2031-01-01 → 2031-01-02; title “a” → “b”",
        "Sam completed “b”",
        "Sam deleted “b”",
    ]
    assert {(each["field"], each["before"], each["after"]) for each in told[2]["changes"]} == {
        ("title", "a", "b"),
        ("due_on", "2031-01-01", "2031-01-02"),
    }
    assert {each["by"] for each in told} == {str(sam.id)}
    assert all(each["undoable"] for each in told)


async def test_a_tasks_own_shows_its_reminders_that_rang(taskwake: World, sam: Person) -> None:
    task = await sam.create(due_at=soon(-1))
    await sam.is_told(task)
    told = (await sam.get(f"/tasks/{task['id']}/activity"))["activity"]
    assert [(each["topic"], each["by"]) for each in told] == [
        ("task.due.v1", None),
        ("task.created.v1", str(sam.id)),
    ]


async def test_is_of_ones_lists_only_and_filtered_by_person_list_task_and_topic(
    taskwake: World, sam: Person, kim: Person
) -> None:
    await taskwake.execute("INSERT INTO list_members (list_id, user_id) VALUES (%s, %s)", sam.list_id, kim.id)
    mine = await sam.create(title="mine")
    hers = await kim.create(title="hers", list_id=str(sam.list_id))
    await kim.create(title="hidden")
    await kim.complete(hers)

    async def titles(**query: object) -> list[str]:
        return [each["text"] for each in (await sam.get("/activity", **query))["activity"]]

    everything = ["Kim completed “hers”", "Kim added “hers”", "Sam added “mine”"]
    assert await titles() == everything
    assert await titles(list_id=sam.list_id) == everything
    assert await titles(list_id=kim.list_id) == []
    assert await titles(user_id=kim.id) == everything[:2]
    assert await titles(task_id=mine["id"]) == everything[2:]
    assert await titles(topic="task.completed.v1") == everything[:1]
    await taskwake.execute("DELETE FROM list_members WHERE user_id = %s AND list_id = %s", kim.id, sam.list_id)
    assert "Somebody completed “hers”" in await titles()


async def test_pages_follow_each_other_without_gap(sam: Person) -> None:
    for title in "abcde":
        await sam.create(title=title)
    told: list[str] = []
    page = await sam.get("/activity", limit=2)
    while True:
        told += [each["title"] for each in page["activity"]]
        if page["next_cursor"] is None:
            break
        page = await sam.get("/activity", limit=2, cursor=page["next_cursor"])
    assert told == list("edcba")


async def test_what_is_not_ones_own_is_not_there_and_bad_questions_are_refused(sam: Person, kim: Person) -> None:
    task = await kim.create()
    assert (await sam.http.get(f"/tasks/{task['id']}/activity")).status_code == 404
    for query, field in (({"cursor": "x"}, "cursor"), ({"topic": "x"}, "topic"), ({"limit": 0}, "limit")):
        answer = await sam.http.get("/activity", params=query)
        assert answer.status_code == 422
        assert answer.json()["errors"][0]["field"] == field


async def of_lists(person: Person) -> list[str]:
    answer = await person.get("/activity", topic="list.changed.v1")
    assert all(each["task_id"] is None and each["title"] for each in answer["activity"])
    return [each["text"] for each in answer["activity"]]


@pytest.mark.requirement("PROD-405")
async def test_tells_what_became_of_lists_and_their_members_to_each_whom_it_concerns(sam: Person, kim: Person) -> None:
    home = (await sam.post("/lists", {"name": "Home"}))["id"]
    await sam.share(home, kim)
    await sam.http.patch(f"/lists/{home}", json={"name": "Cottage"})
    await sam.http.patch(f"/lists/{home}/members/{kim.id}", json={"role": "viewer"})
    told = [
        "Sam made Kim a viewer of the list “Cottage”",
        "Sam renamed the list “Home” to “Cottage”",
        "Kim joined the list “Home”",
        "Sam created the list “Home”",
    ]
    assert await of_lists(sam) == await of_lists(kim) == told
    await sam.http.delete(f"/lists/{home}/members/{kim.id}")
    assert (await of_lists(sam))[0].startswith("Sam removed ")
    # To Kim what concerned her, and of people whom she does not see any more no name.
    assert await of_lists(kim) == [
        "Somebody removed Kim from the list “Cottage”",
        "Somebody made Kim a viewer of the list “Cottage”",
        "Kim joined the list “Home”",
    ]
    await sam.create(title="without her", list_id=home)
    assert "without her" not in (await kim.http.get("/activity")).text


@pytest.mark.requirement("PROD-405")
async def test_a_deleted_list_is_told_once_with_its_undo_also_when_it_is_there_again(sam: Person, kim: Person) -> None:
    home = (await sam.post("/lists", {"name": "Home"}))["id"]
    await sam.share(home, kim)
    await sam.http.delete(f"/lists/{home}")
    for list_id in ({}, {"list_id": home}):
        [deleted, *_] = (await sam.get("/activity", topic="list.changed.v1", **list_id))["activity"]
        assert (deleted["text"], deleted["undoable"]) == ("Sam deleted the list “Home”", True)
    assert (await of_lists(kim))[0] == "Somebody deleted the list “Home”"
    [of_kim, _] = (await kim.get("/activity", topic="list.changed.v1"))["activity"]
    assert not of_kim["undoable"]
    restored = await sam.post(f"/events/{deleted['id']}/undo")
    [now, before, joined, _] = (await sam.get("/activity"))["activity"]
    assert (now["id"], now["undoes"], now["undoable"]) == (restored["by_event"], deleted["id"], True)
    assert (before["id"], before["undone_by"], before["undoable"]) == (deleted["id"], now["id"], False)
    assert (joined["by_name"], joined["undoable"]) == ("Kim", False)
    assert await of_lists(kim) == await of_lists(sam)


@pytest.mark.requirement("PROD-405")
async def test_pages_of_lists_that_are_there_and_gone_follow_each_other_without_gap(sam: Person) -> None:
    for name in ("a", "b", "c"):
        made = (await sam.post("/lists", {"name": name}))["id"]
        await sam.http.patch(f"/lists/{made}", json={"name": f"{name}{name}"})
        if name != "b":
            await sam.http.delete(f"/lists/{made}")
    texts, cursor = [], None
    while True:
        page = await sam.get("/activity", limit=1, **({"cursor": cursor} if cursor else {}))
        texts += [each["text"] for each in page["activity"]]
        if not (cursor := page["next_cursor"]):
            break
    assert texts == [
        "Sam deleted the list “cc”",
        "Sam renamed the list “b” to “bb”",
        "Sam created the list “b”",
        "Sam deleted the list “aa”",
    ]
