"""Writing due rows: what they arm."""

from datetime import UTC, datetime, timedelta

import pytest

from functions.kernel.domain.due import Ring
from functions.kernel.storage.reminders import AHEAD, MOST_ARMED, write
from functions.kernel.storage.unit_of_work import UnitsOfWork
from tests.integration.kernel.rig import Rig

pytestmark = pytest.mark.requirement("TIME-013")

SOME = 500


@pytest.mark.parametrize("begins", [timedelta(days=300), timedelta(minutes=5)])
async def test_of_very_many_moments_the_nearest_are_armed_and_all_that_no_sweep_comes_before(
    rig: Rig, begins: timedelta
) -> None:
    task = await rig.task()
    first = datetime.now(UTC) + begins
    moments = [first + n * timedelta(seconds=1) for n in range(MOST_ARMED + SOME)]

    async with UnitsOfWork(rig.functions, rig.bus, rig.clock).begin() as uow:
        await write(uow, [(task, [Ring(f"at/{at}", "at", at) for at in reversed(moments)])])

    assert await rig.count("reminders") == len(moments)
    near = begins < AHEAD
    assert sorted(rig.clock.moments) == (moments if near else moments[:MOST_ARMED])
