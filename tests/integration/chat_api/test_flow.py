"""/tasks/{id}/flow: a task's events, who handled each, and what a person was told by it."""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest

from functions.kernel.identity import delivery_id
from functions.kernel.storage import logins
from tests.integration.world import Person, World, soon, until

pytestmark = pytest.mark.requirement("PROD-081")


async def flow(person: Person, task: dict[str, Any], **query: Any) -> dict[str, Any]:
    return await person.get(f"/tasks/{task['id']}/flow", **query)


def in_order(*moments: str | None) -> bool:
    given = [datetime.fromisoformat(moment) for moment in moments if moment]
    return len(given) == len(moments) and given == sorted(given)


async def test_a_reminder_is_followed_from_its_moment_to_each_channel(taskwake: World, sam: Person) -> None:
    await sam.http.patch("/me", json={"email": "sam@example.org"})
    task = await sam.create(title="Call Kim", due_at=soon(-1))
    [notice] = await sam.is_told(task)

    async def mail_is_given_up() -> bool:  # there is no mail server here
        [delivery] = (await flow(sam, task))["events"][-1]["deliveries"]
        return delivery["status"] == "failed"

    await until(mail_is_given_up)
    seen = await flow(sam, task)
    created, rang = seen["events"]
    assert (seen["task_id"], seen["title"], seen["earlier"]) == (task["id"], "Call Kim", False)
    assert seen["consumers"] == {"task.created.v1": ["task-created"], "task.due.v1": ["task-due"]}
    assert (created["topic"], created["emitter"], created["remind_at"]) == ("task.created.v1", "chat-api", None)
    assert (created["notice"], created["deliveries"]) == (None, [])
    assert (rang["topic"], rang["emitter"]) == ("task.due.v1", "alarm")
    [handled] = rang["handled"]
    assert handled["function"] == "task-due"
    assert in_order(rang["remind_at"], rang["at"], handled["at"], rang["notice"]["at"])
    assert (rang["notice"]["id"], rang["notice"]["title"]) == (notice["id"], "Call Kim")
    [mail] = rang["deliveries"]
    assert (mail["channel"], mail["delivered_at"], mail["handled_at"]) == ("email", None, None)
    assert in_order(rang["notice"]["at"], mail["requested_at"], mail["attempted_at"])


async def test_a_delivery_says_when_it_was_taken_up_and_arrived(taskwake: World, sam: Person) -> None:
    task = await sam.create(due_at=soon(-1))
    [notice] = await sam.is_told(task)
    await taskwake.execute(
        """
        INSERT INTO deliveries (id, user_id, task_id, channel, title, requested_at, delivered_at)
        VALUES (%s, %s, %s, 'email', '', '2031-01-01T00:00:00Z', '2031-01-01T00:00:02Z')
        """,
        (mail := delivery_id(UUID(notice["id"]), "email")),
        sam.id,
        task["id"],
    )
    await taskwake.execute(
        """
        INSERT INTO events (id, topic, key, user_id, event, published_at)
        VALUES (%s, 'delivery.requested.v1', %s, %s, '{}', '2031-01-01T00:00:00.5Z')
        """,
        mail,
        task["id"],
        sam.id,
    )
    await taskwake.execute(
        "INSERT INTO inbox VALUES ('delivery-requested', '/taskwake', %s, '2031-01-01T00:00:01Z')", str(mail)
    )
    [sent] = (await flow(sam, task))["events"][-1]["deliveries"]
    assert sent == {
        "id": str(mail),
        "channel": "email",
        "status": "delivered",
        "requested_at": "2031-01-01T00:00:00Z",
        "published_at": "2031-01-01T00:00:00.500000Z",
        "handled_at": "2031-01-01T00:00:01Z",
        "attempts": 1,
        "attempted_at": "2031-01-01T00:00:02Z",
        "delivered_at": "2031-01-01T00:00:02Z",
        "last_error": None,
    }


async def test_what_was_changed_is_named_and_the_last_events_come_oldest_first(sam: Person) -> None:
    task = await sam.create(title="a")
    for title in ("b", "c"):
        await sam.change(task, title=title)
    await sam.complete(task)
    assert [event["topic"] for event in (await flow(sam, task))["events"]] == [
        "task.created.v1",
        "task.updated.v1",
        "task.updated.v1",
        "task.completed.v1",
    ]
    last = await flow(sam, task, limit=2)
    assert [(event["topic"], event["changed"]) for event in last["events"]] == [
        ("task.updated.v1", ["title"]),
        ("task.completed.v1", []),
    ]
    assert last["earlier"]
    assert not (await flow(sam, task, limit=4))["earlier"]


