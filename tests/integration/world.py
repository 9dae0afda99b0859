"""A Taskwake in this process, as the integration tests meet it: real PostgreSQL, real HTTP, people of their own."""

import asyncio
import contextlib
import socket
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx
import psycopg
import uvicorn
from psycopg.rows import dict_row

from functions.bootstrap.embedded import EmbeddedTaskwake
from functions.chat_api.api import create_app
from functions.chat_api.limits import Limits
from functions.kernel.host.bodies import BoundedRequest
from functions.kernel.storage.outbox import CHECK_SECONDS
from functions.operations import accounts
from tests.documented import Documented

NO_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
"""Loads no certificates, which takes longer than most tests; nothing here is served by TLS."""
NO_LIMITS = Limits(0)
"""Tests ask more often than a person; tests/integration/chat_api/test_limits.py has limits of its own."""
PATIENCE_SECONDS = 15
"""A busy machine may be slow without being wrong."""


@dataclass
class Person:
    """Somebody with an account, a token and a list of their own."""

    id: UUID
    list_id: UUID
    token: str
    email: str | None
    http: httpx.AsyncClient

    async def create(self, **fields: Any) -> dict[str, Any]:
        """A new task."""
        answer = await self.http.post("/tasks", json={"title": "Call Sam"} | fields)
        assert answer.status_code == 201, answer.text
        return answer.json()

    async def change(self, task: dict[str, Any], **fields: Any) -> dict[str, Any]:
        answer = await self.http.patch(f"/tasks/{task['id']}", json=fields)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def complete(self, task: dict[str, Any]) -> dict[str, Any]:
        return await self.post(f"/tasks/{task['id']}/complete")

    async def reopen(self, task: dict[str, Any]) -> dict[str, Any]:
        return await self.post(f"/tasks/{task['id']}/reopen")

    async def delete(self, task: dict[str, Any]) -> None:
        answer = await self.http.delete(f"/tasks/{task['id']}")
        assert answer.status_code == 204, answer.text

    async def share(self, list_id: Any, other: "Person", role: str = "editor") -> None:
        """Have somebody join a list of one's own, by an invitation that they accept."""
        invited = await self.post(f"/lists/{list_id}/invitations", {"role": role})
        await other.post(f"/invitations/{invited['secret']}/accept")

    async def post(self, path: str, body: Any = None) -> Any:
        answer = await self.http.post(path, json=body)
        assert answer.is_success, answer.text
        return answer.json() if answer.content else None

    async def get(self, path: str, **query: Any) -> Any:
        answer = await self.http.get(path, params=query)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def tasks(self, **query: Any) -> list[dict[str, Any]]:
        return (await self.get("/tasks", limit=500, **query))["tasks"]

    async def notices(self, task: dict[str, Any] | None = None) -> list[dict[str, Any]]:
        """What they were told, newest first; of this task only, if one is named."""
        told = (await self.get("/notices", limit=500))["notices"]
        return [notice for notice in told if task is None or notice["task_id"] == task["id"]]

    async def is_told(self, task: dict[str, Any], times: int = 1) -> list[dict[str, Any]]:
        """Wait until there are that many notices of the task."""

        async def told() -> bool:
            return len(await self.notices(task)) >= times

        await until(told)
        return await self.notices(task)


