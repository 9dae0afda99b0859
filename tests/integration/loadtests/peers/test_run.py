"""The harness with the due engine itself in it, over a real PostgreSQL."""

from pathlib import Path

import pytest

from loadtests.peers.run import run
from loadtests.peers.scenarios import Scenario
from loadtests.peers.taskwake import EMBEDDED

pytestmark = pytest.mark.requirement("TIME-028")
PATIENCE_SECONDS = 120


async def test_the_due_engine_does_each_job_once_and_none_early_beside_what_is_due_in_a_year(tmp_path: Path) -> None:
    scenario = Scenario("ballast", "", jobs=30, span_seconds=1, patience_seconds=PATIENCE_SECONDS, ballast=50)

    of = await run(EMBEDDED, scenario, tmp_path / "template")

    assert (of.jobs, of.fired, of.held, of.lost, of.twice, of.early) == (30, 30, 0, 0, 0, 0)
    assert of.cpu is not None
    assert of.cpu > 0


async def test_a_killed_worker_loses_nothing_and_repeats_nothing(tmp_path: Path) -> None:
    scenario = Scenario("kill", "", jobs=3000, span_seconds=0, patience_seconds=PATIENCE_SECONDS, kill=True)

    of = await run(EMBEDDED, scenario, tmp_path / "template")

    assert (of.fired, of.held, of.lost, of.twice, of.early) == (3000, 0, 0, 0, 0)
    assert of.recovered_seconds is not None
