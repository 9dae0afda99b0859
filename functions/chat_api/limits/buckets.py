"""Token buckets: a bucket a name, of which those that were used last are remembered."""

import math
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Standing:
    """How a bucket stands: what is left in it, and in how many seconds it is full again. `wait_seconds`: it did not
    hold what was asked for, and will after so long; null: it did, and that was taken."""

    left: int
    full_in_seconds: float
    wait_seconds: float | None = None


class Buckets:
    """Each holds `size` tokens and fills up by `per_second`. So in no window of s seconds more than `size` + s times
    `per_second` are taken of one, as long as it is remembered.

    A bucket is a moment: when it is full again. `clock` counts seconds, and never goes back.
    """

    def __init__(self, size: int, per_second: float, clock: Callable[[], float], *, remembered: int = 10_000) -> None:
        self.size = size
        self.per_second = per_second
        self._clock = clock
        self._remembered = remembered
        self._full_at: OrderedDict[Hashable, float] = OrderedDict()

    def __len__(self) -> int:
        return len(self._full_at)

    def take(self, name: Hashable, tokens: int = 1) -> Standing:
        """Take so many out of this bucket, or none. More than it ever holds is as many as it holds."""
        now = self._clock()
        tokens = min(tokens, self.size)
        missing = max(0.0, self._full_at.get(name, now) - now) * self.per_second
        # A billionth is what adding up leaves over.
        lacking = missing + tokens - self.size - 1e-9
        if lacking > 0:
            return self._standing(missing, lacking / self.per_second)
        self._full_at[name] = now + (missing + tokens) / self.per_second
        self._full_at.move_to_end(name)
        if len(self._full_at) > self._remembered:
            self._full_at.popitem(last=False)
        return self._standing(missing + tokens)

    def give_back(self, name: Hashable, tokens: int = 1) -> None:
        """Put so many into it again."""
        if name in self._full_at:
            self._full_at[name] -= tokens / self.per_second

    def _standing(self, missing: float, wait_seconds: float | None = None) -> Standing:
        return Standing(math.floor(self.size - missing + 1e-9), missing / self.per_second, wait_seconds)
