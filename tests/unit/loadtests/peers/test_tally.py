from datetime import UTC, datetime, timedelta

import pytest

from loadtests.peers.scenarios import Job, Scenario
from loadtests.peers.tally import Fired, tally

pytestmark = pytest.mark.requirement("TIME-028")

NOON = datetime(2026, 11, 26, 12, tzinfo=UTC)
JOBS: list[Job] = [(number, NOON + timedelta(seconds=number)) for number in range(4)]


def done(number: int, late_ms: float = 10) -> Fired:
    due_at = dict(JOBS)[number]
    return number, due_at, due_at + timedelta(milliseconds=late_ms)


def test_when_each_was_done_once_and_late_nothing_is_wrong() -> None:
    of = tally(JOBS, [done(number, 10 + number) for number in range(4)], waiting=[])

    assert (of.fired, of.held, of.lost, of.twice, of.early) == (4, 0, 0, 0, 0)
    assert (of.late(50), of.late(99), of.late(100)) == (11, 13, 13)
    assert of.last_seconds == pytest.approx(3.013)


def test_a_job_that_still_waits_is_held_and_one_that_nobody_has_is_lost() -> None:
    of = tally(JOBS, [done(0), done(1)], waiting=[2])

    assert (of.fired, of.held, of.lost) == (2, 1, 1)


def test_what_is_done_and_claimed_still_is_no_loss() -> None:
    assert tally(JOBS, [done(number) for number in range(4)], waiting=[3]).held == 0


def test_a_job_done_three_times_is_one_that_was_done_twice_and_late_as_the_first_time() -> None:
    rows = [done(0, 500), done(0, 20), done(0, 900), *(done(number) for number in (1, 2, 3))]

    of = tally(JOBS, rows, waiting=[])

    assert of.twice == 1
    assert of.late(100) == 20


def test_a_job_done_before_its_moment_is_early() -> None:
    of = tally(JOBS, [done(0, -0.5), *(done(number) for number in (1, 2, 3))], waiting=[])

    assert of.early == 1


def test_what_was_not_done_is_later_than_anything_that_was() -> None:
    of = tally(JOBS, [done(0), done(1), done(2)], waiting=[3])

    assert of.late(75) == 10
    assert of.late(99) is None
    assert of.last_seconds is None


def test_when_nothing_was_done_no_time_is_known() -> None:
    of = tally(JOBS, [], waiting=[])

    assert (of.lost, of.late(50), of.last_seconds) == (4, None, None)


@pytest.mark.parametrize("row", [(9, NOON, NOON), (0, NOON + timedelta(seconds=1), NOON + timedelta(seconds=2))])
def test_a_row_that_no_job_asked_for_is_an_error_of_the_harness(row: Fired) -> None:
    with pytest.raises(ValueError, match="is due at"):
        tally(JOBS, [row], waiting=[])


def test_the_moments_of_a_scenario_are_the_same_in_each_run_within_its_span_and_whole_milliseconds() -> None:
    scenario = Scenario("spread", "", jobs=50, span_seconds=2, patience_seconds=1)
    start = NOON + timedelta(microseconds=1500)

    jobs = scenario.moments(start)

    assert jobs == scenario.moments(start)
    assert [number for number, _ in jobs] == list(range(50))
    assert all(timedelta() <= due_at - NOON <= timedelta(seconds=2, milliseconds=1) for _, due_at in jobs)
    assert all(due_at.microsecond % 1000 == 0 for _, due_at in jobs)


def test_a_burst_is_due_at_one_moment() -> None:
    assert len({due_at for _, due_at in Scenario("burst", "", 10, 0, 1).moments(NOON)}) == 1
