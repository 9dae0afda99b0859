"""The Dapr way with a proxy between any two of its parts, a client's history of it, and the checker's view of both."""

import asyncio
import contextlib
import subprocess
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx

from functions.catalogue import FUNCTIONS
from functions.kernel.embedded.postgres import Postgres, _binaries
from functions.operations import accounts
from infra.local.database import postgres_process
from infra.local.functions import Ports
from infra.local.ports import LOOPBACK
from infra.local.stack import DaprStack
from infra.local.sweep import rearm
from tests.faults.history import Found
from tests.faults.proxy import Proxy
from tests.faults.receivers import mailbox, webhooks
from tests.faults.site import PATIENCE_SECONDS, TOPICS, Witness
from tests.owner_view import OwnerView

NAMES = [function.name for function in FUNCTIONS]
DAPRDS, FUNCTIONS_, KAFKA, SCHEDULER, POSTGRESQL, RECEIVERS = PAIRS = (
    "functions to daprds",
    "daprds to functions",
    "daprds to Kafka",
    "daprds to the scheduler",
    "all to PostgreSQL",
    "sender to receivers",
)
POISON_SOURCE = "/poison"
POISONED = "task-created"
PUBLISHED_AT_ONCE = 1000


class DaprSite(Witness):
    """Started over a folder by `begin`; `proxies` are those of each of PAIRS."""

    stack: DaprStack
    view: OwnerView
    restarting: asyncio.Task[None]
    standby: Postgres

    @classmethod
    @contextlib.asynccontextmanager
    async def begin(cls, folder: Path) -> AsyncIterator["DaprSite"]:
        """One person with an e-mail address and a webhook."""
        async with AsyncExitStack() as stack:
            hooks, mails = [await stack.enter_async_context(receiver()) for receiver in (webhooks, mailbox)]
            site = cls(hooks, mails, Proxy(hooks.address), Proxy(mails.address))
            hook_at, mail_at = [await stack.enter_async_context(proxy.at()) for proxy in (site.hooks_by, site.mails_by)]
            site.proxies: dict[str, list[Proxy]] = {pair: [] for pair in PAIRS}
            site.proxies[RECEIVERS] += [site.hooks_by, site.mails_by]
            site.poisons: dict[str, bool] = {}
            """The id of each event that nobody can handle, and whether daprd took it."""

            async def detours(ports: Ports) -> Mapping[int, int]:
                return {port: await site._between(pair, port, stack) for pair, port in _listening(ports)}

            await asyncio.to_thread(_prepare_database, folder / "postgres")
            smtp_url = f"smtp://{mail_at[0]}:{mail_at[1]}"
            site.stack = await stack.enter_async_context(DaprStack(folder, smtp_url=smtp_url, detours=detours))
            owner = site.stack.owner_url
            site.restarting = asyncio.create_task(site._restart_sidecars())
            stack.callback(site.restarting.cancel)
            site.view = OwnerView(owner, PATIENCE_SECONDS)
            token = accounts.issue(owner, accounts.first_user(owner), "token")
            site.http = await stack.enter_async_context(
                httpx.AsyncClient(
                    base_url=site.stack.url, headers={"authorization": f"Bearer {token}"}, timeout=PATIENCE_SECONDS
                )
            )
            (await site.http.patch("/me", json={"email": "sam@example.org"})).raise_for_status()
            hook = {"url": f"http://{hook_at[0]}:{hook_at[1]}/hook", "topics": list(TOPICS)}
            (await site.http.post("/webhooks", json=hook)).raise_for_status()
            yield site

    async def _between(self, pair: str, port: int, stack: AsyncExitStack) -> int:
        proxy = Proxy((LOOPBACK, port))
        self.proxies[pair].append(proxy)
        address = await stack.enter_async_context(proxy.at())
        assert isinstance(address, tuple)
        return address[1]

    async def _restart_sidecars(self) -> None:
        """As Kubernetes does: a daprd ends when its connection to the scheduler breaks at the wrong moment (1.16.0)."""
        while True:
            ended = await self.stack.supervisor.ended()
            if not ended.spec.name.startswith("daprd-"):
                raise ended.failure("by itself")
            await self.stack.supervisor.restart(ended.spec.name)

    async def rows(self, query: str, *parameters: Any) -> list[dict[str, Any]]:
        return await self.view.rows(query, *parameters)

    # --- what goes wrong ----------------------------------------------------

    async def publish(self, topic: str, events: Sequence[Mapping[str, Any]], keys: Sequence[str]) -> bool:
        """Publish as the alarm, which may publish to every topic; whether its daprd took them all. It takes 4 MiB at
        once."""
        for first in range(0, len(events), PUBLISHED_AT_ONCE):
            at_once = slice(first, first + PUBLISHED_AT_ONCE)
            if not await self._publish(topic, events[at_once], keys[at_once]):
                return False
        return True

    async def _publish(self, topic: str, events: Sequence[Mapping[str, Any]], keys: Sequence[str]) -> bool:
        entries = [
            {
                "entryId": str(number),
                "event": event,
                "contentType": "application/cloudevents+json",
                "metadata": {"partitionKey": key},
            }
            for number, (event, key) in enumerate(zip(events, keys, strict=True))
        ]
        url = f"{self.stack.daprd_url('alarm')}/v1.0-alpha1/publish/bulk/pubsub/{topic}"
        try:
            answer = await self.http.post(url, headers={"dapr-api-token": self.stack.tokens.api}, json=entries)
        except httpx.TransportError:
            return False
        return answer.is_success

    async def poison(self, name: str) -> None:
        """Publish an event that nobody can handle."""
        topic = "task.created.v1"
        event = {"specversion": "1.0", "id": name, "source": POISON_SOURCE, "type": f"dev.taskwake.{topic}", "data": {}}
        self.poisons[name] = await self.publish(topic, [event], [name])

    async def copy_postgresql(self) -> None:
        """Have a standby that has each commit before its client is told of it."""
        data = self.stack.folder / "standby" / "data"
        data.parent.mkdir(mode=0o700)
        arguments = [
            "--dbname",
            self.view.owner_url,
            "--pgdata",
            str(data),
            "--write-recovery-conf",
            "--checkpoint=fast",
        ]
        await asyncio.to_thread(subprocess.run, [_binaries() / "pg_basebackup", *arguments], check=True)
        port = self.stack.ports.block.take("standby")
        self.standby = Postgres(data.parent, port=port, settings={"max_connections": "200"})
        self.standby.prepare()
        await self.stack.supervisor.start(replace(postgres_process(self.standby), name="standby"))
        await self.rows("ALTER SYSTEM SET synchronous_standby_names = '*'")
        await self.rows("SELECT pg_reload_conf()")
        await self.view.until("SELECT pid FROM pg_stat_replication WHERE sync_state = 'sync'")

    async def fail_over(self) -> None:
        """kill -9 of PostgreSQL; the standby takes over, behind the same address."""
        await self.stack.supervisor.kill("postgres")
        assert self.standby.port
        [proxy] = self.proxies[POSTGRESQL]
        proxy.upstream = (LOOPBACK, self.standby.port)
        self.view.owner_url = self.standby.url()
        await self.rows("SELECT pg_promote()")

    async def sweep(self) -> None:
        """What happens every hour, and at `taskwake rearm`."""
        await rearm(self.stack.function_url("alarm"), self.stack.tokens.app)

    # --- what is there in the end -------------------------------------------

    async def found(self) -> Found:
        """As ever; of the dead letters that poison should have become, what is missing is still to be done."""
        if self.restarting.done():
            self.restarting.result()
        # First: what becomes one in between is seen, and taken for a fault, until somebody looks again.
        letters = await self.rows(
            "SELECT function, event_id, reason FROM dead_letters WHERE source = %s", POISON_SOURCE
        )
        found = await super().found()
        for letter in letters:
            if letter["function"] == POISONED and letter["event_id"] in self.poisons:
                found.dead.remove(f"{letter['function']}: {letter['reason']}")
        known = {letter["event_id"] for letter in letters}
        found.left += [
            f"{name} as a dead letter" for name, taken in self.poisons.items() if taken and name not in known
        ]
        return found


def _prepare_database(folder: Path) -> None:
    """No power is lost here; what was written outlives a kill without waiting for the disk."""
    Postgres(folder).prepare()
    with (folder / "data" / "postgresql.auto.conf").open("a") as settings:
        settings.write("fsync = off\n")


def _listening(ports: Ports) -> list[tuple[str, int]]:
    """Where each part listens, and which pair a connection to it belongs to."""
    take = ports.block.take
    return [
        *((DAPRDS, ports.daprd_http(name)) for name in NAMES),
        *((DAPRDS, ports.daprd_grpc(name)) for name in NAMES),
        *((FUNCTIONS_, ports.app(name)) for name in NAMES),
        (KAFKA, take("kafka")),
        (SCHEDULER, take("scheduler")),
        (POSTGRESQL, take("postgres")),
    ]
