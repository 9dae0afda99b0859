"""Bad weather between the parts of the Dapr way: PostgreSQL behind a proxy that is slow, cuts, is silent or half-open;
and a broker, a scheduler, a sidecar or a function that is stopped, so silent to whoever is connected to it."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
import pytest_asyncio

from functions.kernel.embedded.postgres import Postgres
from infra.local.ports import claim_block
from infra.local.stack import Programs
from infra.local.supervisor import read_process_list
from infra.local.tools import ToolMissingError
from tests.dapr_world import World, at_stake, running
from tests.faults.proxy import Proxy

STOPPED_SECONDS = 5.0
STOPPED = ["kafka", "scheduler", "daprd-alarm", "daprd-task-due", "alarm", "task-due"]
PASSWORD = "of the owner, who comes by TCP here"


@dataclass
class Weathered:
    """A whole stack, and the proxy that its database is reached through."""

    world: World
    proxy: Proxy


@pytest_asyncio.fixture(scope="module")
async def weathered(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Weathered]:
    try:
        Programs.find()
    except ToolMissingError as error:
        if os.environ.get("CI") == "true":
            raise
        pytest.skip(f"NOT TESTED on real Dapr and Kafka: {error}")
    folder = tmp_path_factory.mktemp("weathered")
    with claim_block() as ports:
        port = ports.take("postgres")
        postgres = Postgres(folder / "postgres", port=port, settings={"max_connections": "200"})
        await asyncio.to_thread(postgres.start)
        await postgres.ready()
        async with await psycopg.AsyncConnection.connect(postgres.url(), autocommit=True) as owner:
            await owner.execute(f"ALTER ROLE postgres PASSWORD '{PASSWORD}'")
        proxy = Proxy(("127.0.0.1", port))
        try:
            async with proxy.at() as (host, proxied):
                url = postgres.url("postgres", PASSWORD).replace(f"127.0.0.1:{port}", f"{host}:{proxied}")
                async with running(folder / "stack", database_url=url) as world:
                    yield Weathered(world, proxy)
        finally:
            await asyncio.to_thread(postgres.stop)


@pytest.mark.requirement("TRUST-019")
@pytest.mark.parametrize("weather", ["slow", "cut", "silent", "half-open"])
async def test_between_the_functions_and_postgresql(weathered: Weathered, weather: str) -> None:
    proxy = weathered.proxy
    async with at_stake(weathered.world, weather):
        match weather:
            case "slow":
                proxy.latency_seconds = 0.02
            case "cut":
                for _ in range(5):
                    proxy.reset()
                    await asyncio.sleep(0.5)
            case "silent":
                proxy.blackhole()
                await asyncio.sleep(STOPPED_SECONDS)
                proxy.clear()
            case "half-open":
                proxy.half_open()
    proxy.clear()


@pytest.mark.requirement("TRUST-019")
@pytest.mark.parametrize("name", STOPPED)
async def test_a_part_that_is_silent_for_a_while_loses_nothing(weathered: Weathered, name: str) -> None:
    processes = read_process_list(Path(weathered.world.stack.logs))
    pid = next(process["pid"] for process in processes if process["name"] == name)
    async with at_stake(weathered.world, name):
        os.kill(pid, signal.SIGSTOP)
        try:
            await asyncio.sleep(STOPPED_SECONDS)
        finally:
            os.kill(pid, signal.SIGCONT)
