"""What a load run must keep to: read off locust's statistics."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

P99_MS = 100.0
"""Of every operation of the API, embedded."""
UNTIMED = frozenset({"open stream", "event seen"})
"""The live stream, which is opened once and then only listens: it may not fail, and is shown."""
LEAST_SHARE_OF_RATE = 0.95
"""Below, the scenario was not what it says."""


@dataclass(frozen=True, slots=True)
class Measured:
    """One operation of a run."""

    name: str
    requests: int
    failures: int
    p99_ms: float


def breaches(operations: Iterable[Measured], wanted_rate: float, rate: float, p99_ms: float = P99_MS) -> list[str]:
    """What was not kept to, a sentence each; empty: all was."""
    found = []
    for operation in operations:
        if operation.failures:
            found.append(f"{operation.name}: {operation.failures} of {operation.requests} failed; none may")
        if operation.name not in UNTIMED and operation.p99_ms >= p99_ms:
            found.append(f"{operation.name}: p99 {operation.p99_ms:.0f} ms; it must stay under {p99_ms:.0f} ms")
    if rate < wanted_rate * LEAST_SHARE_OF_RATE:
        found.append(f"only {rate:.0f} of {wanted_rate:.0f} requests/s were made; the server could not keep up")
    return found


def timed(operations: Iterable[Measured]) -> list[Measured]:
    """Those of `operations_of` that are not UNTIMED."""
    return [operation for operation in operations if operation.name.partition(" ")[2] not in UNTIMED]


def operations_of(stats: Iterable[Mapping[str, str]]) -> list[Measured]:
    """The operations in the rows of locust's `…_stats.csv`, without its sum, and without what was not asked for."""
    return [
        Measured(
            f"{row['Type']} {row['Name']}", int(row["Request Count"]), int(row["Failure Count"]), float(row["99%"])
        )
        for row in stats
        if row["Name"] != "Aggregated" and row["Request Count"] != "0"
    ]
