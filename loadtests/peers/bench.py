"""The due engine beside procrastinate, pgqueuer, graphile-worker, pg-boss and River: the same work, stock and tuned.

Results are kept in loadtests/reports/bench-peers.json and shown in bench-peers.html; those of --quick in build/.
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import psycopg
import uvloop
from rich.console import Console

from infra.local.process import ProcessFailedError
from infra.local.tools.tool import ToolMissingError
from loadtests.machine import describe
from loadtests.peers.field import FIELD
from loadtests.peers.outcome import QUICK_REPORT, REPORT, Outcome, merged, read, write
from loadtests.peers.page import write_page
from loadtests.peers.run import run
from loadtests.peers.scenarios import FULL, QUICK

NAMES = [entrant.setting.key for entrant in FIELD]
QUICK_NAMES = [name for name in NAMES if name == "taskwake" or name.endswith("-tuned")]
FAILURES = (RuntimeError, TimeoutError, OSError, psycopg.Error, ProcessFailedError, ToolMissingError, ExceptionGroup)
"""Of one contestant: the others are measured all the same."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure what is asked for, keep it and show it; 1 when something could not be measured."""
    parser = argparse.ArgumentParser(
        prog="python -m loadtests.peers.bench", description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("names", nargs="*", metavar="contestant", help=f"of {', '.join(NAMES)} (default: all)")
    parser.add_argument("--scenario", action="append", choices=[each.name for each in FULL], help="default: all")
    parser.add_argument(
        "--quick", action="store_true", help="the tuned ones, and few jobs: to see that all of it works"
    )
    options = parser.parse_args(arguments)
    names = options.names or (QUICK_NAMES if options.quick else NAMES)
    if unknown := sorted(set(names) - set(NAMES)):
        parser.error(f"nobody is called {', '.join(unknown)}; there are {', '.join(NAMES)}")
    scenarios = [each for each in (QUICK if options.quick else FULL) if each.name in (options.scenario or [each.name])]
    field = [entrant for entrant in FIELD if entrant.setting.key in names]
    report = QUICK_REPORT if options.quick else REPORT
    page = report.with_suffix(".html")
    console, began, failed, number = Console(highlight=False), time.monotonic(), 0, 0
    with tempfile.TemporaryDirectory(prefix="taskwake-peers-") as folder:
        for entrant in field:
            for scenario in scenarios:
                number += 1
                said = f"{number}/{len(field) * len(scenarios)}  {entrant.setting.key:<22} {scenario.name:<10}"
                try:
                    entrant.install()
                    found = uvloop.run(run(entrant, scenario, Path(folder) / "template"))
                except FAILURES as error:
                    failed += 1
                    console.print(
                        f"{time.monotonic() - began:5.0f} s  {said} [red]not measured[/]: {error}", soft_wrap=True
                    )
                    continue
                console.print(f"{time.monotonic() - began:5.0f} s  {said} {line(found)}", soft_wrap=True)
                write(outcomes := merged(read(report), [found]), machine := describe(), report)
                write_page(outcomes, machine, page)
    console.print(f"Written to {report} and {page}")
    return 1 if failed else 0


def line(of: Outcome) -> str:
    """An outcome in a line."""
    parts = [f"p50 {_ms(of.late_p50_ms)}", f"p99 {_ms(of.late_p99_ms)}", f"max {_ms(of.late_max_ms)}"]
    parts += [f"{of.per_second:,.0f}/s"] if of.per_second else []
    parts += [f"cpu {of.cpu:.2f} s/1,000"] if of.cpu is not None else []
    parts += [f"again {of.again_seconds} s, all {of.recovered_seconds} s"] if of.again_seconds is not None else []
    parts += [f"{name} {count}" for name in ("held", "lost", "twice", "early") if (count := getattr(of, name))]
    return ", ".join(parts)


def _ms(value: float | None) -> str:
    return "?" if value is None else f"{value:,.0f} ms"


if __name__ == "__main__":
    sys.exit(main())
