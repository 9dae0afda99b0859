"""A pool of connections, and a PostgreSQL that is killed behind its back."""

import asyncio
from pathlib import Path

import pytest
from psycopg import OperationalError
from psycopg_pool import PoolTimeout, TooManyRequests

from functions.kernel.embedded.postgres import Postgres
from functions.kernel.storage import database as database_module
from functions.kernel.storage.database import Database
from infra.local.ports import claim_block
from tests.integration.world import World

PATIENCE_SECONDS = 30


@pytest.mark.requirement("FLOW-005")
async def test_the_pool_finds_back_to_a_database_that_was_killed_and_started_again(tmp_path: Path) -> None:
    with claim_block() as ports:
        postgres = Postgres(tmp_path, port=ports.take("postgres"))
        await asyncio.to_thread(postgres.start)
        await postgres.ready()
        database = Database(postgres.url())
        try:
            await asyncio.gather(*(database.fetch("SELECT 1") for _ in range(4)))

            postgres.kill()
            with pytest.raises((OperationalError, PoolTimeout)):
                await database.fetch("SELECT 1")
            await asyncio.to_thread(postgres.start)
            await postgres.ready()

            async with asyncio.timeout(PATIENCE_SECONDS):
                assert [row["one"] for row in await database.fetch("SELECT 1 AS one")] == [1]
        finally:
            await database.close()
            await asyncio.to_thread(postgres.stop)


@pytest.mark.requirement("TRUST-015")
async def test_connections_of_a_server_that_started_again_are_replaced_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        database_module, "CONNECTION_SECONDS", 10
    )  # less than a pause after each of them takes together
    with claim_block() as ports:
        postgres = Postgres(tmp_path, port=ports.take("postgres"))
        await asyncio.to_thread(postgres.start)
        await postgres.ready()
        database = Database(postgres.url())
        try:
            async with asyncio.TaskGroup() as group:
                for _ in range(8):
                    group.create_task(database.fetch("SELECT pg_sleep(0.5)"))
            await asyncio.to_thread(postgres.stop)
            await asyncio.to_thread(postgres.start)
            await postgres.ready()

            assert await database.fetch("SELECT 1 AS one") == [{"one": 1}]
        finally:
            await database.close()
            await asyncio.to_thread(postgres.stop)


async def test_a_server_with_a_port_is_ready_without_a_password_by_its_socket(tmp_path: Path) -> None:
    with claim_block() as ports:
        postgres = Postgres(tmp_path, port=ports.take("postgres"))
        await asyncio.to_thread(postgres.start)
        try:
            await postgres.ready()
            assert Postgres(tmp_path).answers(), "found by its folder alone"
            assert "127.0.0.1" in postgres.url("somebody", "pass/word")
            assert "pass%2Fword" in postgres.url("somebody", "pass/word")
        finally:
            await asyncio.to_thread(postgres.stop)


@pytest.mark.requirement("TRUST-044")
async def test_more_than_may_wait_for_a_connection_are_refused_at_once_and_those_that_wait_are_served(
    taskwake: World,
) -> None:
    database = Database(taskwake.url(), max_connections=1, max_waiting=2)
    try:
        async with database.connection():
            waiting = [asyncio.create_task(database.fetch("SELECT 1 AS one")) for _ in range(2)]
            await asyncio.sleep(0)  # they are in the queue
            with pytest.raises(TooManyRequests):
                await database.fetch("SELECT 1")
        assert await asyncio.gather(*waiting) == [[{"one": 1}]] * 2
    finally:
        await database.close()


@pytest.mark.requirement("TRUST-015")
async def test_a_server_that_was_left_behind_is_ended_however_narrow_the_terminal_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")  # as many characters does `ps` tell of a process then
    left, following = Postgres(tmp_path), Postgres(tmp_path)
    await asyncio.to_thread(left.start)
    try:
        await left.ready()
        await asyncio.to_thread(following.start)
        await asyncio.wait_for(asyncio.to_thread(left.wait), PATIENCE_SECONDS)
        await following.ready()
    finally:
        await asyncio.to_thread(following.stop)
        left.kill()
