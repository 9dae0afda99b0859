"""What became of the jobs of a run."""

import math
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from loadtests.peers.scenarios import Job
from loadtests.percentiles import percentile

Fired = tuple[int, datetime, datetime]
"""A row of `fired`: the job's number, when it was due, when it was done (by the database's clock)."""


@dataclass(frozen=True, slots=True)
class Tally:
    """How the jobs turned out. `held` are those not done that still wait in the queue or are claimed by a worker;
    `lost` are those not done that nobody will do. `late_ms` has a value for each job, in order, the first time it was
    done, infinite for one that was not."""

    jobs: int
    fired: int
    held: int
    lost: int
    twice: int
    early: int
    late_ms: Sequence[float]
    last_seconds: float | None
    """When the last one was done, after the first one was due; null when some were not."""

    def late(self, percent: float) -> float | None:
        """A percentile over all jobs; null when so many were not done that it is not known."""
        value = percentile(self.late_ms, percent)
        return None if math.isinf(value) else value


def tally(jobs: Sequence[Job], rows: Collection[Fired], waiting: Collection[int]) -> Tally:
    """Count. `waiting` are the numbers that the queue still holds. Raises ValueError for a row of no such job, or one
    whose moment is not the job's: then the harness itself is wrong."""
    due = dict(jobs)
    first: dict[int, datetime] = {}
    for number, due_at, fired_at in rows:
        if due.get(number) != due_at:
            raise ValueError(f"job {number} was done for {due_at}, but is due at {due.get(number)}")
        first[number] = min(fired_at, first.get(number, fired_at))
    missing = set(due) - set(first)
    late = sorted((first[number] - at).total_seconds() * 1000 if number in first else math.inf for number, at in jobs)
    whole = (max(first.values()) - min(due.values())).total_seconds() if first and not missing else None
    return Tally(
        jobs=len(jobs),
        fired=len(first),
        held=len(missing & set(waiting)),
        lost=len(missing - set(waiting)),
        twice=sum(count > 1 for count in Counter(number for number, _, _ in rows).values()),
        early=sum(ms < 0 for ms in late),
        late_ms=late,
        last_seconds=whole,
    )
