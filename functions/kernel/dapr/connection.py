"""Connections to daprd, opened when they are first needed."""

import asyncio
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dapr.aio.clients import DaprClient

TIMEOUT_SECONDS = 10
"""Of every call, unless its caller is less patient: with Kafka away, a publish would hold its caller for minutes."""


class DaprConnection:
    """One gRPC channel to one daprd. `endpoint` is `host:port`; null is what the SDK reads from the environment
    (DAPR_GRPC_ENDPOINT, DAPR_GRPC_PORT, DAPR_API_TOKEN)."""

    def __init__(self, endpoint: str | None = None) -> None:
        self._endpoint = endpoint
        self._client: DaprClient | None = None

    async def prepare(self) -> None:
        """Import the SDK, which is a tenth of a second; in a thread, so that a request that is here is not held up."""
        await asyncio.to_thread(import_module, "dapr.aio.clients")

    def client(self) -> "DaprClient":
        """The SDK's client. TimeoutError, at once, when this function's own daprd is not there."""
        if self._client is None:
            from dapr.aio.clients import DaprClient
            from dapr.conf import settings

            settings.DAPR_API_TIMEOUT_SECONDS = TIMEOUT_SECONDS  # type: ignore[attr-defined]
            # The SDK waits for daprd by sleeping, and would hold up everything else in this process for a minute.
            settings.DAPR_HEALTH_TIMEOUT = 0  # type: ignore[attr-defined]
            self._client = DaprClient(self._endpoint)
        return self._client

    async def close(self) -> None:
        """Close the channel, if there is one."""
        if self._client is not None:
            await self._client.close()  # type: ignore[no-untyped-call]
            self._client = None
