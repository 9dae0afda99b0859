"""poison-dapr: how late healthy reminders are beside poison of two kinds, on real Dapr and Kafka."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import psycopg
from psycopg.rows import dict_row
from pydantic_core import to_json

from functions.kernel.cloudevent import render
from functions.kernel.events import TaskDue
from functions.kernel.storage import outbox
from functions.kernel.storage.dead_letters import Wanted
from functions.operations import dead_letters
from functions.operations.terminal.ringing import Bell
from loadtests.benchmarks.poison import (
    BREAK,
    EVERY,
    MEND,
    RATE,
    REMINDERS,
    alarms_set,
    execute,
    moments_from,
    quarantined,
    results,
)
from loadtests.connection import Connection, request_of
from loadtests.dapr_way import Running, dapr_way, describe
from loadtests.reminders import Lateness, noticed, written
from loadtests.result import Result

NAME = "poison-dapr"
ROUNDS = 3
LEAD_SECONDS, PATIENCE_SECONDS, QUARANTINE_SECONDS = 6.0, 30.0, 300.0
PATH = "/v1.0/publish/pubsub/task.due.v1?metadata.partitionKey="


async def measure() -> list[Result]:
    """A stream with poison after one without, ROUNDS times; then the cause is mended, and what was quarantined is
    replayed."""
    clean: list[Lateness] = []
    poisoned: list[Lateness] = []
    poison: list[UUID] = []
    async with dapr_way() as running:
        await execute(running.owner_url, BREAK)
        await _stream(running, poisons=False)  # a stream's first connections are no part of what is compared
        for _ in range(ROUNDS):
            clean.append((await _stream(running, poisons=False))[0])
            lateness, bad = await _stream(running, poisons=True)
            poisoned.append(lateness)
            poison += bad
            await quarantined(running.owner_url, len(poison), QUARANTINE_SECONDS)
        await execute(running.owner_url, MEND)
        ids = dead_letters.ids_of(running.owner_url, Wanted(replayed=False))
        outcomes = dead_letters.replay(running.owner_url, ids, "bench")
        bell = Bell(None, running.stack.function_url("alarm"), running.stack.tokens.app)
        await asyncio.to_thread(bell.ring)
        mended = await noticed(running.owner_url, poison, PATIENCE_SECONDS)
    conditions = (
        f"Dapr way, everything on one machine; {ROUNDS} streams of {REMINDERS} reminders at {RATE:g}/s without poison "
        f"and as many with, by turns; every {EVERY}th of these is refused by the database while task-due writes its "
        f"notice, and beside each an event comes that is malformed; healthy notices' created_at minus remind_at; "
        f"{describe()}"
    )
    not_quarantined = len(poison) - sum(outcome == "handed on" for outcome in outcomes.values())
    return results(NAME, clean, poisoned, not_quarantined, mended, conditions)


async def _stream(running: Running, *, poisons: bool) -> tuple[Lateness, Sequence[UUID]]:
    """How late the healthy ones of a stream were, and the tasks of its poison of either kind."""
    start = datetime.now(UTC) + timedelta(seconds=LEAD_SECONDS)
    moments = moments_from(start)
    bad = moments[::EVERY] if poisons else []
    good = [moment for n, moment in enumerate(moments) if not (poisons and n % EVERY == 0)]
    healthy = await written(running.owner_url, good, "Healthy")
    refused = await written(running.owner_url, bad, "Poison") if bad else []
    malformed = await _logged(running.owner_url, bad) if bad else []
    await alarms_set(running.port, running.token, start)
    await _publish_malformed(running, malformed)
    await asyncio.sleep((moments[-1] - datetime.now(UTC)).total_seconds())
    lateness = await noticed(running.owner_url, healthy, PATIENCE_SECONDS)
    return lateness, [*refused, *(event.task_id for event in malformed)]


async def _logged(owner_url: str, moments: Sequence[datetime]) -> list[TaskDue]:
    """Events of reminders at these moments, whole in the log, and published for all it knows."""
    far = datetime.now(UTC) + timedelta(days=300)
    tasks = await written(owner_url, [far] * len(moments), "Malformed")
    async with await psycopg.AsyncConnection.connect(owner_url, row_factory=dict_row) as connection:
        row = await (await connection.execute("SELECT list_id, created_by FROM tasks LIMIT 1")).fetchone()
        assert row is not None
        events = [
            TaskDue(
                reminder_id=uuid4(),
                task_id=task,
                list_id=row["list_id"],
                user_id=row["created_by"],
                kind="due",
                remind_at=moment,
                title="Malformed",
            )
            for task, moment in zip(tasks, moments, strict=True)
        ]
        await outbox.write(connection, events, datetime.now(UTC))
        await connection.execute(
            "UPDATE events SET published_at = now() WHERE id = ANY(%s)", ([event.id for event in events],)
        )
    return events


async def _publish_malformed(running: Running, events: Sequence[TaskDue]) -> None:
    """Hand each to Kafka at its moment with a value in it that is none, as something between may break it."""
    connection = await Connection.open(running.stack.ports.daprd_http("alarm"))
    for event in events:
        await asyncio.sleep(max(0.0, (event.remind_at - datetime.now(UTC)).total_seconds()))
        broken = render(event) | {"data": {"remind_at": "yesterday"}}
        answer = await connection.send(
            request_of(
                "POST", f"{PATH}{event.key}", to_json(broken),
                content_type="application/cloudevents+json", dapr_api_token=running.stack.tokens.api,
            )
        )  # fmt: skip
        if answer.status != 204:
            raise RuntimeError(f"daprd answered {answer.status}: {answer.body[:500]!r}")
    connection.close()
