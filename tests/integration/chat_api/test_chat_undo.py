"""Undo in a conversation takes back all that the last sentence did, then what the one before it did."""

import json
from typing import Any

import pytest

from tests.integration.world import Person, World, soon

pytestmark = pytest.mark.requirement("PROD-103")


async def say(person: Person, text: str) -> dict[str, Any]:
    return await person.post("/chat", {"text": text})


async def shown(person: Person) -> list[tuple[str, str, str | None]]:
    return sorted((task["title"], task["status"], task["due_on"]) for task in await person.tasks(status="all"))


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ("add Buy milk", "deleted"),
        ("done with call Sam", "reopened"),
        ("delete call Sam", "Call Sam"),
        ("rename call Sam to call Kim", "call Kim"),
        ("move call Sam to 2031-02-03", "Call Sam"),
    ],
)
async def test_what_a_sentence_did_is_taken_back(sam: Person, said: str, words: str) -> None:
    await sam.create(title="Call Sam", due_on="2031-01-01")
    before = await shown(sam)
    answer = await say(sam, said)
    assert answer["understood"], answer
    assert await shown(sam) != before
    undone = await say(sam, answer["undo"])
    assert undone["answer"].startswith("Undone: ")
    assert words in undone["answer"]
    assert undone["undo"] is None
    assert await shown(sam) == before


async def test_asked_again_the_sentence_before_it_is_taken_back(sam: Person) -> None:
    await say(sam, "add One")
    await say(sam, "add Two")
    await say(sam, "what is due today")
    for left, further in ((["One"], True), ([], False)):
        answer = await say(sam, "undo")
        assert answer["understood"]
        assert ("Say “undo” again to take back what was done before: Added “One”" in answer["answer"]) == further
        assert [task["title"] for task in await sam.tasks()] == left
    answer = await say(sam, "undo")
    assert not answer["understood"]
    assert "nothing in this conversation" in answer["answer"]


async def test_what_was_done_to_many_after_a_yes_is_taken_back_whole(taskwake: World, sam: Person) -> None:
    parent = await sam.create(title="Trip", due_on="2020-01-01")
    await sam.create(title="Pack", parent_id=parent["id"], due_on="2020-01-01")
    await sam.create(title="Water", due_on="2020-01-02", rrule="FREQ=DAILY")
    before = await shown(sam)
    for deed in ("move everything overdue to tomorrow", "complete everything", "delete everything"):
        await say(sam, deed)
        did = await say(sam, "yes")
        assert did["undo"] == "undo", did
        await taskwake.settled()
        undone = await say(sam, "undo")
        assert undone["answer"].startswith("Undone: "), undone
        assert "Not undone" not in undone["answer"], undone
        await taskwake.settled()
        assert await shown(sam) == before, deed


async def test_what_was_changed_since_stays_and_is_told_of(sam: Person) -> None:
    one, _ = [await sam.create(title=title, due_on="2020-01-01") for title in ("One", "Two")]
    await say(sam, "move everything overdue to 2031-02-03")
    await say(sam, "yes")
    await sam.change(one, due_on="2031-05-06")
    answer = await say(sam, "undo")
    assert answer["understood"]
    assert "Not undone: 1" in answer["answer"]
    assert await shown(sam) == [("One", "open", "2031-05-06"), ("Two", "open", "2020-01-01")]


async def test_a_title_is_told_as_it_is_beside_what_stays(sam: Person) -> None:
    one, _ = [await sam.create(title=title, due_on="2020-01-01") for title in ("One", "Call all of them")]
    await say(sam, "move everything overdue to 2031-02-03")
    await say(sam, "yes")
    await sam.change(one, due_on="2031-05-06")
    answer = (await say(sam, "undo"))["answer"]
    assert "“Call all of them”" in answer
    assert "Not undone: 1" in answer


async def test_what_is_undone_already_is_not_undone_twice(sam: Person) -> None:
    await say(sam, "add One")
    await sam.post("/undo")
    answer = await say(sam, "undo")
    assert (answer["understood"], await sam.tasks()) == (False, [])
    assert answer["answer"].startswith("I undid nothing: ")


