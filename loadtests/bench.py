"""`python -m loadtests.bench [names…]`: measures the promises, prints a table, writes loadtests/reports/bench.json."""

import argparse
import sys
from collections.abc import Sequence
from importlib import import_module

import uvloop
from rich.console import Console
from rich.table import Table

from loadtests.result import REPORT, Result, merged, read_report, write_report

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
    if unknown := sorted(set(names) - set(BENCHMARKS)):
        parser.error(f"no benchmark is called {', '.join(unknown)}; there are {', '.join(BENCHMARKS)}")
    console = Console()
    results: list[Result] = []
    for name in names:
        console.print(f"[dim]{name} …[/]")
        measured = uvloop.run(import_module(f"loadtests.benchmarks.{name.replace('-', '_')}").measure())
        results += measured
        write_report(merged(read_report(), measured, [name]))
    console.print(table(results))
    console.print(f"Written to {REPORT}")
    return 1 if any(result.met is False for result in results) else 0


def table(results: Sequence[Result]) -> Table:
    """The results as they are printed."""
    made = Table("what", "value", "unit", "target", "met")
    for result in results:
        met = {True: "[green]yes", False: "[red]no", None: ""}[result.met]
        made.add_row(result.name, f"{result.value:,.6g}", result.unit, result.target or "", met)
    for column in (1, 3):
        made.columns[column].justify = "right"
    return made


if __name__ == "__main__":
    sys.exit(main())
