"""reminder: due while every function is at zero; the alarm wakes a lead time early and warms who handles it."""

import asyncio
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from functions.catalogue import consumers_of
from functions.kernel.events import TaskDue
from infra.render.scaling import ALARM_LEAD_SECONDS
from loadtests.cluster.cold_start import ALARM
from loadtests.cluster.events import Events
from loadtests.cluster.pods import Pods
from loadtests.cluster.site import PATIENCE_SECONDS, Site
from loadtests.percentiles import percentile
from loadtests.result import Result, at_most, reported

NAME = "reminder"
TARGET_MS = 1000
AHEAD_SECONDS = 4
"""Before the alarm's job is due: time to write the reminder and to set it."""
SLEEP_IN_SECONDS = 300
CONDITIONS = "each alone, with every function at zero; the notice's created_at minus remind_at, by the database's clock"

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Rung:
    """One reminder: how late its notice was; how long before its moment task-due was awake (negative: after it)."""

    late_ms: float
    awake_ms: float


async def measure(site: Site, pods: Pods, events: Events, trials: int, say: Say) -> list[Rung]:
    """So many reminders, one after the other, each from everything at zero."""
    rungs: list[Rung] = []
    for number in range(trials):
        await pods.all_at_zero(SLEEP_IN_SECONDS)
        rungs.append(await _ring(site, pods, events))
        say(f"{number + 1} of {trials}: {rungs[-1].late_ms:,.0f} ms late, awake {rungs[-1].awake_ms:,.0f} ms before")
    return rungs


def results(rungs: Sequence[Rung], conditions: str) -> list[Result]:
    """How late they were, and whether the lead time was enough."""
    late = [rung.late_ms for rung in rungs]
    return [
        reported(f"{NAME}: lateness from zero, p50", percentile(late, 50), "ms", conditions),
        at_most(f"{NAME}: lateness from zero, p99", percentile(late, 99), "ms", TARGET_MS, conditions),
        reported(f"{NAME}: lateness from zero, most", max(late), "ms", conditions),
        at_most(f"{NAME}: early", sum(ms < 0 for ms in late), "reminders", 0, conditions),
        reported(f"{NAME}: awake before the moment, least", min(rung.awake_ms for rung in rungs), "ms", conditions),
    ]


async def _ring(site: Site, pods: Pods, events: Events) -> Rung:
    [due_function] = consumers_of(TaskDue.topic)
    began = time.time()
    # At any fraction of a second: alarms ring for whole ones.
    moment = datetime.now(UTC) + timedelta(seconds=ALARM_LEAD_SECONDS + AHEAD_SECONDS + random.random())
    await site.set_alarm(moment, ALARM_LEAD_SECONDS, at=ALARM.name)
    task = await events.open_task(moment)
    await asyncio.sleep((moment - datetime.now(UTC)).total_seconds())
    noticed = "SELECT extract(epoch FROM created_at - remind_at) * 1000 FROM notices WHERE task_id = %s"
    await site.committed(noticed, task)
    [(late_ms,)] = await site.rows(noticed, task)
    await pods.until(lambda: pods.ready(due_function.name) > 0, PATIENCE_SECONDS, f"{due_function.name} to be awake")
    awake_at = next(seen.at for seen in pods.of(due_function.name, began) if seen.ready)
    return Rung(round(float(late_ms), 1), round((moment.timestamp() - awake_at) * 1000))
