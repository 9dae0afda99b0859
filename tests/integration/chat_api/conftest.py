"""chat-api over each way to its database: directly, pooled, and with the application's own filters off."""

import os
from collections.abc import AsyncIterator
from urllib.parse import unquote, urlsplit

import pytest
import pytest_asyncio
from psycopg_pool import AsyncConnectionPool

from functions.chat_api.context import ApiContext
from functions.chat_api.feed import Feed
from functions.chat_api.joining import JoiningDatabase
from functions.kernel.storage import logins
from functions.kernel.storage.unit_of_work import UnitsOfWork
from infra.local.pgbouncer import pgbouncer_process
from infra.local.ports import claim_block
from infra.local.process import ChildProcess
from infra.local.tools import ToolMissingError, pgbouncer
from tests.integration.chat_api.foreign import Unfiltered
from tests.integration.world import World


@pytest_asyncio.fixture(scope="session")
async def pooler(taskwake: World, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[str | ToolMissingError]:
    """chat-api's login, through PgBouncer in transaction mode, with two connections to the server; else what is to be
    installed."""
    try:
        tool = pgbouncer()
    except ToolMissingError as error:
        if os.environ.get("CI") == "true":
            pytest.fail(str(error))
        yield error
        return
    server = urlsplit(taskwake.url())
    folder = tmp_path_factory.mktemp("pgbouncer")
    with claim_block() as ports:
        port = ports.take("pgbouncer")
        spec = pgbouncer_process(
            binary=tool.path,
            version=tool.version,
            folder=folder,
            port=port,
            server_host=unquote(server.netloc.rpartition("@")[2].rpartition(":")[0]),
            server_port=int(server.netloc.rpartition(":")[2]),
            passwords={logins.API.name: "x"},
            pool_size=2,
        )
        process = await ChildProcess.start(spec, folder / "log")
        try:
            await process.wait_ready()
            yield f"postgresql://{logins.API.name}:x@127.0.0.1:{port}/postgres"
        finally:
            await process.kill()


@pytest_asyncio.fixture(params=["directly", "pooled", "unfiltered"])
async def api(
    taskwake: World, pooler: str | ToolMissingError, request: pytest.FixtureRequest
) -> AsyncIterator[ApiContext]:
    """The application's context over this way to the database."""
    url = taskwake.url(logins.API.name)
    if request.param == "pooled":
        if isinstance(pooler, ToolMissingError):
            pytest.skip(str(pooler))
        url = pooler
    database = JoiningDatabase(url, max_connections=4)
    if request.param == "unfiltered":
        kwargs = database._pool.kwargs
        database._pool = AsyncConnectionPool(
            url, connection_class=Unfiltered, min_size=0, max_size=4, open=False, kwargs=kwargs
        )
    whole = taskwake.taskwake.context
    units = UnitsOfWork(database, whole.units._bus, whole.units._alarm_clock)
    context = ApiContext(database, units, Feed(database), whole.conversations, whole.secrets, whole.test_notices)
    yield context
    await context.close()
