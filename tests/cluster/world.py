"""Taskwake on a cluster as its tests meet it: as a person, as its operator, and as the owner of its database."""

import asyncio
import json
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
import psycopg
import pytest

from functions.catalogue import FUNCTIONS
from infra.local.cluster.cluster import Cluster
from infra.render.kubernetes import ANCHOR, COMPONENT_LABEL, FUNCTION, NAMESPACE
from loadtests.reminders import Lateness, noticed, written
from tests.owner_view import OwnerView

PATIENCE_SECONDS = 240
"""Everything may have to start, on a busy machine; and sleep in, which takes more than a minute."""
NAMES = [function.name for function in FUNCTIONS]


class World(OwnerView):
    """A running Taskwake on `cluster`, and a person in it."""

    def __init__(self, cluster: Cluster, host: str, user_id: UUID, token: str, http: httpx.AsyncClient) -> None:
        super().__init__(cluster.postgres_owner_url(), PATIENCE_SECONDS)
        self.cluster = cluster
        self.host = host
        self.user_id = user_id
        self.token = token
        self.http = http

    # --- The operator's view

    async def kubectl(self, *arguments: str, input: str | None = None) -> str:
        return await asyncio.to_thread(self.cluster.kubectl, *arguments, input=input)

    async def pods(self, component: str = FUNCTION) -> list[dict[str, Any]]:
        """The pods of all functions, or of all anchors; those that are ending, too."""
        selector = f"{COMPONENT_LABEL}={component}"
        found = json.loads(await self.kubectl("get", "pods", f"-n={NAMESPACE}", f"-l={selector}", "-o=json"))
        pods: list[dict[str, Any]] = found["items"]
        return pods

    async def awake(self) -> Counter[str]:
        """How many pods each function has; no entry for one at zero."""
        return Counter(name_of(pod) for pod in await self.pods())

    async def ready(self, name: str) -> int:
        """How many pods of a function take requests."""
        return sum(name_of(pod) == name and is_ready(pod) for pod in await self.pods())

    async def all_at_zero(self) -> None:
        """Wait until no function has a pod. Fails when one still has."""

        async def nobody_is_awake() -> bool:
            return not await self.awake()

        await self.holds(nobody_is_awake, "a function is still awake")

    async def anchors_are_ready(self) -> None:
        """Wait until each anchor's daprd answers."""

        async def each() -> bool:
            ready = {name_of(pod) for pod in await self.pods(ANCHOR) if is_ready(pod)}
            return ready == set(NAMES)

        await self.holds(each, "an anchor is not ready")

    async def holds(self, condition: Callable[[], Awaitable[bool]], otherwise: str) -> None:
        """Wait until `condition()` holds. Fails, with the pods there are, when it does not in time."""
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                while True:
                    if await condition():
                        return
                    await asyncio.sleep(0.5)
        except TimeoutError:
            pods = await self.kubectl("get", "pods", "-A", "-o=wide")
            pytest.fail(f"{otherwise} after {PATIENCE_SECONDS} s:\n{pods}")

    async def kill_pod(self, selector: str, namespace: str = NAMESPACE) -> None:
        """SIGKILL the pods of this selector, as the loss of their machine would; at least one."""
        killed = await self.kubectl(
            *("delete", "pod", f"-n={namespace}", f"-l={selector}", "--grace-period=0", "--force", "--wait=false")
        )
        assert killed, f"there was no pod {selector} to kill"

    async def dead_letters(self) -> list[dict[str, Any]]:
        return await self.rows("SELECT function, reason, attempts FROM dead_letters")

    # --- A person's view

    async def create(self, **fields: Any) -> dict[str, Any]:
        """A new task; asked for again while Taskwake says that it cannot promise to keep it."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while True:
                answer = await self.http.post("/tasks", json={"title": "Call Sam"} | fields)
                if answer.status_code == httpx.codes.CREATED:
                    task: dict[str, Any] = answer.json()
                    return task
                assert answer.status_code == httpx.codes.SERVICE_UNAVAILABLE, answer.text
                await asyncio.sleep(float(answer.headers.get("retry-after", "1")))

    # --- Many reminders

    async def burst(self, number: int, title: str, in_seconds: float) -> "Burst":
        """That many tasks, all due at one moment, with the alarm set for it."""
        moment = (datetime.now(UTC) + timedelta(seconds=in_seconds)).replace(microsecond=0)
        tasks = await written(self.owner_url, [moment] * number, title)
        await self.rearm()
        return Burst(self, moment, tasks)

    async def rearm(self) -> None:
        """Have the alarms set again from the database, as the hourly sweep does; done when this returns."""
        name = f"sweep-{datetime.now(UTC):%H%M%S%f}"
        await self.kubectl("create", "job", name, "--from=cronjob/sweep", f"-n={NAMESPACE}")
        await self.kubectl("wait", f"job/{name}", f"-n={NAMESPACE}", "--for=condition=complete", "--timeout=120s")
        await self.kubectl("delete", f"job/{name}", f"-n={NAMESPACE}")


class Burst:
    """Reminders that are all due at `moment`."""

    def __init__(self, world: World, moment: datetime, tasks: Sequence[UUID]) -> None:
        self.moment = moment
        self.tasks = tasks
        self._world = world

    async def noticed(self) -> int:
        """How many of them there is a notice of; 0 while PostgreSQL does not answer."""
        query = "SELECT count(DISTINCT task_id) AS n FROM notices WHERE task_id = ANY(%s)"
        try:
            return int((await self._world.rows(query, list(self.tasks)))[0]["n"])
        except psycopg.OperationalError:
            return 0

    async def begun(self) -> None:
        """Wait until the first of them is noticed."""

        async def one() -> bool:
            return await self.noticed() > 0

        await self._world.holds(one, "not one reminder was noticed")

    async def all_noticed_once_and_never_early(self) -> Lateness:
        async def all_of_them() -> bool:
            return await self.noticed() == len(self.tasks)

        await self._world.holds(all_of_them, "not every reminder was noticed")
        turned_out = await noticed(self._world.owner_url, self.tasks, patience_seconds=1)
        assert (turned_out.lost, turned_out.twice, turned_out.early) == (0, 0, 0)
        return turned_out


def name_of(pod: dict[str, Any]) -> str:
    """The function that a pod belongs to."""
    name: str = pod["metadata"]["labels"]["app.kubernetes.io/name"]
    return name


def is_ready(pod: dict[str, Any]) -> bool:
    conditions = pod["status"].get("conditions", [])
    return any(condition["type"] == "Ready" and condition["status"] == "True" for condition in conditions)


@asynccontextmanager
async def most_pods(world: World, name: str) -> AsyncIterator[list[int]]:
    """How many pods of a function were ready, looked at again and again while this is open."""
    seen: list[int] = []

    async def look() -> None:
        while True:
            seen.append(await world.ready(name))
            await asyncio.sleep(0.25)

    looking = asyncio.create_task(look())
    yield seen
    looking.cancel()
    await asyncio.gather(looking, return_exceptions=True)
