"""kill -9 of each process in turn, while reminders come due and an occurrence is completed: nothing lost or doubled."""

from datetime import UTC, datetime, timedelta

import httpx
import pytest

from functions.catalogue import FUNCTIONS
from infra.local.sweep import rearm
from tests.dapr_world import World, at_stake, create

NAMES = [function.name for function in FUNCTIONS]
VICTIMS = [*NAMES, *(f"daprd-{name}" for name in NAMES), "kafka", "postgres"]


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
