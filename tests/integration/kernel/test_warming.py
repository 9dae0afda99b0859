"""Being awake in time: the alarm says that a reminder is near, and who is told gets ready."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from starlette.requests import Request

from functions.catalogue import BY_NAME
from functions.kernel.host.deliver import FunctionHost
from functions.kernel.host.http import answer
from functions.kernel.host.ring import AlarmRang, ring
from functions.kernel.storage.unit_of_work import UnitsOfWork
from tests.integration.kernel.rig import Rig

pytestmark = pytest.mark.requirement("CLUSTER-019")


class Announcements:
    """Takes notes of the moments at which it was said."""

    def __init__(self) -> None:
        self.moments: list[datetime] = []

    async def make(self) -> None:
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

    assert len(announcements.moments) == 1
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

    async def get_host() -> FunctionHost:
        return host

    async def receive() -> dict[str, object]:
        return {"type": "http.request", "body": b"{}"}

    scope = {"type": "http", "method": "POST", "path": "/warm", "headers": [], "query_string": b""}
    before = await connections(rig)
    response = await answer(Request(scope, receive), get_host, None)

    assert (response.status_code, response.body) == (200, b'{"status":"SUCCESS"}')
    assert await connections(rig) == before + 1


async def connections(rig: Rig) -> int:
    rows = await rig.execute(
        "SELECT count(*) AS n FROM pg_stat_activity WHERE datname = current_database() AND usename = 'taskwake_workers'"
    )
    return int(rows[0]["n"])
