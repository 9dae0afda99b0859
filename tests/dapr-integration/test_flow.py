"""One event, through Kafka and a real daprd, to the function that handles it: once, or as a dead letter."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest

from functions.kernel.cloudevent import render
from functions.kernel.events import DeliveryRequested, TaskDue
from functions.operations import accounts
from functions.operations.demo.live import webhook_receiver
from tests.dapr_world import World
from tests.kafka_log import places_of

NOTICES = "SELECT * FROM notices WHERE task_id = %s AND kind = 'due'"
DEAD_LETTERS = "SELECT * FROM dead_letters WHERE event_id = %s"


def soon(seconds: float = 2.5) -> str:
    return (datetime.now(UTC) + timedelta(seconds=seconds)).isoformat()


def due(task: dict[str, Any], user_id: object) -> dict[str, Any]:
    """The CloudEvent of a reminder of this task that nobody set."""
    event = TaskDue(
        reminder_id=uuid4(),
        task_id=task["id"],
        list_id=task["list_id"],
        user_id=user_id,
        kind="due",
        remind_at=datetime.now(UTC),
        title=task["title"],
    )
    return render(event)


@pytest.mark.requirement("FLOW-018")
async def test_a_new_task_is_told_to_the_other_members_of_its_list(world: World) -> None:
    kim = accounts.add_user(world.stack.owner_url, "Kim")
    token = accounts.issue(world.stack.owner_url, kim, "token")
    shared = (await world.http.post("/lists", json={"name": "Home"})).json()
    invited = (await world.http.post(f"/lists/{shared['id']}/invitations", json={})).json()
    accept = f"/invitations/{invited['secret']}/accept"
    assert (await world.http.post(accept, headers={"authorization": f"Bearer {token}"})).status_code == 200

    task = await world.create(title="Buy milk", list_id=shared["id"])

    notices = await world.until("SELECT * FROM notices WHERE task_id = %s", task["id"])
    assert [(notice["user_id"], notice["kind"]) for notice in notices] == [(kim, "created")]


@pytest.mark.requirement("FLOW-005")
@pytest.mark.requirement("FLOW-018")
async def test_an_event_that_is_delivered_again_changes_nothing(world: World) -> None:
    task = await world.create(due_at=soon())
    notice = (await world.until(NOTICES, task["id"]))[0]
    event = (await world.rows("SELECT event::text AS text FROM events WHERE id = %s", notice["event_id"]))[0]["text"]
    deliveries = await world.rows("SELECT id FROM deliveries WHERE task_id = %s", task["id"])

    headers = {"content-type": "application/cloudevents+json"}
    answer = await world.to_function("task-due", "/events", content=event, headers=headers)

    assert answer.json() == {"status": "SUCCESS"}
    assert await world.rows(NOTICES, task["id"]) == [notice]
    assert await world.rows("SELECT id FROM deliveries WHERE task_id = %s", task["id"]) == deliveries


@pytest.mark.requirement("FLOW-010")
async def test_an_event_that_nobody_published_is_published_by_the_outbox_check(world: World) -> None:
    task = await world.create(due_at=soon())
    notice = (await world.until(NOTICES, task["id"]))[0]
    await world.rows("DELETE FROM notices WHERE id = %s RETURNING id", notice["id"])
    await world.rows("DELETE FROM inbox WHERE event_id = %s RETURNING event_id", notice["event_id"])
    await world.rows(
        "UPDATE events SET published_at = NULL, created_at = now() - interval '1 minute' WHERE id = %s RETURNING id",
        notice["event_id"],
    )

    await world.to_function("alarm", "/job/ring-now")

    assert (await world.until(NOTICES, task["id"]))[0]["id"] == notice["id"]


@pytest.mark.requirement("FLOW-008", "TRUST-020")
async def test_an_event_that_fails_again_and_again_ends_as_a_dead_letter_with_its_last_error(pooled: World) -> None:
    asked = DeliveryRequested(delivery_id=uuid4(), task_id=uuid4(), user_id=pooled.user_id, channel="email")
    await pooled.rows(
        "ALTER TABLE deliveries ADD CONSTRAINT never_taken CHECK (title <> 'Poison' OR next_attempt_at IS NULL)"
    )
    try:
        await pooled.rows(
            "INSERT INTO deliveries (id, user_id, task_id, channel, title) VALUES (%s, %s, %s, 'email', 'Poison')",
            asked.delivery_id,
            asked.user_id,
            asked.task_id,
        )
        await pooled.publish(asked.topic, asked.key, render(asked))
        letters = await pooled.until(DEAD_LETTERS, asked.id)
    finally:
        await pooled.rows("ALTER TABLE deliveries DROP CONSTRAINT never_taken")

    assert [(letter["function"], letter["attempts"]) for letter in letters] == [("delivery-requested", 3)]
    assert "never_taken" in letters[0]["reason"]
    assert letters[0]["topic"] == asked.topic
    place = letters[0]["broker_partition"], letters[0]["broker_offset"]
    assert place in await places_of(pooled.stack, asked.topic, asked.id)


@pytest.mark.requirement("PROD-185")
async def test_an_e_mail_that_fails_to_the_last_ends_as_a_dead_letter_with_its_last_error(pooled: World) -> None:
    # The mail server does not know SMTPUTF8, so it cannot be handed mail for such an address.
    before = (await pooled.http.get("/me")).json()["email"]
    await pooled.http.patch("/me", json={"email": "säm@example.org"})
    task = await pooled.create(due_at=soon())
    # Nobody waits for three days here.
    last = "UPDATE deliveries SET failures = 99 WHERE task_id = %s AND failures BETWEEN 1 AND 98 RETURNING id"
    [delivery] = await pooled.until(last, task["id"])
    [letter] = await pooled.until(DEAD_LETTERS, str(delivery["id"]))
    await pooled.http.patch("/me", json={"email": before})

    assert letter["function"] == "delivery-requested"
    assert letter["attempts"] > 1
    assert "SMTPUTF8" in letter["reason"]


@pytest.mark.requirement("PROD-071")
async def test_a_webhook_that_fails_is_called_again_by_the_scheduler_while_nothing_waits(pooled: World) -> None:
    async with webhook_receiver(answer="500 Internal Server Error") as (url, calls):
        hook = (await pooled.http.post("/webhooks", json={"url": url, "topics": ["task.updated.v1"]})).json()
        task = await pooled.create()
        await pooled.http.patch(f"/tasks/{task['id']}", json={"title": "Call Kim"})
        twice = "SELECT delivery_id FROM delivery_attempts WHERE user_id = %s AND status = 500 OFFSET 1"
        await pooled.until(twice, pooled.user_id)
        pause = "SELECT next_attempt_at - now() AS left FROM deliveries WHERE webhook_id = %s"
        waiting = await pooled.rows(pause, hook["id"])
        await pooled.http.delete(f"/webhooks/{hook['id']}")

    assert timedelta(minutes=3) < waiting[0]["left"] < timedelta(minutes=6)
    assert len(calls.items) == 2
    assert len({call.headers["webhook-id"] for call, _ in calls.items}) == 1


@pytest.mark.requirement("FLOW-025")
@pytest.mark.parametrize("headers", [{}, {"dapr-api-token": "guessed"}])
async def test_a_function_refuses_whoever_does_not_show_daprs_token(world: World, headers: dict[str, str]) -> None:
    task = await world.create()
    event = due(task, world.user_id)

    async with httpx.AsyncClient() as nobody:
        for path in ("/events", "/job/ring-now", "/job/rearm", "/dead-letters/task-due"):
            answer = await nobody.post(world.stack.function_url("task-due") + path, json=event, headers=headers)
            assert answer.status_code == 401

    assert await world.rows(NOTICES, task["id"]) == []


@pytest.mark.requirement("FLOW-019")
async def test_no_secret_stands_in_a_log_or_can_be_read_by_others(world: World) -> None:
    secrets = world.stack.folder / "secrets.json"
    assert secrets.stat().st_mode & 0o777 == 0o600
    values = [*json.loads(secrets.read_text()).values(), world.stack.tokens.api, world.stack.tokens.app, world.token]
    passwords = [value for value in values if not value.startswith("smtp:")]

    for log in world.stack.logs.glob("*.log"):
        text = log.read_text(errors="replace")
        assert not [value[:6] for value in passwords if value in text], log


@pytest.mark.requirement("FLOW-018")
async def test_a_test_notice_is_sent_by_service_invocation(world: World) -> None:
    async with webhook_receiver() as (url, calls):
        nowhere = await world.http.post("/notices/test", json={"channel": "email"})
        hook = (await world.http.post("/webhooks", json={"url": url, "topics": ["task.created.v1"]})).json()
        sent = await world.http.post("/notices/test", json={"channel": "webhook"})
        await world.http.delete(f"/webhooks/{hook['id']}")

    assert nowhere.json() == {"delivered": False, "detail": "you have no address for email"}
    assert sent.json()["delivered"] is True, sent.text
    assert len(calls.items) == 1