class _Server(uvicorn.Server):
    """Leaves the signals to pytest."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@dataclass
class World:
    """One PostgreSQL, with a Taskwake over its database `postgres`, and an untouched copy of that to make others of."""

    folder: Path
    taskwake: EmbeddedTaskwake
    base_url: str = ""
    server: _Server | None = None
    documented: Documented | None = None
    people: list[Person] = field(default_factory=list)
    owner: psycopg.AsyncConnection[dict[str, Any]] | None = None

    @classmethod
    @contextlib.asynccontextmanager
    async def begin(cls, folder: Path) -> AsyncIterator["World"]:
        taskwake = EmbeddedTaskwake(folder)
        # No power is lost here; what a kill does is tested on servers of their own.
        taskwake._postgres._settings["fsync"] = "off"
        try:
            await taskwake.prepare()
        except BaseException:
            await taskwake.stop()
            raise
        world = cls(folder, taskwake)
        await execute(world.url(database="template1"), "CREATE DATABASE untouched TEMPLATE postgres")
        world.owner = await psycopg.AsyncConnection.connect(world.url(), autocommit=True, row_factory=dict_row)
        context = await taskwake.start()
        context.limits = NO_LIMITS
        listening = socket.create_server(("127.0.0.1", 0))
        world.base_url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        app = create_app(context)
        world.documented = Documented(app.openapi())
        config = uvicorn.Config(app, log_config=None, access_log=False, lifespan="off", http=BoundedRequest)
        world.server = _Server(config)
        serving = asyncio.create_task(world.server.serve(sockets=[listening]))
        try:
            yield world
        finally:
            for person in world.people:
                await person.http.aclose()
            await world.owner.close()
            await context.feed.close()
            world.server.should_exit = True
            await serving
            await taskwake.stop()

    def channels(self) -> dict[str, Any]:
        """The open notifiers of the function that delivers; emptied, they are set up anew."""
        [lane] = self.taskwake._bus._lanes["delivery.requested.v1"]
        return lane.host._handler.keywords["channels"]._notifiers

    def url(self, login: str = "postgres", database: str = "postgres") -> str:
        """The address of a database for the owner, or one of the two logins."""
        return self.taskwake._postgres.url(login, database=database)

    async def new_database(self) -> str:
        """The name of a database of one's own: migrated, empty, and with nobody at work in it."""
        name = f"own_{uuid4().hex[:12]}"
        await self.execute(f"CREATE DATABASE {name} TEMPLATE untouched")
        return name

    async def execute(self, query: str, *parameters: Any, database: str = "postgres") -> list[dict[str, Any]]:
        """The owner's statement."""
        if database != "postgres":
            return await execute(self.url(database=database), query, *parameters)
        cursor = await self.owner.execute(query, parameters or None)
        return await cursor.fetchall() if cursor.description else []

    async def person(self, *, email: str | None = None, zone: str = "UTC", name: str = "Sam") -> Person:
        user_id = await asyncio.to_thread(accounts.add_user, self.url(), name, email, zone)
        token = await asyncio.to_thread(accounts.issue, self.url(), user_id, "token")
        http = httpx.AsyncClient(
            base_url=self.base_url,
            headers={"authorization": f"Bearer {token}"},
            timeout=PATIENCE_SECONDS,
            verify=NO_TLS,
            event_hooks={"response": [self.documented]},
        )
        # Noted as used, so that reading writes nothing.
        await self.execute("UPDATE credentials SET used_at = now() WHERE user_id = %s", user_id)
        lists = await self.execute("SELECT id FROM lists WHERE owner_id = %s", user_id)
        person = Person(user_id, lists[0]["id"], token, email, http)
        self.people.append(person)
        return person

    async def settled(self) -> None:
        """Wait until every event is handled, and no reminder is due."""
        query = """
            SELECT (SELECT count(*) FROM events WHERE published_at IS NULL)
                 + (SELECT count(*) FROM reminders WHERE fired_at IS NULL AND remind_at <= now()) AS open
        """

        async def nothing_open() -> bool:
            return (await self.execute(query))[0]["open"] == 0

        # Of more than a batch, the outbox check publishes the rest: at the end of the next whole period.
        await until(nothing_open, 2 * CHECK_SECONDS + PATIENCE_SECONDS)

    async def everything(self) -> dict[str, Any]:
        """All rows of all tables, by table, as a fingerprint."""
        names = await self.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")
        union = " UNION ALL ".join(
            f"SELECT '{row['tablename']}' AS name, count(*) AS rows, sum(hashtextextended(t::text, 0)) AS hash"  # noqa: S608
            f" FROM {row['tablename']} t"
            for row in names
        )
        return {row["name"]: (row["rows"], row["hash"]) for row in await self.execute(union)}


async def execute(url: str, query: str, *parameters: Any) -> list[dict[str, Any]]:
    """A statement in a connection of its own."""
    async with await psycopg.AsyncConnection.connect(url, autocommit=True, row_factory=dict_row) as connection:
        cursor = await connection.execute(query, parameters or None)
        return await cursor.fetchall() if cursor.description else []


async def until(reached: Callable[[], Awaitable[bool]], seconds: float = PATIENCE_SECONDS) -> None:
    """Wait for something that gives no signal, as long as patience lasts."""
    async with asyncio.timeout(seconds):
        while not await reached():  # noqa: ASYNC110 - see above
            await asyncio.sleep(0.03)


def soon(seconds: float) -> str:
    """A moment from now, as RFC 3339."""
    return (datetime.now(UTC) + timedelta(seconds=seconds)).isoformat()
