"""Connections to daprd, opened when they are first needed."""

import asyncio
import itertools
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dapr.aio.clients import DaprClient

TIMEOUT_SECONDS = 10
"""Of every call, unless its caller is less patient: with Kafka away, a publish would hold its caller for minutes."""
MAX_MESSAGE_BYTES = 4 * 1024 * 1024
"""gRPC's own default, and daprd's."""


class DaprConnection:
    """A gRPC channel to one daprd. `endpoint` is `host:port`; null is what the SDK reads from the environment
    (DAPR_GRPC_ENDPOINT, DAPR_GRPC_PORT, DAPR_API_TOKEN).

    After a call that had no answer the next has a channel of its own: the other end of the first may be gone, and gRPC,
    to which the SDK gives no keepalive, would never notice.
    """

    def __init__(self, endpoint: str | None = None) -> None:
        self._endpoint = endpoint
        self._client: DaprClient | None = None
        self._numbers = itertools.count()
        self._left: set[asyncio.Task[None]] = set()

    async def prepare(self) -> None:
        """Import the SDK, which is a tenth of a second; in a thread, so that a request that is here is not held up."""
        await asyncio.to_thread(import_module, "dapr.aio.clients")

    def client(self) -> "DaprClient":
        """The SDK's client. TimeoutError, at once, when this function's own daprd is not there."""
        if self._client is None:
            from dapr.aio.clients import DaprClient
            from dapr.conf import settings

            from functions.kernel.dapr.unanswered import Unanswered

            settings.DAPR_API_TIMEOUT_SECONDS = TIMEOUT_SECONDS  # type: ignore[attr-defined]
            # The SDK waits for daprd by sleeping, and would hold up everything else in this process for a minute.
            settings.DAPR_HEALTH_TIMEOUT = 0  # type: ignore[attr-defined]
            client = DaprClient(
                self._endpoint,
                interceptors=[Unanswered(lambda: self._leave(client))],
                # gRPC lets channels that are made alike share one connection, and this one is to have its own.
                max_grpc_message_length=MAX_MESSAGE_BYTES + next(self._numbers),
            )
            self._client = client
        return self._client

    async def close(self) -> None:
        """Close the channel, if there is one, and those that were left."""
        if self._client is not None:
            await self._client.close()  # type: ignore[no-untyped-call]
            self._client = None
        for leaving in self._left:
            leaving.cancel()
        await asyncio.gather(*self._left, return_exceptions=True)

    def _leave(self, client: "DaprClient") -> None:
        if client is self._client:
            self._client = None
            leaving = asyncio.get_running_loop().create_task(_close_when_quiet(client))
            self._left.add(leaving)
            leaving.add_done_callback(self._left.discard)


async def _close_when_quiet(client: "DaprClient") -> None:
    """Close the channel when every call on it has been answered, or has had its time."""
    try:
        await asyncio.sleep(TIMEOUT_SECONDS)
    finally:
        await client.close()  # type: ignore[no-untyped-call]
