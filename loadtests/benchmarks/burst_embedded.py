"""burst-embedded: 20,000 reminders due at the same moment, embedded."""

import asyncio
from datetime import UTC, datetime, timedelta

from loadtests.connection import Connection, request
from loadtests.embedded import embedded
from loadtests.machine import describe
from loadtests.reminders import Lateness, noticed, written
from loadtests.result import Result, at_most, reported

NAME = "burst-embedded"
REMINDERS, LEAD_SECONDS = 20_000, 12.0
PATIENCE_SECONDS = 15.0


async def measure() -> list[Result]:
    """The rows are written by SQL, and one task more over HTTP: its alarm rings for all."""
    async with embedded() as served:
        lateness = await burst(served.port, served.token, served.owner_url)
    conditions = (
        f"embedded; {REMINDERS} reminders due at one moment; the last notice's created_at minus that moment, by the "
        f"database's clock; {describe()}"
    )
    return results(NAME, lateness, conditions)


async def burst(port: int, token: str, owner_url: str) -> Lateness:
    """Let REMINDERS ring at one moment, LEAD_SECONDS from now."""
    moment = (datetime.now(UTC) + timedelta(seconds=LEAD_SECONDS)).replace(microsecond=0)
    tasks = await written(owner_url, [moment] * REMINDERS, "Burst")
    connection = await Connection.open(port)
    body = {"title": "The one that rings", "due_at": moment.isoformat()}
    answer = await connection.send(request("POST", "/tasks", token, body))
    assert answer.status == 201, answer.body
    connection.close()
    await asyncio.sleep((moment - datetime.now(UTC)).total_seconds() + 1)
    return await noticed(owner_url, tasks, PATIENCE_SECONDS)


def results(name: str, lateness: Lateness, conditions: str, target_seconds: float | None = None) -> list[Result]:
    """When the last was noticed, and that each was, once."""
    last, seconds = f"{name}: last notice", lateness.percentile(100) / 1000
    return [
        at_most(last, seconds, "s", target_seconds, conditions)
        if target_seconds is not None
        else reported(last, seconds, "s", conditions),
        reported(f"{name}: p50", lateness.percentile(50) / 1000, "s", conditions),
        at_most(f"{name}: early", lateness.early, "reminders", 0, conditions),
        at_most(f"{name}: lost", lateness.lost, "reminders", 0, conditions),
        at_most(f"{name}: twice", lateness.twice, "reminders", 0, conditions),
    ]
