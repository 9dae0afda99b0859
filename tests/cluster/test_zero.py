"""Everything at zero: the main job works from there, on time, and comes to rest there again."""

import asyncio
import json
import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import pytest_asyncio

from infra.local.cluster.data import NAMESPACE as DATA_NAMESPACE
from infra.render.kubernetes import NAMESPACE, SWEEP
from tests.cluster.world import NAMES, World

QUIET_AFTER_SECONDS = 120
TO_COME_TO_REST = 180
ON_TIME_SECONDS = 30
"""What is promised whatever else the machine does. How good it is on a quiet one, `make bench-cluster` says."""


@pytest_asyncio.fixture(scope="module", loop_scope="session", autouse=True)
async def no_sweep(world: World) -> AsyncIterator[None]:
    """Once an hour the sweep wakes the alarm, as it is to; these tests are about the time between."""

    async def suspend(value: bool) -> None:
        patch = json.dumps({"spec": {"suspend": value}})
        await world.kubectl("patch", "cronjob", SWEEP, f"-n={NAMESPACE}", "--type=merge", f"-p={patch}")

    await suspend(True)
    yield
    await suspend(False)


@pytest.mark.requirement("CLUSTER-012")
@pytest.mark.requirement("CLUSTER-019")
async def test_a_task_is_created_reminded_of_completed_and_recurs_with_every_function_at_zero_before_each_step(
    world: World,
) -> None:
    await world.all_at_zero()
    due_at = datetime.now(UTC).replace(microsecond=0) + timedelta(seconds=TO_COME_TO_REST)
    task = await world.create(title="Water the plants", due_at=due_at.isoformat(), rrule="FREQ=DAILY")

    await world.all_at_zero()
    assert datetime.now(UTC) < due_at - timedelta(seconds=10), "it took too long to come to rest: the test is void"
    [notice] = await notices(world, task["id"], "due")
    assert notice["created_at"] >= notice["remind_at"] == due_at
    assert notice["created_at"] - due_at < timedelta(seconds=ON_TIME_SECONDS)

    await world.all_at_zero()
    answer = await world.http.post(f"/tasks/{task['id']}/complete")
    assert answer.status_code == 200, answer.text
    [following] = await world.until(
        "SELECT * FROM tasks WHERE series_id = %s AND id <> %s", task["series_id"], task["id"]
    )
    assert following["due_at"] == due_at + timedelta(days=1)

    await world.all_at_zero()
    soon = datetime.now(UTC).replace(microsecond=0) + timedelta(seconds=TO_COME_TO_REST)
    moved = await world.http.patch(f"/tasks/{following['id']}", json={"due_at": soon.isoformat()})
    assert moved.status_code == 200, moved.text

    await world.all_at_zero()
    [notice] = await notices(world, following["id"], "due")
    assert notice["created_at"] >= soon
    assert notice["created_at"] - soon < timedelta(seconds=ON_TIME_SECONDS)


async def notices(world: World, task_id: object, kind: str) -> list[dict[str, Any]]:
    return await world.until("SELECT * FROM notices WHERE task_id = %s AND kind = %s", task_id, kind)


@pytest.mark.requirement("CLUSTER-013")
async def test_two_minutes_after_the_last_event_nothing_is_awake_and_postgresql_is_asked_nothing(world: World) -> None:
    due_at = datetime.now(UTC) + timedelta(seconds=8)
    task = await world.create(title="The last event", due_at=due_at.isoformat())
    await world.rows("ALTER SYSTEM SET log_statement = 'all'")
    await world.rows("ALTER SYSTEM SET log_connections = 'all'")
    await world.rows("SELECT pg_reload_conf()")
    await notices(world, task["id"], "due")
    # The outbox check rings half a minute after the last event, and is an event of its own.
    await asyncio.sleep(QUIET_AFTER_SECONDS)

    assert not await world.awake()
    since = datetime.now(UTC)
    await asyncio.sleep(QUIET_AFTER_SECONDS / 2)
    assert not await world.awake()
    log = await world.kubectl("logs", f"-n={DATA_NAMESPACE}", "postgres-0", f"--since-time={since:%Y-%m-%dT%H:%M:%SZ}")

    # kubelet looks whether the port is open, which is no session: nobody is authenticated, nothing asked.
    asked = [line for line in log.splitlines() if re.search("statement:|execute |connection auth", line)]
    assert asked == []
    await world.rows("SELECT 'this is seen' AS proof")
    log = await world.kubectl("logs", f"-n={DATA_NAMESPACE}", "postgres-0", "--tail=20")
    assert "this is seen" in log


@pytest.mark.requirement("CLUSTER-020")
async def test_an_event_wakes_no_sleeping_chat_api(world: World) -> None:
    await world.all_at_zero()
    burst = await world.burst(10, "Nobody looks", in_seconds=40)
    awake: set[str] = set()

    async def watch() -> None:
        while True:
            awake.update(await world.awake())
            await asyncio.sleep(0.5)

    watching = asyncio.create_task(watch())
    await burst.all_noticed_once_and_never_early()
    watching.cancel()

    assert "task-due" in awake
    assert "chat-api" not in awake
    assert awake <= set(NAMES)
