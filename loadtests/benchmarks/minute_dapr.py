"""minute-dapr: the same minute as minute-embedded, on real Dapr and Kafka."""

import asyncio
from datetime import UTC, datetime, timedelta

from loadtests.benchmarks.minute_embedded import (
    LEAD_SECONDS,
    PATIENCE_SECONDS,
    REMINDERS,
    SPAN_SECONDS,
    created,
    results,
    spread,
)
from loadtests.dapr_way import dapr_way, describe
from loadtests.reminders import noticed
from loadtests.result import Result

NAME = "minute-dapr"
TARGET_MS = 150.0


async def measure() -> list[Result]:
    """The tasks are created over HTTP before the minute begins; then nobody asks for anything."""
    async with dapr_way() as running:
        start = datetime.now(UTC) + timedelta(seconds=LEAD_SECONDS)
        tasks = await created(running.port, running.token, spread(start))
        await asyncio.sleep((start - datetime.now(UTC)).total_seconds() + SPAN_SECONDS)
        lateness = await noticed(running.owner_url, tasks, PATIENCE_SECONDS)
    conditions = (
        f"Dapr way, everything on one machine; {REMINDERS} reminders at random moments of one minute, their tasks "
        f"created over HTTP before it; notice's created_at minus remind_at, both by the database's clock; {describe()}"
    )
    return results(NAME, lateness, TARGET_MS, conditions)
