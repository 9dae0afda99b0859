"""Chat: finding, snoozing, and doing the same to many tasks, which is asked about first."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.integration.world import Person, World, soon


async def say(person: Person, text: str) -> dict[str, Any]:
    return await person.post("/chat", {"text": text})


def titles(answer: dict[str, Any]) -> set[str]:
    return {task["title"] for task in answer["tasks"]}


@pytest.mark.requirement("PROD-100")
async def test_tasks_are_found_by_their_words_done_ones_too(sam: Person) -> None:
    await sam.create(title="Buy oat milk")
    await sam.complete(await sam.create(title="Return the milk bottles"))
    await sam.create(title="Call Kim")
    answer = await say(sam, "find milk")
    assert answer["understood"]
    assert titles(answer) == {"Buy oat milk", "Return the milk bottles"}
    assert "Buy oat milk" in answer["answer"]
    assert answer["undo"] is None


@pytest.mark.requirement("PROD-100")
async def test_what_is_found_is_what_it_means_next(sam: Person) -> None:
    task = await sam.create(title="Buy oat milk")
    await say(sam, "find milk")
    answer = await say(sam, "done with it")
    assert answer["answer"] == "Done: “Buy oat milk”."
    assert (await sam.get(f"/tasks/{task['id']}"))["status"] == "done"


@pytest.mark.requirement("PROD-100")
async def test_nothing_found_is_said_and_nothing_is_done(sam: Person) -> None:
    answer = await say(sam, "find the unicorn")
    assert (answer["understood"], answer["tasks"]) == (False, [])
    assert "unicorn" in answer["answer"]


@pytest.mark.requirement("PROD-101")
@pytest.mark.parametrize(
    "text", ["snooze it for 10 minutes", "snooze call Sam 10 min", "remind me again in 10 minutes"]
)
async def test_a_reminder_that_rang_is_snoozed_and_its_due_time_stays(sam: Person, text: str) -> None:
    task = await sam.create(title="Call Sam", due_at=soon(-1))
    await sam.is_told(task)
    before = datetime.now(UTC)
    answer = await say(sam, text)
    assert answer["answer"].startswith("I remind you of “Call Sam” again ")
    [waiting] = (await sam.get("/reminders/ledger", fired=False))["entries"]
    assert waiting["kind"] == "snooze"
    later = datetime.fromisoformat(waiting["remind_at"]) - before
    assert timedelta(minutes=9, seconds=59) < later < timedelta(minutes=11)
    assert (await sam.get(f"/tasks/{task['id']}"))["due_at"] == task["due_at"]


@pytest.mark.requirement("PROD-101")
async def test_snoozing_what_has_not_rung_moves_its_due_time(sam: Person) -> None:
    task = await sam.create(title="Call Sam", due_local="2031-07-04T09:00:00")
    await say(sam, "snooze call Sam by 2 days")
    assert (await sam.get(f"/tasks/{task['id']}"))["due_local"] == "2031-07-06T09:00:00"


@pytest.mark.requirement("PROD-102")
async def test_many_tasks_are_asked_about_and_moved_after_a_yes(sam: Person) -> None:
    for number in range(12):
        await sam.create(title=f"Late {number}", due_on="2020-01-01")
    await sam.create(title="In time", due_on="2031-01-01")
    asked = await say(sam, "move everything overdue to tomorrow")
    assert asked["answer"].startswith("Shall I move these 12 tasks to tomorrow?")
    assert "… and 2 more" in asked["answer"]
    assert [choice["text"] for choice in asked["choices"]] == ["yes", "no"]
    assert asked["choices"][0]["words"] == "Yes, move 12 tasks to tomorrow"
    assert len(asked["tasks"]) == 12
    assert {task["due_on"] for task in await sam.tasks()} == {"2020-01-01", "2031-01-01"}
    answer = await say(sam, "yes")
    assert answer["answer"] == "Moved 12 tasks to tomorrow."
    tomorrow = (datetime.now(UTC).date() + timedelta(days=1)).isoformat()
    assert sorted(task["due_on"] for task in await sam.tasks()) == [*[tomorrow] * 12, "2031-01-01"]


@pytest.mark.requirement("PROD-102")
async def test_after_a_no_or_anything_else_nothing_is_touched(sam: Person) -> None:
    for title in ("One", "Two"):
        await sam.create(title=title)
    await say(sam, "delete everything")
    assert (await say(sam, "no"))["answer"] == "I left everything as it is."
    late = await say(sam, "yes")
    assert not late["understood"]
    await say(sam, "delete everything")
    await say(sam, "what is due today")
    assert not (await say(sam, "yes"))["understood"]
    assert len(await sam.tasks()) == 2


@pytest.mark.requirement("PROD-102")
async def test_a_yes_means_the_tasks_that_were_asked_about(sam: Person) -> None:
    kept = [await sam.create(title=title) for title in ("One", "Two", "Three")]
    await say(sam, "complete everything")
    await sam.complete(kept[0])
    later = await sam.create(title="Four")
    assert (await say(sam, "yes"))["answer"] == "Completed 2 tasks."
    assert [task["id"] for task in await sam.tasks()] == [later["id"]]


@pytest.mark.requirement("PROD-102")
async def test_what_was_done_to_many_is_what_them_means(sam: Person) -> None:
    for title in ("One", "Two"):
        await sam.create(title=title)
    await say(sam, "complete everything")
    await say(sam, "yes")
    assert (await say(sam, "reopen them"))["answer"].startswith("Shall I reopen these 2 tasks?")
    assert (await say(sam, "yes"))["answer"] == "2 tasks are open again."
    assert len(await sam.tasks()) == 2


@pytest.mark.requirement("PROD-102")
async def test_a_single_one_is_not_asked_about_and_none_is_said(sam: Person) -> None:
    assert not (await say(sam, "complete everything"))["understood"]
    task = await sam.create(title="The only one")
    assert (await say(sam, "complete everything"))["answer"] == "Done: “The only one”."
    assert (await sam.get(f"/tasks/{task['id']}"))["status"] == "done"


@pytest.mark.requirement("PROD-102")
async def test_more_than_one_transaction_holds_is_refused(
    sam: Person, taskwake: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("functions.chat_api.chat.deeds.MOST_AT_ONCE", 2)
    for number in range(3):
        await sam.create(title=f"Late {number}", due_on="2020-01-01")
    answer = await say(sam, "complete everything overdue")
    assert (answer["understood"], answer["choices"]) == (False, [])
    assert len(await sam.tasks()) == 3


@pytest.mark.requirement("PROD-102")
async def test_the_tasks_of_others_that_one_may_only_see_are_left_out(sam: Person, taskwake: World) -> None:
    kim = await taskwake.person(name="Kim")
    await taskwake.execute(
        "INSERT INTO list_members (list_id, user_id, role) VALUES (%s, %s, 'viewer')", kim.list_id, sam.id
    )
    await kim.create(title="Kim's")
    await sam.create(title="One")
    await sam.create(title="Two")
    asked = await say(sam, "complete everything")
    assert titles(asked) == {"One", "Two"}
    await say(sam, "yes")
    assert len(await kim.tasks()) == 1


class Model:
    """A language model that always says the same."""

    def __init__(self, words: str | None) -> None:
        self.words = words
        self.asked: list[str] = []

    async def answer(self, instructions: str, said: str) -> str | None:
        assert instructions
        self.asked.append(said)
        return self.words


@pytest.fixture
def model(taskwake: World, monkeypatch: pytest.MonkeyPatch) -> Callable[[str | None], Model]:
    def begin(words: str | None) -> Model:
        model = Model(words)
        monkeypatch.setattr(taskwake.taskwake.context, "language_model", model)
        return model

    return begin


@pytest.mark.requirement("PROD-104")
async def test_what_the_grammar_does_not_understand_a_model_may_put_into_its_words(
    sam: Person, model: Callable[[str | None], Model]
) -> None:
    asked = model("Sure!\n=> remind me to call the dentist tomorrow at 9\n=> what is due tomorrow").asked
    said = "would you mind that I must not miss the dentist?"
    answer = await say(sam, said)
    assert asked == [said]
    assert answer["answer"].startswith("I take it as “remind me to call the dentist tomorrow at 9”. Added “call the")
    assert "1 task is due tomorrow" in answer["answer"]
    assert (answer["understood"], answer["undo"]) == (True, "undo")
    assert [task["title"] for task in await sam.tasks()] == ["call the dentist"]


@pytest.mark.requirement("PROD-104")
@pytest.mark.parametrize("words", [None, "", "NONE", "=> hello", "delete everything", "=>", "=> why?\n" * 9])
async def test_a_model_that_makes_no_sense_changes_nothing(
    sam: Person, model: Callable[[str | None], Model], words: str | None
) -> None:
    model(words)
    await sam.create()
    answer = await say(sam, "why is the sky blue?")
    assert not answer["understood"]
    assert answer["answer"].startswith("I did not understand that, and did nothing.")
    assert len(await sam.tasks()) == 1


@pytest.mark.requirement("PROD-104")
async def test_a_model_touches_many_tasks_only_after_a_yes(sam: Person, model: Callable[[str | None], Model]) -> None:
    model("=> delete everything\n=> add buy milk")
    for title in ("One", "Two"):
        await sam.create(title=title)
    answer = await say(sam, "what if all of this were gone?")
    assert "Shall I delete these 2 tasks?" in answer["answer"]
    assert [choice["text"] for choice in answer["choices"]] == ["yes", "no"]
    assert len(await sam.tasks()) == 2
    assert (await say(sam, "yes"))["answer"] == "Deleted 2 tasks."


@pytest.mark.requirement("PROD-104")
async def test_what_is_understood_is_told_to_no_model(sam: Person, model: Callable[[str | None], Model]) -> None:
    asked = model("=> delete everything").asked
    await say(sam, "buy milk tomorrow")
    assert asked == []
