"""idle: what Taskwake costs while nothing happens: pods, memory, processor time, and queries."""

import asyncio
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from infra.local.cluster import data
from infra.render.kubernetes import NAMESPACE
from loadtests.cluster.pods import Pods
from loadtests.cluster.site import Site
from loadtests.result import Result, at_most, reported

NAME = "idle"
QUIET_SECONDS = 60
"""After the last pod is gone: two minutes after the last event, nothing is asked any more."""
SETTLE_SECONDS = 20
"""After a sweep, until what it caused is done."""
SLEEP_IN_SECONDS = 300
CONDITIONS = (
    f"from {QUIET_SECONDS} s after the last pod was gone; memory (working set) and processor time by kubelet, queries "
    "by PostgreSQL's log; an hour's are those of the window, and one sweep's"
)
LOG = "postgres-0"
MIB = 2**20

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Usage:
    """What a pod takes: bytes of memory that can't be had back (its working set), and CPU seconds since its start."""

    memory: int
    cpu_seconds: float


@dataclass(frozen=True, slots=True)
class Idle:
    """What there is, and what it does within `seconds`; memory in bytes by pod, CPU seconds by pod, of Taskwake and of
    the platform's namespaces."""

    seconds: float
    memory: Mapping[str, int]
    cpu_seconds: Mapping[str, float]
    platform: Mapping[str, int]
    queries: int
    sweep_queries: int

    @property
    def queries_per_hour(self) -> float:
        """Those of the window, for an hour, and one sweep's."""
        return self.queries * 3600 / self.seconds + self.sweep_queries


async def measure(site: Site, pods: Pods, seconds: float, say: Say) -> Idle:
    """Watch for so long how nothing happens; then let the hourly sweep come."""
    await pods.all_at_zero(SLEEP_IN_SECONDS)
    async with _Statements(site) as statements:
        await asyncio.sleep(QUIET_SECONDS)
        before, began = await usages(site), datetime.now(UTC)
        say(f"asleep; watching for {seconds:.0f} s")
        await asyncio.sleep(seconds)
        queries = await statements.since(began)
        after, watched = await usages(site), (datetime.now(UTC) - began).total_seconds()
        if awake := pods.there():
            raise RuntimeError(f"something woke {', '.join(awake)} while nothing was to happen")
        began = datetime.now(UTC)
        await _sweep(site)
        await asyncio.sleep(SETTLE_SECONDS)
        sweep_queries = await statements.since(began)
    return Idle(
        round(watched, 1),
        {pod: usage.memory for (namespace, pod), usage in after.items() if namespace == NAMESPACE},
        {
            pod: round(usage.cpu_seconds - before[namespace, pod].cpu_seconds, 3)
            for (namespace, pod), usage in after.items()
            if namespace == NAMESPACE and (namespace, pod) in before
        },
        _by_namespace(after),
        queries,
        sweep_queries,
    )


def results(idle: Idle, conditions: str) -> list[Result]:
    """What an hour of sleep costs."""
    memory, cpu = sum(idle.memory.values()), sum(idle.cpu_seconds.values())
    return [
        reported(f"{NAME}: pods of Taskwake", len(idle.memory), "pods", conditions),
        reported(f"{NAME}: memory of Taskwake", memory / MIB, "MiB", conditions),
        reported(f"{NAME}: memory of one anchor, on average", memory / len(idle.memory) / MIB, "MiB", conditions),
        reported(f"{NAME}: processor, all anchors", cpu / idle.seconds * 1000, "mCPU", conditions),
        reported(f"{NAME}: memory of the platform", sum(idle.platform.values()) / MIB, "MiB", conditions),
        at_most(f"{NAME}: queries while asleep", idle.queries, "queries", 0, conditions),
        reported(f"{NAME}: queries an hour, the sweep's included", idle.queries_per_hour, "queries", conditions),
    ]


async def usages(site: Site) -> dict[tuple[str, str], Usage]:
    """What kubelet says that each pod takes, by namespace and name."""
    node = await site.kubectl("get", "nodes", "-o=jsonpath={.items[0].metadata.name}")
    return usages_of(json.loads(await site.kubectl("get", "--raw", f"/api/v1/nodes/{node}/proxy/stats/summary")))


def usages_of(summary: Mapping[str, Any]) -> dict[tuple[str, str], Usage]:
    """Read off kubelet's Summary API; what has ended has no usage."""
    found = {}
    for pod in summary["pods"]:
        containers = [container for container in pod.get("containers", ()) if "cpu" in container]
        memory = sum(container["memory"].get("workingSetBytes", 0) for container in containers)
        cpu = sum(container["cpu"].get("usageCoreNanoSeconds", 0) for container in containers) / 1e9
        if containers:
            found[pod["podRef"]["namespace"], pod["podRef"]["name"]] = Usage(memory, cpu)
    return found


def statements_in(log: str) -> list[str]:
    """The lines of PostgreSQL's log (log_statement = all) that somebody's statement made; a prepared one counts when it
    is executed."""
    return [line for line in log.splitlines() if "LOG:  statement:" in line or "LOG:  execute " in line]


class _Statements:
    """Has PostgreSQL log every statement while it is open."""

    def __init__(self, site: Site) -> None:
        self._site = site

    async def __aenter__(self) -> "_Statements":
        await self._site.log_statements(True)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._site.log_statements(False)

    async def since(self, moment: datetime) -> int:
        """How many since then."""
        at = f"--since-time={moment:%Y-%m-%dT%H:%M:%S.%fZ}"
        return len(statements_in(await self._site.kubectl("logs", f"-n={data.NAMESPACE}", LOG, at)))


def _by_namespace(usage: Mapping[tuple[str, str], Usage]) -> dict[str, int]:
    found: dict[str, int] = {}
    for (namespace, _), each in usage.items():
        if namespace not in (NAMESPACE, data.NAMESPACE):
            found[namespace] = found.get(namespace, 0) + each.memory
    return found


async def _sweep(site: Site) -> None:
    name = f"bench-sweep-{datetime.now(UTC):%H%M%S}"
    await site.kubectl("create", "job", name, "--from=cronjob/sweep", f"-n={NAMESPACE}")
    try:
        await site.kubectl("wait", f"job/{name}", f"-n={NAMESPACE}", "--for=condition=complete", "--timeout=120s")
    finally:
        await site.kubectl("delete", f"job/{name}", f"-n={NAMESPACE}")
