"""The network between Taskwake and its database, its webhooks and its mail server, at its worst: nothing is lost,
twice, early or out of order, and it goes on by itself."""

import asyncio
import contextlib
import tempfile
import time
from pathlib import Path

import pytest
from psycopg import OperationalError

from functions.kernel.storage import database
from functions.kernel.storage.database import Database
from tests.faults.proxy import Proxy
from tests.faults.site import PATIENCE_SECONDS, Site, until
from tests.faults.weather import WEATHERS, Weather


@pytest.mark.requirement("TRUST-013")
@pytest.mark.parametrize("weather", WEATHERS)
async def test_between_it_and_postgresql(site: Site, weather: Weather) -> None:
    async with site.database_proxy() as proxy:
        loading = asyncio.create_task(site.load(f"postgresql {weather.__name__}"))
        await asyncio.sleep(0.2)
        await weather(proxy)
        await loading
        proxy.clear()
        assert proxy.connections, "nothing went through the proxy"
    await site.keeps_its_promises()


@pytest.mark.requirement("TRUST-014")
@pytest.mark.parametrize("weather", WEATHERS)
async def test_between_it_and_its_receivers(site: Site, weather: Weather) -> None:
    loading = asyncio.create_task(site.load(f"receivers {weather.__name__}", writes=10))
    await asyncio.gather(weather(site.hooks_by), weather(site.mails_by), loading)
    site.hooks_by.clear()
    site.mails_by.clear()
    await site.keeps_its_promises()


@pytest.mark.requirement("TRUST-014")
async def test_a_webhooks_connection_whose_other_end_is_gone_is_given_up_and_the_call_made_again(site: Site) -> None:
    first, second = site.title("before"), site.title("after")
    await site.write(first)
    await site.hooks.has(first, "task.created.v1")
    site.hooks_by.half_open()
    await site.write(second)
    async with asyncio.timeout(PATIENCE_SECONDS):
        await site.hooks.has(second, "task.created.v1")
    await site.keeps_its_promises()


@pytest.mark.requirement("TRUST-013")
async def test_a_database_connection_whose_other_end_is_gone_is_given_up_in_time(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "ANSWER_SECONDS", 0.5)
    with tempfile.TemporaryDirectory() as folder:  # a socket's path has to be short
        proxy = Proxy(site.folder / "postgres" / "socket" / ".s.PGSQL.5432")
        async with proxy.at(Path(folder) / ".s.PGSQL.5432"):
            reached = Database(f"postgresql://postgres@{folder.replace('/', '%2F')}/postgres", max_connections=1)
            with contextlib.suppress(OperationalError):
                await reached.fetch("SELECT 1")
            proxy.half_open()
            began = time.monotonic()

            with pytest.raises(OperationalError, match="did not answer"):
                await reached.fetch("SELECT 1")

            assert time.monotonic() - began < PATIENCE_SECONDS

            async def answers() -> bool:
                with contextlib.suppress(OperationalError):
                    return bool(await reached.fetch("SELECT 1"))
                return False

            await until(answers)
            await reached.close()


@pytest.mark.requirement("TRUST-013")
async def test_one_database_connection_whose_other_end_is_gone_gives_up_the_others_too(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "ANSWER_SECONDS", 2)
    with tempfile.TemporaryDirectory() as folder:
        proxy = Proxy(site.folder / "postgres" / "socket" / ".s.PGSQL.5432")
        async with proxy.at(Path(folder) / ".s.PGSQL.5432"):
            reached = Database(f"postgresql://postgres@{folder.replace('/', '%2F')}/postgres", max_connections=4)
            await asyncio.gather(*(reached.fetch("SELECT pg_sleep(0.5)") for _ in range(4)))
            assert proxy.connections == 4
            proxy.half_open()

            with pytest.raises(OperationalError, match="did not answer"):
                await reached.fetch("SELECT 1")

            for _ in range(4):
                assert await reached.fetch("SELECT 1")
            await reached.close()
