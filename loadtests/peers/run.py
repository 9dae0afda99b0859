"""One run: a contestant does a scenario, over a server of its own."""

import asyncio
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg

from infra.local.ports import claim_block
from loadtests.peers.contestant import Contestant, Entrant
from loadtests.peers.outcome import Outcome, outcome
from loadtests.peers.processor import cpu_seconds
from loadtests.peers.scenarios import Scenario
from loadtests.peers.server import Server, server
from loadtests.peers.tally import Fired, tally

LEAD_SECONDS = 3.0
LEAD_PER_PREPARED = 2.0
"""The worker takes as long to start as what made its tables, and so does what hands it the jobs."""
ENQUEUED_A_SECOND = 4000
SETTLE_SECONDS = 1.0
"""After the last: what comes now comes twice, or is bookkeeping of the peer's that its work asks for."""
LOOK_SECONDS = 0.25
HALF_SECONDS = 0.01
MOST_UNTIL_KILL = 10.0
TRIES = 3
MOST_SECONDS = 240.0
"""For a run: the others are to have their turn."""


class NotReadyError(RuntimeError):
    """The jobs were due before the worker was ready."""


async def run(entrant: Entrant, scenario: Scenario, template: Path) -> Outcome:
    """Measure it. Raises RuntimeError, in its own words, when it cannot be."""
    lead = LEAD_SECONDS + scenario.jobs / ENQUEUED_A_SECOND
    for _ in range(TRIES):
        with tempfile.TemporaryDirectory(prefix="taskwake-peers-") as name, claim_block() as ports:
            async with server(template, Path(name), ports.take("postgres")) as running:
                contestant = entrant.over(running)
                try:
                    async with asyncio.timeout(MOST_SECONDS):
                        return await _measured(contestant, running, entrant, scenario, lead)
                except NotReadyError:
                    lead *= 2
                finally:
                    await contestant.stop()
    raise RuntimeError(f"{entrant.setting.key} was not ready for {scenario.name} within {lead / 2:.0f} s")


async def _measured(
    contestant: Contestant, running: Server, entrant: Entrant, scenario: Scenario, lead: float
) -> Outcome:
    began = time.monotonic()
    await contestant.prepare()
    lead += LEAD_PER_PREPARED * (time.monotonic() - began)
    if scenario.ballast:
        await contestant.enqueue([(-1, datetime.now(UTC).replace(microsecond=0) + timedelta(days=365))])
        await contestant.add_ballast(scenario.ballast)
        await _settled(running.url)
    jobs = scenario.moments(datetime.now(UTC) + timedelta(seconds=lead))
    first, last = jobs[0][1], jobs[-1][1]
    await contestant.enqueue(jobs)
    await contestant.start()
    if (left := (first - datetime.now(UTC)).total_seconds()) < 1:
        raise NotReadyError
    watch = await psycopg.AsyncConnection.connect(running.url, autocommit=True)
    async with watch:
        but = [watch.info.backend_pid]
        await asyncio.sleep(left)
        before = cpu_seconds(contestant.pids()), cpu_seconds([running.pid], but)
        restarted = await _killed(contestant, watch, len(jobs)) if scenario.kill else None
        await _done(watch, len(jobs), max(last, restarted or last) + timedelta(seconds=scenario.patience_seconds))
        await asyncio.sleep(SETTLE_SECONDS)
        spent = cpu_seconds(contestant.pids()) - before[0], cpu_seconds([running.pid], but) - before[1]
        waiting = await contestant.waiting()
        rows: list[Fired] = await (await watch.execute("SELECT job_id, due_at, fired_at FROM fired")).fetchall()
    return outcome(
        entrant.setting, scenario, tally(jobs, rows, waiting), rows, restarted, None if scenario.kill else spent
    )


async def _settled(url: str) -> None:
    """As a table of that size is on any day."""
    async with await psycopg.AsyncConnection.connect(url, autocommit=True) as connection:
        await connection.execute("VACUUM ANALYZE")
        await connection.execute("CHECKPOINT")


async def _killed(contestant: Contestant, watch: psycopg.AsyncConnection[tuple[int, ...]], jobs: int) -> datetime:
    """Kill the worker when half is done, or after MOST_UNTIL_KILL; start it again; when that was begun."""
    until = datetime.now(UTC) + timedelta(seconds=MOST_UNTIL_KILL)
    while await _count(watch) < jobs / 2 and datetime.now(UTC) < until:  # noqa: ASYNC110 - what counts is in another process
        await asyncio.sleep(HALF_SECONDS)
    await contestant.kill()
    restarted = datetime.now(UTC)
    await contestant.start()
    return restarted


async def _done(watch: psycopg.AsyncConnection[tuple[int, ...]], jobs: int, until: datetime) -> None:
    # Another process does them, so it is asked; seldom, since asking takes processor time from what is measured.
    while datetime.now(UTC) < until and await _count(watch) < jobs:  # noqa: ASYNC110
        await asyncio.sleep(LOOK_SECONDS)


async def _count(watch: psycopg.AsyncConnection[tuple[int, ...]]) -> int:
    row = await (await watch.execute("SELECT count(DISTINCT job_id) FROM fired")).fetchone()
    assert row
    return row[0]
