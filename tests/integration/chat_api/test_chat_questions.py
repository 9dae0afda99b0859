"""Chat: what is asked back, and the answer to it."""

import asyncio
from typing import Any
from uuid import uuid4

import httpx
import pytest

from functions.kernel.storage import logins
from functions.operations import accounts
from tests.integration.world import NO_TLS, PATIENCE_SECONDS, Person, World


async def say(person: Person, text: str, **more: Any) -> dict[str, Any]:
    return await person.post("/chat", {"text": text} | more)


async def choose(person: Person, choice: dict[str, Any]) -> dict[str, Any]:
    return await say(person, choice["text"], question=choice["question"])


async def statuses(person: Person) -> dict[str, str]:
    return {task["id"]: task["status"] for task in await person.tasks(status="all")}


@pytest.fixture
async def elsewhere(taskwake: World, sam: Person) -> Person:
    """The same person, by another token."""
    token = await asyncio.to_thread(accounts.issue, taskwake.url(), sam.id, "token")
    headers = {"authorization": f"Bearer {token}"}
    http = httpx.AsyncClient(base_url=taskwake.base_url, headers=headers, timeout=PATIENCE_SECONDS, verify=NO_TLS)
    other = Person(sam.id, sam.list_id, token, sam.email, http)
    taskwake.people.append(other)
    return other


@pytest.mark.requirement("PROD-162")
@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("pay water bill", "delete pay gas bill"),
        ("call Tim back", "done with call Tom back"),
        ("buy 2 milk", "complete 2"),
        ("buy milk", "delete oat milk buy"),
    ],
)
async def test_a_task_whose_title_lacks_a_word_is_asked_about(sam: Person, title: str, text: str) -> None:
    task = await sam.create(title=title)
    asked = await say(sam, text)
    assert (asked["understood"], asked["undo"]) == (False, None)
    assert await statuses(sam) == {task["id"]: "open"}
    yes, no = asked["choices"]
    assert title in yes["words"]
    assert (await choose(sam, no))["answer"] == "I left everything as it is."
    assert await statuses(sam) == {task["id"]: "open"}


@pytest.mark.requirement("PROD-162")
async def test_the_choice_does_it_to_the_task_that_it_names(sam: Person) -> None:
    await sam.create(title="pay water bill")
    asked = await say(sam, "complete pay gas bill")
    assert (await choose(sam, asked["choices"][0]))["answer"] == "Done: “pay water bill”."


@pytest.mark.requirement("PROD-162")
async def test_tasks_of_one_title_are_told_apart_and_the_one_chosen_is_done(sam: Person) -> None:
    work = await sam.post("/lists", {"name": "Work"})
    tasks = [
        await sam.create(title="Call Kim"),
        await sam.create(title="Call Kim", list_id=work["id"]),
        await sam.create(title="Call Kim", list_id=work["id"], due_on="2031-02-03"),
        await sam.create(title="Call Kim", list_id=work["id"], due_on="2031-02-03"),
    ]
    asked = await say(sam, "delete call Kim")
    *choices, none = asked["choices"]
    words = [choice["words"] for choice in choices]
    assert len(set(words)) == 4
    assert any("Work, no date" in each for each in words)
    assert [choice["text"] for choice in choices] == ["1", "2", "3", "4"]
    assert none["text"] == "no"
    third = asked["tasks"][2]["id"]
    assert (await choose(sam, choices[2]))["answer"] == "Deleted “Call Kim”."
    assert {task["id"] for task in await sam.tasks()} == {task["id"] for task in tasks} - {third}


@pytest.mark.requirement("PROD-162")
async def test_a_number_alone_answers_the_last_question_and_nothing_else(sam: Person) -> None:
    for _ in range(2):
        await sam.create(title="Call Kim")
    assert not (await say(sam, "2"))["understood"]
    await say(sam, "complete call Kim")
    assert not (await say(sam, "3"))["understood"]
    await say(sam, "complete call Kim")
    assert (await say(sam, "2"))["answer"] == "Done: “Call Kim”."
    assert len(await sam.tasks()) == 1


