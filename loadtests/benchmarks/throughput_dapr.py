"""throughput-dapr: `task.due` events through Kafka and daprd into task-due, each with its notice in the database."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import psycopg
from pydantic_core import to_json

from functions.kernel.cloudevent import render
from functions.kernel.events import TaskDue
from loadtests.connection import Connection, request_of
from loadtests.dapr_way import Running, dapr_way, describe
from loadtests.reminders import written
from loadtests.result import Result, at_least, at_most, reported

NAME = "throughput-dapr"
EVENTS, TASKS, BATCH, WARM_UP = 300_000, 1000, 500, 5_000
PUBLISHERS = 2
TARGET_A_MINUTE = 300_000
PATIENCE_SECONDS = 20.0
PATH = "/v1.0-alpha1/publish/bulk/pubsub/task.due.v1"


async def measure() -> list[Result]:
    """Published in bulk through the alarm's daprd, which is how `task.due` comes to be, as fast as it takes them."""
    async with dapr_way() as running:
        far = datetime.now(UTC) + timedelta(days=300)
        tasks = await written(running.owner_url, [far] * TASKS, "Throughput")
        warm = await _bodies(running, tasks, WARM_UP)
        await _publish(running, warm)
        await _handled(running.owner_url, WARM_UP)
        bodies = await _bodies(running, tasks, EVENTS)
        start = datetime.now(UTC)
        await _publish(running, bodies)
        published = (datetime.now(UTC) - start).total_seconds()
        count, last, rows = await _handled(running.owner_url, WARM_UP + EVENTS)
    seconds = (last - start).total_seconds()
    conditions = (
        f"Dapr way, everything on one machine, the publisher too; {EVENTS} task.due events over {TASKS} tasks, bulk "
        f"publish by {BATCH} through the alarm's daprd to Kafka, bulk delivery to task-due, inbox and notice of each "
        f"committed; from the first publish to the last notice; {describe()}"
    )
    return [
        at_least(f"{NAME}: events", EVENTS / seconds * 60, "events/min", TARGET_A_MINUTE, conditions),
        reported(f"{NAME}: sustained for", seconds, "s", conditions),
        reported(f"{NAME}: publish alone", EVENTS / published * 60, "events/min", conditions),
        at_most(f"{NAME}: lost", WARM_UP + EVENTS - count, "events", 0, conditions),
        at_most(f"{NAME}: twice", rows - count, "events", 0, conditions),
    ]


async def _bodies(running: Running, tasks: Sequence[UUID], count: int) -> list[bytes]:
    """Bulk-publish bodies for so many events, made before the clock runs."""
    async with await psycopg.AsyncConnection.connect(running.owner_url) as connection:
        row = await (await connection.execute("SELECT list_id, created_by FROM tasks LIMIT 1")).fetchone()
    assert row is not None
    bodies = []
    for start in range(0, count, BATCH):
        entries = []
        for n in range(start, min(start + BATCH, count)):
            event = TaskDue(
                reminder_id=uuid4(),
                task_id=tasks[n % len(tasks)],
                list_id=row[0],
                user_id=row[1],
                kind="due",
                remind_at=datetime.now(UTC),
                title="Throughput",
            )
            entries.append(
                {
                    "entryId": event.id,
                    "event": render(event),
                    "contentType": "application/cloudevents+json",
                    "metadata": {"partitionKey": str(event.key)},
                }
            )
        bodies.append(to_json(entries))
    return bodies


async def _publish(running: Running, bodies: Sequence[bytes]) -> None:
    """Publish them all; PUBLISHERS requests are on their way at a time. Raises RuntimeError when one is refused."""
    port = running.stack.ports.daprd_http("alarm")
    waiting = iter(bodies)

    async def publish() -> None:
        connection = await Connection.open(port)
        for body in waiting:
            answer = await connection.send(
                request_of("POST", PATH, body, content_type="application/json", dapr_api_token=running.stack.tokens.api)
            )
            if answer.status not in (200, 204):
                raise RuntimeError(f"daprd answered {answer.status}: {answer.body[:500]!r}")
        connection.close()

    await asyncio.gather(*(publish() for _ in range(PUBLISHERS)))


async def _handled(owner_url: str, wanted: int) -> tuple[int, datetime, int]:
    """Wait until so many events have their notice, or nothing more comes: distinct events, the last notice, notices."""
    loop = asyncio.get_running_loop()
    async with await psycopg.AsyncConnection.connect(owner_url, autocommit=True) as connection:
        before, changed = -1, loop.time()
        while True:
            row = await (
                await connection.execute("SELECT count(DISTINCT event_id), max(created_at), count(*) FROM notices")
            ).fetchone()
            assert row is not None
            if row[0] != before:
                before, changed = row[0], loop.time()
            if row[0] >= wanted or loop.time() - changed > PATIENCE_SECONDS:
                return row
            await asyncio.sleep(2)  # other processes write them; asking takes time from them
