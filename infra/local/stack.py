"""The Dapr way on one machine: every function in a process of its own, with a daprd, over Kafka and PostgreSQL."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import httpx

from functions.catalogue import FUNCTIONS
from functions.kernel.embedded.folder_lock import FolderLock
from functions.kernel.embedded.postgres import Postgres
from functions.kernel.embedded.secret_store import FileSecretStore
from functions.kernel.webhook_secret import KEY_NAME
from functions.notification_service.channels.directory import SMTP_SECRET
from infra.local import tools
from infra.local.dapr import name_resolution, scheduler_process
from infra.local.database import postgres_process, prepare_database, tcp_url
from infra.local.functions import ALARM, Ports, Tokens, function_process, sidecar_environment, sidecar_process
from infra.local.kafka import kafka_process
from infra.local.pgbouncer import pgbouncer_process
from infra.local.ports import LOOPBACK, claim_block
from infra.local.supervisor import Supervisor
from infra.local.sweep import rearm, sweep_hourly

COMPONENTS = Path(__file__).resolve().parents[2] / "components"


@dataclass(frozen=True)
class Programs:
    """What the stack is made of, besides Python."""

    java: tools.Tool
    kafka: tools.Tool
    scheduler: tools.Tool
    daprd: tools.Tool
    pgbouncer: tools.Tool | None = None

    @classmethod
    def find(cls, *, pooler: bool = False) -> Self:
        """Find them, or make them, which takes minutes the first time. Raises ToolMissingError."""
        pgbouncer = tools.pgbouncer() if pooler else None
        return cls(tools.java(), tools.kafka(), tools.scheduler(), tools.daprd(), pgbouncer)


class DaprStack:
    """The Dapr way over `folder`, which holds all of it: data, secrets, and in logs/ a file a process.

    Entering the context starts it, leaving it ends every process; what was accepted stays in the folder. With
    `database_url` (its owner's address) PostgreSQL is not this machine's. `pooler` puts PgBouncer in transaction
    mode between the functions and PostgreSQL. `detours` is asked, before anything starts, where each part that is
    started here is to be connected to (see Ports.detours).
    """

    def __init__(
        self,
        folder: Path,
        *,
        pooler: bool = False,
        database_url: str | None = None,
        smtp_url: str | None = None,
        components: Path = COMPONENTS,
        detours: Callable[[Ports], Awaitable[Mapping[int, int]]] | None = None,
        say: Callable[[str], None] = print,
    ) -> None:
        if pooler and database_url:
            raise ValueError("a database of your own comes with its own pooler: give its address")
        self.folder = folder.resolve()
        self.logs = self.folder / "logs"
        self.secrets = FileSecretStore(self.folder / "secrets.json")
        self._pooler = pooler
        self._database_url = database_url
        self._smtp_url = smtp_url
        self._components = components
        self._detours = detours
        self._say = say
        self._exit = AsyncExitStack()
        self._tidy: Callable[[], None] = lambda: None
        self.tokens: Tokens
        self.supervisor: Supervisor
        self.ports: Ports
        self.owner_url: str

    @property
    def url(self) -> str:
        """Where the page and the API are."""
        return self.function_url("chat-api")

    def function_url(self, name: str) -> str:
        """Where a function listens; it wants the header dapr-api-token: tokens.app."""
        return f"http://{LOOPBACK}:{self.ports.app(name)}"

    def daprd_url(self, name: str) -> str:
        """Where a function's daprd listens; it wants the header dapr-api-token: tokens.api."""
        return f"http://{LOOPBACK}:{self.ports.daprd_http(name)}"

    async def __aenter__(self) -> Self:
        try:
            await self._start()
        except BaseException:
            await self._exit.aclose()
            raise
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._exit.aclose()

    async def _start(self) -> None:
        programs = await asyncio.to_thread(Programs.find, pooler=self._pooler)
        if redpanda := tools.redpanda():
            self._say(f"  {redpanda.path} is there; Apache Kafka, which this starts, stands in for it")
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        lock = FolderLock(self.folder)
        lock.acquire()
        self._exit.callback(lock.release)
        self.tokens = await Tokens.kept_in(self.secrets)
        block = self._exit.enter_context(claim_block())
        self.ports = Ports(block)
        if self._detours:
            self.ports = Ports(block, await self._detours(self.ports))
        self._exit.callback(lambda: self._tidy())
        self.supervisor = await self._exit.enter_async_context(Supervisor(self.logs, self._say))
        await asyncio.gather(self._start_database(programs), self._start_messaging(programs))
        await self._start_functions(programs)
        # The alarm and the page make what they work with now, not at the first request.
        async with httpx.AsyncClient(timeout=60) as client:
            (await client.get(f"{self.function_url(ALARM)}/healthz")).raise_for_status()
            (await client.get(f"{self.url}/healthz")).raise_for_status()
        await rearm(self.function_url(ALARM), self.tokens.app)
        sweeping = asyncio.create_task(sweep_hourly(self.function_url(ALARM), self.tokens.app, self._say))
        self._exit.callback(sweeping.cancel)

    async def _start_database(self, programs: Programs) -> None:
        take = self.ports.block.take
        if self._database_url:
            self.owner_url = public_url = self._database_url
        else:
            postgres = Postgres(self.folder / "postgres", port=take("postgres"), settings={"max_connections": "200"})
            await asyncio.to_thread(postgres.prepare)
            self._tidy = postgres.tidy
            await self.supervisor.start(postgres_process(postgres))
            self.owner_url = postgres.url()
            public_url = tcp_url(self.ports.towards(take("pgbouncer" if programs.pgbouncer else "postgres")))
        self.secrets.ensure(KEY_NAME)
        if self._smtp_url:
            self.secrets.put({SMTP_SECRET: self._smtp_url})
        passwords = await prepare_database(self.owner_url, self.secrets, public_url)
        if programs.pgbouncer:
            await self.supervisor.start(
                pgbouncer_process(
                    binary=programs.pgbouncer.path,
                    version=programs.pgbouncer.version,
                    folder=self.folder / "pgbouncer",
                    port=take("pgbouncer"),
                    server_port=self.ports.towards(take("postgres")),
                    passwords=passwords,
                )
            )

    async def _start_messaging(self, programs: Programs) -> None:
        take = self.ports.block.take
        kafka = await kafka_process(
            java=programs.java.path,
            jars=programs.kafka.path,
            data_dir=self.folder / "kafka",
            port=take("kafka"),
            controller_port=take("kafka-controller"),
            reached_at=self.ports.towards(take("kafka")),
        )
        scheduler = scheduler_process(
            binary=programs.scheduler.path,
            data_dir=self.folder / "scheduler",
            port=take("scheduler"),
            peer_port=take("etcd-peer"),
            client_port=take("etcd-client"),
            health_port=take("scheduler-health"),
            reached_at=self.ports.towards(take("scheduler")),
        )
        await self.supervisor.start(kafka, scheduler)

    async def _start_functions(self, programs: Programs) -> None:
        names = self.folder / "names.yaml"
        internal = {function.name: self.ports.daprd_internal(function.name) for function in FUNCTIONS}
        names.write_text(name_resolution(internal, trust_callers=True))
        environment = sidecar_environment(
            self.ports.towards(self.ports.block.take("kafka")), self.folder / "secrets.json"
        )
        await self.supervisor.start(
            *(function_process(function.name, self.ports, self.tokens) for function in FUNCTIONS)
        )
        await self.supervisor.start(
            *(
                sidecar_process(
                    function,
                    self.ports,
                    self.tokens,
                    binary=programs.daprd.path,
                    components=self._components,
                    names=names,
                    environment=environment,
                )
                for function in FUNCTIONS
            )
        )
