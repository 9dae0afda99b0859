"""A connection to daprd whose other end is gone without a word."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import grpc
import pytest
from dapr.clients.health import DaprHealth
from dapr.proto import api_service_v1, api_v1

from functions.kernel.dapr import connection
from functions.kernel.dapr.connection import DaprConnection
from tests.faults.proxy import Proxy

pytestmark = pytest.mark.requirement("TRUST-019")


class Daprd(api_service_v1.DaprServicer):
    async def GetState(self, request: Any, context: Any) -> Any:
        return api_v1.GetStateResponse(data=b"known")


@pytest.fixture(autouse=True)
def healthy(monkeypatch: pytest.MonkeyPatch) -> None:
    """By HTTP, which has no connection that stays open."""
    monkeypatch.setattr(DaprHealth, "wait_for_sidecar", lambda: None)


@asynccontextmanager
async def daprd_behind_a_proxy() -> AsyncIterator[tuple[Proxy, DaprConnection]]:
    server = grpc.aio.server()
    api_service_v1.add_DaprServicer_to_server(Daprd(), server)
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    proxy = Proxy(("127.0.0.1", port))
    async with proxy.at() as address:
        connected = DaprConnection(f"{address[0]}:{address[1]}")
        yield proxy, connected
        await connected.close()
    await server.stop(None)


async def test_after_a_call_that_nobody_answered_the_next_has_a_channel_of_its_own(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(connection, "TIMEOUT_SECONDS", 0.5)
    async with daprd_behind_a_proxy() as (proxy, connected):
        assert (await connected.client().get_state("store", "key")).data == b"known"
        proxy.half_open()
        with pytest.raises(grpc.RpcError):
            await connected.client().get_state("store", "key")
        assert (await connected.client().get_state("store", "key")).data == b"known"


async def test_after_a_call_that_its_caller_gave_up_too() -> None:
    async with daprd_behind_a_proxy() as (proxy, connected):
        assert (await connected.client().get_state("store", "key")).data == b"known"
        proxy.half_open()
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.2):
                await connected.client().get_state("store", "key")
        assert (await connected.client().get_state("store", "key")).data == b"known"
