"""`python -m loadtests.load`: locust's scenario against the embedded way, headless, with thresholds and a report."""

import argparse
import asyncio
import csv
import os
import sys
from collections.abc import Sequence
from pathlib import Path

import uvloop
from rich.console import Console
from rich.table import Table

from loadtests.embedded import embedded
from loadtests.people import people
from loadtests.result import Result, at_most, below, reported
from loadtests.thresholds import P99_MS, operations_of, timed

REPORTS = Path(__file__).parent / "reports"
LOCUSTFILE = Path(__file__).parent / "locustfile.py"
REQUESTS_A_SECOND_EACH, WATCHERS = 2.0, 3
"""As in the locustfile, which cannot be imported: locust patches the standard library."""
RAMP_SECONDS = 5
"""People come one after the other; what was measured until all are there is forgotten (--reset-stats)."""
MOST_REQUESTS_A_SECOND, MOST_SECONDS = 1000, 600


def main(arguments: Sequence[str] | None = None) -> int:
    """Run it; 1 when a threshold was not kept to."""
    parser = argparse.ArgumentParser(prog="python -m loadtests.load", description=__doc__)
    parser.add_argument("--rate", type=int, default=200, help="requests a second (200)")
    parser.add_argument("--seconds", type=int, default=30, help="for so long (30)")
    given = parser.parse_args(arguments)
    if not (0 < given.rate <= MOST_REQUESTS_A_SECOND and 0 < given.seconds <= MOST_SECONDS):
        parser.error(f"at most --rate {MOST_REQUESTS_A_SECOND} and --seconds {MOST_SECONDS}")
    return uvloop.run(_load(given.rate, given.seconds))


async def _load(rate: int, seconds: int) -> int:
    console = Console()
    console.print(f"Starting Taskwake in a folder of its own, then {rate} requests/s for {seconds} s …")
    async with embedded() as served:
        code, output = await locust(f"http://127.0.0.1:{served.port}", served.owner_url, rate, seconds, "load")
    console.print(table(rows_of("load"), seconds))
    broken = [line for line in output.splitlines() if line.startswith("threshold: ")]
    for line in broken or ([] if code == 0 else [output]):
        console.print(f"[red]{line}", highlight=False)
    console.print(f"Report: {REPORTS / 'load.html'}")
    return code


async def locust(
    address: str, owner_url: str, rate: int, seconds: int, report: str, *, host: str = "", p99_ms: float = P99_MS
) -> tuple[int, str]:
    """Run the locustfile in a process of its own against `address`, which answers to `host`, with new people: its exit
    code, 1 when a threshold was not kept to, and what it said. It writes loadtests/reports/<report>.html and .csv."""
    REPORTS.mkdir(exist_ok=True)
    users = round(rate / REQUESTS_A_SECOND_EACH)
    tokens = [one.token for one in await asyncio.to_thread(people, owner_url, users)]
    everybody = users + WATCHERS
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "locust", "-f", str(LOCUSTFILE), "--headless", "--only-summary"),
        *("--host", address, "--reset-stats", "--stop-timeout", "10"),
        *("--users", str(everybody), "--spawn-rate", str(everybody / RAMP_SECONDS)),
        *("--run-time", f"{seconds + RAMP_SECONDS}s"),
        *("--html", str(REPORTS / f"{report}.html"), "--csv", str(REPORTS / report)),
        env={
            **os.environ,
            "TASKWAKE_TOKENS": " ".join(tokens),
            "TASKWAKE_RATE": str(rate),
            "TASKWAKE_P99_MS": str(p99_ms),
            "TASKWAKE_HOST": host,
            "TASKWAKE_OWN_ADDRESS": address,
        },
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    output, _ = await process.communicate()
    assert process.returncode is not None
    return process.returncode, output.decode(errors="replace")


def rows_of(report: str) -> list[dict[str, str]]:
    """Locust's statistics of a run."""
    with (REPORTS / f"{report}_stats.csv").open(newline="") as file:
        return list(csv.DictReader(file))


async def measured(
    address: str, owner_url: str, rate: int, seconds: int, name: str, report: str, p99_ms: float, conditions: str,
    host: str = "",
) -> list[Result]:  # fmt: skip
    """A run of `locust` in bench.json's form, as that of the benchmark `name`. Raises RuntimeError, with locust's
    words, when locust itself fails."""
    code, output = await locust(address, owner_url, rate, seconds, report, host=host, p99_ms=p99_ms)
    if code not in (0, 1):
        raise RuntimeError(f"locust failed:\n{output[-2000:]}")
    operations = operations_of(rows_of(report))
    asked = timed(operations)
    return [
        at_most(f"{name}: failures", sum(each.failures for each in operations), "requests", 0, conditions),
        reported(f"{name}: rate", rate, "requests/s", conditions),
        *(below(f"{name}: {each.name}, p99", each.p99_ms, "ms", p99_ms, conditions) for each in asked),
        *(
            reported(f"{name}: {each.name}, p99", each.p99_ms, "ms", conditions)
            for each in operations
            if each.name.endswith("event seen")
        ),
    ]


def table(rows: Sequence[dict[str, str]], seconds: int) -> Table:
    """Locust's statistics as they are printed."""
    made = Table("operation", "requests", "failures", "p50 ms", "p95 ms", "p99 ms", "requests/s")
    by_name = {f"{row['Type']} {row['Name']}": row for row in rows}
    for measured in operations_of(rows):
        row = by_name[measured.name]
        rate = f"{measured.requests / seconds:.1f}"
        counts = (str(measured.requests), str(measured.failures))
        made.add_row(measured.name, *counts, row["50%"], row["95%"], row["99%"], rate)
    return made


if __name__ == "__main__":
    sys.exit(main())
