"""How far a simulation has come: silent for two seconds, then a line every five on stderr."""

import time
from collections.abc import Callable
from datetime import date

QUIET_SECONDS = 2.0
REPEAT_SECONDS = 5.0


class Progress:
    """Says how far the virtual clock has come. `elapsed` measures real time, in seconds."""

    def __init__(self, say: Callable[[str], None], elapsed: Callable[[], float] = time.monotonic) -> None:
        self._say = say
        self._elapsed = elapsed
        self._next = elapsed() + QUIET_SECONDS

    def reached(self, moment: date) -> None:
        """The virtual clock shows this moment."""
        now = self._elapsed()
        if now >= self._next:
            self._next = now + REPEAT_SECONDS
            self._say(f"  played until {moment:%Y-%m-%d} …")
