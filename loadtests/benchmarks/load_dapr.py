"""load-dapr: people at work by locust, the Dapr way: a process and a daprd for each function, Kafka between them."""

from loadtests.dapr_way import dapr_way, describe
from loadtests.load import measured
from loadtests.result import Result

NAME = "load-dapr"
RATE, SECONDS = 60, 120
TARGET_MS = 500.0


async def measure() -> list[Result]:
    """The scenario of `make load`."""
    conditions = f"locust, {RATE} requests/s of {RATE // 2} people for {SECONDS} s, all on one machine; {describe()}"
    async with dapr_way() as running:
        address = f"http://127.0.0.1:{running.port}"
        return await measured(address, running.owner_url, RATE, SECONDS, NAME, NAME, TARGET_MS, conditions)
