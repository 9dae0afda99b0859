"""created-to-notice: from the request that creates a task due at once to its notice, and to the page's live stream."""

import asyncio
import re
import time
from datetime import UTC, datetime
from uuid import UUID

import psycopg

from loadtests.connection import Connection, Connections, request
from loadtests.embedded import Served, embedded
from loadtests.event_stream import EventStream
from loadtests.machine import describe
from loadtests.open_loop import paced
from loadtests.percentiles import percentile
from loadtests.result import Result, at_most, reported

NAME = "created-to-notice"
TASKS, RATE, WARM_UP = 200, 20.0, 40
TARGET_MS = 100.0
DUE = re.compile(rb"event: task\.due\.v1\ndata: .*?\"task_id\":\s*\"([0-9a-f-]{36})\"")
PATIENCE_SECONDS = 10.0


async def measure() -> list[Result]:
    """Embedded: TASKS tasks at RATE a second, each due when it is created."""
    async with embedded() as served:
        stream = EventStream(DUE, time.time)
        watching = await Connection.open(served.port, stream.read)
        watching.start_stream(request("GET", "/events", served.token))
        connections = await Connections(served.port).open(16)
        await _create(served, connections, WARM_UP)
        sent = await _create(served, connections, TASKS)
        noticed = await _noticed(served.owner_url, sent)
        async with asyncio.timeout(PATIENCE_SECONDS):
            await stream.wait_for(sent)
        connections.close()
        watching.close()
    notice_ms = [(noticed[task] - at) * 1000 for task, at in sent.items()]
    live_ms = [(stream.seen[task] - at) * 1000 for task, at in sent.items()]
    conditions = (
        f"embedded; {TASKS} tasks created over HTTP at {RATE:g}/s with due_at = now, from the request's first byte "
        f"sent to the notice's created_at (live: to the task.due event's arrival on an SSE stream); {describe()}"
    )
    return [
        reported(f"{NAME}: p50", percentile(notice_ms, 50), "ms", conditions),
        at_most(f"{NAME}: p99", percentile(notice_ms, 99), "ms", TARGET_MS, conditions),
        reported(f"{NAME}: live p50", percentile(live_ms, 50), "ms", conditions),
        reported(f"{NAME}: live p99", percentile(live_ms, 99), "ms", conditions),
    ]


async def _create(served: Served, connections: Connections, count: int) -> dict[UUID, float]:
    """Create the tasks: id → when its request was sent (Unix time)."""
    sent: dict[UUID, float] = {}

    async def create(index: int, _: float) -> None:
        now = time.time()
        body = {"title": f"Task {index}", "due_at": datetime.fromtimestamp(now, UTC).isoformat()}
        answer = await connections.send(request("POST", "/tasks", served.token, body))
        assert answer.status == 201, answer.body
        sent[UUID(answer.json()["id"])] = now

    await paced(RATE, count, create)
    return sent


async def _noticed(owner_url: str, tasks: dict[UUID, float]) -> dict[UUID, float]:
    """Task → when its notice was written (Unix time). Raises TimeoutError when one has none."""
    async with (
        asyncio.timeout(PATIENCE_SECONDS),
        await psycopg.AsyncConnection.connect(owner_url, autocommit=True) as connection,
    ):
        while True:
            rows = await (
                await connection.execute(
                    "SELECT task_id, extract(epoch FROM created_at) FROM notices WHERE task_id = ANY(%s)",
                    (list(tasks),),
                )
            ).fetchall()
            if len(rows) >= len(tasks):
                return {task: float(at) for task, at in rows}
            await asyncio.sleep(0.1)  # another process writes them
