"""day: a day of 10,000 people, compressed to ten minutes, by locust, embedded. TASKWAKE_DAY_SECONDS shortens it."""

import asyncio
import os
import sys
from pathlib import Path

import psycopg

from loadtests.embedded import Served, embedded
from loadtests.load import REPORTS, rows_of
from loadtests.machine import describe
from loadtests.people import people
from loadtests.reminders import Lateness
from loadtests.result import Result, at_least, at_most, below, reported
from loadtests.thresholds import operations_of, timed

NAME = "day"
PEOPLE, OPEN_PAGES = 10_000, 300
SECONDS = int(os.environ.get("TASKWAKE_DAY_SECONDS", "600"))
RAMP_SHARE = 1 / 30
"""Of the day, until everybody is there."""
LOCUSTFILE = Path(__file__).parent.parent / "day.py"
TARGET_MS = 500.0
LATE_SECONDS = 30.0
EVENTS_A_MINUTE = 1000
LATENESS = """
SELECT extract(epoch FROM notices.created_at - notices.remind_at) * 1000 FROM notices WHERE kind = 'due'
"""
DUE = """
SELECT count(*) FROM reminders JOIN tasks ON tasks.id = reminders.task_id
WHERE remind_at < clock_timestamp() - interval '5 seconds' AND fired_at IS NULL AND tasks.status = 'open'
"""


async def measure() -> list[Result]:
    """Everybody is there soon, and begins in the first third of the day."""
    async with embedded() as served:
        tokens = [one.token for one in await asyncio.to_thread(people, served.owner_url, PEOPLE)]
        await live(served, tokens, SECONDS, OPEN_PAGES, NAME)
        late, waiting, handled = await _left(served.owner_url)
    operations = operations_of(rows_of(NAME))
    conditions = (
        f"embedded; locust with {PEOPLE} users on the same machine, each with three visits in {SECONDS} s, and "
        f"{OPEN_PAGES} open pages; {describe()}"
    )
    asked = timed(operations)
    return [
        at_most(f"{NAME}: failures", sum(each.failures for each in operations), "requests", 0, conditions),
        reported(f"{NAME}: requests", sum(each.requests for each in asked), "requests", conditions),
        *(below(f"{NAME}: {each.name}, p99", each.p99_ms, "ms", TARGET_MS, conditions) for each in asked),
        at_least(f"{NAME}: events", handled / SECONDS * 60, "events/min", EVENTS_A_MINUTE, conditions),
        at_most(f"{NAME}: reminders, latest", late.percentile(100) / 1000, "s", LATE_SECONDS, conditions),
        at_most(f"{NAME}: reminders early", late.early, "reminders", 0, conditions),
        at_most(f"{NAME}: reminders not given", waiting, "reminders", 0, conditions),
    ]


async def live(served: Served, tokens: list[str], seconds: int, open_pages: int, report: str) -> None:
    """Have the people with these tokens live their day; it writes loadtests/reports/<report>.html and .csv. Raises
    RuntimeError, with locust's words, when locust itself fails."""
    file = served.log.parent / "tokens"
    file.write_text("\n".join(tokens))
    users, ramp = len(tokens) + open_pages, seconds * RAMP_SHARE
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "locust", "-f", str(LOCUSTFILE), "--headless", "--only-summary", "--reset-stats"),
        *("--host", f"http://127.0.0.1:{served.port}", "--users", str(users)),
        *("--spawn-rate", str(users / ramp), "--run-time", f"{seconds + ramp:.0f}s"),
        *("--stop-timeout", "10", "--exit-code-on-error", "0"),
        *("--html", str(REPORTS / f"{report}.html"), "--csv", str(REPORTS / report)),
        env={
            **os.environ,
            "TASKWAKE_TOKENS_FILE": str(file),
            "TASKWAKE_DAY_SECONDS": str(seconds),
            "TASKWAKE_OPEN_PAGES": str(open_pages),
        },
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    output, _ = await process.communicate()
    if process.returncode:
        raise RuntimeError(f"locust failed:\n{output.decode(errors='replace')[-2000:]}")


async def _left(owner_url: str) -> tuple[Lateness, int, int]:
    """How late the reminders were, how many still wait that should not, and how many events were published."""
    async with await psycopg.AsyncConnection.connect(owner_url, autocommit=True) as connection:
        late = [float(row[0]) for row in await (await connection.execute(LATENESS)).fetchall()]
        [waiting] = await (await connection.execute(DUE)).fetchone() or [0]
        [handled] = await (
            await connection.execute("SELECT count(*) FROM events WHERE published_at IS NOT NULL")
        ).fetchone() or [0]
    return Lateness(len(late), late, 0), waiting, handled
