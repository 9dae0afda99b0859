"""What falls due, and when."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

Job = tuple[int, datetime]
"""Its number, and the moment it is due (aware, UTC, whole milliseconds: the coarsest clock here is JavaScript's)."""


@dataclass(frozen=True, slots=True)
class Scenario:
    """`jobs` due within `span_seconds`, 0 being one moment, beside `ballast` that is due in a year. With `kill`, the
    worker is killed when half is done, and started again. `patience_seconds` after the last moment (after the
    restart) it is over, whatever is left."""

    name: str
    title: str
    jobs: int
    span_seconds: float
    patience_seconds: float
    ballast: int = 0
    kill: bool = False

    def moments(self, start: datetime) -> Sequence[Job]:
        """The jobs, the first at or after `start`; the same in every run."""
        chance = random.Random(self.jobs)
        first = start.replace(microsecond=start.microsecond // 1000 * 1000)
        after = sorted(chance.randrange(int(self.span_seconds * 1000) + 1) for _ in range(self.jobs))
        return [(number, first + timedelta(milliseconds=each)) for number, each in enumerate(after)]


FULL = (
    Scenario("burst-1k", "1,000 due at one moment", 1000, 0, 20),
    Scenario("burst-20k", "20,000 due at one moment", 20_000, 0, 20),
    Scenario("spread", "1,000 a minute, for 15 seconds", 250, 15, 20),
    Scenario("ballast", "1,000 a minute, beside 1,000,000 that are due in a year", 250, 15, 20, ballast=1_000_000),
    Scenario("kill", "5,000 due at one moment, kill -9 at half, and a restart", 5000, 0, 20, kill=True),
)
QUICK = (
    Scenario("burst-1k", "1,000 due at one moment", 1000, 0, 8),
    Scenario("spread", "1,000 a minute, for 5 seconds", 83, 5, 6),
    Scenario("kill", "3,000 due at one moment, kill -9 at half, and a restart", 3000, 0, 8, kill=True),
)