@pytest.mark.requirement("PROD-162")
@pytest.mark.parametrize(
    ("text", "field", "left"),
    [
        ("remove the date from buy milk", "due_on", None),
        ("remove the deadline from buy milk", "deadline_on", None),
        ("remove the reminder from buy milk", "reminders", []),
        ("remove @errand from buy milk", "labels", []),
        ("clear the priority of buy milk", "priority", 4),
        ("remove the notes from buy milk", "notes", ""),
    ],
)
async def test_what_is_taken_off_a_task_leaves_the_task(sam: Person, text: str, field: str, left: Any) -> None:
    given: dict[str, Any] = {"due_on": "2031-01-01", "deadline_on": "2031-02-01", "labels": ["errand"], "priority": 2}
    await sam.create(title="Buy milk", notes="oat", reminders=[{"minutes_before": 5}], **given)
    answer = await say(sam, text)
    assert answer["understood"], answer
    assert "like that already" not in answer["answer"]
    [task] = await sam.tasks()
    assert task[field] == left


@pytest.mark.requirement("PROD-164")
async def test_a_yes_to_another_question_does_nothing(sam: Person) -> None:
    for title in ("One", "Two"):
        await sam.create(title=title)
    first = await say(sam, "delete everything")
    second = await say(sam, "complete everything")
    refused = await choose(sam, first["choices"][0])
    assert (refused["understood"], len(await sam.tasks())) == (False, 2)
    assert "another question" in refused["answer"]
    assert not (await say(sam, "yes", question=str(uuid4())))["understood"]
    again = await say(sam, "complete everything")
    assert again["choices"][0]["question"] != second["choices"][0]["question"]
    assert (await choose(sam, again["choices"][0]))["answer"] == "Completed 2 tasks."


@pytest.mark.requirement("PROD-164")
async def test_a_plain_yes_answers_only_what_was_asked_of_the_same_token(sam: Person, elsewhere: Person) -> None:
    for title in ("One", "Two"):
        await sam.create(title=title)
    await say(sam, "complete everything")
    assert not (await say(elsewhere, "yes"))["understood"]
    await say(elsewhere, "delete everything")
    assert (await say(sam, "yes"))["answer"] == "Completed 2 tasks."


@pytest.mark.requirement("PROD-164")
async def test_of_two_yeses_at_once_one_does_it(sam: Person) -> None:
    for number in range(2):
        await sam.create(title=f"Late {number}", due_on="2020-01-01")
    await say(sam, "postpone everything overdue by 2 days")
    answers = await asyncio.gather(*(say(sam, "yes") for _ in range(4)))
    assert sorted(answer["understood"] for answer in answers) == [False, False, False, True]
    assert {task["due_on"] for task in await sam.tasks()} == {"2020-01-03"}


@pytest.mark.requirement("PROD-164")
async def test_sentences_at_once_are_all_remembered(sam: Person) -> None:
    await asyncio.gather(*(say(sam, f"add Task {number}") for number in range(5)))
    for left in (4, 3, 2, 1, 0):
        await say(sam, "undo")
        assert len(await sam.tasks()) == left


@pytest.mark.requirement("PROD-163")
async def test_an_old_task_is_found_behind_thousands_of_newer_ones(taskwake: World, sam: Person) -> None:
    old = await sam.create(title="Renew the passport")
    await taskwake.execute(
        """
        INSERT INTO tasks (id, list_id, title, notes, status, reminders, version, created_by, created_at, skipped,
                           labels, priority, position)
        SELECT gen_random_uuid(), list_id, 'Filler ' || number, notes, status, reminders, version, created_by,
               created_at + interval '1 second', skipped, labels, priority, position + number
        FROM tasks, generate_series(1, 5001) AS number WHERE tasks.id = %s
        """,
        old["id"],
    )
    assert (await say(sam, "done with the pasport"))["answer"] == "Done: “Renew the passport”."
    assert (await sam.get(f"/tasks/{old['id']}"))["status"] == "done"