async def test_a_repeated_request_undoes_once(sam: Person) -> None:
    for title in ("One", "Two"):
        await say(sam, f"add {title}")
    for _ in range(2):
        await sam.http.post("/chat", json={"text": "undo"}, headers={"Idempotency-Key": "once"})
    assert [task["title"] for task in await sam.tasks()] == ["One"]


async def test_a_snooze_is_taken_back_until_it_rings(sam: Person) -> None:
    task = await sam.create(title="Call Sam", due_at=soon(-1))
    await sam.is_told(task)
    answer = await say(sam, "snooze it for 10 minutes")
    assert len((await sam.get("/reminders/ledger", fired=False))["entries"]) == 1
    assert (await say(sam, answer["undo"]))["answer"] == "Undone: “Call Sam” is not snoozed any more."
    assert (await sam.get("/reminders/ledger", fired=False))["entries"] == []
    assert [notice["acknowledged_at"] for notice in (await sam.get("/notices"))["notices"]] == [None]


async def test_what_a_model_made_of_one_sentence_is_taken_back_as_one(
    taskwake: World, sam: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Model:
        async def answer(self, instructions: str, said: str) -> str | None:
            return "=> add Buy milk\n=> add Buy bread"

    monkeypatch.setattr(taskwake.taskwake.context, "language_model", Model())
    answer = await say(sam, "why are we out of milk and of bread?")
    assert len(await sam.tasks()) == 2
    await say(sam, answer["undo"])
    assert await sam.tasks() == []


async def test_a_completion_and_a_reopening_in_a_series_are_taken_back_with_what_they_brought(
    taskwake: World, sam: Person
) -> None:
    await sam.create(title="Water", due_on="2031-01-01", rrule="FREQ=DAILY")
    for said in ("done with water", "reopen water"):
        before = await shown(sam)
        answer = await say(sam, said)
        await taskwake.settled()
        assert await shown(sam) != before, answer
        undone = await say(sam, answer["undo"])
        await taskwake.settled()
        assert await shown(sam) == before
        assert undone["answer"].startswith("Undone: Sam "), undone
        assert "Not undone" not in undone["answer"]
        if said == "done with water":
            await say(sam, said)
            await taskwake.settled()


async def test_what_another_changed_since_stays_and_their_name_is_told(
    taskwake: World, sam: Person, kim: Person
) -> None:
    await taskwake.execute("INSERT INTO list_members (list_id, user_id) VALUES (%s, %s)", sam.list_id, kim.id)
    task = await sam.create(title="Call Sam")
    await say(sam, "rename call Sam to call Kim")
    await kim.change(task, title="Call nobody")
    answer = await say(sam, "undo")
    assert (answer["understood"], answer["undo"]) == (False, None)
    assert answer["answer"].startswith("I undid nothing: Kim changed title since")
    assert [task["title"] for task in await sam.tasks()] == ["Call nobody"]


async def test_what_was_done_more_than_ten_turns_ago_stays(sam: Person) -> None:
    for title in ("One", "Two"):
        await say(sam, f"add {title}")
    for _ in range(9):
        await say(sam, "what is due today")
    for said in ("undo", "undo"):
        await say(sam, said)
    assert [task["title"] for task in await sam.tasks()] == ["One"]


async def test_a_conversation_kept_before_there_was_undo_goes_on(taskwake: World, sam: Person) -> None:
    task = await sam.create(title="One")
    turn = {"said": "add One", "answered": "Added “One”.", "task_ids": [task["id"]]}
    await taskwake.execute("INSERT INTO conversations (user_id, turns) VALUES (%s, %s)", sam.id, json.dumps([turn]))
    assert "nothing in this conversation" in (await say(sam, "undo"))["answer"]
    done = await say(sam, "done with it")
    assert [task["status"] for task in done["tasks"]] == ["done"]
    await say(sam, done["undo"])
    assert await shown(sam) == [("One", "open", None)]
