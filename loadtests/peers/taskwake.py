"""Taskwake among the contestants: embedded, and on real Dapr and Kafka."""

import asyncio
import sys
from collections.abc import Collection, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import psycopg

from infra.local.stack import DaprStack, Programs
from infra.local.supervisor import read_process_list
from infra.local.sweep import rearm
from loadtests.peers.contestant import Setting
from loadtests.peers.program import Program, ProgramOver, Queue
from loadtests.peers.scenarios import Job
from loadtests.peers.server import Server
from loadtests.peers.taskwake_rows import WAITING, prepare_rows, write, write_ballast

ROOT = Path(__file__).resolve().parents[2]
ADAPTER = ["env", f"PYTHONPATH={ROOT}", sys.executable, "-m", "loadtests.peers.adapters.taskwake.adapter"]
KILLED = ("alarm", "task-due")
"""Of the processes, those that do the work of a worker: to claim what is due, and to do it."""


@dataclass(frozen=True)
class Embedded(Program):
    """All of it in one process."""

    def over(self, server: Server) -> "EmbeddedOver":
        """See Entrant."""
        return EmbeddedOver(self, server)


class EmbeddedOver(ProgramOver):
    """See Contestant."""

    async def add_ballast(self, count: int) -> None:
        await asyncio.to_thread(write_ballast, self.server.url, count)


@dataclass(frozen=True)
class Dapr:
    """A process and a daprd for each function, with Kafka and Dapr's scheduler."""

    setting: Setting

    def install(self) -> None:
        """See Entrant."""
        Programs.find()

    def over(self, server: Server) -> "DaprOver":
        """See Entrant."""
        return DaprOver(server)


class DaprOver:
    """See Contestant."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._exit = AsyncExitStack()
        self._stack: DaprStack | None = None

    async def prepare(self) -> None:
        # daprd and the functions come in by TCP, by a password; so does whoever gives the logins theirs.
        async with await psycopg.AsyncConnection.connect(self._server.url) as connection:
            await connection.execute("ALTER ROLE postgres PASSWORD 'measured'")
        address = f"postgresql://postgres:measured@127.0.0.1:{self._server.tcp_port}/postgres"
        stack = DaprStack(self._server.folder / "dapr", database_url=address, say=lambda _: None)
        self._stack = await self._exit.enter_async_context(stack)
        await asyncio.to_thread(prepare_rows, self._server.url)

    async def enqueue(self, jobs: Sequence[Job]) -> None:
        await asyncio.to_thread(write, self._server.url, jobs)
        await rearm(self._running.function_url("alarm"), self._running.tokens.app)

    async def add_ballast(self, count: int) -> None:
        await asyncio.to_thread(write_ballast, self._server.url, count)

    async def start(self) -> None:
        """It runs since it was prepared; after a kill, what was killed is started."""
        running = {each["name"]: each["pid"] for each in read_process_list(self._running.logs)}
        await asyncio.gather(*(self._running.supervisor.restart(name) for name in KILLED if not running[name]))

    def pids(self) -> Collection[int]:
        return [each["pid"] for each in read_process_list(self._running.logs) if each["pid"]]

    async def kill(self) -> None:
        await asyncio.gather(*(self._running.supervisor.kill(name) for name in KILLED))

    async def stop(self) -> None:
        await self._exit.aclose()

    async def waiting(self) -> Collection[int]:
        async with await psycopg.AsyncConnection.connect(self._server.url) as connection:
            return {number for (number,) in await (await connection.execute(WAITING)).fetchall()}

    @property
    def _running(self) -> DaprStack:
        assert self._stack
        return self._stack


EMBEDDED = Embedded(
    Setting("taskwake", "", version("taskwake")), Queue("reminders", "remind_at", WAITING), lambda: list(ADAPTER)
)
DAPR = Dapr(Setting("taskwake", "dapr", version("taskwake")))
