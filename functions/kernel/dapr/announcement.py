"""Telling the functions that a reminder will pass through that its moment is near (POST /warm there)."""

import asyncio
import logging
from urllib.parse import urlsplit

from functions.kernel.dapr.bus import PUBSUB
from functions.kernel.host.function import RINGING_TOPIC

TIMEOUT_SECONDS = 5

log = logging.getLogger(__name__)


class DaprAnnouncement:
    """Publishes to RINGING_TOPIC by the standard library: the SDK costs a third of a second, just when it matters.

    `endpoint` is daprd's HTTP address, `token` what it wants to hear.
    """

    def __init__(self, endpoint: str, token: str | None) -> None:
        self._endpoint = urlsplit(endpoint)
        self._headers = {"content-type": "application/json"} | ({"dapr-api-token": token} if token else {})

    async def make(self) -> None:
        """Announce it. A failure costs a cold start, so it is only logged."""
        try:
            await asyncio.to_thread(self._publish)
        except OSError as error:
            log.warning("nobody was told that a reminder is near: %s: %s", type(error).__name__, error)

    def _publish(self) -> None:
        from http.client import HTTPConnection, HTTPSConnection

        kind = HTTPSConnection if self._endpoint.scheme == "https" else HTTPConnection
        connection = kind(self._endpoint.netloc, timeout=TIMEOUT_SECONDS)
        try:
            path = f"/v1.0/publish/{PUBSUB}/{RINGING_TOPIC}?metadata.rawPayload=true"
            connection.request("POST", path, b"{}", self._headers)
            answer = connection.getresponse()
            body = answer.read()
        finally:
            connection.close()
        if answer.status >= 300:
            raise ConnectionError(f"daprd answered {answer.status}: {body[:200]!r}")
