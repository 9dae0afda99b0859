"""Webhooks through a whole Taskwake, to a real HTTP receiver: what they are called for, and what becomes of a failure.

The clock is moved by moving the row that the alarm looks at: a delivery's next attempt.
"""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from standardwebhooks.webhooks import Webhook

from functions.chat_api.timeline import Dropped
from functions.kernel.events import DeliveryRequested
from functions.kernel.host.ring import AlarmRang, ring
from functions.notification_service.channels.directory import Channels
from tests.integration.kernel.rig import Rig
from tests.integration.kernel.rig import delivery as delivery_of
from tests.integration.notification_service.test_deliveries import Mailbox, Receiver, mailbox, receiver
from tests.integration.world import NO_TLS, Person, World, execute, soon, until

__all__ = ["mailbox", "receiver"]  # the fixtures of the deliveries serve here too

CHANGES = ["task.updated.v1", "task.completed.v1", "task.reopened.v1", "task.deleted.v1"]


async def hook_of(person: Person, receiver: Receiver, *topics: str, **fields: Any) -> dict[str, Any]:
    return await person.post("/webhooks", {"url": receiver.url, "topics": topics or ["task.created.v1"]} | fields)


async def log_of(person: Person, hook: dict[str, Any]) -> list[dict[str, Any]]:
    return (await person.get(f"/webhooks/{hook['id']}/deliveries"))["deliveries"]


async def state(person: Person, hook: dict[str, Any]) -> dict[str, Any]:
    return next(each for each in (await person.get("/webhooks"))["webhooks"] if each["id"] == hook["id"])


async def attempted(person: Person, hook: dict[str, Any], times: int, *, deliveries: int = 1) -> list[dict[str, Any]]:
    """Wait until so many deliveries were attempted so often, each."""

    async def reached() -> bool:
        log = await log_of(person, hook)
        return len([each for each in log if len(each["attempts"]) >= times]) >= deliveries

    await until(reached)
    return await log_of(person, hook)


async def let_the_pause_pass(taskwake: World, delivery: dict[str, Any]) -> None:
    """As if the next attempt's moment had come."""
    await taskwake.execute(
        "UPDATE deliveries SET next_attempt_at = now() WHERE id = %s AND next_attempt_at IS NOT NULL", delivery["id"]
    )
    await taskwake.taskwake.look_again()


def topics(receiver: Receiver) -> list[str]:
    return [json.loads(body)["type"].removeprefix("dev.taskwake.") for _, body in receiver.calls]


@pytest.mark.requirement("PROD-070")
async def test_each_change_of_a_task_is_told_signed(taskwake: World, sam: Person, receiver: Receiver) -> None:
    hook = await hook_of(sam, receiver, *CHANGES)
    task = await sam.create()
    await sam.change(task, title="Call Kim")
    await sam.complete(task)
    await sam.reopen(task)
    await sam.delete(task)
    log = await attempted(sam, hook, 1, deliveries=4)
    await taskwake.settled()
    assert sorted(topics(receiver)) == sorted(CHANGES)
    assert {call["webhook-id"] for call, _ in receiver.calls} == {each["id"] for each in log}
    told = [Webhook(hook["secret"]).verify(body, headers) for headers, body in receiver.calls]
    assert {event["data"]["task"]["id"] for event in told} == {task["id"]}
    assert {(each["topic"], each["status"]) for each in log} == {(topic, "delivered") for topic in CHANGES}
    assert await sam.notices(task) == []


@pytest.mark.requirement("PROD-070")
async def test_a_webhook_of_a_list_is_told_what_any_member_does_there_and_nothing_else(
    taskwake: World, sam: Person, receiver: Receiver
) -> None:
    kim = await taskwake.person(email=f"kim-{sam.id}@example.org")
    await sam.share(sam.list_id, kim)
    hook = await hook_of(kim, receiver, "task.created.v1", "task.updated.v1", list_id=str(sam.list_id))
    await kim.change(await kim.create(title="elsewhere"), title="elsewhere, too")
    task = await sam.create(title="shared")
    await kim.change(task, title="shared still")
    await attempted(kim, hook, 1, deliveries=2)
    await sam.http.delete(f"/lists/{sam.list_id}/members/{kim.id}")
    await taskwake.execute("DELETE FROM list_members WHERE list_id = %s AND user_id = %s", sam.list_id, kim.id)
    await sam.change(task, title="after Kim left")
    await taskwake.settled()
    assert sorted(topics(receiver)) == ["task.created.v1", "task.updated.v1"]
    assert all(str(sam.list_id).encode() in body for _, body in receiver.calls)


