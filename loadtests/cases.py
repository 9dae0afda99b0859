"""A run of pytest as a measurement: how many cases there were, and what became of them."""

import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from xml.etree import ElementTree

ROOT = Path(__file__).parents[1]
TOLD = (0, 1)
"""Exit codes of a run that went to its end: all is well, or some case is wrong."""


@dataclass(frozen=True, slots=True)
class Cases:
    """`ran` counts those that were not left out, `wrong` what failed of them or could not be set up or taken down;
    `peak_mib` is the most memory that a process of the run held."""

    ran: int
    wrong: int
    left_out: int
    seconds: float
    peak_mib: float


def run(arguments: tuple[str, ...], environment: Mapping[str, str] | None = None) -> Cases:
    """Run pytest with these arguments in a process of its own, which says how it goes. Raises RuntimeError when it
    ended without saying what became of its cases."""
    with TemporaryDirectory() as folder:
        report = Path(folder) / "report.xml"
        command = [sys.executable, "-m", "pytest", *arguments, f"--junit-xml={report}"]
        with subprocess.Popen(command, cwd=ROOT, env=os.environ | dict(environment or {})) as process:
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode not in TOLD or not report.exists():
            raise RuntimeError(f"pytest {' '.join(arguments)} ended with {process.returncode}: see above; run it again")
        return read(report, usage.ru_maxrss / 1024)


def read(report: Path, peak_mib: float) -> Cases:
    """What stands in pytest's JUnit report."""
    suites = ElementTree.parse(report).getroot().iter("testsuite")  # noqa: S314 - pytest's own
    found = [
        {name: float(suite.get(name, 0)) for name in ("tests", "skipped", "failures", "errors", "time")}
        for suite in suites
    ]
    total = {name: sum(each[name] for each in found) for name in found[0]}
    left_out, wrong = int(total["skipped"]), int(total["failures"] + total["errors"])
    return Cases(int(total["tests"]) - left_out, wrong, left_out, total["time"], peak_mib)
