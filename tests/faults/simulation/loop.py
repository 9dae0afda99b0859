"""An event loop in which no time passes but the simulation's: whenever nothing is left to run, it asks what next."""

import asyncio
import heapq
import selectors
from collections.abc import Callable, Mapping


class _NothingComesFromOutside(selectors.SelectSelector):
    def __init__(self) -> None:
        super().__init__()
        self.idle: Callable[[], None] = lambda: None

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout is None or timeout > 0:
            self.idle()
        return []

    def get_map(self) -> Mapping[int, selectors.SelectorKey]:  # type: ignore[override]
        return super().get_map() or {}


class SimulatedLoop(asyncio.SelectorEventLoop):
    """Its `time` is `now`, in seconds; `idle` is called when every task waits."""

    def __init__(self) -> None:
        self._nothing = _NothingComesFromOutside()
        super().__init__(self._nothing)
        self.now = 0.0
        self._clock_resolution = 1e-9

    def time(self) -> float:
        return self.now

    def when_idle(self, call: Callable[[], None]) -> None:
        """Call this whenever every task waits for a timer, or for what only the call itself can bring about."""
        self._nothing.idle = call

    def next_timer(self) -> float | None:
        """When the next timer is due; null without any."""
        scheduled: list[asyncio.TimerHandle] = self._scheduled  # type: ignore[attr-defined]
        while scheduled and scheduled[0].cancelled():
            handle = heapq.heappop(scheduled)
            handle._scheduled = False  # type: ignore[attr-defined]
            self._timer_cancelled_count -= 1  # type: ignore[attr-defined]
        return scheduled[0].when() if scheduled else None