@pytest.mark.requirement("PROD-076")
async def test_a_webhook_with_a_filter_is_told_of_the_tasks_of_which_it_holds(
    taskwake: World, sam: Person, receiver: Receiver
) -> None:
    kim = await taskwake.person(name="Kim Lee", email=f"kim-{sam.id}@example.org")
    await sam.share(sam.list_id, kim)
    hook = await hook_of(
        sam, receiver, "task.created.v1", "task.deleted.v1", filter="p1 & !@waiting | created by: Kim*"
    )
    wanted = await sam.create(title="Roof", priority=1)
    await sam.create(title="Later", priority=2)
    await sam.create(title="Wait", priority=1, labels=["waiting"])
    await kim.create(title="Hers", list_id=str(sam.list_id))
    await sam.delete(wanted)
    await attempted(sam, hook, 1, deliveries=3)
    await taskwake.settled()
    told = [json.loads(body) for _, body in receiver.calls]
    assert sorted((event["type"].split(".")[3], event["data"]["task"]["title"]) for event in told) == [
        ("created", "Hers"), ("created", "Roof"), ("deleted", "Roof"),
    ]  # fmt: skip
    tried = await sam.post(f"/webhooks/{hook['id']}/dry-run", {})
    assert tried["wanted"] == 3
    assert {event["title"] for event in tried["events"] if event["wanted"]} == {"Hers", "Roof"}


@pytest.mark.requirement("PROD-076")
async def test_a_webhook_s_filter_is_checked_changed_and_taken_away(sam: Person, receiver: Receiver) -> None:
    asked = {"url": receiver.url, "topics": ["task.created.v1"]}
    refused = await sam.http.post("/webhooks", json=asked | {"filter": "p1 & todya"})
    assert refused.status_code == 422
    assert [(error["field"], error["start"], error["end"]) for error in refused.json()["errors"]] == [("filter", 5, 10)]
    hook = await sam.post("/webhooks", asked | {"filter": "p1"})
    assert hook["filter"] == "p1"
    for filter_text in ("p2", None):
        changed = await sam.http.patch(f"/webhooks/{hook['id']}", json={"filter": filter_text})
        assert changed.json()["filter"] == filter_text
    assert (await state(sam, hook))["filter"] is None


@pytest.mark.requirement("PROD-076")
async def test_a_filter_that_cannot_be_read_any_more_holds_of_nothing(
    taskwake: World, sam: Person, receiver: Receiver
) -> None:
    await sam.http.patch("/me", json={"date_order": "dmy"})
    await hook_of(sam, receiver, filter="!due before: 03/04/2020")
    await sam.http.patch("/me", json={"date_order": None})
    await sam.create()
    await taskwake.settled()
    assert receiver.calls == []


@pytest.mark.requirement("PROD-070")
async def test_where_no_webhook_wants_a_change_no_delivery_is_asked_for(taskwake: World, sam: Person) -> None:
    await sam.post("/webhooks", {"url": "http://127.0.0.1:9/", "topics": ["task.recurred.v1"]})
    await sam.complete(await sam.create())
    await taskwake.settled()
    rows = await taskwake.execute(
        "SELECT topic FROM events WHERE user_id = %s OR list_id = %s ORDER BY seq", sam.id, sam.list_id
    )
    assert [row["topic"] for row in rows] == ["task.created.v1", "task.completed.v1"]


@pytest.mark.requirement("PROD-071")
async def test_one_that_fails_is_called_again_after_growing_pauses_with_the_same_id_and_nobody_waits(
    taskwake: World, sam: Person, receiver: Receiver
) -> None:
    receiver.answers = [500, 503, 404, 302]
    hook = await hook_of(sam, receiver)
    await sam.create()
    pauses = []
    for times in range(1, 5):
        [delivery] = await attempted(sam, hook, times)
        await taskwake.settled()
        assert delivery["status"] == "retrying"
        last = datetime.fromisoformat(delivery["attempts"][-1]["attempted_at"])
        pauses.append(datetime.fromisoformat(delivery["next_attempt_at"]) - last)
        await let_the_pause_pass(taskwake, delivery)
    [delivery] = await attempted(sam, hook, 5)
    assert [attempt["status"] for attempt in delivery["attempts"]] == [500, 503, 404, 302, 204]
    assert (delivery["status"], delivery["next_attempt_at"]) == ("delivered", None)
    wanted = [timedelta(seconds=5), timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=2)]
    assert [round(pause / each, 1) in (0.9, 1.0, 1.1) for pause, each in zip(pauses, wanted, strict=True)] == [True] * 4
    assert len({call["webhook-id"] for call, _ in receiver.calls}) == 1
    assert len({body for _, body in receiver.calls}) == 1
    assert (await state(sam, hook))["failing_since"] is None
    assert await taskwake.execute("SELECT 1 FROM dead_letters WHERE event LIKE %s", f"%{delivery['id']}%") == []


