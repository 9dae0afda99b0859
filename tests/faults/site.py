"""A Taskwake in a process of its own that faults are made around: its client's history, its receivers, its database."""

import asyncio
import contextlib
import itertools
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import psycopg
from psycopg.rows import dict_row

from functions.kernel.embedded.secret_store import FileSecretStore
from functions.notification_service.channels.directory import SMTP_SECRET
from tests.faults.history import Answer, Found, Write, faults
from tests.faults.proxy import Proxy
from tests.faults.receivers import Receiver, mailbox, webhooks
from tests.faults.state import look
from tests.served import Served

TOPICS = ("task.created.v1", "task.due.v1")
PATIENCE_SECONDS = 120
"""A busy machine may be slow without being wrong: eighty calls to one webhook, each after another, took a minute."""
REAL_PORT = 5433
"""Behind the proxy, PostgreSQL's socket has this port's name."""


class Witness:
    """Asks for tasks by `http`, notes each in `writes`, and holds what is there in the end to what was answered."""

    http: httpx.AsyncClient

    def __init__(self, hooks: Receiver, mails: Receiver, hooks_by: Proxy, mails_by: Proxy) -> None:
        self.hooks, self.mails = hooks, mails
        self.hooks_by, self.mails_by = hooks_by, mails_by
        self.writes: list[Write] = []
        self.last: httpx.Response | None = None
        """The answer to the last write that was answered."""
        self._numbers = itertools.count()

    # --- what a client does -------------------------------------------------

    def title(self, of: str) -> str:
        """A title of its own."""
        return f"{of} {next(self._numbers)}"

    async def write(self, title: str, rings_in: float | None = None, **more: str) -> Answer:
        """Ask for a task, once, and note what was answered."""
        moment = None if rings_in is None else datetime.now(UTC) + timedelta(seconds=rings_in)
        fields = {"title": title} | ({"due_at": moment.isoformat()} if moment else {}) | more
        answer: Answer = "unknown"
        with contextlib.suppress(httpx.TransportError):
            response = await self.http.post("/tasks", json=fields)
            answer = "accepted" if response.is_success else _said(response)
            self.last = response
        self.writes.append(Write(title, answer, moment))
        return answer

    async def load(self, of: str, writes: int = 40, at_once: int = 4) -> None:
        """Ask for so many tasks, each due within a second and a half from then."""
        waiting = iter([self.title(of) for _ in range(writes)])

        async def client() -> None:
            for number, title in enumerate(waiting):
                await self.write(title, rings_in=0.1 * (number % 15))

        await asyncio.gather(*(client() for _ in range(at_once)))

    # --- what an operator sees ----------------------------------------------

    async def rows(self, query: str, *parameters: Any) -> list[dict[str, Any]]:
        """What the database holds, whoever may see it."""
        raise NotImplementedError

    async def found(self) -> Found:
        """What is there now, within and at the receivers."""
        found = await look(self.rows)
        found.arrivals = self.hooks.arrivals + self.mails.arrivals
        return found

    async def wrong_after(self, seconds: float) -> list[str]:
        """What is still wrong when all is quiet, or when so long has passed."""
        wrong: list[str] = []

        async def right() -> bool:
            wrong[:] = faults(self.writes, await self.found(), topics=(*TOPICS, "e-mail"))
            return not wrong

        with contextlib.suppress(TimeoutError):
            await until(right, seconds)
        return wrong

    async def keeps_its_promises(self) -> None:
        """Wait until all is quiet and nothing is wrong; fails with what still is."""
        wrong = await self.wrong_after(PATIENCE_SECONDS)
        assert not wrong, "\n".join(wrong)


