"""Every engine takes its clock: this machine's time is read in one place, and chosen by whoever starts a process."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

pytestmark = pytest.mark.requirement("TIME-027")

ROOT = Path(__file__).parents[2]
FUNCTIONS = ROOT / "functions"
HOME = FUNCTIONS / "kernel" / "clock.py"
STARTERS = (FUNCTIONS / "bootstrap", FUNCTIONS / "operations")
"""Who starts a process chooses its clock; the others are given one."""

READS = {"now", "utcnow", "today", "time", "time_ns", "localtime", "gmtime"}
READERS = {"datetime", "date", "time"}
"""`datetime.now`, `date.today`, `time.time`: the name a module or class is known by, and what asks it for the time."""


def reads_of_the_time(tree: ast.AST) -> Iterator[int]:
    """The lines that ask the machine for the time; to measure a duration (`time.monotonic`) is no such thing."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr in READS:
            owner = node.value
            name = owner.attr if isinstance(owner, ast.Attribute) else owner.id if isinstance(owner, ast.Name) else ""
            if name in READERS and not (name == "datetime" and node.attr in ("time", "date")):
                yield node.lineno
        elif isinstance(node, ast.ImportFrom) and node.module == "time":
            yield from (node.lineno for alias in node.names if alias.name in READS)


def calls_of_the_system_clock(tree: ast.AST) -> Iterator[int]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "system_clock":
            yield node.lineno


@cache
def parsed() -> dict[Path, ast.AST]:
    """Every module of functions/, read once."""
    return {file: ast.parse(file.read_text(), str(file)) for file in sorted(FUNCTIONS.rglob("*.py"))}


@pytest.mark.parametrize(
    "source",
    [
        "from datetime import datetime\ndatetime.now(UTC)",
        "import datetime\ndatetime.datetime.now()",
        "date.today()",
        "import time\ntime.time()",
        "from time import time",
        "field(default_factory=datetime.utcnow)",
    ],
)
def test_a_read_of_the_time_is_seen(source: str) -> None:
    assert list(reads_of_the_time(ast.parse(source)))


@pytest.mark.parametrize("source", ["time.monotonic()", "moment.time()", "uow.now", "datetime.combine(day, time(9))"])
def test_what_reads_no_time_is_no_finding(source: str) -> None:
    assert not list(reads_of_the_time(ast.parse(source)))


def test_only_the_clock_reads_the_time() -> None:
    found = [
        f"{file.relative_to(ROOT)}:{line}: reads the time; take a Clock (functions/kernel/clock.py), or the moment"
        for file, tree in parsed().items()
        if file != HOME
        for line in reads_of_the_time(tree)
    ]
    assert found == []


def test_only_who_starts_a_process_chooses_the_clock() -> None:
    found = [
        f"{file.relative_to(ROOT)}:{line}: asks the system's clock; take a Clock, with system_clock as its default"
        for file, tree in parsed().items()
        if not any(file.is_relative_to(starter) for starter in STARTERS)
        for line in calls_of_the_system_clock(tree)
    ]
    assert found == []


def test_the_domain_knows_no_clock_and_waits_for_nothing() -> None:
    found = [
        f"{file.relative_to(ROOT)}:{node.lineno}"
        for file, tree in parsed().items()
        if file.is_relative_to(FUNCTIONS / "kernel" / "domain")
        for node in ast.walk(tree)
        if (isinstance(node, ast.ImportFrom) and node.module in ("functions.kernel.clock", "asyncio"))
        or (isinstance(node, ast.Import) and any(alias.name in ("time", "asyncio") for alias in node.names))
    ]
    assert found == []
