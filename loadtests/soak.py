"""`python -m loadtests.soak [parts…]` (`make soak`): the fault tests in their long form, hours for all of them.

What each part found is written to loadtests/reports/bench.json as it ends, of the seeds a hundred at a time, so that
who stops it keeps what it did. FAULT_TIMES and FAULT_BROKER_SECONDS make it shorter or longer than is promised.
"""

import argparse
import os
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from loadtests import cases
from loadtests.machine import describe
from loadtests.result import REPORT, Result, at_least, at_most, merged, read_report, reported, write_report
from loadtests.telling import check_named, told

SEEDS, AT_ONCE = 2_000, 100
BROKER_SECONDS = 600
PLAYED = re.compile(r"(?P<played>\d+) seeds in .*\n +(?P<writes>\d+) accepted writes, (?P<notices>\d+) notices")
KILLS = re.compile(r"^ +(\d+) kills ", re.MULTILINE)
WRONG = re.compile(r"(\d+) seeds with something wrong")


@dataclass(frozen=True, slots=True)
class Part:
    """A file of tests; `times` is how often each of its cases is promised to be repeated, 0 where they are not."""

    name: str
    tests: str
    times: int = 0


WEATHER = Part("dapr-weather", "tests/dapr-integration/test_weather.py", times=10)
PARTS = (
    Part("kill", "tests/faults/test_kill.py", times=50),
    Part("migration", "tests/faults/test_migration.py", times=50),
    Part("downtime", "tests/faults/test_downtime.py", times=5),
    Part("weather", "tests/faults/test_weather.py"),
    Part("database", "tests/faults/test_database.py"),
    Part("disk", "tests/faults/test_disk.py"),
    Part("clock", "tests/faults/test_clock.py"),
    Part("dapr-kill", "tests/dapr-integration/test_kill.py"),
    WEATHER,
)
NAMES = ("seeds", *(part.name for part in PARTS))


def main(arguments: Sequence[str] | None = None, report: Path = REPORT) -> int:
    """Run the parts that are named, or all; 1 when a target was missed."""
    parser = argparse.ArgumentParser(
        prog="python -m loadtests.soak", description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("parts", nargs="*", metavar="part", help=f"of {', '.join(NAMES)} (default: all)")
    parser.add_argument("--seeds", type=int, default=SEEDS, help=f"so many histories of the simulation ({SEEDS})")
    options = parser.parse_args(arguments)
    check_named(parser, options.parts, NAMES)
    console, found = Console(), dict[str, list[Result]]()
    for name in options.parts or NAMES:
        console.print(f"[dim]{name} …[/]")
        for results in seeds(options.seeds) if name == "seeds" else [cases_of(name)]:
            found[name] = results
            write_report(merged(read_report(report), results, [f"soak-{name}"]), report)
    results = [each for part in found.values() for each in part]
    return told(console, results, report)


def seeds(wanted: int) -> Iterator[list[Result]]:
    """Play so many histories: what is known after each hundred. Raises RuntimeError when they could not be played."""
    found: Counter[str] = Counter()
    for first in range(0, wanted, AT_ONCE):
        count = min(AT_ONCE, wanted - first)
        command = [sys.executable, "-m", "tests.faults.simulation", "--first", str(first), "--seeds", str(count)]
        done = subprocess.run(command, cwd=cases.ROOT, stdout=subprocess.PIPE, text=True, check=False)
        print(done.stdout, end="", flush=True)
        played, wrong = PLAYED.search(done.stdout), WRONG.search(done.stdout)
        if not (played and wrong):
            raise RuntimeError(f"`{' '.join(command[1:])}` ended with {done.returncode}, before its end: see above")
        found.update({name: int(count) for name, count in played.groupdict().items()})
        found.update(kills=sum(map(int, KILLS.findall(done.stdout))), wrong=int(wrong[1]))
        print(f"{found['played']} of {wanted} histories, {found['wrong']} with something wrong", flush=True)
        conditions = (
            f"simulated, with real handlers and a real PostgreSQL: seeds 0 to {found['played'] - 1}, "
            f"{found['writes']:,} accepted writes, {found['notices']:,} notices, {found['kills']:,} kills; {describe()}"
        )
        yield [
            at_least("soak-seeds: histories", found["played"], "seeds", SEEDS, conditions),
            at_most("soak-seeds: wrong", found["wrong"], "seeds", 0, conditions),
            reported("soak-seeds: kills", found["kills"], "kills", conditions),
        ]


def cases_of(name: str) -> list[Result]:
    """Run a part's tests."""
    [part] = (each for each in PARTS if each.name == name)
    times = int(os.environ.get("FAULT_TIMES", part.times))
    broker_seconds = float(os.environ.get("FAULT_BROKER_SECONDS", BROKER_SECONDS))
    environment = {"FAULT_TIMES": str(max(times, 1)), "FAULT_BROKER_SECONDS": f"{broker_seconds:g}"}
    return results_of(part, times, broker_seconds, cases.run((part.tests,), environment))


def results_of(part: Part, times: int, broker_seconds: float, found: cases.Cases) -> list[Result]:
    """None of its cases is left out or wrong, and each was repeated as often as is promised; where all were left out,
    that is all that is known."""
    name = f"soak-{part.name}"
    repeated = f", FAULT_TIMES={times}" if part.times else ""
    conditions = f"pytest {part.tests}{repeated}; {found.seconds:.0f} s; {describe()}"
    every = max(found.ran + found.left_out, 1)
    results = [at_least(f"{name}: cases", found.ran, "cases", every, conditions)]
    if not found.ran:
        return results
    results.append(at_most(f"{name}: wrong", found.wrong, "cases", 0, conditions))
    if part.times:
        results.append(at_least(f"{name}: times each", times, "times", part.times, conditions))
    if part is WEATHER:
        results.append(at_least(f"{name}: broker gone", broker_seconds, "s", BROKER_SECONDS, conditions))
    return results


if __name__ == "__main__":
    sys.exit(main())
