"""Telling the functions that a reminder will pass through that its moment is near (POST /warm there)."""

import asyncio
import logging

from functions.kernel.dapr.bus import PUBSUB
from functions.kernel.dapr.http_api import DaprHttp
from functions.kernel.host.function import RINGING_TOPIC

TIMEOUT_SECONDS = 5

log = logging.getLogger(__name__)


class DaprAnnouncement:
    """Publishes to RINGING_TOPIC, without the SDK, just when it matters."""

    def __init__(self, daprd: DaprHttp) -> None:
        self._daprd = daprd

    async def make(self) -> None:
        """Announce it. A failure costs a cold start, so it is only logged."""
        try:
            await asyncio.to_thread(self._publish)
        except OSError as error:
            log.warning("nobody was told that a reminder is near: %s: %s", type(error).__name__, error)

    def _publish(self) -> None:
        path = f"/v1.0/publish/{PUBSUB}/{RINGING_TOPIC}?metadata.rawPayload=true"
        status, body = self._daprd.ask("POST", path, b"{}", timeout_seconds=TIMEOUT_SECONDS)
        if status >= 300:
            raise ConnectionError(f"daprd answered {status}: {body[:200]!r}")
