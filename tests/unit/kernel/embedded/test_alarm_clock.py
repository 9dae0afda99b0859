"""The embedded alarm clock: rings at its moments, whatever the computer's own timers went through."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest

from functions.kernel.embedded import alarm_clock
from functions.kernel.embedded.alarm_clock import EmbeddedAlarmClock

pytestmark = pytest.mark.requirement("FLOW-004")


class Bell:
    """Notes when it rings; the next `failures` rings raise."""

    def __init__(self) -> None:
        self.rang: list[datetime] = []
        self.failures = 0
        self._rings = asyncio.Condition()

    async def ring(self, moment: datetime) -> None:
        async with self._rings:
            self.rang.append(datetime.now(UTC))
            self._rings.notify_all()
        if self.failures:
            self.failures -= 1
            raise ConnectionError("no database")

    async def times(self, number: int) -> None:
        async with asyncio.timeout(5), self._rings:
            await self._rings.wait_for(lambda: len(self.rang) >= number)


@pytest.fixture
def bell() -> Bell:
    return Bell()


@pytest.fixture
async def clock(bell: Bell, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[EmbeddedAlarmClock]:
    monkeypatch.setattr(alarm_clock, "RETRY_SECONDS", 0.01)
    clock = EmbeddedAlarmClock()
    clock.start(bell.ring)
    await bell.times(1)
    yield clock
    await clock.stop()


async def test_it_rings_at_the_start_for_what_was_missed(clock: EmbeddedAlarmClock, bell: Bell) -> None:
    assert len(bell.rang) == 1


async def test_it_rings_at_each_moment_and_not_before(clock: EmbeddedAlarmClock, bell: Bell) -> None:
    moments = [datetime.now(UTC) + timedelta(seconds=seconds) for seconds in (0.15, 0.05, 0.1)]
    await clock.arm(moments)
    await bell.times(4)
    for rang, moment in zip(bell.rang[1:], sorted(moments), strict=True):
        assert rang >= moment


async def test_moment_armed_twice_rings_once(clock: EmbeddedAlarmClock, bell: Bell) -> None:
    moment = datetime.now(UTC) + timedelta(seconds=0.05)
    for _ in range(3):
        await clock.arm([moment])
    await clock.arm([moment + timedelta(seconds=0.1)])
    await bell.times(3)
    assert len(bell.rang) == 3


async def test_moment_that_has_passed_rings_at_once(clock: EmbeddedAlarmClock, bell: Bell) -> None:
    await clock.arm([datetime(1, 1, 1, tzinfo=UTC)])
    await bell.times(2)


async def test_moment_of_the_last_year_keeps_it_waiting(clock: EmbeddedAlarmClock, bell: Bell) -> None:
    await clock.arm([datetime(9999, 12, 31, tzinfo=UTC)])
    await clock.arm([datetime.now(UTC) + timedelta(seconds=0.05)])
    await bell.times(2)


async def test_failed_ring_is_rung_again(clock: EmbeddedAlarmClock, bell: Bell) -> None:
    bell.failures = 2
    await clock.arm([datetime.now(UTC)])
    await bell.times(4)


async def test_moment_that_came_while_the_computer_slept_rings_soon_after(
    bell: Bell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(alarm_clock, "CLOCK_CHECK_SECONDS", 0.02)
    slept = timedelta()

    def machine() -> datetime:
        return datetime.now(UTC) + slept

    clock = EmbeddedAlarmClock(machine)
    clock.start(bell.ring)
    await bell.times(1)
    await clock.arm([machine() + timedelta(hours=1)])
    waiting = asyncio.create_task(alarm_clock.sleep_until(machine() + timedelta(minutes=30), machine))
    await asyncio.sleep(0)
    slept = timedelta(hours=2)
    await bell.times(2)
    async with asyncio.timeout(5):
        await waiting
    await clock.stop()


@pytest.mark.parametrize("turns", range(6))
async def test_it_ends_when_asked_to_in_the_moment_in_which_it_is_armed(bell: Bell, turns: int) -> None:
    far = datetime.now(UTC) + timedelta(hours=1)
    clock = EmbeddedAlarmClock()
    clock.start(bell.ring)
    await clock.arm([far])
    await bell.times(1)
    await clock.arm([far + timedelta(days=1)])
    for _ in range(turns):
        await asyncio.sleep(0)
    _, hung = await asyncio.wait([asyncio.create_task(clock.stop())], timeout=2)
    assert not hung
