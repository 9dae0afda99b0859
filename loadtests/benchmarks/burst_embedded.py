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
        moment = (datetime.now(UTC) + timedelta(seconds=LEAD_SECONDS)).replace(microsecond=0)
        tasks = await written(served.owner_url, [moment] * REMINDERS, "Burst")
        connection = await Connection.open(served.port)
        body = {"title": "The one that rings", "due_at": moment.isoformat()}
        answer = await connection.send(request("POST", "/tasks", served.token, body))
        assert answer.status == 201, answer.body
        connection.close()
        await asyncio.sleep((moment - datetime.now(UTC)).total_seconds() + 1)
        lateness = await noticed(served.owner_url, tasks, PATIENCE_SECONDS)
    conditions = (
        f"embedded; {REMINDERS} reminders due at one moment; the last notice's created_at minus that moment, by the "
        f"database's clock; {describe()}"
    )
    return results(NAME, lateness, conditions)


def results(name: str, lateness: Lateness, conditions: str) -> list[Result]:
    """When the last was noticed, and that each was, once."""
    return [
        reported(f"{name}: last notice", lateness.percentile(100) / 1000, "s", conditions),
        reported(f"{name}: p50", lateness.percentile(50) / 1000, "s", conditions),
        at_most(f"{name}: early", lateness.early, "reminders", 0, conditions),
        at_most(f"{name}: lost", lateness.lost, "reminders", 0, conditions),
        at_most(f"{name}: twice", lateness.twice, "reminders", 0, conditions),
    ]
