"""burst: very many reminders due in one second, from zero: how late they are, and how far task-due grows."""

import asyncio
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from functions.catalogue import consumers_of
from functions.kernel.events import TaskDue
from infra.render.scaling import ALARM_LEAD_SECONDS
from loadtests.cluster.cold_start import ALARM
from loadtests.cluster.pods import Pods, Seen
from loadtests.cluster.site import Site
from loadtests.reminders import noticed, written
from loadtests.result import Result, at_most, reported

NAME = "burst"
AHEAD_SECONDS = 6
"""Before the alarm's job is due: time to write the reminders."""
SLEEP_IN_SECONDS = 300
CONDITIONS = "every function at zero before; each notice's created_at minus their moment, by the database's clock"
PATIENCE_SECONDS = 60
BUCKET_SECONDS = 0.25

[DUE] = consumers_of(TaskDue.topic)
"""The function that handles them."""

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Burst:
    """How it went; moments are seconds after the reminders'. `notices` counts them by the start of their bucket,
    `pods` says how many task-due had, and how many of them took requests, from each moment on."""

    wanted: int
    late_ms: Sequence[float]
    """Its percentiles from 0 to 100, to keep the report small."""
    lost: int
    twice: int
    early: int
    notices: Sequence[tuple[float, int]]
    pods: Sequence[tuple[float, int, int]]


async def measure(site: Site, pods: Pods, reminders: int, say: Say) -> Burst:
    """So many, all due at one moment, with everything at zero a lead time before."""
    await pods.all_at_zero(SLEEP_IN_SECONDS)
    moment = datetime.now(UTC).replace(microsecond=0) + timedelta(seconds=ALARM_LEAD_SECONDS + AHEAD_SECONDS + 1)
    tasks = await written(site.owner_url, [moment] * reminders, "Benchmark")
    try:
        await site.set_alarm(moment, ALARM_LEAD_SECONDS, at=ALARM.name)
        await asyncio.sleep((moment - datetime.now(UTC)).total_seconds())
        lateness = await noticed(site.owner_url, tasks, PATIENCE_SECONDS)
        say(f"{len(lateness.late_ms)} of {reminders} noticed, the last after {lateness.percentile(100) / 1000:.2f} s")
        counted = await _counted(site, tasks)
        await pods.all_at_zero(SLEEP_IN_SECONDS)
        say("all at zero again")
    finally:
        await site.forget(tasks)
    return Burst(
        reminders,
        [round(lateness.percentile(percent), 1) for percent in range(101)],
        lateness.lost,
        lateness.twice,
        lateness.early,
        counted,
        timeline(pods.of(DUE.name, moment.timestamp() - ALARM_LEAD_SECONDS - 1), moment.timestamp()),
    )


def timeline(seen: Sequence[Seen], moment: float) -> list[tuple[float, int, int]]:
    """When there were how many pods, in seconds after the moment."""
    return [(round(each.at - moment, 2), each.pods, each.ready) for each in seen]


def scaled_out(pods: Sequence[tuple[float, int, int]]) -> float:
    """When the most pods took requests for the first time."""
    most = max(ready for _, _, ready in pods)
    return next(at for at, _, ready in pods if ready == most)


def at_zero(pods: Sequence[tuple[float, int, int]]) -> float:
    """When the last pod was gone."""
    return next(at for at, count, _ in reversed(pods) if count == 0)


def results(burst: Burst, conditions: str) -> list[Result]:
    """All noticed, once, not early; how late; how many pods, when."""
    return [
        at_most(f"{NAME}: lost", burst.lost, "reminders", 0, conditions),
        at_most(f"{NAME}: twice", burst.twice, "reminders", 0, conditions),
        at_most(f"{NAME}: early", burst.early, "reminders", 0, conditions),
        reported(f"{NAME}: lateness, p50", burst.late_ms[50] / 1000, "s", conditions),
        reported(f"{NAME}: lateness, p99", burst.late_ms[99] / 1000, "s", conditions),
        reported(f"{NAME}: last notice", burst.late_ms[100] / 1000, "s", conditions),
        reported(f"{NAME}: {DUE.name}, most pods", max(ready for _, _, ready in burst.pods), "pods", conditions),
        reported(f"{NAME}: {DUE.name}, scaled out after", scaled_out(burst.pods), "s", conditions),
        reported(f"{NAME}: {DUE.name}, at zero after", at_zero(burst.pods), "s", conditions),
    ]


async def _counted(site: Site, tasks: Sequence[UUID]) -> list[tuple[float, int]]:
    rows = await site.rows(
        "SELECT extract(epoch FROM created_at - remind_at) FROM notices WHERE task_id = ANY(%s)", list(tasks)
    )
    counts = Counter(int(float(seconds) // BUCKET_SECONDS) for (seconds,) in rows)
    return [(bucket * BUCKET_SECONDS, counts[bucket]) for bucket in sorted(counts)]
