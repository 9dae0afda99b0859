"""What a run found, as loadtests/reports/bench-peers.json keeps it."""

import json
import math
from collections.abc import Collection, Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from loadtests.machine import now, revision
from loadtests.peers.contestant import Setting
from loadtests.peers.scenarios import Scenario
from loadtests.peers.tally import Fired, Tally

REPORT = Path(__file__).parents[1] / "reports" / "bench-peers.json"
QUICK_REPORT = Path(__file__).parents[2] / "build" / "bench-peers.json"
TEXTURE = 100


@dataclass(frozen=True, slots=True)
class Outcome:
    """A contestant at a scenario. Times are in the unit their name ends with; null is what was not reached within
    `patience_seconds` after the last was due (after the restart), or not measured. `late_ms` has 101 values, from the
    earliest to the latest."""

    contestant: str
    tuning: str
    version: str
    values: dict[str, Any]
    scenario: str
    title: str
    at: str
    revision: str
    jobs: int
    fired: int
    held: int
    lost: int
    twice: int
    early: int
    patience_seconds: float
    late_p50_ms: float | None
    late_p99_ms: float | None
    late_max_ms: float | None
    late_ms: Sequence[float | None]
    last_seconds: float | None
    worker_cpu_seconds_per_1000: float | None = None
    postgres_cpu_seconds_per_1000: float | None = None
    again_seconds: float | None = None
    recovered_seconds: float | None = None

    @property
    def key(self) -> tuple[str, str, str]:
        """Of which there is one in a report."""
        return self.contestant, self.tuning, self.scenario

    @property
    def cpu(self) -> float | None:
        """Processor seconds for 1,000, of the worker and of PostgreSQL."""
        if self.worker_cpu_seconds_per_1000 is None or self.postgres_cpu_seconds_per_1000 is None:
            return None
        return self.worker_cpu_seconds_per_1000 + self.postgres_cpu_seconds_per_1000

    @property
    def per_second(self) -> float | None:
        """Jobs done a second, from the first one's moment to the last one done."""
        return self.jobs / self.last_seconds if self.last_seconds else None


def outcome(
    setting: Setting,
    scenario: Scenario,
    of: Tally,
    rows: Collection[Fired],
    restarted: datetime | None,
    spent: tuple[float, float] | None,
) -> Outcome:
    """`spent` is the processor time of the worker and of PostgreSQL, in seconds; `restarted` when a killed worker's
    next one was begun."""
    after = (
        [(fired_at - restarted).total_seconds() for _, _, fired_at in rows if fired_at > restarted] if restarted else []
    )
    whole = of.fired == of.jobs
    return Outcome(
        contestant=setting.name,
        tuning=setting.tuning,
        version=setting.version,
        values=dict(setting.values),
        scenario=scenario.name,
        title=scenario.title,
        at=now(),
        revision=_revision(),
        jobs=of.jobs,
        fired=of.fired,
        held=of.held,
        lost=of.lost,
        twice=of.twice,
        early=of.early,
        patience_seconds=scenario.patience_seconds,
        late_p50_ms=_rounded(of.late(50)),
        late_p99_ms=_rounded(of.late(99)),
        late_max_ms=_rounded(of.late(100)),
        late_ms=[_rounded(of.late(percent)) for percent in range(TEXTURE + 1)],
        last_seconds=_rounded(of.last_seconds),
        worker_cpu_seconds_per_1000=_rounded(spent[0] / of.fired * 1000) if spent and of.fired else None,
        postgres_cpu_seconds_per_1000=_rounded(spent[1] / of.fired * 1000) if spent and of.fired else None,
        again_seconds=_rounded(min(after, default=None)),
        recovered_seconds=_rounded(max(after, default=None)) if whole else None,
    )


def read(path: Path = REPORT) -> list[Outcome]:
    """What was found so far; nothing when nothing was."""
    try:
        rows = json.loads(path.read_text())
    except FileNotFoundError:
        return []
    return [Outcome(**row) for row in rows["outcomes"]]


def merged(before: Iterable[Outcome], new: Iterable[Outcome]) -> list[Outcome]:
    """Those before, with what was measured again replaced; without those at a scenario that has become another."""
    fresh = list(new)
    titles = {each.scenario: each.title for each in fresh}
    kept = {each.key: each for each in before if titles.get(each.scenario, each.title) == each.title}
    return list((kept | {each.key: each for each in fresh}).values())


def write(outcomes: Sequence[Outcome], machine: str, path: Path = REPORT) -> None:
    """A JSON document: the machine, and a line for each."""
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = ",\n".join(json.dumps(asdict(each), ensure_ascii=False) for each in outcomes)
    path.write_text(f'{{"machine": {json.dumps(machine, ensure_ascii=False)}, "outcomes": [\n{lines}\n]}}\n')


@cache
def _revision() -> str:
    """Asked for once: the report, written after each run, would be a change."""
    return revision()


def _rounded(value: float | None) -> float | None:
    return None if value is None or math.isinf(value) else float(f"{value:.4g}")
