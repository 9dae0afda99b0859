"""burst-dapr: 20,000 reminders due in the same second, on real Dapr and Kafka."""

from loadtests.benchmarks.burst_embedded import REMINDERS, burst, results
from loadtests.dapr_way import dapr_way, describe
from loadtests.result import Result

NAME = "burst-dapr"
TARGET_SECONDS = 3.0


async def measure() -> list[Result]:
    """The rows are written by SQL, and one task more over HTTP: its alarm rings for all."""
    async with dapr_way() as running:
        lateness = await burst(running.port, running.token, running.owner_url)
    conditions = (
        f"Dapr way, everything on one machine; {REMINDERS} reminders due at one moment; the last notice's created_at "
        f"minus that moment, by the database's clock; {describe()}"
    )
    return results(NAME, lateness, conditions, TARGET_SECONDS)
