"""Being awake in time: the alarm says that a reminder is near, and who is told gets ready."""

import json
from base64 import b64encode
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from starlette.requests import Request

from functions.catalogue import BY_NAME
from functions.kernel.host.deliver import FunctionHost
from functions.kernel.host.http import answer
from functions.kernel.host.ring import AlarmRang, ring
from functions.kernel.settings import MAX_ALARM_LEAD_SECONDS
from functions.kernel.storage.unit_of_work import UnitsOfWork
from tests.integration.kernel.rig import Rig

pytestmark = pytest.mark.requirement("CLUSTER-019")


class Announcements:
    """Takes notes of what was said, and when."""

    def __init__(self) -> None:
        self.made: list[tuple[datetime, int]] = []
        self.moments: list[datetime] = []

    async def make(self, at: datetime, reminders: int) -> None:
        self.made.append((at, reminders))
        self.moments.append(datetime.now(UTC))


def alarm(rig: Rig, announcements: Announcements) -> FunctionHost:
    units = UnitsOfWork(rig.functions, rig.bus, rig.clock)
    return FunctionHost(BY_NAME["alarm"], rig.functions, units, {}, announcements.make)


async def remind(rig: Rig, moment: datetime) -> None:
    task = await rig.task()
    await rig.execute(
        "INSERT INTO reminders (id, task_id, list_id, user_id, kind, remind_at) VALUES (%s, %s, %s, %s, 'due', %s)",
        *(uuid4(), task.id, rig.list_id, rig.user_id, moment),
    )


async def test_alarm_that_rings_ahead_of_a_reminder_says_so_once_and_before_it(rig: Rig) -> None:
    second = (datetime.now(UTC) + timedelta(seconds=1)).replace(microsecond=0)
    first, last = second + timedelta(milliseconds=300), second + timedelta(milliseconds=600)
    await remind(rig, first)
    await remind(rig, last)
    announcements = Announcements()

    await ring(alarm(rig, announcements), AlarmRang(second))

    assert announcements.made == [(first, 2)]
    assert announcements.moments[0] < first
    assert len(rig.bus.published) == 2


async def test_alarm_that_rings_for_what_is_due_already_or_for_nothing_wakes_nobody(rig: Rig) -> None:
    announcements = Announcements()
    await ring(alarm(rig, announcements), AlarmRang(datetime.now(UTC).replace(microsecond=0) + timedelta(seconds=2)))
    await remind(rig, datetime.now(UTC) - timedelta(minutes=1))
    await ring(alarm(rig, announcements), AlarmRang(datetime.now(UTC).replace(microsecond=0)))

    assert len(rig.bus.published) == 1
    assert announcements.moments == []


async def test_who_is_told_connects_to_the_database_before_the_reminder_comes(rig: Rig) -> None:
    host = rig.host("task-due")

    before = await connections(rig)
    await warm(host, b"{}")

    assert await connections(rig) == before + 1


@pytest.mark.requirement("CLUSTER-014")
async def test_who_has_lanes_is_busy_until_the_moment_comes_and_others_are_not(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("functions.kernel.host.deliver.SEEN_AFTER_SECONDS", 0)
    soon, later = datetime.now(UTC) + timedelta(seconds=0.5), datetime.now(UTC) + timedelta(seconds=9)

    await warm(rig.host("delivery-requested"), announcement(later))
    assert datetime.now(UTC) < later
    await warm(rig.host("task-due"), announcement(soon))
    assert datetime.now(UTC) >= soon


@pytest.mark.requirement("CLUSTER-014")
async def test_who_has_lanes_is_busy_for_as_long_as_the_autoscaler_needs_to_see_it(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("functions.kernel.host.deliver.SEEN_AFTER_SECONDS", 1)
    started = datetime.now(UTC)

    await warm(rig.host("task-due"), announcement(started - timedelta(seconds=1)))
    assert datetime.now(UTC) < started + timedelta(seconds=1)
    await warm(rig.host("task-due"), announcement(datetime.now(UTC) + timedelta(seconds=0.5)))
    assert datetime.now(UTC) >= started + timedelta(seconds=1)


@pytest.mark.parametrize("body", [b"", b"[]", b'{"at": 5}', b'{"at": "soon"}', b'{"at": "2999-01-01T00:00:00"}'])
async def test_an_announcement_that_says_no_moment_keeps_nobody(rig: Rig, body: bytes) -> None:
    started = datetime.now(UTC)

    await warm(rig.host("task-due"), body)

    assert datetime.now(UTC) - started < timedelta(seconds=MAX_ALARM_LEAD_SECONDS)


async def warm(host: FunctionHost, body: bytes) -> None:
    """POST /warm, as Dapr does."""

    async def get_host() -> FunctionHost:
        return host

    async def receive() -> dict[str, object]:
        return {"type": "http.request", "body": body}

    scope = {"type": "http", "method": "POST", "path": "/warm", "headers": [], "query_string": b""}
    response = await answer(Request(scope, receive), get_host, None)
    assert (response.status_code, response.body) == (200, b'{"status":"SUCCESS"}')


def announcement(at: datetime) -> bytes:
    """What Dapr makes of a raw payload."""
    payload = json.dumps({"at": at.isoformat()}).encode()
    return json.dumps({"data_base64": b64encode(payload).decode()}).encode()


async def connections(rig: Rig) -> int:
    rows = await rig.execute(
        "SELECT count(*) AS n FROM pg_stat_activity WHERE datname = current_database() AND usename = 'taskwake_workers'"
    )
    return int(rows[0]["n"])
