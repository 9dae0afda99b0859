import asyncio
from typing import Any

import pytest

from loadtests.cluster.pods import Pods

pytestmark = pytest.mark.requirement("CLUSTER-021")


def told(kind: str, name: str, *, function: str = "task-due", ready: bool = False, ending: bool = False) -> Any:
    metadata: dict[str, Any] = {"name": name, "labels": {"app.kubernetes.io/name": function}}
    if ending:
        metadata["deletionTimestamp"] = "2026-11-24T00:00:00Z"
    conditions = [{"type": "Ready", "status": str(ready)}]
    return {"type": kind, "object": {"metadata": metadata, "status": {"conditions": conditions}}}


def test_a_pod_that_is_ending_serves_nobody_and_is_still_there() -> None:
    pods = Pods()
    pods.take(told("ADDED", "a"), 1)
    pods.take(told("MODIFIED", "a", ready=True), 2)
    assert (pods.there(), pods.awake("task-due"), pods.ready("task-due")) == ({"task-due": 1}, True, 1)

    pods.take(told("MODIFIED", "a", ready=True, ending=True), 3)
    assert (pods.there(), pods.awake("task-due"), pods.ready("task-due")) == ({"task-due": 1}, False, 0)

    pods.take(told("DELETED", "a", ending=True), 4)
    assert not pods.there()


def test_the_history_says_when_there_were_how_many() -> None:
    pods = Pods()
    pods.take(told("ADDED", "a"), 1)
    pods.take(told("MODIFIED", "a"), 1.5)  # nothing that is looked at has changed
    pods.take(told("MODIFIED", "a", ready=True), 2)
    pods.take(told("ADDED", "b"), 3)
    pods.take(told("DELETED", "a"), 4)

    seen = [(each.at, each.pods, each.ready, each.new) for each in pods.of("task-due", 0)]

    assert seen == [(1, 1, 0, True), (2, 1, 1, False), (3, 2, 1, True), (4, 1, 0, False)]


def test_who_woke_in_the_meantime_is_known_and_who_only_changed_is_not_among_them() -> None:
    pods = Pods()
    pods.take(told("ADDED", "early", function="alarm"), 1)
    pods.take(told("ADDED", "a"), 5)
    pods.take(told("MODIFIED", "early", function="alarm", ready=True), 6)
    assert pods.started_since(5, other_than="task-due") == set()

    pods.take(told("ADDED", "c", function="chat-api"), 7)
    assert pods.started_since(5, other_than="task-due") == {"chat-api"}


async def test_waiting_ends_with_the_change_that_is_waited_for() -> None:
    pods = Pods()
    pods.take(told("ADDED", "a"), 1)
    waiting = asyncio.create_task(pods.all_at_zero(10))
    await asyncio.sleep(0)
    assert not waiting.done()

    pods.take(told("DELETED", "a"), 2)

    await asyncio.wait_for(waiting, 1)


async def test_who_waits_in_vain_learns_who_is_awake() -> None:
    pods = Pods()
    pods.take(told("ADDED", "a"), 1)

    with pytest.raises(TimeoutError, match=r"every function to be at zero; there are .'task-due': 1"):
        await pods.all_at_zero(0.01)
