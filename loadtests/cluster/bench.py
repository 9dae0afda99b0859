"""What Taskwake takes and gives on a real cluster: cold starts, lateness from zero, a burst, people at work, and
what sleep costs.

It uses the cluster in the folder $TASKWAKE_CLUSTER (`make cluster`), else one that it brings up and takes down (Linux
and root). Runs are kept in loadtests/reports/bench-cluster.json and shown in bench-cluster.html; quick ones in build/.
"""

import argparse
import os
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AsyncExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import uvloop
from rich.console import Console

from functions.catalogue import FUNCTIONS
from infra.local.cluster.cluster import Cluster
from infra.local.cluster.product import host_of, install
from infra.render.scaling import ALARM_LEAD_SECONDS, RETENTION_SECONDS, WINDOW_SECONDS
from loadtests.cluster import burst, cold_start, idle, load, reminder, sizes
from loadtests.cluster.events import Events
from loadtests.cluster.hello import hellos
from loadtests.cluster.history import QUICK_REPORT, REPORT, Run, read_runs, write_runs
from loadtests.cluster.page import write_page
from loadtests.cluster.pods import watched_pods
from loadtests.cluster.site import site
from loadtests.machine import describe, now, revision
from loadtests.telling import check_named, told

FOLDER_VARIABLE = "TASKWAKE_CLUSTER"
PARTS = (cold_start.NAME, reminder.NAME, burst.NAME, load.NAME, idle.NAME)


@dataclass(frozen=True, slots=True)
class Counts:
    """How often what is tried, and how long nothing is watched."""

    events: int = 8
    requests: int = 3
    reminders: int = 10
    burst: int = 5000
    load_seconds: int = 120
    idle_seconds: float = 120


QUICK = Counts(events=2, requests=1, reminders=2, burst=500, load_seconds=20, idle_seconds=60)


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure what is asked for, keep it and show it; 1 when a target was missed."""
    parser = argparse.ArgumentParser(
        prog="python -m loadtests.cluster.bench", description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("parts", nargs="*", metavar="part", help=f"of {', '.join(PARTS)} (default: all)")
    parser.add_argument("--label", default="as it is", help="what was tried, as the page calls it (default: as it is)")
    parser.add_argument("--quick", action="store_true", help="few trials, to see that all of it works")
    options = parser.parse_args(arguments)
    check_named(parser, options.parts, PARTS)
    console = Console(highlight=False)
    parts, counts = options.parts or PARTS, QUICK if options.quick else Counts()
    with _taskwake(console) as (cluster, host):
        run = uvloop.run(measured(cluster, host, options.label, parts, counts, console))
    report = QUICK_REPORT if options.quick else REPORT
    runs = [*read_runs(report), run]
    write_runs(runs, report)
    write_page(runs, page := report.with_suffix(".html"))
    return told(console, run.results, report, page)


async def measured(
    cluster: Cluster, host: str, label: str, parts: Sequence[str], counts: Counts, console: Console
) -> Run:
    """One run. Raises what keeps it from being measured."""
    began = time.monotonic()

    def saying(part: str) -> Callable[[str], None]:
        return lambda text: console.print(f"[dim]{time.monotonic() - began:6.0f} s  {part:<10}[/] {text}")

    machine, scaling = describe(), f"window {WINDOW_SECONDS} s, retention {RETENTION_SECONDS} s"
    run = Run(label, now(), revision(), machine)
    async with AsyncExitStack() as stack:
        taskwake = await stack.enter_async_context(site(cluster, host))
        pods = await stack.enter_async_context(watched_pods(cluster.kubectl_command()))
        events = Events(taskwake.owner_url, taskwake.user_id, await taskwake.list_id())
        run.images = await sizes.measure(taskwake, [function.name for function in FUNCTIONS])
        if cold_start.NAME in parts:
            async with hellos(taskwake):
                subjects = cold_start.subjects(taskwake, pods, events)
                trials = {cold_start.EVENT: counts.events, cold_start.REQUEST: counts.requests}
                run.starts = await cold_start.measure(taskwake, pods, subjects, trials, saying(cold_start.NAME))
            run.results += cold_start.results(run.starts, f"{cold_start.CONDITIONS}; {scaling}; {machine}")
        if reminder.NAME in parts:
            run.rungs = await reminder.measure(taskwake, pods, events, counts.reminders, saying(reminder.NAME))
            lead = f"lead {ALARM_LEAD_SECONDS} s, {scaling}"
            run.results += reminder.results(run.rungs, f"{reminder.CONDITIONS}; {lead}; {machine}")
        if burst.NAME in parts:
            run.burst = await burst.measure(taskwake, pods, counts.burst, saying(burst.NAME))
            run.results += burst.results(run.burst, f"{burst.CONDITIONS}; {scaling}; {machine}")
        if load.NAME in parts:
            conditions = f"{scaling}; {machine}"
            run.results += await load.measure(taskwake, counts.load_seconds, conditions, saying(load.NAME))
        if idle.NAME in parts:
            run.idle = await idle.measure(taskwake, pods, counts.idle_seconds, saying(idle.NAME))
            run.results += idle.results(run.idle, f"{idle.CONDITIONS}; {machine}")
        run.results += sizes.results(run.images, "the archives that the cluster's images were loaded from")
    return run


@contextmanager
def _taskwake(console: Console) -> Iterator[tuple[Cluster, str]]:
    """A cluster with Taskwake on it, and the name that it answers to."""
    if kept := os.environ.get(FOLDER_VARIABLE):
        cluster = Cluster(Path(kept))
        yield cluster, host_of(cluster)
        return
    with TemporaryDirectory(prefix="taskwake-bench-", ignore_cleanup_errors=True) as folder:
        cluster = Cluster(Path(folder))
        try:
            cluster.up()
            yield cluster, install(cluster)
        finally:
            cluster.down()


if __name__ == "__main__":
    sys.exit(main())
