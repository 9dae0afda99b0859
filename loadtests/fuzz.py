"""`python -m loadtests.fuzz [parts…]` (`make fuzz`): everything that reads input, with many wrong inputs each.

What each part found is written to loadtests/reports/bench.json as it ends, so that who stops it keeps what it did.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

from loadtests import cases
from loadtests.machine import describe
from loadtests.result import REPORT, Result, at_least, at_most, merged, read_report, write_report
from loadtests.telling import check_named, told

PARTS = {name: f"tests/unit/fuzz/test_{name}.py" for name in ("events", "files", "recurrence", "requests", "words")}
EACH = 1_000_000
MIB = 1024.0
"""What one process may hold, of readers and of Hypothesis, which remembers what it tried of the last 10,000."""


def main(arguments: Sequence[str] | None = None, report: Path = REPORT) -> int:
    """Run the parts that are named, or all; 1 when a target was missed."""
    parser = argparse.ArgumentParser(
        prog="python -m loadtests.fuzz", description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("parts", nargs="*", metavar="part", help=f"of {', '.join(PARTS)} (default: all)")
    parser.add_argument("--examples", type=int, default=EACH, help=f"so many inputs each ({EACH})")
    options = parser.parse_args(arguments)
    check_named(parser, options.parts, PARTS)
    results = list[Result]()
    for name in options.parts or PARTS:
        found = cases.run(("-s", PARTS[name]), {"FUZZ_EXAMPLES": str(options.examples)})
        measured = results_of(name, options.examples, found)
        results += measured
        write_report(merged(read_report(report), measured, [f"fuzz-{name}"]), report)
    return told(Console(), results, report)


def results_of(part: str, examples: int, found: cases.Cases) -> list[Result]:
    """Each reader of the part was given so many, and none failed or held too much."""
    name = f"fuzz-{part}"
    conditions = f"{found.ran} readers by Hypothesis, {found.seconds:.0f} s; {describe()}"
    return [
        at_least(f"{name}: inputs each", examples if found.ran else 0, "inputs", EACH, conditions),
        at_most(f"{name}: failures", found.wrong, "readers", 0, conditions),
        at_most(f"{name}: greatest memory", found.peak_mib, "MiB", MIB, conditions),
    ]


if __name__ == "__main__":
    sys.exit(main())
