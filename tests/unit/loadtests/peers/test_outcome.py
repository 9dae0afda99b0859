from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from loadtests.peers.contestant import Setting
from loadtests.peers.outcome import Outcome, merged, outcome, read, write
from loadtests.peers.scenarios import Scenario
from loadtests.peers.tally import Fired, tally

pytestmark = pytest.mark.requirement("TIME-028")

NOON = datetime(2026, 11, 26, 12, tzinfo=UTC)
RIVER = Setting("river", "tuned", "0.51.2", {"MaxWorkers": 500})


def found(
    seconds: list[float], *, killed_after: float | None = None, spent: tuple[float, float] | None = None
) -> Outcome:
    """Of 4 jobs due at noon, those that were done, so many seconds after it."""
    jobs = [(number, NOON) for number in range(4)]
    rows: list[Fired] = [(number, NOON, NOON + timedelta(seconds=each)) for number, each in enumerate(seconds)]
    restarted = None if killed_after is None else NOON + timedelta(seconds=killed_after)
    scenario = Scenario("kill", "", 4, 0, 31, kill=True)
    return outcome(RIVER, scenario, tally(jobs, rows, range(4)), rows, restarted, spent)


def test_processor_time_is_that_of_a_thousand_done() -> None:
    of = found([1, 1, 1, 1], spent=(0.02, 0.01))

    assert (of.worker_cpu_seconds_per_1000, of.postgres_cpu_seconds_per_1000) == (5, 2.5)
    assert of.cpu == 7.5
    assert of.per_second == 4


def test_recovery_counts_from_the_restart_to_the_first_and_to_the_last() -> None:
    of = found([0.5, 1, 3.5, 6], killed_after=2)

    assert (of.again_seconds, of.recovered_seconds) == (1.5, 4)


def test_who_holds_a_job_has_not_recovered() -> None:
    of = found([0.5, 1, 3.5], killed_after=2)

    assert (of.again_seconds, of.recovered_seconds, of.held) == (1.5, None, 1)


def test_a_report_is_read_as_it_was_written_and_what_is_measured_again_replaced(tmp_path: Path) -> None:
    report = tmp_path / "reports" / "bench-peers.json"
    before, again = found([1]), found([1, 1, 1, 1])

    write([before], "2 cores", report)
    assert read(report) == [before]

    write(merged(read(report), [again]), "2 cores", report)
    assert read(report) == [again]


def test_what_was_measured_at_a_scenario_of_another_size_is_not_kept_beside_it() -> None:
    before = replace(found([1, 1, 1, 1]), contestant="pgqueuer", title="twice as many")
    new = found([1])

    assert merged([before], [new]) == [new]


def test_without_a_report_there_is_nothing(tmp_path: Path) -> None:
    assert read(tmp_path / "none.json") == []