async def test_an_occurrence_begins_with_how_its_series_brought_it(taskwake: World, sam: Person) -> None:
    task = await sam.create(due_on="2031-01-01", rrule="FREQ=DAILY")
    await sam.complete(task)
    await taskwake.settled()
    [following] = await sam.tasks()
    [brought] = (await flow(sam, following))["events"]
    assert (brought["topic"], brought["emitter"]) == ("task.recurred.v1", "task-completed")
    assert [event["topic"] for event in (await flow(sam, task))["events"]] == ["task.created.v1", "task.completed.v1"]


async def test_a_member_sees_the_events_of_the_list_but_not_what_another_was_told(taskwake: World, sam: Person) -> None:
    kim = await taskwake.person(name="Kim")
    await sam.share(sam.list_id, kim)
    task = await sam.create(due_at=soon(-1))
    await sam.is_told(task)
    await kim.is_told(task)  # that it was created
    assert [event["topic"] for event in (await flow(sam, task))["events"]] == ["task.created.v1", "task.due.v1"]
    [created] = (await flow(kim, task))["events"]
    assert [handled["function"] for handled in created["handled"]] == ["task-created"]
    assert created["notice"]["title"]
    assert (await flow(sam, task))["events"][0]["notice"] is None


async def test_nobody_else_sees_anything_of_it(taskwake: World, sam: Person, kim: Person) -> None:
    task = await sam.create()
    assert (await kim.http.get(f"/tasks/{task['id']}/flow")).status_code == 404
    assert (await sam.http.get(f"/tasks/{uuid4()}/flow")).status_code == 404
    # PostgreSQL itself says so, whatever the route filters by.
    [event] = await taskwake.execute("SELECT id FROM events WHERE key = %s", task["id"])
    await taskwake.settled()
    for person, seen in ((kim, 0), (sam, 1)):
        rows = await taskwake.execute(
            "SELECT * FROM (SELECT set_config('taskwake.user_id', %s, true)) AS asking, "
            "LATERAL handled(ARRAY[%s::uuid], ARRAY['task-created'])",
            str(person.id),
            event["id"],
        )
        assert len(rows) == seen


async def dead(taskwake: World, event_id: str, function: str = "task-created") -> None:
    """As when this function rejects the event."""
    await taskwake.execute("DELETE FROM inbox WHERE event_id = %s AND function = %s", event_id, function)
    await taskwake.execute(
        """
        INSERT INTO dead_letters (id, function, topic, source, event_id, reason, attempts, event)
        VALUES (gen_random_uuid(), %s, 'task.created.v1', '/taskwake', %s, 'a secret of the inside', 1, '{}')
        """,
        function,
        event_id,
    )


@pytest.mark.requirement("PROD-194")
async def test_an_event_that_a_function_could_not_handle_says_so_to_whom_it_concerns_without_the_reason(
    taskwake: World, sam: Person, kim: Person
) -> None:
    task = await sam.create(title="Call Kim")
    await taskwake.settled()
    [created] = (await flow(sam, task))["events"]
    await dead(taskwake, created["id"])
    answer = await sam.http.get(f"/tasks/{task['id']}/flow")
    assert "secret" not in answer.text
    [created] = answer.json()["events"]
    assert created["handled"] == []
    assert [each["function"] for each in created["given_up"]] == ["task-created"]
    assert in_order(created["at"], created["given_up"][0]["at"])
    for person, told in ((sam, 1), (kim, 0)):
        async with await psycopg.AsyncConnection.connect(taskwake.url(logins.API.name)) as connection:
            await connection.execute("SELECT set_config('taskwake.user_id', %s, true)", (str(person.id),))
            rows = await connection.execute("SELECT * FROM not_handled(%s, '{task-created}')", ([UUID(created["id"])],))
            assert len(await rows.fetchall()) == told


@pytest.mark.requirement("PROD-194")
async def test_what_is_replayed_is_on_its_way_again(taskwake: World, sam: Person) -> None:
    task = await sam.create(title="Call Kim")
    await taskwake.settled()
    [created] = (await flow(sam, task))["events"]
    await dead(taskwake, created["id"])
    await taskwake.execute("UPDATE dead_letters SET replayed_at = now() WHERE event_id = %s", created["id"])
    assert (await flow(sam, task))["events"][0]["given_up"] == []