@pytest.mark.requirement("PROD-072")
async def test_one_that_took_nothing_for_ten_attempts_is_off_and_its_owner_is_told(
    taskwake: World, sam: Person, receiver: Receiver, mailbox: Mailbox
) -> None:
    receiver.answers = [500] * 10
    hook = await hook_of(sam, receiver)
    task = await sam.create()
    for times in range(1, 11):
        [delivery] = await attempted(sam, hook, times)
        await taskwake.settled()
        if times == 9:
            assert (await state(sam, hook))["enabled"]
            await sam.http.patch("/me", json={"email": "sam@example.org"})
        await let_the_pause_pass(taskwake, delivery)
    off = await state(sam, hook)
    assert (off["enabled"], delivery["status"], len(delivery["attempts"])) == (False, "failed", 10)
    assert "500" in off["disabled_reason"]
    [notice] = await sam.is_told(task)
    assert (notice["kind"], notice["title"]) == ("webhook-disabled", "Your webhook at 127.0.0.1 is off")
    assert "the webhook answered 500" in notice["body"]
    await taskwake.settled()
    assert ["is off" in text for text in mailbox.texts()] == [True]
    await sam.create()
    await taskwake.settled()
    assert len(receiver.calls) == 10


@pytest.mark.requirement("PROD-072")
async def test_an_event_that_a_receiver_chokes_on_does_not_turn_it_off(
    taskwake: World, sam: Person, receiver: Receiver
) -> None:
    hook = await hook_of(sam, receiver)
    receiver.answers = [500]
    await sam.create()
    [poison] = await attempted(sam, hook, 1)
    await sam.create(title="taken")
    await attempted(sam, hook, 1, deliveries=2)
    await taskwake.settled()
    await taskwake.execute("UPDATE deliveries SET failures = 9 WHERE id = %s", poison["id"])
    receiver.answers = [500]
    await let_the_pause_pass(taskwake, poison)
    await attempted(sam, hook, 2)
    await taskwake.settled()
    assert sorted(each["status"] for each in await log_of(sam, hook)) == ["delivered", "failed"]
    assert (await state(sam, hook))["enabled"]


@pytest.mark.requirement("PROD-072")
async def test_one_that_says_it_is_gone_is_off_at_once(taskwake: World, sam: Person, receiver: Receiver) -> None:
    receiver.answers = [410]
    hook = await hook_of(sam, receiver)
    task = await sam.create()
    await sam.is_told(task)
    await taskwake.settled()
    [delivery] = await log_of(sam, hook)
    assert (delivery["status"], len(receiver.calls)) == ("failed", 1)
    assert not (await state(sam, hook))["enabled"]
    assert (await sam.http.post(f"/webhooks/{hook['id']}/deliveries/{delivery['id']}/redeliver")).status_code == 409


@pytest.mark.requirement("PROD-072")
async def test_turned_off_while_a_delivery_waits_it_is_not_called(
    taskwake: World, sam: Person, receiver: Receiver
) -> None:
    receiver.answers = [500]
    hook = await hook_of(sam, receiver)
    await sam.create()
    [delivery] = await attempted(sam, hook, 1)
    assert (await sam.http.patch(f"/webhooks/{hook['id']}", json={"enabled": False})).json()["enabled"] is False
    await let_the_pause_pass(taskwake, delivery)
    await taskwake.settled()
    assert [each["status"] for each in await log_of(sam, hook)] == ["failed"]
    assert len(receiver.calls) == 1


