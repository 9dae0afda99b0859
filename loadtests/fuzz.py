"""`python -m loadtests.fuzz` (`make fuzz`): everything that reads input, with many wrong inputs each.

What was found is written to loadtests/reports/bench.json.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

from loadtests import cases
from loadtests.bench import table
from loadtests.machine import describe
from loadtests.result import REPORT, Result, at_least, at_most, merged, read_report, write_report

NAME = "fuzz"
TESTS = "tests/unit/fuzz"
EACH = 1_000_000
MIB = 1024.0
"""What one process may hold, of readers and of Hypothesis, which remembers what it tried of the last 10,000."""


def main(arguments: Sequence[str] | None = None, report: Path = REPORT) -> int:
    """Run them all; 1 when a target was missed."""
    parser = argparse.ArgumentParser(prog="python -m loadtests.fuzz", description=__doc__)
    parser.add_argument("--examples", type=int, default=EACH, help=f"so many inputs each ({EACH})")
    examples = parser.parse_args(arguments).examples
    results = results_of(examples, cases.run(("-s", TESTS), {"FUZZ_EXAMPLES": str(examples)}))
    write_report(merged(read_report(report), results, [NAME]), report)
    console = Console()
    console.print(table(results))
    console.print(f"Written to {report}")
    return 1 if any(result.met is False for result in results) else 0


def results_of(examples: int, found: cases.Cases) -> list[Result]:
    """Each reader was given so many, and none failed or held too much."""
    conditions = f"{found.ran} readers by Hypothesis, {found.seconds:.0f} s; {describe()}"
    return [
        at_least(f"{NAME}: inputs each", examples if found.ran else 0, "inputs", EACH, conditions),
        at_most(f"{NAME}: failures", found.wrong, "readers", 0, conditions),
        at_most(f"{NAME}: greatest memory", found.peak_mib, "MiB", MIB, conditions),
    ]


if __name__ == "__main__":
    sys.exit(main())
