"""What a benchmark found, and the form in which loadtests/reports/bench.json keeps it."""

import json
import math
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

REPORT = Path(__file__).parent / "reports" / "bench.json"


@dataclass(frozen=True, slots=True)
class Result:
    """One measured value. `target` is `<= 100` or `>= 300000` in the same unit, null where nothing was promised;
    `met` is null then too. `conditions` says what was measured, how, and on which machine."""

    name: str
    value: float
    unit: str
    target: str | None
    met: bool | None
    conditions: str


def reported(name: str, value: float, unit: str, conditions: str) -> Result:
    """A value that nothing was promised about."""
    return Result(name, _rounded(value), unit, None, None, conditions)


def at_most(name: str, value: float, unit: str, limit: float, conditions: str) -> Result:
    """A value that must not exceed the limit."""
    return Result(name, _rounded(value), unit, f"<= {limit:g}", value <= limit, conditions)


def below(name: str, value: float, unit: str, limit: float, conditions: str) -> Result:
    """A value that must stay under the limit."""
    return Result(name, _rounded(value), unit, f"< {limit:g}", value < limit, conditions)


def at_least(name: str, value: float, unit: str, limit: float, conditions: str) -> Result:
    """A value that must reach the limit."""
    return Result(name, _rounded(value), unit, f">= {limit:.0f}", value >= limit, conditions)


def share(result: Result) -> float:
    """Of its target what the value takes up: over 1 misses it, and the less the better; inf of a target of none. Where
    more is better it is the other way round. Of a value without a target it is 0."""
    comparison, _, text = (result.target or "").partition(" ")
    limit, value = float(text or 0), max(result.value, 0.0)
    if comparison == ">=":
        return limit / value if value else math.inf
    return value / limit if limit else (math.inf if value and text else 0.0)


def read_report(path: Path = REPORT) -> list[Result]:
    """The results of the last runs; none when there was none."""
    try:
        rows = json.loads(path.read_text())
    except FileNotFoundError:
        return []
    return [Result(**row) for row in rows]


def merged(before: Sequence[Result], new: Sequence[Result], benchmarks: Iterable[str]) -> list[Result]:
    """The results before, with those of `benchmarks` replaced by the new ones; a name is `<benchmark>: <value>`."""
    again = set(benchmarks)
    kept = [result for result in before if result.name.partition(":")[0] not in again]
    return sorted([*kept, *new], key=lambda result: result.name)


def write_report(results: Sequence[Result], path: Path = REPORT) -> None:
    """Write them as the JSON list."""
    path.parent.mkdir(parents=True, exist_ok=True)
    rows = [asdict(result) for result in results]
    path.write_text(json.dumps(rows, indent=2, ensure_ascii=False) + "\n")


def _rounded(value: float) -> float:
    return float(f"{value:.4g}") if abs(value) < 1000 else round(value)
