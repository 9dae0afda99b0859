"""leak: people work steadily, embedded, and what the processes hold must not grow.

TASKWAKE_LEAK_SECONDS makes it longer.
The memory and the open files of Taskwake, and the connections to its PostgreSQL, are looked at again and again; in the
first third caches, plans and pools fill, and in the last third there must be no more of anything than in the second.
"""

import asyncio
import os
import time
from pathlib import Path
from statistics import mean

import psycopg

from loadtests.embedded import Served, embedded
from loadtests.load import locust
from loadtests.machine import describe
from loadtests.result import Result, at_most, reported

NAME = "leak"
SECONDS = int(os.environ.get("TASKWAKE_LEAK_SECONDS", "600"))
RATE = 60
CONNECTIONS = "SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend'"
LOOK_SECONDS = 5.0
MORE_MIB, MORE_FILES, MORE_CONNECTIONS = 8.0, 4.0, 2.0
"""What is put up with: who comes and goes makes as much of a difference."""


async def measure() -> list[Result]:
    """As `make load`, slower and longer."""
    async with embedded() as served:
        looking = asyncio.get_running_loop().create_task(_look(served, SECONDS))
        code, output = await locust(f"http://127.0.0.1:{served.port}", served.owner_url, RATE, SECONDS, NAME)
        seen = await looking
    if code:
        raise RuntimeError(f"the load itself went wrong:\n{output[-2000:]}")
    conditions = (
        f"embedded; {RATE} requests/s by locust for {SECONDS} s, looked at every {LOOK_SECONDS:g} s; the mean "
        f"of the last third, and by how much it is above that of the second; {describe()}"
    )
    results = []
    for name, unit, limit, column in (
        ("memory of Taskwake", "MiB", MORE_MIB, 0),
        ("open files of Taskwake", "files", MORE_FILES, 1),
        ("connections to PostgreSQL", "connections", MORE_CONNECTIONS, 2),
    ):
        third = len(seen) // 3
        before, last = (mean(each[column] for each in part) for part in (seen[third : 2 * third], seen[2 * third :]))
        results += [
            reported(f"{NAME}: {name}", last, unit, conditions),
            at_most(f"{NAME}: {name}, growth", max(last - before, 0.0), unit, limit, conditions),
        ]
    return results


async def _look(served: Served, seconds: int) -> list[tuple[float, int, int]]:
    """Again and again, how much private memory (MiB), how many open files, how many connections."""
    began, seen = time.monotonic(), []
    async with await psycopg.AsyncConnection.connect(served.owner_url, autocommit=True) as connection:
        while time.monotonic() - began < seconds:
            [connections] = await (await connection.execute(CONNECTIONS)).fetchone() or [0]
            seen.append((_private_mib(served.pid), len(os.listdir(f"/proc/{served.pid}/fd")), connections))
            await asyncio.sleep(LOOK_SECONDS)
    return seen


def _private_mib(pid: int) -> float:
    rollup = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return sum(int(line.split()[1]) for line in rollup if line.startswith("Private_")) / 1024
