"""A contestant that is a program: an adapter which is started for each command (adapters/README.md)."""

import asyncio
import contextlib
import json
import os
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import psycopg

from functions.kernel.embedded.processes import dying_with_parent
from loadtests.peers.contestant import Setting
from loadtests.peers.scenarios import Job
from loadtests.peers.server import Server

READY_SECONDS = 60
ENQUEUE_SECONDS = 300


@dataclass(frozen=True)
class Queue:
    """The peer's table of jobs. `waiting` selects the numbers of those it still means to do, `moment` is the column
    with the time a job is due, `own` are the columns that a copy of a row gets values of its own for."""

    table: str
    moment: str
    waiting: str
    own: Sequence[str] = ("id",)


@dataclass(frozen=True)
class Program:
    """A peer. `command` installs it, if need be, and returns how its adapter is started."""

    setting: Setting
    queue: Queue
    command: Callable[[], list[str]]

    @cached_property
    def argv(self) -> list[str]:
        return self.command()

    def install(self) -> None:
        """See Entrant."""
        _ = self.argv

    def over(self, server: Server) -> "ProgramOver":
        """See Entrant."""
        return ProgramOver(self, server)


class ProgramOver:
    """It, over a server: see Contestant."""

    def __init__(self, program: Program, server: Server) -> None:
        self.server = server
        self._program = program
        self._environment = os.environ | server.environment | {"PEER_SETTINGS": json.dumps(program.setting.values)}
        self._log = server.folder / "adapter.log"
        self._worker: asyncio.subprocess.Process | None = None

    async def prepare(self) -> None:
        await self._run("prepare")

    async def enqueue(self, jobs: Sequence[Job]) -> None:
        moments = [
            (number, f"{due_at:%Y-%m-%dT%H:%M:%S}.{due_at.microsecond // 1000:03}+00:00") for number, due_at in jobs
        ]
        await self._run("enqueue", json.dumps(moments))

    async def add_ballast(self, count: int) -> None:
        """Copies of the one job that is there: with SQL, since its own means would take minutes."""
        queue = self._program.queue
        schema, _, table = queue.table.rpartition(".")
        async with await psycopg.AsyncConnection.connect(self.server.url) as connection:
            found = await connection.execute(
                "SELECT column_name::text FROM information_schema.columns WHERE table_schema = %s AND table_name = %s"
                " AND is_generated = 'NEVER' AND column_name <> ALL(%s)",
                (schema or "public", table, list(queue.own)),
            )
            columns = [name for (name,) in await found.fetchall()]
            values = [f"{name} + number * interval '1 second'" if name == queue.moment else name for name in columns]
            # Triggers announce a job that was added; nobody listens yet.
            await connection.execute("SET LOCAL session_replication_role = replica")
            await connection.execute(
                f"INSERT INTO {queue.table} ({', '.join(columns)}) SELECT {', '.join(values)}"  # noqa: S608
                f" FROM {queue.table}, generate_series(1, %s) AS number",
                (count - 1,),
            )

    async def start(self) -> None:
        with self._log.open("ab") as log:
            self._worker = await asyncio.create_subprocess_exec(
                *dying_with_parent([*self._program.argv, "work"]), cwd=self.server.folder, env=self._environment,
                stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE, stderr=log,
            )  # fmt: skip
        assert self._worker.stdout
        line = await asyncio.wait_for(self._worker.stdout.readline(), READY_SECONDS)
        if line.strip() != b"ready":
            raise RuntimeError(f"{self._program.setting.key} did not start: {self._last_words()}")

    def pids(self) -> Collection[int]:
        return [self._worker.pid] if self._worker and self._worker.returncode is None else []

    async def kill(self) -> None:
        assert self._worker
        self._worker.kill()
        await self._worker.wait()

    async def stop(self) -> None:
        if self._worker and self._worker.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                self._worker.kill()
            await self._worker.wait()

    async def waiting(self) -> Collection[int]:
        async with await psycopg.AsyncConnection.connect(self.server.url) as connection:
            return {number for (number,) in await (await connection.execute(self._program.queue.waiting)).fetchall()}

    async def _run(self, command: str, stdin: str = "") -> None:
        process = await asyncio.create_subprocess_exec(
            *dying_with_parent([*self._program.argv, command]), cwd=self.server.folder, env=self._environment,
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
        )  # fmt: skip
        try:
            said, _ = await asyncio.wait_for(process.communicate(stdin.encode()), ENQUEUE_SECONDS)
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
        if process.returncode:
            raise RuntimeError(
                f"{self._program.setting.key} could not {command}: {said.decode(errors='replace')[-2000:]}"
            )

    def _last_words(self) -> str:
        return Path(self._log).read_text(errors="replace")[-2000:]
