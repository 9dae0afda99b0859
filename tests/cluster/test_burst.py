"""Many reminders in one second: task-due grows as far as it is of use, each rings once, and all is at rest again."""

import pytest

from functions.catalogue import BY_NAME
from infra.render.scaling import PARTITIONS
from tests.cluster.world import World, most_pods

REMINDERS = 5000


@pytest.mark.requirement("CLUSTER-014")
async def test_burst_scales_task_due_out_to_its_partitions_and_back_to_zero(world: World) -> None:
    await world.all_at_zero()
    dead_before = await world.dead_letters()
    burst = await world.burst(REMINDERS, "Burst", in_seconds=45)
    async with most_pods(world, "task-due") as pods:
        await burst.all_noticed_once_and_never_early()
        # What it was scaled out for may be done before the last pod is there.
        await world.all_at_zero()

    assert max(pods) == BY_NAME["task-due"].lanes == PARTITIONS
    assert await world.dead_letters() == dead_before
