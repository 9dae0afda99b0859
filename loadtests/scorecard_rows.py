"""The promises with what was measured last: the rows of the scorecard."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import asdict, dataclass, replace

from loadtests.cluster.history import Run, last_results
from loadtests.machine import Origin, origin
from loadtests.promises import SCENARIOS, Promise, Scenario
from loadtests.result import Result, share

OTHERS = "What else has a target"


@dataclass(frozen=True, slots=True)
class Figure:
    """A result, and where it comes from."""

    result: Result
    origin: Origin


@dataclass(frozen=True, slots=True)
class Row:
    """A promise in bench.json's form, with what belongs to it. `value`, `target` and `met` are null when nothing was
    measured. `result` is the name of the one that is shown, of `results` that the promise is held to; `missed` of them
    are missed."""

    name: str
    value: float | None
    unit: str
    target: str | None
    met: bool | None
    conditions: str
    scenario: str
    promise: str
    begun_with: str
    test: str
    bound: str
    result: str
    results: int
    missed: int
    at: str
    revision: str
    machine: str


def figures(results: Iterable[Result], runs: Sequence[Run]) -> list[Figure]:
    """What was measured: by the benchmarks, and on a cluster, whose results are called `cluster …` here."""
    found = [Figure(each, origin(each.conditions)) for each in results]
    for run, each in last_results(runs):
        named = replace(each, name=f"cluster {each.name}")
        found.append(Figure(named, Origin(run.at, run.revision, origin(run.machine).machine)))
    return found


def rows(measured: Iterable[Figure]) -> list[Row]:
    """A row for each promise, measured or not, and one for each result with a target that no promise is about."""
    left = [figure for figure in measured if figure.result.target]
    made = [
        _row(scenario, promise, [each for each in left if promise.is_about(each.result.name)])
        for scenario in SCENARIOS
        for promise in scenario.promises
    ]
    for figure in left:
        name = figure.result.name
        if not any(promise.is_about(name) for scenario in SCENARIOS for promise in scenario.promises):
            made.append(_row(Scenario(OTHERS, ()), Promise(name, name, ""), [figure]))
    return made


def _row(scenario: Scenario, promise: Promise, found: Collection[Figure]) -> Row:
    worst = max(found, key=lambda each: (each.result.met is False, share(each.result)), default=None)
    missed = sum(each.result.met is False for each in found)
    result = worst.result if worst else Result("", 0, "", None, None, "")
    return Row(
        name=f"{scenario.title}: {promise.text}",
        value=result.value if worst else None,
        unit=result.unit,
        target=result.target,
        met=result.met,
        conditions=result.conditions,
        scenario=scenario.title,
        promise=promise.text,
        begun_with=promise.begun_with,
        test=promise.test,
        bound=scenario.bound if missed else "",
        result=result.name,
        results=len(found),
        missed=missed,
        **asdict(worst.origin if worst else Origin()),
    )
