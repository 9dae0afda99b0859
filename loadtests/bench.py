"""`python -m loadtests.bench [names…]`: measures the promises, prints a table, writes loadtests/reports/bench.json."""

import argparse
import sys
from collections.abc import Sequence
from importlib import import_module

import uvloop
from rich.console import Console

from loadtests.result import REPORT, Result, merged, read_report, write_report
from loadtests.telling import check_named, told

BENCHMARKS = (
    "recurrence",
    "phrases",
    "page",
    "created-to-notice",
    "minute-embedded",
    "operations",
    "leaving",
    "live",
    "filters",
    "burst-embedded",
    "backlog",
    "downtime",
    "herd",
    "streams",
    "growth",
    "day",
    "poison",
    "million",
    "leak",
    "cold-start",
    "minute-dapr",
    "throughput-dapr",
    "burst-dapr",
    "poison-dapr",
    "load-dapr",
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the benchmarks that are named, or all; 1 when a target was missed."""
    parser = argparse.ArgumentParser(prog="python -m loadtests.bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="name", help=", ".join(BENCHMARKS))
    names = parser.parse_args(arguments).names or list(BENCHMARKS)
    check_named(parser, names, BENCHMARKS, "benchmark")
    console = Console()
    results: list[Result] = []
    for name in names:
        console.print(f"[dim]{name} …[/]")
        measured = uvloop.run(import_module(f"loadtests.benchmarks.{name.replace('-', '_')}").measure())
        results += measured
        write_report(merged(read_report(), measured, [name]))
    return told(console, results, REPORT)


if __name__ == "__main__":
    sys.exit(main())
