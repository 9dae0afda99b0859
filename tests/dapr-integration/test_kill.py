"""kill -9 of each process in turn, while reminders come due and an occurrence is completed: nothing lost or doubled."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from functions.catalogue import FUNCTIONS
from infra.local.sweep import rearm
from tests.dapr_world import PATIENCE_SECONDS, World

NAMES = [function.name for function in FUNCTIONS]
VICTIMS = [*NAMES, *(f"daprd-{name}" for name in NAMES), "kafka", "postgres"]
FIRST_DUE, LAST_DUE, STEP = 2.0, 4.0, 0.5
"""Seconds from now: the kill falls before the first reminder, its consequences on all of them."""


async def create(world: World, **fields: Any) -> dict[str, Any]:
    """A new task; asked for again while Taskwake says that it cannot promise to keep it."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while True:
            answer = await world.http.post("/tasks", json=fields)
            if answer.status_code == 201:
                task: dict[str, Any] = answer.json()
                return task
            assert answer.status_code == 503, answer.text
            await asyncio.sleep(float(answer.headers["retry-after"]))


@asynccontextmanager
async def at_stake(world: World, title: str) -> AsyncIterator[None]:
    """Before: tasks that come due in a moment, and an occurrence just completed. After: each reminder was noticed
    once and never early, and there is one next occurrence, told once."""
    tomorrow = (datetime.now(UTC) + timedelta(days=1)).isoformat()
    plants = await create(world, title="Water the plants", due_at=tomorrow, rrule="FREQ=DAILY")
    now = datetime.now(UTC)
    moments = [now + timedelta(seconds=FIRST_DUE + n * STEP) for n in range(int((LAST_DUE - FIRST_DUE) / STEP) + 1)]
    tasks = await asyncio.gather(*(create(world, title=title, due_at=moment.isoformat()) for moment in moments))
    await world.http.post(f"/tasks/{plants['id']}/complete")

    yield

    ids = [task["id"] for task in tasks]
    query = "SELECT * FROM notices WHERE task_id = ANY(%s::uuid[]) AND kind = 'due'"
    notices = await world.until(query, ids, rows=len(ids))
    assert sorted(str(notice["task_id"]) for notice in notices) == sorted(ids)
    assert all(notice["created_at"] >= notice["remind_at"] for notice in notices)
    following = await world.until(
        "SELECT * FROM tasks WHERE series_id = %s AND id <> %s", plants["series_id"], plants["id"]
    )
    told = await world.until("SELECT * FROM notices WHERE task_id = %s", following[0]["id"])
    assert (len(following), [notice["kind"] for notice in told]) == (1, ["recurred"])


@pytest.mark.requirement("FLOW-005")
@pytest.mark.requirement("FLOW-010")
@pytest.mark.requirement("FLOW-018")
@pytest.mark.requirement("TRUST-001")
@pytest.mark.parametrize("victim", VICTIMS)
async def test_nothing_is_lost_or_doubled_though_a_process_is_killed(world: World, victim: str) -> None:
    async with at_stake(world, victim):
        await world.stack.supervisor.kill(victim)
        await world.stack.supervisor.restart(victim)


@pytest.mark.requirement("FLOW-005")
@pytest.mark.requirement("FLOW-010")
async def test_while_the_scheduler_is_killed_a_task_is_refused_and_what_was_accepted_is_kept(world: World) -> None:
    async with at_stake(world, "scheduler"):
        await world.stack.supervisor.kill("scheduler")
        due_at = (datetime.now(UTC) + timedelta(seconds=5)).isoformat()
        answer = await world.http.post("/tasks", json={"title": "Refused", "due_at": due_at})
        await world.stack.supervisor.restart("scheduler")

    assert answer.status_code == httpx.codes.SERVICE_UNAVAILABLE
    assert answer.headers["content-type"] == "application/problem+json"
    assert int(answer.headers["retry-after"]) >= 1
    assert await world.rows("SELECT id FROM tasks WHERE title = 'Refused'") == []


@pytest.mark.requirement("FLOW-010")
async def test_alarms_that_the_scheduler_lost_are_set_again_from_the_database(world: World) -> None:
    task = await create(world, title="Forgotten", due_at=(datetime.now(UTC) + timedelta(hours=1)).isoformat())
    moment = datetime.now(UTC) + timedelta(seconds=3)
    # As if its job was lost: this moment is in the database only.
    await world.rows("UPDATE reminders SET remind_at = %s WHERE task_id = %s RETURNING id", moment, task["id"])

    await rearm(world.stack.function_url("alarm"), world.stack.tokens.app)

    notice = (await world.until("SELECT * FROM notices WHERE task_id = %s AND kind = 'due'", task["id"]))[0]
    assert timedelta() <= notice["created_at"] - moment < timedelta(seconds=10)