@pytest.mark.requirement("PROD-073")
async def test_what_failed_or_was_delivered_is_sent_again_when_asked_for(
    taskwake: World, sam: Person, receiver: Receiver
) -> None:
    receiver.answers = [410]
    hook = await hook_of(sam, receiver)
    await sam.is_told(await sam.create())
    await sam.http.patch(f"/webhooks/{hook['id']}", json={"enabled": True})
    for times in (2, 3):
        await taskwake.settled()
        [delivery] = await log_of(sam, hook)
        path = f"/webhooks/{hook['id']}/deliveries/{delivery['id']}/redeliver"
        assert (await sam.http.post(path)).status_code == 204
        [delivery] = await attempted(sam, hook, times)
    assert delivery["status"] == "delivered"
    assert [attempt["status"] for attempt in delivery["attempts"]] == [410, 204, 204]
    assert {call["webhook-id"] for call, _ in receiver.calls} == {delivery["id"]}


@pytest.mark.requirement("PROD-184")
async def test_what_happened_while_it_was_off_is_sent_when_asked_for_once(
    taskwake: World, sam: Person, kim: Person, receiver: Receiver
) -> None:
    hook = await hook_of(sam, receiver, "task.created.v1", "task.completed.v1", filter="p1")
    taken = await sam.create(title="taken", priority=1)
    await attempted(sam, hook, 1)
    await sam.http.patch(f"/webhooks/{hook['id']}", json={"enabled": False})
    missed = await sam.create(title="missed", priority=1)
    await sam.create(title="not meant")
    await kim.create(title="somebody else's", priority=1)
    await sam.complete(missed)
    await taskwake.settled()
    path, asked = f"/webhooks/{hook['id']}/redeliver", {"since": taken["created_at"]}
    assert (await sam.http.post(path, json=asked)).status_code == 409
    await sam.http.patch(f"/webhooks/{hook['id']}", json={"enabled": True})
    key = {"Idempotency-Key": "a"}
    answers = [(await sam.http.post(path, json=asked, headers=key)).json() for _ in range(2)]
    assert answers == [{"requested": 2, "next_since": None}] * 2
    await attempted(sam, hook, 1, deliveries=3)
    await taskwake.settled()
    told = [
        (json.loads(body)["type"].split(".")[3], json.loads(body)["data"]["task"]["title"])
        for _, body in receiver.calls
    ]
    assert sorted(told) == [("completed", "missed"), ("created", "missed"), ("created", "taken")]
    assert await sam.post(path, asked) == {"requested": 0, "next_since": None}


