"""Some of the histories of `make soak`: nothing is wrong with any, and each can be had again."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from functions.kernel.storage.unit_of_work import UnitOfWork
from tests.faults.simulation.run import simulate
from tests.faults.simulation.server import Server

SEEDS, AT_ONCE = 40, 5
ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with Server.started() as server:
        yield server


@pytest.mark.requirement("TRUST-002", "TRUST-003", "TRUST-004")
@pytest.mark.parametrize("first", range(0, SEEDS, AT_ONCE))
def test_whatever_breaks_nothing_is_lost_twice_early_or_out_of_order(server: Server, first: int) -> None:
    for seed in range(first, first + AT_ONCE):
        findings = simulate(server, seed).findings
        assert not findings, f"replay: .venv/bin/python -m tests.faults.simulation --seed {seed}"


@pytest.mark.requirement("TRUST-005")
def test_a_seed_gives_the_same_history_again_whatever_ran_before(server: Server) -> None:
    first = simulate(server, 3)
    other = simulate(server, 4)
    assert simulate(server, 3).lines == first.lines
    assert other.lines != first.lines


@pytest.mark.requirement("TRUST-005")
def test_the_command_that_is_printed_replays_a_seed_exactly(server: Server) -> None:
    replayed = subprocess.run(
        [sys.executable, "-m", "tests.faults.simulation", "--seed", "3"],
        cwd=ROOT,
        env=os.environ | {"PYTHONHASHSEED": "7"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert replayed.stdout.splitlines() == simulate(server, 3).lines


@pytest.mark.requirement("TRUST-006")
def test_a_reminder_that_is_written_without_its_alarm_is_found(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(UnitOfWork, "arm", lambda *_, **__: None)
    found = {finding.wrong for seed in range(4) for finding in simulate(server, seed).findings}
    assert found & {"late", "missed"}
