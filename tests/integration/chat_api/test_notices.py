"""Acknowledging and snoozing what one was told (RFC 9074 §§6, 7)."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.integration.world import Person, World, soon

pytestmark = pytest.mark.requirement("TIME-011")


async def told(sam: Person, **fields: Any) -> dict[str, Any]:
    """The notice of a task that was due a moment ago."""
    return (await sam.is_told(await sam.create(due_at=soon(-1), **fields)))[0]


async def test_an_acknowledged_notice_is_read_and_the_ledger_says_when(sam: Person) -> None:
    notice = await told(sam)
    assert notice["acknowledged_at"] is None
    await sam.post(f"/notices/{notice['id']}/acknowledge")
    [seen] = await sam.notices()
    assert seen["acknowledged_at"] == seen["read_at"] is not None
    await sam.post(f"/notices/{notice['id']}/acknowledge")
    assert await sam.notices() == [seen]
    [entry] = (await sam.get("/reminders/ledger", fired=True))["entries"]
    assert entry["acknowledged_at"] == seen["acknowledged_at"]


async def test_a_snoozed_reminder_rings_again_once_at_its_new_moment(taskwake: World, sam: Person) -> None:
    notice = await told(sam)
    moment = soon(0.6)
    snoozed = await sam.post(f"/notices/{notice['id']}/snooze", {"until": moment})
    assert datetime.fromisoformat(snoozed["remind_at"]) == datetime.fromisoformat(moment)
    [again, first] = await sam.is_told({"id": notice["task_id"]}, times=2)
    assert (again["kind"], datetime.fromisoformat(again["remind_at"])) == ("snooze", datetime.fromisoformat(moment))
    assert again["created_at"] >= again["remind_at"]
    assert first["acknowledged_at"] is not None
    await taskwake.settled()
    assert len(await sam.notices()) == 2


async def test_a_snooze_of_minutes_counts_from_now_and_the_last_one_stands(taskwake: World, sam: Person) -> None:
    notice = await told(sam)
    await sam.post(f"/notices/{notice['id']}/snooze", {"minutes": 600})
    before = datetime.now(UTC)
    snoozed = await sam.post(f"/notices/{notice['id']}/snooze", {"minutes": 10})
    moment = datetime.fromisoformat(snoozed["remind_at"])
    assert before + timedelta(minutes=9, seconds=59) < moment < datetime.now(UTC) + timedelta(minutes=10, seconds=1)
    rows = await taskwake.execute("SELECT remind_at FROM reminders WHERE kind = 'snooze'")
    assert [row["remind_at"] for row in rows if row["remind_at"] == moment] == [moment]
    waiting = (await sam.get("/reminders/ledger", fired=False))["entries"]
    assert [(entry["kind"], entry["remind_at"]) for entry in waiting] == [("snooze", snoozed["remind_at"])]


@pytest.mark.parametrize("end", ["completed", "deleted", "put off"])
async def test_a_snooze_ends_with_its_task_and_with_a_new_due_time(sam: Person, end: str) -> None:
    notice = await told(sam)
    await sam.post(f"/notices/{notice['id']}/snooze", {"minutes": 10})
    task = {"id": notice["task_id"]}
    if end == "put off":
        await sam.change(task, due_at="2031-01-01T09:00:00Z")
    else:
        await (sam.complete(task) if end == "completed" else sam.delete(task))
    waiting = (await sam.get("/reminders/ledger", fired=False))["entries"]
    assert [entry["kind"] for entry in waiting] == (["due"] if end == "put off" else [])


async def test_a_change_of_the_title_leaves_a_snooze(sam: Person) -> None:
    notice = await told(sam)
    await sam.post(f"/notices/{notice['id']}/snooze", {"minutes": 10})
    await sam.change({"id": notice["task_id"]}, title="another")
    assert len((await sam.get("/reminders/ledger", fired=False))["entries"]) == 1


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({}, "minutes"),
        ({"minutes": 5, "until": "2031-01-01T09:00:00Z"}, "minutes"),
        ({"minutes": 0}, "minutes"),
        ({"minutes": "5"}, "minutes"),
        ({"until": "2020-01-01T09:00:00Z"}, "until"),
        ({"until": "2031-01-01T09:00:00"}, "until"),
        ({"hours": 1}, "hours"),
    ],
)
async def test_a_snooze_that_says_no_moment_to_come_is_refused_and_changes_nothing(
    sam: Person, asked: dict[str, Any], field: str
) -> None:
    notice = await told(sam)
    answer = await sam.http.post(f"/notices/{notice['id']}/snooze", json=asked)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, field)
    assert (await sam.notices())[0]["acknowledged_at"] is None


async def test_a_done_task_cannot_be_snoozed(sam: Person) -> None:
    notice = await told(sam)
    await sam.complete({"id": notice["task_id"]})
    answer = await sam.http.post(f"/notices/{notice['id']}/snooze", json={"minutes": 5})
    assert answer.status_code == 409
    assert (await sam.notices())[0]["acknowledged_at"] is None


@pytest.mark.parametrize("what", ["acknowledge", "snooze"])
async def test_nobody_answers_for_another(taskwake: World, sam: Person, what: str) -> None:
    notice = await told(sam)
    kim = await taskwake.person(name="Kim")
    answer = await kim.http.post(f"/notices/{notice['id']}/{what}", json={"minutes": 5})
    assert answer.status_code == 404
    assert (await sam.notices())[0]["acknowledged_at"] is None


async def test_who_may_only_read_a_list_may_still_put_off_what_they_were_told(taskwake: World, sam: Person) -> None:
    kim = await taskwake.person(name="Kim")
    await sam.share(sam.list_id, kim, "viewer")
    task = await sam.create(title="Feed the cat")
    [notice] = await kim.is_told(task)
    await kim.post(f"/notices/{notice['id']}/snooze", {"until": soon(0.4)})
    assert (await kim.is_told(task, times=2))[0]["kind"] == "snooze"
    assert await sam.notices(task) == []
