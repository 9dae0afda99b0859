"""Anything is killed in the middle of a burst: every reminder rings once all the same."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from infra.local.cluster.dapr import NAMESPACE as DAPR_NAMESPACE
from infra.local.cluster.data import NAMESPACE as DATA_NAMESPACE
from tests.cluster.world import World

REMINDERS = 2000

Kill = Callable[[World], Awaitable[None]]


def of(component: str) -> str:
    return f"app.kubernetes.io/name=task-due,app.kubernetes.io/component={component}"


async def kubelet(world: World) -> None:
    await asyncio.to_thread(world.cluster.kill, "kubelet")
    await asyncio.to_thread(world.cluster.start, "kubelet")


VICTIMS: dict[str, Kill] = {
    "a function's pod": lambda world: world.kill_pod(of("function")),
    "its anchor": lambda world: world.kill_pod(of("anchor")),
    "the scheduler": lambda world: world.kill_pod("app=dapr-scheduler-server", DAPR_NAMESPACE),
    "the broker": lambda world: world.kill_pod("app=broker", DATA_NAMESPACE),
    "PostgreSQL": lambda world: world.kill_pod("app=postgres", DATA_NAMESPACE),
    "the kubelet": kubelet,
}


@pytest.mark.requirement("CLUSTER-015")
@pytest.mark.parametrize("victim", VICTIMS)
async def test_nothing_is_lost_or_doubled_though_it_is_killed_in_a_burst(world: World, victim: str) -> None:
    await world.anchors_are_ready()
    dead_before = await world.dead_letters()
    burst = await world.burst(REMINDERS, victim, in_seconds=30)
    await burst.begun()

    await VICTIMS[victim](world)

    await burst.all_noticed_once_and_never_early()
    assert await world.dead_letters() == dead_before
