"""The proxy that the fault tests put between two parts: each weather it makes, and each stop."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.faults.proxy import Address, Proxy

pytestmark = pytest.mark.requirement("TRUST-010")

Connection = tuple[asyncio.StreamReader, asyncio.StreamWriter]
QUIET_SECONDS = 0.2
"""What has not come by then is held back."""


@asynccontextmanager
async def echo() -> AsyncIterator[Address]:
    """A server that says each line again, in capitals."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while line := await reader.readline():
            writer.write(line.upper())
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[:2]
    finally:
        server.close()


@asynccontextmanager
async def proxied() -> AsyncIterator[tuple[Proxy, Connection]]:
    """A proxy before an echo, and a connection that went through it once."""
    async with echo() as upstream:
        proxy = Proxy(upstream)
        async with proxy.at() as address:
            connection = await asyncio.open_connection(*address)
            assert await ask(connection, "one") == "ONE"
            yield proxy, connection
            connection[1].close()


async def ask(connection: Connection, line: str) -> str:
    connection[1].write(f"{line}\n".encode())
    return (await connection[0].readline()).decode().strip()


async def is_silent(connection: Connection, line: str) -> bool:
    try:
        await asyncio.wait_for(ask(connection, line), QUIET_SECONDS)
    except TimeoutError:
        return True
    return False


async def test_in_fair_weather_all_passes_by_tcp_and_by_a_unix_socket(tmp_path: Path) -> None:
    async with echo() as upstream, Proxy(upstream).at(tmp_path / "socket") as address:
        connection = await asyncio.open_unix_connection(address)
        assert [await ask(connection, word) for word in ("one", "two")] == ["ONE", "TWO"]
        connection[1].close()


async def test_latency_is_added_both_ways() -> None:
    async with proxied() as (proxy, connection):
        proxy.latency_seconds = 0.05
        began = time.monotonic()
        assert await ask(connection, "two") == "TWO"
        assert time.monotonic() - began >= 0.1


async def test_a_reset_cuts_both_ends_and_refusing_resets_who_comes() -> None:
    async with proxied() as (proxy, connection):
        proxy.reset()
        with pytest.raises(ConnectionResetError):
            await ask(connection, "two")
        proxy.refuses = True
        again = await asyncio.open_connection(*connection[1].get_extra_info("peername"))
        with pytest.raises(ConnectionResetError):
            await ask(again, "three")


async def test_of_a_blackhole_nothing_comes_until_it_is_cleared() -> None:
    async with proxied() as (proxy, connection):
        proxy.blackhole()
        assert await is_silent(connection, "two")
        proxy.clear()
        assert await connection[0].readline() == b"TWO\n"


async def test_a_half_open_connection_stays_silent_while_a_new_one_passes() -> None:
    async with proxied() as (proxy, connection):
        proxy.half_open()
        assert await is_silent(connection, "two")
        again = await asyncio.open_connection(*connection[1].get_extra_info("peername"))
        assert await ask(again, "three") == "THREE"
        again[1].close()


async def test_a_stop_holds_the_words_back_and_an_answered_one_their_answer() -> None:
    async with proxied() as (proxy, connection):
        before = proxy.stop_at(b"name", b"COMMIT")
        assert await ask(connection, "BEGIN name") == "BEGIN NAME"
        assert await is_silent(connection, "COMMIT")
        assert before.reached.is_set()
        before.release()
        assert await connection[0].readline() == b"COMMIT\n"

        after = proxy.stop_at(b"COMMIT", answered=True)
        assert await is_silent(connection, "COMMIT")
        await after.reached.wait()
        after.release()
        assert await connection[0].readline() == b"COMMIT\n"


async def test_what_was_said_before_the_last_begin_stops_nothing() -> None:
    async with proxied() as (proxy, connection):
        stop = proxy.stop_at(b"name", b"COMMIT")
        await ask(connection, "BEGIN name")
        await ask(connection, "BEGIN other")
        assert await ask(connection, "COMMIT") == "COMMIT"
        assert not stop.reached.is_set()
