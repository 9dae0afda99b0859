"""Chat: list, labels and priority say which tasks are meant; and the list that a task goes into."""

from typing import Any
from uuid import uuid4

import pytest

from tests.integration.world import Person, World


async def say(person: Person, text: str, **more: Any) -> dict[str, Any]:
    return await person.post("/chat", {"text": text} | more)


def titles(answer: dict[str, Any]) -> set[str]:
    return {task["title"] for task in answer["tasks"]}


async def open_titles(person: Person) -> set[str]:
    return {task["title"] for task in await person.tasks()}


@pytest.fixture
async def work(sam: Person) -> dict[str, Any]:
    """A list Work with two tasks, one of which is @errand and p1; beside it one that is neither."""
    work = await sam.post("/lists", {"name": "Work"})
    await sam.create(title="Report", list_id=work["id"])
    await sam.create(title="Stamps", list_id=work["id"], labels=["Errand"], priority=1)
    await sam.create(title="Milk")
    return work


@pytest.mark.requirement("PROD-160")
@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("delete all tasks in #work", {"Milk"}),
        ("delete all tasks in the work list", {"Milk"}),
        ("complete all p1 tasks", {"Report", "Milk"}),
        ("complete all @errand tasks", {"Report", "Milk"}),
        ("delete all @errand tasks in #WORK", {"Report", "Milk"}),
    ],
)
async def test_only_the_tasks_that_were_named_are_touched(
    sam: Person, work: dict[str, Any], text: str, left: set[str]
) -> None:
    asked = await say(sam, text)
    if asked["choices"]:
        assert await open_titles(sam) == {"Report", "Stamps", "Milk"}
        await say(sam, "yes")
    assert await open_titles(sam) == left


@pytest.mark.requirement("PROD-160")
async def test_all_tasks_of_a_list_move_to_another(sam: Person, work: dict[str, Any]) -> None:
    asked = await say(sam, "move all #work tasks to #nowhere")
    assert (asked["understood"], asked["choices"]) == (False, [])
    assert "“nowhere”" in asked["answer"]
    home = await sam.post("/lists", {"name": "Home"})
    await say(sam, "move all #work tasks to #home")
    answer = await say(sam, "yes")
    assert answer["answer"] == "Moved 2 tasks to the list “home”."
    assert {task["title"] for task in await sam.tasks(list_id=home["id"])} == {"Report", "Stamps"}


@pytest.mark.requirement("PROD-160")
async def test_only_the_tasks_that_were_named_are_shown(sam: Person, work: dict[str, Any]) -> None:
    shown = await say(sam, "show me #work")
    assert titles(shown) == {"Report", "Stamps"}
    assert shown["answer"].startswith("2 tasks are open in “work”:")
    assert titles(await say(sam, "list p1 tasks")) == {"Stamps"}
    assert (await say(sam, "what's on today in #work"))["answer"] == "Nothing is due today in “work”."


@pytest.mark.requirement("PROD-160")
@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("delete all tasks in #wrok", "there is no list called “wrok”"),
        ("complete all @erand tasks", "no task that you see has the label @erand"),
        ("show me #wrok", "there is no list called “wrok”"),
    ],
)
async def test_a_list_or_a_label_that_there_is_not_is_said_and_nothing_is_done(
    sam: Person, work: dict[str, Any], text: str, said: str
) -> None:
    answer = await say(sam, text)
    assert (answer["understood"], answer["tasks"], answer["choices"]) == (False, [], [])
    assert said in answer["answer"]
    assert len(await sam.tasks()) == 3


@pytest.mark.requirement("PROD-160")
async def test_a_list_of_others_is_none(sam: Person, kim: Person) -> None:
    await kim.post("/lists", {"name": "Secret"})
    assert "there is no list called “secret”" in (await say(sam, "show me #secret"))["answer"]


@pytest.mark.requirement("PROD-161")
async def test_what_is_created_goes_into_the_list_beside_the_sentence_unless_it_names_one(
    sam: Person, work: dict[str, Any]
) -> None:
    home = await sam.post("/lists", {"name": "Home"})
    [task] = (await say(sam, "add Call Kim", list_id=work["id"]))["tasks"]
    assert task["list_id"] == work["id"]
    [task] = (await say(sam, "add Call Tim #home", list_id=work["id"]))["tasks"]
    assert task["list_id"] == home["id"]
    answer = await say(sam, "add Call Jim #nowhere", list_id=work["id"])
    assert answer["tasks"][0]["list_id"] == work["id"]
    assert "so it is in “Work”" in answer["answer"]


@pytest.mark.requirement("PROD-161")
async def test_what_creates_nothing_does_not_care_for_the_list(sam: Person, work: dict[str, Any]) -> None:
    assert (await say(sam, "done with milk", list_id=work["id"]))["answer"] == "Done: “Milk”."
    await say(sam, "complete everything", list_id=work["id"])
    assert (await say(sam, "yes", list_id=work["id"]))["answer"] == "Completed 2 tasks."


@pytest.mark.requirement("PROD-161")
async def test_a_list_that_one_does_not_see_or_may_not_add_to_is_refused(
    taskwake: World, sam: Person, kim: Person
) -> None:
    for list_id in (str(uuid4()), str(kim.list_id)):
        answer = await sam.http.post("/chat", json={"text": "what is due today", "list_id": list_id})
        assert answer.status_code == 422
        assert answer.json()["errors"][0]["field"] == "list_id"
    await taskwake.execute(
        "INSERT INTO list_members (list_id, user_id, role) VALUES (%s, %s, 'viewer')", kim.list_id, sam.id
    )
    assert (await say(sam, "what is due today", list_id=str(kim.list_id)))["understood"]
    answer = await sam.http.post("/chat", json={"text": "buy milk", "list_id": str(kim.list_id)})
    assert answer.status_code == 422
    assert await sam.tasks() == await kim.tasks() == []
