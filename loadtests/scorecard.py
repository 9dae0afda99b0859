"""`python -m loadtests.scorecard`: measures what was promised and writes loadtests/reports/scorecard.html and .json.

Each row is a promise, the figure that Taskwake was begun with, the target, what was measured, when, at which commit and
on which machine, the test that holds it, and, where it is missed, what bounds it. With --from-reports nothing is
measured: the rows are those of the last `loadtests.bench`, `make soak`, `make fuzz` and `loadtests.cluster.bench`.
"""

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict

from loadtests import bench
from loadtests.cluster.history import read_runs
from loadtests.growth_plot import growth
from loadtests.promises import SCENARIOS
from loadtests.result import REPORT, read_report
from loadtests.scorecard_page import page
from loadtests.scorecard_rows import figures, rows

REPORTS = REPORT.parent
JSON, PAGE = REPORTS / "scorecard.json", REPORTS / "scorecard.html"


def benchmarks() -> Iterator[str]:
    """Those of `loadtests.bench` that have to be run for all promises, in the order in which these stand."""
    measured = (promise.measured for scenario in SCENARIOS for promise in scenario.promises)
    names = dict.fromkeys(each.partition(":")[0] for each in measured)
    return (name for name in names if name in bench.BENCHMARKS)


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, unless told otherwise, and write both; 1 when a promise is not kept, or not measured."""
    parser = argparse.ArgumentParser(prog="python -m loadtests.scorecard", description=__doc__)
    parser.add_argument("--from-reports", action="store_true", help="measure nothing: show what was measured last")
    if not parser.parse_args(arguments).from_reports:
        bench.main(list(benchmarks()))
    results = read_report()
    shown = rows(figures(results, read_runs()))
    JSON.write_text(json.dumps([asdict(row) for row in shown], indent=2, ensure_ascii=False) + "\n")
    PAGE.write_text(page(shown, growth(results)))
    for row in shown:
        if row.met is None:
            print(f"not measured: {row.name}")
        elif not row.met:
            print(f"missed: {row.name}: {row.value:,.7g} {row.unit}, target {row.target}")
    print(f"Written to {PAGE} and {JSON}")
    return 0 if all(row.met for row in shown) else 1


if __name__ == "__main__":
    sys.exit(main())
