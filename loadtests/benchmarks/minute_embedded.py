"""minute-embedded: 1,000 reminders spread over a minute, embedded."""

import asyncio
import random
from datetime import UTC, datetime, timedelta
from uuid import UUID

from loadtests.connection import Connections, request
from loadtests.embedded import embedded
from loadtests.machine import describe
from loadtests.open_loop import paced
from loadtests.reminders import Lateness, noticed
from loadtests.result import Result, at_most, reported

NAME = "minute-embedded"
REMINDERS, SPAN_SECONDS, LEAD_SECONDS = 1000, 60.0, 12.0
CREATED_A_SECOND = 100.0
TARGET_MS = 50.0
PATIENCE_SECONDS = 15.0


async def measure() -> list[Result]:
    """The tasks are created over HTTP before the minute begins; then nobody asks for anything."""
    async with embedded() as served:
        start = datetime.now(UTC) + timedelta(seconds=LEAD_SECONDS)
        moments = spread(start)
        tasks = await created(served.port, served.token, moments)
        await asyncio.sleep((start - datetime.now(UTC)).total_seconds() + SPAN_SECONDS)
        lateness = await noticed(served.owner_url, tasks, PATIENCE_SECONDS)
    conditions = (
        f"embedded; {REMINDERS} reminders at random moments of one minute, their tasks created over HTTP before it; "
        f"notice's created_at minus remind_at, both by the database's clock; {describe()}"
    )
    return results(NAME, lateness, TARGET_MS, conditions)


def spread(start: datetime) -> list[datetime]:
    """Random moments of the minute, the same in every run."""
    chance = random.Random(1)
    return sorted(start + timedelta(seconds=chance.uniform(0, SPAN_SECONDS)) for _ in range(REMINDERS))


async def created(port: int, token: str, moments: list[datetime]) -> list[UUID]:
    """Create a task due at each moment, over HTTP: their ids."""
    connections = await Connections(port).open(8)
    tasks: list[UUID] = []

    async def create(index: int, _: float) -> None:
        body = {"title": f"Task {index}", "due_at": moments[index].isoformat()}
        answer = await connections.send(request("POST", "/tasks", token, body))
        assert answer.status == 201, answer.body
        tasks.append(UUID(answer.json()["id"]))

    await paced(CREATED_A_SECOND, len(moments), create)
    connections.close()
    return tasks


def results(name: str, lateness: Lateness, target_ms: float, conditions: str) -> list[Result]:
    """What was promised of the minute: late by little, none early, none lost, none twice."""
    return [
        reported(f"{name}: p50", lateness.percentile(50), "ms", conditions),
        at_most(f"{name}: p99", lateness.percentile(99), "ms", target_ms, conditions),
        reported(f"{name}: max", lateness.percentile(100), "ms", conditions),
        at_most(f"{name}: early", lateness.early, "reminders", 0, conditions),
        at_most(f"{name}: lost", lateness.lost, "reminders", 0, conditions),
        at_most(f"{name}: twice", lateness.twice, "reminders", 0, conditions),
    ]
