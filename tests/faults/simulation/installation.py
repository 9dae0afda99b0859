"""Taskwake as it is, in simulated processes: its functions, its chat-api, its adapters of Dapr; only what these talk to
is the simulation's."""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from types import SimpleNamespace
from typing import Any

import httpx
from fastapi import FastAPI

from functions.catalogue import BY_NAME, FUNCTIONS, consumers_of
from functions.chat_api.api import create_app
from functions.chat_api.context import ApiContext
from functions.chat_api.feed import Feed, WakingBus
from functions.chat_api.limits import Limits
from functions.kernel.dapr.alarm_clock import DaprAlarmClock
from functions.kernel.dapr.bus import DaprEventBus
from functions.kernel.events import EVENT_TYPES
from functions.kernel.host.deliver import FunctionHost
from functions.kernel.host.ring import REARM, alarm_named, ring
from functions.kernel.storage import logins
from functions.kernel.storage.outbox import Outbox
from functions.kernel.storage.unit_of_work import UnitsOfWork
from tests.faults.simulation.broker import Broker
from tests.faults.simulation.database import SteppedDatabase, SteppedJoiningDatabase
from tests.faults.simulation.jobs import Jobs
from tests.faults.simulation.mail import Mail
from tests.faults.simulation.world import Process, World

API = "chat-api"
OF_EACH = {API: 2, "alarm": 2, "task-due": 2, "task-completed": 2}
"""So many processes; of the others one."""
SKEW_SECONDS = 120
"""So far a process's clock may be from the database's, either way."""


@dataclass(frozen=True)
class Answer:
    """What a client got."""

    status: int
    body: Any


class Running(Process):
    """One process of a function; `host` handles its events, `http` is chat-api's, whichever it is."""

    host: FunctionHost
    http: httpx.AsyncClient

    async def ask(
        self, method: str, path: str, body: Any, headers: Mapping[str, str], patience: float
    ) -> Answer | None:
        """The answer to a request; null when none comes."""
        answer = await self.run(self._ask(method, path, body, headers), patience)
        if answer is None:
            return None
        is_json = bool(answer.content) and "json" in answer.headers.get("content-type", "")
        return Answer(answer.status_code, answer.json() if is_json else answer.text)

    async def _ask(self, method: str, path: str, body: Any, headers: Mapping[str, str]) -> httpx.Response:
        content = None if body is None else json.dumps(body).encode()
        kind = {"content-type": "application/json"} if content else {}
        answer = await self.http.request(method, path, content=content, headers=dict(headers) | kind)
        await self.turn("after the commit, before the answer")
        return answer


class Installation:
    """All processes of a Taskwake. What is killed starts again after a while."""

    def __init__(self, world: World, mail: Mail, *, duplicates: float, twice: float) -> None:
        self.world = world
        self._mail = mail
        self.processes: dict[str, list[Running]] = {}
        consumers = {kind.topic: [function.name for function in consumers_of(kind.topic)] for kind in EVENT_TYPES}
        self.jobs = Jobs(world, self.pick, twice)
        self.broker = Broker(world, consumers, self.pick, duplicates)

    def start(self) -> None:
        """Begin."""
        for function in FUNCTIONS:
            if function.name != "dead-letter":
                for n in range(OF_EACH.get(function.name, 1)):
                    self._start(f"{function.name}-{n}")
        self.broker.start()
        self.world.start(self.jobs.sweep())

    def pick(self, name: str) -> tuple[Running | None, FunctionHost | None]:
        """One that runs now, and its host; or null."""
        running = [process for process in self.processes[name] if not process.dead]
        process = self.world.random.choice(running) if running else None
        return process, process.host if process and name != API else None

    def _start(self, name: str) -> None:
        function = name.rpartition("-")[0]
        process = Running(self.world, name)
        skew = timedelta(
            seconds=self.world.random.choice([0, 0, -SKEW_SECONDS, SKEW_SECONDS]) * self.world.random.random()
        )
        # What Taskwake's own adapters ask of daprd's client.
        client = SimpleNamespace(
            schedule_job=lambda job: self.jobs.take(process, job),
            publish_events=lambda _, topic, entries: self.broker.take(process, topic, entries),
        )
        connection: Any = SimpleNamespace(client=lambda: client)
        clock = DaprAlarmClock(connection, clock=lambda: self.world.now() + skew)
        if function == API:
            self._make_api(process, connection, clock)
        else:
            database = SteppedDatabase(process, logins.FUNCTIONS.name)
            units = UnitsOfWork(database, DaprEventBus(connection, Outbox(database)), clock)
            ports = {"channels": self._mail.channels(process), "secrets": None}
            process.host = FunctionHost(BY_NAME[function], database, units, ports, held_up=True)
        self.processes.setdefault(function, []).append(process)
        self.world.start(self._watch(process))
        if function == "alarm":
            self.world.start(_rearm(process))

    def _make_api(self, process: Running, connection: Any, clock: DaprAlarmClock) -> None:
        database = SteppedJoiningDatabase(process, logins.API.name)
        feed = Feed(database)
        units = UnitsOfWork(database, WakingBus(DaprEventBus(connection, Outbox(database)), feed), clock)
        none: Any = None
        context = ApiContext(database, units, feed, none, none, none, limits=Limits(0))
        app = _app(int(process.name.rpartition("-")[2]))
        app.state.api = context
        transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
        process.http = httpx.AsyncClient(transport=transport, base_url="http://taskwake")

    async def _watch(self, process: Running) -> None:
        await asyncio.shield(process.died)
        self.processes[process.name.rpartition("-")[0]].remove(process)
        await asyncio.sleep(self.world.random.uniform(0.5, 20))
        self._start(process.name)


@cache
def _app(_: int) -> FastAPI:
    """Made once for all histories, which takes longer than one of these."""
    return create_app()


async def _rearm(process: Running) -> None:
    """As each alarm does when it starts (functions/bootstrap/dapr.py)."""
    while not process.dead:
        try:
            await process.run(ring(process.host, alarm_named(REARM)))
        except Exception as error:  # noqa: BLE001 - tried until it is done
            process.world.note(f"{process.name} could not set the alarms again: {type(error).__name__}")
            await asyncio.sleep(5)
        else:
            return
