from dataclasses import replace

import pytest

from loadtests.cluster.burst import Burst, at_zero, results, scaled_out, timeline
from loadtests.cluster.pods import Seen

pytestmark = pytest.mark.requirement("CLUSTER-021")

PODS = timeline(
    [
        Seen(95.0, "task-due", 1, 0, True),
        Seen(96.5, "task-due", 1, 1, False),
        Seen(101.0, "task-due", 3, 1, True),
        Seen(102.25, "task-due", 3, 3, False),
        Seen(140.0, "task-due", 1, 1, False),
        Seen(160.5, "task-due", 0, 0, False),
    ],
    100.0,
)
BURST = Burst(100, [float(ms) for ms in range(0, 1010, 10)], 0, 0, 0, [(0.0, 60), (0.25, 40)], PODS)


def test_the_timeline_counts_from_the_reminders_moment() -> None:
    assert PODS[:2] == [(-5.0, 1, 0), (-3.5, 1, 1)]


def test_it_is_scaled_out_when_most_pods_take_requests_and_at_zero_when_the_last_is_gone() -> None:
    assert scaled_out(PODS) == 2.25
    assert at_zero(PODS) == 60.5


def test_a_reminder_lost_doubled_or_early_is_a_target_missed() -> None:
    assert all(result.met is not False for result in results(BURST, ""))
    for flaw in ("lost", "twice", "early"):
        missed = [result.name for result in results(replace(BURST, **{flaw: 1}), "") if result.met is False]
        assert missed == [f"burst: {flaw}"]
