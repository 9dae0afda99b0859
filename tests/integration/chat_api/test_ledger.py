"""/reminders/ledger: what became of each reminder, on each channel, and how late."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from functions.kernel.identity import delivery_id
from tests.integration.world import Person, World, soon, until

pytestmark = pytest.mark.requirement("TIME-015")


async def ledger(person: Person, **query: Any) -> list[dict[str, Any]]:
    return (await person.get("/reminders/ledger", **query))["entries"]


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def milliseconds(earlier: str, later: str) -> int:
    return (moment(later) - moment(earlier)) // timedelta(milliseconds=1)


async def test_a_reminder_that_waits_has_the_moment_it_is_set_for_and_no_other(sam: Person) -> None:
    task = await sam.create(title="Call Kim", due_at="2031-01-01T09:00:00Z", reminders=[{"minutes_before": 30}])
    nothing = dict.fromkeys(("held_from", "fired_at", "lateness_ms", "notice_id", "read_at", "acknowledged_at"))
    nothing |= {"channels": []}
    assert await ledger(sam) == [
        {"task_id": task["id"], "title": "Call Kim", "kind": kind, "remind_at": at} | nothing
        for kind, at in (("due", "2031-01-01T09:00:00Z"), ("before", "2031-01-01T08:30:00Z"))
    ]


async def test_one_that_rang_says_when_and_how_late_to_the_millisecond(sam: Person) -> None:
    task = await sam.create(due_at=soon(-90))
    [notice] = await sam.is_told(task)
    await sam.post(f"/notices/{notice['id']}/read")
    [entry] = await ledger(sam)
    assert moment(entry["remind_at"]) == moment(task["due_at"])
    assert entry["lateness_ms"] == milliseconds(entry["remind_at"], entry["fired_at"]) >= 90_000
    assert entry["notice_id"] == notice["id"]
    assert moment(entry["read_at"]) >= moment(notice["created_at"])
    [channel] = entry["channels"]
    assert channel == {
        "channel": "in-app",
        "webhook_id": None,
        "status": "delivered",
        "attempts": 1,
        "last_error": None,
        "attempted_at": notice["created_at"],
        "delivered_at": notice["created_at"],
        "lateness_ms": milliseconds(entry["remind_at"], notice["created_at"]),
    }
    assert moment(entry["fired_at"]) <= moment(channel["delivered_at"])


async def test_each_channel_says_how_its_attempts_went(taskwake: World, sam: Person) -> None:
    task = await sam.create(due_at=soon(-1))
    [notice] = await sam.is_told(task)
    hook = await sam.post("/webhooks", {"url": "http://127.0.0.1:9/", "topics": ["task.created.v1"]})
    later = moment(notice["remind_at"]) + timedelta(seconds=2)
    for name, delivered_at in (("email", later), (f"webhook/{hook['id']}", None)):
        row = delivery_id(UUID(notice["id"]), name)
        await taskwake.execute(
            """
            INSERT INTO deliveries (id, user_id, task_id, channel, webhook_id, title, delivered_at)
            VALUES (%s, %s, %s, %s, %s, '', %s)
            """,
            row,
            sam.id,
            task["id"],
            name.partition("/")[0],
            hook["id"] if delivered_at is None else None,
            delivered_at,
        )
        await taskwake.execute(
            "INSERT INTO attempts (function, source, event_id, attempts, last_error, last_at) "
            "VALUES ('delivery-requested', '', %s, 2, 'busy', %s)",
            row,
            later - timedelta(seconds=1),
        )
    [entry] = await ledger(sam)
    _, mail, call = entry["channels"]
    assert (mail["channel"], mail["status"], mail["attempts"], mail["lateness_ms"]) == ("email", "delivered", 3, 2000)
    assert moment(mail["attempted_at"]) == moment(mail["delivered_at"]) == later
    assert (call["channel"], call["webhook_id"], call["status"]) == ("webhook", hook["id"], "requested")
    assert (call["attempts"], call["last_error"], call["delivered_at"], call["lateness_ms"]) == (2, "busy", None, None)
    assert moment(call["attempted_at"]) == later - timedelta(seconds=1)


async def test_what_rang_stays_when_the_task_is_put_off_and_deleted(sam: Person) -> None:
    task = await sam.create(due_at=soon(-5))
    await sam.is_told(task)
    [rang] = await ledger(sam)
    await sam.change(task, due_at="2031-01-01T09:00:00Z")
    waiting, before = await ledger(sam)
    assert (waiting["remind_at"], waiting["fired_at"], before) == ("2031-01-01T09:00:00Z", None, rang)
    await sam.delete(task)
    assert await ledger(sam) == [rang]


async def test_one_that_rang_for_a_task_done_meanwhile_rang_and_told_nobody(taskwake: World, sam: Person) -> None:
    task = await sam.create(due_at="2031-01-01T09:00:00Z")
    await taskwake.execute("UPDATE reminders SET fired_at = now() WHERE task_id = %s", task["id"])
    await sam.complete(task)
    [entry] = await ledger(sam, fired=True)
    assert entry["fired_at"]
    assert (entry["notice_id"], entry["channels"]) == (None, [])


async def test_it_is_filtered_by_task_and_by_whether_it_rang(sam: Person) -> None:
    rang, waits = await sam.create(due_at=soon(-5)), await sam.create(due_at="2031-01-01T09:00:00Z")
    await sam.is_told(rang)
    assert [entry["task_id"] for entry in await ledger(sam)] == [waits["id"], rang["id"]]
    for query in ({"task_id": rang["id"]}, {"fired": True}):
        assert [entry["task_id"] for entry in await ledger(sam, **query)] == [rang["id"]]
    for query in ({"task_id": waits["id"]}, {"fired": False}):
        assert [entry["task_id"] for entry in await ledger(sam, **query)] == [waits["id"]]
    assert await ledger(sam, task_id=str(uuid4())) == []


async def test_pages_hold_each_once_the_latest_moment_first(sam: Person) -> None:
    now = datetime.now(UTC)
    made = [await sam.create(due_at=(now + timedelta(hours=hours)).isoformat()) for hours in (-2, 5, -1, 5, 3, -1, 5)]

    async def told() -> bool:
        return len(await sam.notices()) == 3

    await until(told)
    seen, cursor = [], None
    for _ in range(4):
        page = await sam.get("/reminders/ledger", limit=2, **({"cursor": cursor} if cursor else {}))
        seen += page["entries"]
        cursor = page["next_cursor"]
    assert cursor is None
    assert sorted(entry["task_id"] for entry in seen) == sorted(task["id"] for task in made)
    moments = [moment(entry["remind_at"]) for entry in seen]
    assert moments == sorted(moments, reverse=True)


async def test_somebody_else_sees_nothing_also_on_a_shared_list(taskwake: World, sam: Person) -> None:
    kim = await taskwake.person(name="Kim")
    await sam.share(sam.list_id, kim)
    task = await sam.create(due_at=soon(-5), reminders=[{"minutes_before": 5}])
    waits = await sam.create(due_at="2031-01-01T09:00:00Z")
    await sam.is_told(task)
    assert len(await ledger(sam)) == 2
    assert await ledger(kim) == await ledger(kim, task_id=task["id"]) == await ledger(kim, task_id=waits["id"]) == []


@pytest.mark.parametrize(("parameter", "value"), [("cursor", "x"), ("limit", 0), ("limit", 501), ("task_id", "a")])
async def test_what_is_wrong_is_a_problem_of_its_parameter(sam: Person, parameter: str, value: Any) -> None:
    answer = await sam.http.get("/reminders/ledger", params={parameter: value})
    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == [parameter]
