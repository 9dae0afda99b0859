"""Connections to daprd, opened when they are first needed."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dapr.aio.clients import DaprClient


class DaprConnection:
    """One gRPC channel to one daprd. `endpoint` is `host:port`; null is what the SDK reads from the environment
    (DAPR_GRPC_ENDPOINT, DAPR_GRPC_PORT, DAPR_API_TOKEN)."""

    def __init__(self, endpoint: str | None = None) -> None:
        self._endpoint = endpoint
        self._client: DaprClient | None = None

    def client(self) -> "DaprClient":
        """The SDK's client."""
        if self._client is None:
            from dapr.aio.clients import DaprClient  # noqa: PLC0415

            self._client = DaprClient(self._endpoint)
        return self._client

    async def close(self) -> None:
        """Close the channel, if there is one."""
        if self._client is not None:
            await self._client.close()
            self._client = None
