"""What was promised of the due engine beside its peers; and where one of them is ahead, with the reason."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from loadtests.peers.outcome import Outcome
from loadtests.result import Result, at_least, at_most

SPARSE_MS, RECOVERY_SECONDS = 50.0, 2.0
PYTHON = ("procrastinate", "pgqueuer")
EQUAL = 1.05
"""Within a twentieth, two runs of the same differ."""

AT_WORK = {
    "procrastinate": "what is done is deleted, and it keeps no event, inbox or notice beside a job",
    "pgqueuer": "it claims and finishes jobs in batches, deletes what is done, and keeps no event, inbox or notice"
    " beside a job",
    "graphile-worker": "its local queue claims hundreds at once, and one statement deletes all that was done meanwhile;"
    " there is no event, inbox or notice beside a job",
    "pg-boss": "its handler gets hundreds at once, here writes them by one statement, and completes them in the same"
    " transaction; there is no event, inbox or notice beside a job",
    "river": "it is compiled, works on hundreds at once, and marks them done in batches; there is no event, inbox or"
    " notice beside a job",
}
BY_POLLING = "They ask the database often enough (see what was set), which they do while nothing is due, too."
BY_STARTING = "Their next worker starts faster, and what the dead one had begun is soon taken over by what was set."
HOLDS = {
    "procrastinate": "What a killed worker had begun stays so until one asks for stalled jobs; stock, nobody does.",
    "pgqueuer": "What a killed worker had begun is taken over when its heartbeat is older than heartbeat_timeout, stock"
    " 30 s.",
    "graphile-worker": "What a killed worker had locked stays locked for 4 hours, unless an administrator unlocks it.",
    "pg-boss": "What a killed worker had begun is begun again after expireInSeconds, stock 15 minutes.",
    "river": "What a killed worker had begun is rescued after RescueStuckJobsAfter, stock one hour, by a service that"
    " looks every 30 s.",
    "taskwake": "A claim commits together with its events, so a killed worker leaves nothing locked; what was not"
    " published or not handled is found at the start.",
}


@dataclass(frozen=True, slots=True)
class Measure:
    """Something to compare, in a scenario; less is better."""

    title: str
    scenario: str
    value: Callable[[Outcome], float | None]
    unit: str
    why: str = ""
    """Why a peer is ahead, if the reason is not its own."""


MEASURES = (
    Measure("late, 99 of 100, when they come alone", "spread", lambda of: of.late_p99_ms, "ms", BY_POLLING),
    Measure("late, 99 of 100, beside a million", "ballast", lambda of: of.late_p99_ms, "ms", BY_POLLING),
    Measure("the last of 1,000 due at one moment", "burst-1k", lambda of: of.last_seconds, "s"),
    Measure("the last of 20,000 due at one moment", "burst-20k", lambda of: of.last_seconds, "s"),
    Measure("processor time of 1,000 in a burst of 20,000", "burst-20k", lambda of: of.cpu, "s"),
    Measure("processor time of 1,000 that come alone", "spread", lambda of: of.cpu, "s"),
    Measure("all done after kill -9 and a restart", "kill", lambda of: of.recovered_seconds, "s", BY_STARTING),
)


@dataclass(frozen=True, slots=True)
class Ahead:
    """A measure; ours (null: not reached); and who is better, best first."""

    measure: Measure
    ours: float | None
    better: Sequence[tuple[Outcome, float]]


def compared(outcomes: Sequence[Outcome]) -> Iterator[Ahead]:
    """Each measure that Taskwake, embedded, and at least one peer has a run of."""
    for measure in MEASURES:
        of = [each for each in outcomes if each.scenario == measure.scenario]
        own = [each for each in of if (each.contestant, each.tuning) == ("taskwake", "")]
        peers = [each for each in of if each.contestant != "taskwake"]
        if not own or not peers:
            continue
        ours = measure.value(own[0])
        values = sorted(
            ((value, each.contestant, each) for each in peers if (value := measure.value(each)) is not None),
            key=lambda of: of[:2],
        )
        yield Ahead(measure, ours, [(each, value) for value, _, each in values if ours is None or value * EQUAL < ours])


def promised(outcomes: Sequence[Outcome], conditions: str) -> list[Result]:
    """What specs/003-time promises, for the ways of Taskwake that were measured."""
    results = []
    for each in outcomes:
        if each.contestant != "taskwake":
            continue
        name = f"{each.scenario}, {each.tuning or 'embedded'}"
        results += [
            at_most(f"{name}: {what}", getattr(each, what), "reminders", 0, conditions)
            for what in ("lost", "twice", "early", "held")
        ]
        if each.scenario in ("spread", "ballast"):
            results.append(
                at_most(
                    f"{name}: p99",
                    _or_patience(each.late_p99_ms, each.patience_seconds * 1000),
                    "ms",
                    SPARSE_MS,
                    conditions,
                )
            )
        if each.scenario == "kill":
            results.append(
                at_most(
                    f"{name}: all done after the restart",
                    _or_patience(each.recovered_seconds, each.patience_seconds),
                    "s",
                    RECOVERY_SECONDS,
                    conditions,
                )
            )
        if each.scenario == "burst-20k":
            rates = [of.per_second or 0 for of in outcomes if of.scenario == each.scenario and of.contestant in PYTHON]
            if rates:
                results.append(
                    at_least(
                        f"{name}: a second, beside the best in Python",
                        each.per_second or 0,
                        "reminders/s",
                        max(rates),
                        conditions,
                    )
                )
    return results


def _or_patience(value: float | None, patience: float) -> float:
    """What was not reached took longer than was waited."""
    return patience if value is None else value
