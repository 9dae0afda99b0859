"""Chat: finding, snoozing, and doing the same to many tasks, which is asked about first."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
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


@pytest.mark.requirement("PROD-100")
async def test_how_it_stands_with_one_task_is_answered(sam: Person) -> None:
    await sam.create(title="Dentist", due_local="2031-07-04T09:00:00", zone="Europe/Berlin")
    await sam.complete(await sam.create(title="Buy groceries"))
    await sam.create(title="Call Kim")
    assert (await say(sam, "when is the dentist?"))["answer"].startswith("“Dentist” is due on Fri 4 Jul 2031 at 09:00")
    assert (await say(sam, "did I buy groceries?"))["answer"].startswith("“Buy groceries” is done, today at ")
    assert (await say(sam, "have I called Kim yet?"))["answer"] == "“Call Kim” is open, with no due time."


@pytest.mark.requirement("PROD-480")
@pytest.mark.parametrize(
    ("due", "text", "after"),
    [
        ({"due_local": "2031-07-04T09:00:00"}, "make dentist repeat every 6 months", "2031-07-04T09:00:00"),
        ({"due_local": "2031-07-03T09:00:00"}, "repeat the dentist every friday", "2031-07-04T09:00:00"),
        ({"due_local": "2031-07-03T09:00:00"}, "repeat dentist every friday at 10", "2031-07-04T10:00:00"),
        ({"due_on": "2031-07-03"}, "repeat the dentist every friday", "2031-07-04"),
    ],
)
async def test_a_task_begins_to_repeat_on_its_own_day_and_stops_again(
    sam: Person, due: dict[str, str], text: str, after: str
) -> None:
    task = await sam.create(title="Dentist", **due)
    assert (await say(sam, text))["understood"]
    changed = await sam.get(f"/tasks/{task['id']}")
    assert (changed["due_local"] or changed["due_on"], bool(changed["rrule"])) == (after, True)
    assert "does not repeat any more" in (await say(sam, "stop repeating it"))["answer"]
    ended = await sam.get(f"/tasks/{task['id']}")
    assert (ended["due_local"] or ended["due_on"], ended["rrule"]) == (after, None)


@pytest.mark.requirement("PROD-480")
async def test_what_was_due_long_ago_begins_to_repeat_at_what_its_rule_gives_next(sam: Person) -> None:
    task = await sam.create(title="Dentist", due_on="2020-01-01")  # a Wednesday
    await say(sam, "repeat the dentist every friday")
    due = date.fromisoformat((await sam.get(f"/tasks/{task['id']}"))["due_on"])
    assert due.isoweekday() == 5
    assert due >= datetime.now(UTC).date() - timedelta(days=1)


@pytest.mark.requirement("PROD-480")
async def test_a_reminder_is_added_to_what_is_there_and_taken_off_again(sam: Person) -> None:
    task = await sam.create(title="Dentist", due_local="2031-07-04T09:00:00", reminders=[{"minutes_before": 60}])
    answer = await say(sam, "remind me 10 minutes before the dentist")
    assert answer["answer"] == "I remind you of “Dentist” 1 hour before and 10 minutes before."
    assert len((await sam.get(f"/tasks/{task['id']}"))["reminders"]) == 2
    assert "at the due time only" in (await say(sam, "stop reminding me about the dentist"))["answer"]
    assert (await sam.get(f"/tasks/{task['id']}"))["reminders"] == []
    assert "and did nothing" in (await say(sam, "remind me 10 minutes before the circus"))["answer"]
    assert [each["title"] for each in (await sam.get("/tasks"))["tasks"]] == ["Dentist"]


@pytest.mark.requirement("PROD-480")
async def test_a_reminder_of_what_has_no_due_time_says_so(sam: Person) -> None:
    await sam.create(title="Dentist")
    assert "once it has a due time" in (await say(sam, "remind me 10 minutes before the dentist"))["answer"]
    assert "has no due time" in (await say(sam, "stop reminding me about the dentist"))["answer"]


@pytest.mark.requirement("PROD-481")
async def test_a_note_is_added_below_what_stands_there(sam: Person) -> None:
    task = await sam.create(title="Groceries", notes="Oats")
    answer = await say(sam, "add a note to groceries: whole milk")
    assert answer["answer"] == "The notes of “Groceries” end with “whole milk” now."
    assert (await sam.get(f"/tasks/{task['id']}"))["notes"] == "Oats\nwhole milk"
    await say(sam, "undo")
    assert (await sam.get(f"/tasks/{task['id']}"))["notes"] == "Oats"


@pytest.mark.requirement("PROD-482")
async def test_what_is_put_into_a_list_moves_there_and_else_is_added_there(sam: Person) -> None:
    shopping = await sam.post("/lists", {"name": "Shopping"})
    task = await sam.create(title="Bread")
    await say(sam, "put the bread on the shopping list")
    await say(sam, "put milk in #shopping")
    assert (await sam.get(f"/tasks/{task['id']}"))["list_id"] == shopping["id"]
    there = (await sam.get("/tasks", list_id=shopping["id"]))["tasks"]
    assert {each["title"] for each in there} == {"Bread", "milk"}
    refused = await say(sam, "put the bread in #unheard-of")
    assert refused["answer"].startswith("I did nothing: there is no list called “unheard-of”")


@pytest.mark.requirement("PROD-484")
async def test_deadline_estimate_and_priority_are_set_and_the_due_time_stays(sam: Person) -> None:
    task = await sam.create(title="Report", due_on="2031-07-04")
    answer = await say(sam, "set the deadline of the report to 31 Dec 2031")
    assert answer["answer"] == "“Report” has to be done by Wed 31 Dec 2031 now."
    assert (await say(sam, "estimate it at 90 minutes"))["answer"] == "“Report” takes 90 minutes now."
    assert (await say(sam, "make it urgent"))["answer"] == "“Report” is marked p1 now."
    now = await sam.get(f"/tasks/{task['id']}")
    assert (now["due_on"], now["deadline_on"], now["estimate_minutes"], now["priority"]) == (
        *("2031-07-04", "2031-12-31"),
        *(90, 1),
    )


@pytest.mark.requirement("PROD-486")
async def test_lists_are_shown_with_how_much_is_open_in_them(sam: Person) -> None:
    work = await sam.post("/lists", {"name": "Work"})
    await sam.create(title="Report", list_id=work["id"])
    await sam.complete(await sam.create(title="Call Kim", list_id=work["id"]))
    answer = (await say(sam, "what lists do I have?"))["answer"]
    assert answer == "Your lists, and how many tasks are open in them:\n• Inbox: 0\n• Work: 1"


@pytest.mark.requirement("PROD-487")
async def test_a_list_is_made_written_to_and_taken_back(sam: Person) -> None:
    answer = await say(sam, "please make a list called “Big work”")
    assert answer["answer"] == 'Made the list “Big work”. Say “add milk to #"Big work"”, and it is in it.'
    [_, made] = await sam.get("/lists")
    [milk] = (await say(sam, "add milk to #“big work”"))["tasks"]
    assert (milk["title"], milk["list_id"]) == ("milk", made["id"])
    again = await say(sam, 'new list "big work"')
    assert (again["answer"], again["understood"]) == (
        "I did nothing: there is a list called “big work” already.",
        False,
    )
    for _ in ("the task", "the list"):
        assert (await say(sam, "undo"))["answer"].startswith("Undone: ")
    assert [each["name"] for each in await sam.get("/lists")] == ["Inbox"]


@pytest.mark.requirement("PROD-485")
async def test_a_subtask_is_added_to_the_task_that_is_meant(sam: Person) -> None:
    party = await sam.create(title="Party")
    answer = await say(sam, "add subtask bake a cake on 4 July 2031 to the party")
    assert answer["answer"] == "Added “bake a cake” to what “Party” consists of, due on Fri 4 Jul 2031."
    [made] = answer["tasks"]
    assert (made["parent_id"], made["list_id"]) == (party["id"], party["list_id"])
    await say(sam, "undo")
    assert [task["title"] for task in (await sam.get("/tasks"))["tasks"]] == ["Party"]


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
@pytest.mark.parametrize("words", [None, "", "NONE", "=> may I ask", "delete everything", "=>", "=> why?\n" * 9])
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
