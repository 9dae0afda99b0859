"""What the autoscaler is told, and what the functions know of it."""

import pytest

from functions.kernel.host.deliver import SEEN_AFTER_SECONDS
from infra.render.scaling import EVENTS, PARTITIONS

PANIC_WINDOW = 0.1
"""Of the stable window: panic-window-percentage of Knative's config-autoscaler."""
TICK_SECONDS = 2
"""tick-interval of Knative's autoscaler."""


@pytest.mark.requirement("CLUSTER-014")
def test_announcements_last_until_the_autoscaler_has_counted_all_of_them() -> None:
    assert EVENTS.window_seconds * PANIC_WINDOW + TICK_SECONDS <= SEEN_AFTER_SECONDS


@pytest.mark.requirement("CLUSTER-014")
def test_announcements_that_wait_for_their_pods_leave_room_for_the_events() -> None:
    assert EVENTS.concurrency is not None
    assert EVENTS.concurrency - PARTITIONS >= PARTITIONS
