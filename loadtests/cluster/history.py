"""The runs so far, so that what was tried can be followed: loadtests/reports/bench-cluster.json."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from loadtests.cluster.burst import Burst
from loadtests.cluster.cold_start import Start
from loadtests.cluster.idle import Idle
from loadtests.cluster.reminder import Rung
from loadtests.cluster.sizes import Size
from loadtests.result import Result

REPORT = Path(__file__).parents[1] / "reports" / "bench-cluster.json"
QUICK_REPORT = Path(__file__).parents[2] / "build" / "bench-cluster.json"


@dataclass(slots=True)
class Run:
    """One run: what was tried (`label`), when (UTC), at which revision, and what was measured; null or empty is what
    was not."""

    label: str
    at: str
    revision: str
    machine: str
    images: list[Size] = field(default_factory=list)
    starts: list[Start] = field(default_factory=list)
    rungs: list[Rung] = field(default_factory=list)
    burst: Burst | None = None
    idle: Idle | None = None
    results: list[Result] = field(default_factory=list)


def read_runs(path: Path = REPORT) -> list[Run]:
    """Oldest first; none when there was none."""
    try:
        rows = json.loads(path.read_text())
    except FileNotFoundError:
        return []
    return [_run(row) for row in rows]


def write_runs(runs: Sequence[Run], path: Path = REPORT) -> None:
    """A JSON list with a line for each run."""
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = ",\n".join(json.dumps(asdict(run), ensure_ascii=False) for run in runs)
    path.write_text(f"[\n{lines}\n]\n")


def last_results(runs: Sequence[Run]) -> list[tuple[Run, Result]]:
    """Each part's results, with the run in which it was measured last."""
    by_part: dict[str, list[tuple[Run, Result]]] = {}
    for run in runs:
        parts = dict.fromkeys(result.name.partition(":")[0] for result in run.results)
        by_part |= {part: [(run, each) for each in run.results if each.name.startswith(f"{part}:")] for part in parts}
    return [found for results in by_part.values() for found in results]


def _run(row: dict[str, Any]) -> Run:
    lists = {"images": Size, "starts": Start, "rungs": Rung, "results": Result}
    single = {"burst": Burst, "idle": Idle}
    read = {name: [kind(**each) for each in row[name]] for name, kind in lists.items()}
    return Run(**row | read | {name: row[name] and kind(**row[name]) for name, kind in single.items()})