@pytest.mark.requirement("PROD-167")
async def test_what_one_may_only_look_at_is_said_and_one_of_ones_own_is_meant_instead(
    taskwake: World, sam: Person, kim: Person
) -> None:
    await taskwake.execute(
        "INSERT INTO list_members (list_id, user_id, role) VALUES (%s, %s, 'viewer')", kim.list_id, sam.id
    )
    theirs = await kim.create(title="Water the plants")
    for text in ("complete water the plants", "delete it", "snooze water the plants by 2 days"):
        answer = await say(sam, text)
        assert (answer["understood"], answer["undo"]) == (False, None)
        assert "may only look at" in answer["answer"], answer
    mine = await sam.create(title="Water the plants")
    assert (await say(sam, "complete water the plants"))["tasks"][0]["id"] == mine["id"]
    assert (await kim.get(f"/tasks/{theirs['id']}"))["status"] == "open"


@pytest.mark.requirement("PROD-166")
async def test_fields_are_changed_by_their_names(taskwake: World, sam: Person, kim: Person) -> None:
    await taskwake.execute("INSERT INTO list_members (list_id, user_id) VALUES (%s, %s)", sam.list_id, kim.id)
    work = await sam.post("/lists", {"name": "Work"})
    task = await sam.create(title="Buy milk")
    for text, field, value in (
        ("set buy milk to priority 1", "priority", 1),
        ("add @errand to buy milk", "labels", ["errand"]),
        ("assign buy milk to Kim", "assignee_id", str(kim.id)),
        ("unassign buy milk", "assignee_id", None),
        ("move buy milk to the work list", "list_id", work["id"]),
    ):
        answer = await say(sam, text)
        assert answer["understood"], answer
        assert "like that already" not in answer["answer"]
        assert (await sam.get(f"/tasks/{task['id']}"))[field] == value
    for text in ("assign buy milk to Nobody", "move buy milk to #nowhere"):
        assert not (await say(sam, text))["understood"]


@pytest.mark.requirement("PROD-166")
async def test_an_occurrence_is_skipped_and_that_taken_back(taskwake: World, sam: Person) -> None:
    await sam.create(title="Standup", due_on="2031-01-01", rrule="FREQ=DAILY")
    await sam.create(title="Once")
    answer = await say(sam, "skip standup")
    assert answer["tasks"][0]["skipped"]
    await taskwake.settled()
    await say(sam, answer["undo"])
    await taskwake.settled()
    assert {task["due_on"] for task in await sam.tasks()} == {"2031-01-01", None}
    assert not (await say(sam, "skip once"))["understood"]


@pytest.mark.requirement("PROD-165")
async def test_a_model_that_is_slow_keeps_few_waiting_and_nobody_else(
    taskwake: World, sam: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, go_on = [], asyncio.Event()

    class Slow:
        async def answer(self, instructions: str, said: str) -> str | None:
            begun.append(said)
            await go_on.wait()
            return "=> add Buy milk"

    monkeypatch.setattr(taskwake.taskwake.context, "language_model", Slow())

    async def ask(number: int) -> dict[str, Any]:
        answer = await sam.http.post(
            "/chat", json={"text": f"why is it {number}?"}, headers={"Idempotency-Key": f"k{number}"}
        )
        return answer.json()

    asked = [asyncio.create_task(ask(number)) for number in range(12)]
    done, waiting = await asyncio.wait(asked, return_when=asyncio.FIRST_COMPLETED)
    assert not any(task.result()["understood"] for task in done)
    assert (await say(sam, "what is due today"))["understood"]
    go_on.set()
    await asyncio.gather(*waiting)
    assert len(begun) == 2
    assert len(await sam.tasks()) == 2


@pytest.mark.requirement("PROD-423")
async def test_no_transaction_is_open_while_a_model_is_asked(
    taskwake: World, sam: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_then = []

    class Model:
        async def answer(self, instructions: str, said: str) -> str | None:
            open_then.append(
                await taskwake.execute(
                    "SELECT query FROM pg_stat_activity WHERE state LIKE 'idle in transaction%%' AND usename = %s",
                    logins.API.name,
                )
            )
            return "=> add Buy milk"

    monkeypatch.setattr(taskwake.taskwake.context, "language_model", Model())
    await taskwake.settled()
    for headers in ({}, {"Idempotency-Key": "a"}):
        answer = await sam.http.post("/chat", json={"text": "would milk not be nice?"}, headers=headers)
        assert answer.json()["understood"]
    assert open_then == [[], []]
    assert len(await sam.tasks()) == 2