class Site(Witness):
    """Started over `folder` by `begin`."""

    def __init__(self, folder: Path, hooks: Receiver, mails: Receiver, hooks_by: Proxy, mails_by: Proxy) -> None:
        super().__init__(hooks, mails, hooks_by, mails_by)
        self.folder = folder
        self.options: dict[str, Any] = {}
        """How it is started from now on (see Served.start)."""

    @classmethod
    @contextlib.asynccontextmanager
    async def begin(cls, folder: Path, **options: Any) -> AsyncIterator["Site"]:
        """One person with an e-mail address and a webhook; both are reached through proxies."""
        async with webhooks() as hooks, mailbox() as mails:
            hooks_by, mails_by = Proxy(hooks.address), Proxy(mails.address)
            async with hooks_by.at() as hook_at, mails_by.at() as mail_at:
                site = cls(folder, hooks, mails, hooks_by, mails_by)
                site.options = options
                host, port = mail_at
                FileSecretStore(folder / "secrets.json").put({SMTP_SECRET: f"smtp://{host}:{port}"})
                try:
                    await site.start()
                    # No power is lost here; what was written outlives a kill without waiting for the disk.
                    await site.rows("ALTER SYSTEM SET fsync = off")
                    await site.rows("SELECT pg_reload_conf()")
                    async with site.client() as http:
                        site.http = http
                        await http.patch("/me", json={"email": "sam@example.org"})
                        host, port = hook_at
                        hook = {"url": f"http://{host}:{port}/hook", "topics": list(TOPICS)}
                        assert (await http.post("/webhooks", json=hook)).status_code == 201
                        yield site
                finally:
                    if hasattr(site, "served") and site.served.process.poll() is None:
                        await asyncio.to_thread(site.served.end)

    async def start(self) -> None:
        """Start it, again on the same port."""
        port = self.served.port if hasattr(self, "served") else 0
        self.served = await asyncio.to_thread(Served.start, self.folder, port=port, **self.options)

    async def restart(self) -> None:
        """kill -9, and start it again."""
        self.served.kill()
        await self.start()

    def client(self) -> httpx.AsyncClient:
        headers = {"authorization": f"Bearer {self.served.new_token()}"}
        return httpx.AsyncClient(base_url=self.served.base_url, headers=headers, timeout=PATIENCE_SECONDS)

    # --- what an operator sees ----------------------------------------------

    async def rows(self, query: str, *parameters: Any, behind_proxy: bool = False) -> list[dict[str, Any]]:
        """What the database holds, whoever may see it."""
        url = self.served.owner_url
        if behind_proxy:
            url = url.replace(":5432/", f":{REAL_PORT}/")
        async with await psycopg.AsyncConnection.connect(url, autocommit=True, row_factory=dict_row) as connection:
            cursor = await connection.execute(query, parameters)
            return await cursor.fetchall() if cursor.description else []

    # --- what stands between ------------------------------------------------

    @contextlib.asynccontextmanager
    async def database_proxy(self) -> AsyncIterator[Proxy]:
        """A proxy between the process and its PostgreSQL, which every connection goes through from now on. A kill of
        the process ends it, too: PostgreSQL ends with it, and starts with a socket of its own."""
        socket = self.folder / "postgres" / "socket" / ".s.PGSQL.5432"
        real = socket.with_name(f".s.PGSQL.{REAL_PORT}")
        process = self.served.process
        proxy = Proxy(real)
        async with proxy.at(socket.with_name("proxy")):
            socket.rename(real)
            socket.with_name("proxy").rename(socket)
            await self.rows(
                "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE usename LIKE 'taskwake%%'",
                behind_proxy=True,
            )
            try:
                yield proxy
            finally:
                if process is self.served.process and process.poll() is None:
                    real.rename(socket)
                else:
                    real.unlink(missing_ok=True)


def _said(response: httpx.Response) -> Answer:
    """Whether an error says that nothing was done, as every problem does but one."""
    assert response.headers["content-type"] == "application/problem+json", response.text
    problem = json.loads(response.text)
    assert problem["status"] in (429, 503, 507), problem
    return "unknown" if "may have been done" in problem["detail"] else "refused"


async def until(condition: Callable[[], Awaitable[bool]], seconds: float = PATIENCE_SECONDS) -> None:
    """Wait for what gives no signal; raises TimeoutError."""
    async with asyncio.timeout(seconds):
        while not await condition():  # noqa: ASYNC110 - another process changes it
            await asyncio.sleep(0.05)