@pytest.mark.requirement("PROD-184")
async def test_of_many_missed_events_a_request_sends_some_and_says_where_to_go_on(
    taskwake: World, sam: Person, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("functions.chat_api.missed.MOST", 2)
    tasks = [await sam.create(title=str(number)) for number in range(5)]
    hook = await hook_of(sam, receiver)
    since: str | None = tasks[0]["created_at"]
    requested = []
    while since:
        answer = await sam.post(f"/webhooks/{hook['id']}/redeliver", {"since": since})
        requested.append(answer["requested"])
        since = answer["next_since"]
    assert requested == [2, 2, 1]
    await attempted(sam, hook, 1, deliveries=5)


@pytest.mark.requirement("PROD-184")
async def test_what_was_given_up_is_sent_again_under_its_id_with_all_since(
    taskwake: World, sam: Person, receiver: Receiver
) -> None:
    receiver.answers = [410]
    hook = await hook_of(sam, receiver)
    task = await sam.create()
    await sam.is_told(task)
    await taskwake.settled()
    await sam.http.patch(f"/webhooks/{hook['id']}", json={"enabled": True})
    assert (await sam.post(f"/webhooks/{hook['id']}/redeliver", {"since": task["created_at"]}))["requested"] == 1
    [delivery] = await attempted(sam, hook, 2)
    assert (delivery["status"], len({call["webhook-id"] for call, _ in receiver.calls})) == ("delivered", 1)


@pytest.mark.requirement("PROD-184")
async def test_what_is_before_the_log_s_beginning_is_not_sent_and_that_is_said(
    taskwake: World, sam: Person, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    begins = datetime(2026, 3, 1, tzinfo=UTC)

    async def shortened(_: object) -> Dropped:
        return Dropped(begins, None, None)

    monkeypatch.setattr("functions.chat_api.missed.dropped", shortened)
    hook = await hook_of(sam, receiver)
    path = f"/webhooks/{hook['id']}/redeliver"
    refused = await sam.http.post(path, json={"since": "2026-02-28T23:59:59Z"})
    assert refused.status_code == 422
    assert "2026-03-01" in refused.text
    assert (await sam.http.post(path, json={"since": begins.isoformat()})).status_code == 200


@pytest.mark.requirement("PROD-073")
async def test_the_log_is_paged_newest_first(taskwake: World, sam: Person, receiver: Receiver) -> None:
    hook = await hook_of(sam, receiver)
    tasks = [await sam.create(title=str(number)) for number in range(5)]
    await attempted(sam, hook, 1, deliveries=5)
    await taskwake.settled()
    found: list[str] = []
    cursor: dict[str, str] = {}
    while True:
        page = await sam.get(f"/webhooks/{hook['id']}/deliveries", limit=2, **cursor)
        found += [each["task_id"] for each in page["deliveries"]]
        if not page["next_cursor"]:
            break
        cursor = {"cursor": page["next_cursor"]}
    assert sorted(found) == sorted(task["id"] for task in tasks)
    moments = [each["requested_at"] for each in await log_of(sam, hook)]
    assert moments == sorted(moments, reverse=True)


@pytest.mark.requirement("PROD-073")
async def test_a_dry_run_shows_what_would_be_sent_and_sends_nothing(
    taskwake: World, sam: Person, receiver: Receiver
) -> None:
    kim = await taskwake.person(email=f"kim-{sam.id}@example.org")
    await kim.create(title="Kim's own")
    task = await sam.create(title="Buy milk ☎")
    await sam.complete(task)
    hook = await hook_of(sam, receiver, "task.completed.v1")
    await taskwake.settled()
    before = await taskwake.everything()
    answer = await sam.post(f"/webhooks/{hook['id']}/dry-run", {})
    assert await taskwake.everything() == before
    assert receiver.calls == []
    assert [(each["topic"], each["wanted"]) for each in answer["events"]] == [
        ("task.completed.v1", True),
        ("task.created.v1", False),
    ]
    example = answer["example"]
    event = Webhook(hook["secret"]).verify(example["body"], example["headers"])
    assert event["data"]["task"]["title"] == "Buy milk ☎"
    await sam.post(f"/webhooks/{hook['id']}/dry-run", {"limit": 1})
    assert "Kim's own" not in str(answer)


@pytest.mark.requirement("PROD-074")
async def test_after_a_rotation_both_secrets_verify_and_a_day_later_only_the_new_one(
    taskwake: World, sam: Person, receiver: Receiver
) -> None:
    hook = await hook_of(sam, receiver)
    rotated = await sam.post(f"/webhooks/{hook['id']}/secret/rotate")
    assert rotated["secret"] != hook["secret"]
    assert datetime.fromisoformat(rotated["rotating_until"]) > datetime.now(UTC) + timedelta(hours=23)
    await sam.create()
    await attempted(sam, hook, 1)
    [(headers, body)] = receiver.calls
    for secret in (hook["secret"], rotated["secret"]):
        Webhook(secret).verify(body, headers)
    await taskwake.execute(
        "UPDATE webhooks SET secret_rotated_at = now() - interval '24 hours' WHERE id = %s", hook["id"]
    )
    await sam.create()
    await attempted(sam, hook, 1, deliveries=2)
    headers, body = receiver.calls[-1]
    assert len(headers["webhook-signature"].split()) == 1
    Webhook(rotated["secret"]).verify(body, headers)
    assert (await state(sam, hook))["rotating_until"] is None


@pytest.mark.requirement("PROD-074")
async def test_a_rotation_sent_again_with_its_key_rotates_once_and_answers_alike(taskwake: World, sam: Person) -> None:
    hook = await sam.post("/webhooks", {"url": "https://example.org/", "topics": ["task.due.v1"]})
    path, key = f"/webhooks/{hook['id']}/secret/rotate", {"Idempotency-Key": "a"}
    answers = [(await sam.http.post(path, headers=key)).json() for _ in range(2)]
    assert answers[0] == answers[1]
    assert answers[0]["secret_generation"] == 1
    kept = await taskwake.execute("SELECT body FROM idempotency_keys WHERE user_id = %s", sam.id)
    assert answers[0]["secret"].encode() not in kept[0]["body"]


@pytest.mark.requirement("PROD-073")
async def test_a_webhook_is_changed_field_by_field(sam: Person) -> None:
    hook = await sam.post("/webhooks", {"url": "https://example.org/", "topics": ["task.due.v1"]})
    for change in (
        {"url": "https://example.net/x"},
        {"topics": ["task.deleted.v1", "task.created.v1"]},
        {"list_id": str(sam.list_id)},
        {"list_id": None},
        {},
    ):
        answer = await sam.http.patch(f"/webhooks/{hook['id']}", json=change)
        assert answer.status_code == 200, answer.text
        hook |= change
        assert answer.json() == hook
    assert await state(sam, hook) == hook


@pytest.mark.requirement("PROD-071")
async def test_a_due_reminder_is_told_by_webhook_while_its_receiver_wants_to_be_left_alone(
    taskwake: World, sam: Person, receiver: Receiver
) -> None:
    receiver.answers, receiver.retry_after = [429], "7200"
    hook = await hook_of(sam, receiver, "task.due.v1")
    await sam.create(due_at=soon(-1))
    [delivery] = await attempted(sam, hook, 1)
    await taskwake.settled()
    wait = datetime.fromisoformat(delivery["next_attempt_at"]) - datetime.now(UTC)
    assert timedelta(minutes=119) < wait <= timedelta(hours=2)


@pytest.mark.requirement("PROD-071")
async def test_kill_9_between_two_attempts_loses_and_doubles_none(tmp_path: Path, serve, receiver: Receiver) -> None:
    receiver.answers = [500]
    served = serve(tmp_path)
    headers = {"authorization": f"Bearer {served.new_token()}"}
    async with httpx.AsyncClient(base_url=served.base_url, headers=headers, verify=NO_TLS) as http:
        await http.post("/webhooks", json={"url": receiver.url, "topics": ["task.created.v1"]})
        await http.post("/tasks", json={"title": "Call Sam"})

    async def failed() -> bool:
        return bool(await execute(served.owner_url, "SELECT 1 FROM deliveries WHERE failures = 1"))

    await until(failed)
    served.kill()
    served = serve(tmp_path)

    async def delivered() -> bool:
        return bool(await execute(served.owner_url, "SELECT 1 FROM deliveries WHERE delivered_at IS NOT NULL"))

    await until(delivered)
    assert [call["webhook-id"] for call, _ in receiver.calls] == [receiver.calls[0][0]["webhook-id"]] * 2
    [row] = await execute(
        served.owner_url, "SELECT array_agg(status ORDER BY attempted_at) AS s FROM delivery_attempts"
    )
    assert row["s"] == [500, 204]


@pytest.mark.requirement("PROD-071")
async def test_the_alarm_is_set_for_the_next_attempt_and_set_again_from_the_database(rig: Rig) -> None:
    delivery = await waiting_delivery(rig)
    deliver = rig.host("delivery-requested", channels=Channels(Secrets()), secrets=Secrets())
    asked = DeliveryRequested(delivery_id=delivery, task_id=uuid4(), user_id=rig.user_id, channel="webhook")
    await deliver.deliver([delivery_of(asked)])
    [row] = await rig.execute("SELECT next_attempt_at FROM deliveries")
    assert row["next_attempt_at"] in rig.clock.moments
    rig.clock.moments.clear()
    await ring(rig.host("alarm"), AlarmRang(rearm=True))
    assert row["next_attempt_at"] in rig.clock.moments
    assert rig.bus.published == []
    await ring(rig.host("alarm"), AlarmRang(row["next_attempt_at"].replace(microsecond=0)))
    assert [event.delivery_id for event in rig.bus.published] == [delivery]
    assert await rig.execute("SELECT 1 FROM deliveries WHERE next_attempt_at IS NOT NULL") == []


class Secrets:
    """A store that has every secret."""

    async def get(self, name: str) -> str:
        return name


async def waiting_delivery(rig: Rig) -> UUID:
    """A delivery to a port on which nobody listens."""
    hook, delivery = uuid4(), uuid4()
    await rig.execute(
        "INSERT INTO webhooks (id, user_id, url, topics) VALUES (%s, %s, 'http://127.0.0.1:9/', '{}')",
        hook,
        rig.user_id,
    )
    await rig.execute(
        """
        INSERT INTO deliveries (id, user_id, task_id, channel, webhook_id, title, event)
        VALUES (%s, %s, gen_random_uuid(), 'webhook', %s, 'x', '{}')
        """,
        delivery,
        rig.user_id,
        hook,
    )
    return delivery
