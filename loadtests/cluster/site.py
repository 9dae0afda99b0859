"""Taskwake on a local cluster, as those meet it who make it work: Dapr, the gateways, the owner of its database."""

import asyncio
import base64
import json
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any, LiteralString
from uuid import UUID, uuid4

import httpx
import psycopg

from functions.kernel.dapr.bus import PUBSUB
from functions.kernel.host.ring import job_name
from functions.operations import accounts
from infra.local.cluster.cluster import Cluster
from infra.render.kubernetes import (
    ANCHOR,
    API_TOKEN,
    APP_TOKEN,
    COMPONENT_LABEL,
    DAPR_HTTP,
    NAME_LABEL,
    NAMESPACE,
    service_host,
)

PERSON = "Benchmark"
PATIENCE_SECONDS = 120
LOOK_SECONDS = 0.004
"""Between two looks at the database: how exactly a commit's moment is known."""
CLOUDEVENT = "application/cloudevents+json"


class Site:
    """Where everything of it is, and a person of its own who may do anything."""

    def __init__(self, cluster: Cluster, host: str, http: httpx.AsyncClient, database: psycopg.AsyncConnection) -> None:
        self.cluster = cluster
        self.owner_url = cluster.postgres_owner_url()
        self._http = http
        self._database = database
        self.host = host
        self.gateway_url = cluster.gateway_url
        self._internal = f"http://{self._service_address('kourier-internal')}"
        self._app_token, self._api_token = self._token(APP_TOKEN), self._token(API_TOKEN)
        self._daprds: dict[str, str] = {}
        self.user_id = accounts.add_user(self.owner_url, PERSON)
        self._user_token = accounts.issue(self.owner_url, self.user_id, "token")

    async def kubectl(self, *arguments: str, input: str | None = None) -> str:
        """What kubectl prints. Raises ProcessFailedError."""
        return await asyncio.to_thread(self.cluster.kubectl, *arguments, input=input)

    async def image_of(self, function: str) -> str:
        """The image that a function runs."""
        path = "-o=jsonpath={.spec.template.spec.containers[0].image}"
        return await self.kubectl("get", "ksvc", function, f"-n={NAMESPACE}", path)

    # --- As Dapr meets it

    async def find_daprds(self) -> None:
        """Learn where each anchor's daprd is; again when there are others."""
        found = json.loads(
            await self.kubectl("get", "pods", f"-n={NAMESPACE}", f"-l={COMPONENT_LABEL}={ANCHOR}", "-o=json")
        )
        pods = [pod for pod in found["items"] if "deletionTimestamp" not in pod["metadata"]]
        self._daprds = {pod["metadata"]["labels"][NAME_LABEL]: pod["status"]["podIP"] for pod in pods}

    async def publish(self, event: Any, topic: str, *, by: str, pubsub: str = PUBSUB, raw: bool = False) -> float:
        """Publish an event through the daprd of the app `by`; the moment (Unix time) before it was sent."""
        key = event.get("partitionkey", event["id"])
        query = f"metadata.partitionKey={key}&metadata.rawPayload={str(raw).lower()}"
        url = f"http://{self._daprds[by]}:{DAPR_HTTP}/v1.0/publish/{pubsub}/{topic}?{query}"
        body = json.dumps(event)
        sent_at = time.time()
        answer = await self._http.post(url, content=body, headers=self._to_daprd(CLOUDEVENT))
        _check(answer, f"publishing to {topic}")
        return sent_at

    async def set_alarm(self, moment: datetime, lead_seconds: int, *, at: str) -> None:
        """Have the app `at` rung so long before a moment's second, as functions set alarms."""
        second = int(moment.timestamp())
        name = job_name(second, f"bench-{uuid4().hex[:8]}")
        due = datetime.fromtimestamp(second - lead_seconds, UTC)
        again = {"constant": {"interval": "1s"}}
        answer = await self._http.post(
            f"http://{self._daprds[at]}:{DAPR_HTTP}/v1.0-alpha1/jobs/{name}",
            json={"dueTime": due.isoformat(), "data": {"value": ""}, "failurePolicy": again},
            headers=self._to_daprd("application/json"),
        )
        _check(answer, f"setting the job {name}")

    async def deliver(self, function: str, path: str, body: Any) -> float:
        """Ask a function as its daprd does, through the gateway inside the cluster; the seconds until its answer."""
        headers = {"host": service_host(function), "content-type": CLOUDEVENT, "dapr-api-token": self._app_token}
        return await self._timed("POST", f"{self._internal}{path}", headers, body)

    # --- As a person meets it

    async def ask(self, method: str, path: str, body: Any = None) -> float:
        """Ask chat-api through the public gateway; the seconds until its answer."""
        headers = {
            "host": self.host,
            "authorization": f"Bearer {self._user_token}",
            "content-type": "application/json",
        }
        return await self._timed(method, f"{self.gateway_url}{path}", headers, body)

    # --- As the owner of its database does

    async def rows(self, query: LiteralString, *parameters: Any) -> list[tuple[Any, ...]]:
        """What the database holds, whoever may see it."""
        return await (await self._database.execute(query, parameters)).fetchall()

    async def committed(self, query: LiteralString, *parameters: Any) -> float:
        """Wait until the query has a row; the moment (Unix time) at which it was seen. Raises TimeoutError."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            # Another process writes it, so it is asked.
            while not await self.rows(query, *parameters):  # noqa: ASYNC110
                await asyncio.sleep(LOOK_SECONDS)
            return time.time()

    async def list_id(self) -> UUID:
        """The person's own list."""
        list_id: UUID
        [(list_id,)] = await self.rows("SELECT id FROM lists WHERE owner_id = %s", self.user_id)
        return list_id

    async def forget(self, tasks: Sequence[UUID]) -> None:
        """Remove these tasks with what came of them."""
        for query in ("DELETE FROM notices WHERE task_id = ANY(%s)", "DELETE FROM tasks WHERE id = ANY(%s)"):
            await self._database.execute(query, (list(tasks),))

    async def bury(self, event_id: str) -> None:
        """Remove the dead letters of an event."""
        await self._database.execute("DELETE FROM dead_letters WHERE event_id = %s", (event_id,))

    async def log_statements(self, wanted: bool) -> None:
        """Have the database log every statement, or as it was set up."""
        await self._database.execute(
            "ALTER SYSTEM SET log_statement = 'all'" if wanted else "ALTER SYSTEM RESET log_statement"
        )
        await self._database.execute("SELECT pg_reload_conf()")

    # ---

    async def _timed(self, method: str, url: str, headers: dict[str, str], body: Any) -> float:
        content = json.dumps(body) if body is not None else None
        started = time.perf_counter()
        answer = await self._http.request(method, url, content=content, headers=headers)
        seconds = time.perf_counter() - started
        _check(answer, f"{method} {headers['host']}{httpx.URL(url).path}")
        return seconds

    def _to_daprd(self, content_type: str) -> dict[str, str]:
        return {"content-type": content_type, "dapr-api-token": self._api_token}

    def _service_address(self, name: str) -> str:
        found = self.cluster.kubectl("get", "service", name, "-n=kourier-system", "-o=jsonpath={.spec.clusterIP}")
        if found in ("", "None"):
            raise RuntimeError(f"the service {name} of kourier-system has no address of its own")
        return found

    def _token(self, secret: str) -> str:
        found = self.cluster.kubectl("get", "secret", secret, f"-n={NAMESPACE}", "-o=jsonpath={.data.token}")
        return base64.b64decode(found).decode()


@asynccontextmanager
async def site(cluster: Cluster, host: str) -> AsyncIterator[Site]:
    """Taskwake on this cluster, where it answers to `host`. Its person is gone when this ends, with all that was
    theirs."""
    async with (
        httpx.AsyncClient(timeout=PATIENCE_SECONDS) as http,
        await psycopg.AsyncConnection.connect(cluster.postgres_owner_url(), autocommit=True) as database,
    ):
        taskwake = Site(cluster, host, http, database)
        try:
            await taskwake.find_daprds()
            yield taskwake
        finally:
            accounts.remove_user(taskwake.owner_url, taskwake.user_id)


def _check(answer: httpx.Response, what: str) -> None:
    if not answer.is_success or b"RETRY" in answer.content:
        raise RuntimeError(f"{what}: {answer.status_code} {answer.text[:500]}")
