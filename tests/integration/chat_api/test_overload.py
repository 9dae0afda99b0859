"""An API that cannot serve now says when to come again; its health asks no database."""

import asyncio
import socket
from collections.abc import AsyncIterator
from unittest.mock import Mock

import httpx
import psycopg
import pytest
import pytest_asyncio

from functions.chat_api.api import create_app
from functions.chat_api.context import ApiContext
from functions.chat_api.feed import Feed
from functions.chat_api.joining import JoiningDatabase
from functions.kernel import ports
from functions.kernel.storage import logins
from functions.kernel.storage.unit_of_work import UnitsOfWork
from tests.integration.world import NO_LIMITS, Person, World, until


def client(database: JoiningDatabase, token: str = "") -> httpx.AsyncClient:
    context = ApiContext(
        database,
        Mock(UnitsOfWork),
        Feed(database),
        Mock(ports.ConversationStore),
        Mock(ports.SecretStore),
        Mock(ports.TestNotices),
        limits=NO_LIMITS,
    )
    transport = httpx.ASGITransport(create_app(context))
    return httpx.AsyncClient(
        transport=transport, base_url="http://taskwake", headers={"authorization": f"Bearer {token}"}
    )


@pytest_asyncio.fixture
async def narrow(taskwake: World) -> AsyncIterator[JoiningDatabase]:
    """One connection, for which nobody may wait but one."""
    database = JoiningDatabase(taskwake.url(logins.API.name), max_connections=1, max_waiting=1)
    yield database
    await database.close()


@pytest.mark.requirement("TRUST-044")
async def test_a_request_that_finds_too_many_waiting_is_told_when_to_come_again(
    narrow: JoiningDatabase, sam: Person
) -> None:
    async with client(narrow, sam.token) as http:
        assert (await http.get("/tasks")).status_code == 200
        async with narrow.connection():
            waits = asyncio.create_task(http.get("/tasks"))

            async def it_waits() -> bool:
                return bool(narrow._pool.get_stats().get("requests_waiting"))

            await until(it_waits)
            refused = await http.get("/tasks")
        served = await waits

    assert (refused.status_code, refused.headers["retry-after"]) == (503, "1")
    assert refused.headers["content-type"] == "application/problem+json"
    assert "too many wait" in refused.json()["detail"]
    assert served.status_code == 200


@pytest.mark.requirement("TRUST-044")
async def test_what_takes_too_long_is_told_so_and_changes_nothing(
    taskwake: World, sam: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    task = await sam.create()
    monkeypatch.setattr("functions.kernel.storage.database.TRANSACTION_TIMEOUT_SECONDS", 0.3)
    async with await psycopg.AsyncConnection.connect(taskwake.url()) as holding:
        await holding.execute("SELECT FROM tasks WHERE id = %s FOR UPDATE", (task["id"],))
        refused = await sam.http.patch(f"/tasks/{task['id']}", json={"title": "Call Kim"})
    monkeypatch.undo()
    assert (refused.status_code, refused.headers["retry-after"]) == (503, "1")
    assert "took longer than 20 s, so nothing was changed" in refused.json()["detail"]
    assert await sam.get(f"/tasks/{task['id']}") == task


@pytest.mark.requirement("TRUST-045")
async def test_health_opens_no_connection_to_the_database() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.setblocking(False)
        port = listening.getsockname()[1]
        database = JoiningDatabase(f"postgresql://somebody@127.0.0.1:{port}/none")
        async with client(database, "tw_" + "x" * 43) as http:
            for _ in range(10):
                assert (await http.get("/healthz")).status_code == 200
        with pytest.raises(BlockingIOError):
            listening.accept()
