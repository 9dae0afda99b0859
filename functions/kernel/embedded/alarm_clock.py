"""The embedded AlarmClock: timers of this process over the due rows."""

import asyncio
import contextlib
import heapq
import logging
from collections.abc import Awaitable, Callable, Collection
from datetime import datetime

from functions.kernel.clock import Clock, system_clock
from functions.kernel.embedded.ending import end

log = logging.getLogger(__name__)

Ring = Callable[[datetime], Awaitable[None]]

RETRY_SECONDS = 1.0
CLOCK_CHECK_SECONDS = 5.0
"""Timers stand still while a computer sleeps, and know nothing of a clock that is set: so often the time is read."""


async def sleep_until(moment: datetime, clock: Clock = system_clock) -> None:
    """Return when this moment has come by the clock, also if the machine slept meanwhile."""
    while (left := (moment - clock()).total_seconds()) > 0:  # noqa: ASYNC110 - the clock gives no signal when it is set
        await asyncio.sleep(min(left, CLOCK_CHECK_SECONDS))


class EmbeddedAlarmClock:
    """Rings at each armed moment. Its timers end with the process: `start` rings once for all that was missed
    meanwhile, and whoever starts it arms the moments that the database still waits for."""

    def __init__(self, clock: Clock = system_clock) -> None:
        self._clock = clock
        self._moments: list[datetime] = []
        self._known: set[datetime] = set()
        self._armed = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    async def arm(self, moments: Collection[datetime], *, now: datetime | None = None, anew: bool = False) -> None:
        """Ring at these moments; at once for one that has passed. None is lost as long as this process lives. The
        database is on this machine, so its clock is this process's."""
        for moment in moments:
            if moment not in self._known:
                self._known.add(moment)
                heapq.heappush(self._moments, moment)
        self._armed.set()

    def start(self, ring: Ring) -> None:
        """Begin to ring: now, and at each moment. `ring` is called for one moment after the other."""
        self._task = asyncio.get_running_loop().create_task(self._serve(ring))

    async def stop(self) -> None:
        """Ring no more."""
        if self._task:
            await end(self._task)

    async def _serve(self, ring: Ring) -> None:
        await self.arm([self._clock()])
        while True:
            self._armed.clear()
            delay = (self._moments[0] - self._clock()).total_seconds() if self._moments else None
            if delay is None or delay > 0:
                delay = delay and min(delay, CLOCK_CHECK_SECONDS)
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(delay):
                        await self._armed.wait()
                continue
            moment = self._due()
            try:
                await ring(moment)
            except Exception as error:  # noqa: BLE001 - an alarm is never given up
                log.warning("the alarm rings again in %s s: %s: %s", RETRY_SECONDS, type(error).__name__, error)
                await asyncio.sleep(RETRY_SECONDS)
                await self.arm([self._clock()])

    def _due(self) -> datetime:
        """Take all moments that have come; the latest of them, since one ring claims whatever is due."""
        present = latest = self._clock()
        while self._moments and self._moments[0] <= present:
            latest = heapq.heappop(self._moments)
            self._known.discard(latest)
        return latest
