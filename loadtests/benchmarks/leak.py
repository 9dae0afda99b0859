"""leak: people work steadily, embedded, and what the processes hold must not grow.

TASKWAKE_LEAK_SECONDS makes it longer.
After a warm-up the memory, the open files and the connections of Taskwake and its PostgreSQL are looked at again and
again; a straight line through each tells how it grows.
"""

import asyncio
import os
import time
from pathlib import Path
from statistics import linear_regression, mean

from loadtests.embedded import embedded
from loadtests.load import locust
from loadtests.machine import describe
from loadtests.result import Result, at_most, reported

NAME = "leak"
SECONDS = int(os.environ.get("TASKWAKE_LEAK_SECONDS", "600"))
RATE = 60
WARM_UP = 1 / 3
"""Of the whole: caches, plans and pools fill."""
LOOK_SECONDS = 5.0
MIB_AN_HOUR, FILES_AN_HOUR = 48.0, 6.0


async def measure() -> list[Result]:
    """As `make load`, slower and longer."""
    async with embedded() as served:
        looking = asyncio.get_running_loop().create_task(_look(served.pid, SECONDS))
        code, output = await locust(f"http://127.0.0.1:{served.port}", served.owner_url, RATE, SECONDS, NAME)
        seen = await looking
    if code:
        raise RuntimeError(f"the load itself went wrong:\n{output[-2000:]}")
    kept = [each for each in seen if each[0] >= SECONDS * WARM_UP]
    at = [each[0] / 3600 for each in kept]
    conditions = (
        f"embedded; {RATE} requests/s by locust for {SECONDS} s, looked at every {LOOK_SECONDS:g} s after the first "
        f"{SECONDS * WARM_UP:.0f} s; a straight line through what was seen; {describe()}"
    )
    results = []
    for name, unit, limit, column in (
        ("memory of Taskwake", "MiB", MIB_AN_HOUR, 1),
        ("open files of Taskwake", "files", FILES_AN_HOUR, 2),
        ("processes of PostgreSQL", "processes", FILES_AN_HOUR, 3),
    ):
        values = [each[column] for each in kept]
        slope = linear_regression(at, values).slope
        results += [
            reported(f"{NAME}: {name}", mean(values), unit, conditions),
            at_most(f"{NAME}: {name}, growth an hour", max(slope, 0.0), unit, limit, conditions),
        ]
    return results


async def _look(pid: int, seconds: float) -> list[tuple[float, float, int, int]]:
    """When (seconds after the beginning), how much private memory (MiB), how many open files, how many children."""
    began, seen = time.monotonic(), []
    while (at := time.monotonic() - began) < seconds:
        seen.append((at, _private_mib(pid), len(os.listdir(f"/proc/{pid}/fd")), len(_descendants(pid))))
        await asyncio.sleep(LOOK_SECONDS)
    return seen


def _private_mib(pid: int) -> float:
    rollup = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return sum(int(line.split()[1]) for line in rollup if line.startswith("Private_")) / 1024


def _descendants(pid: int) -> list[int]:
    """All processes that this one has begun, and those that they have."""
    children = [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    return children + [each for child in children for each in _descendants(child)]
