"""Telling the functions that reminders will pass through that their moment is near (POST /warm there)."""

import asyncio
import json
import logging
from datetime import datetime

from functions.kernel.dapr.bus import PUBSUB
from functions.kernel.dapr.http_api import DaprHttp
from functions.kernel.host.function import RINGING_TOPIC

TIMEOUT_SECONDS = 5
REMINDERS_A_POD = 1000
"""One batch of who handles them."""
PARTITION_KEYS = ("10", "2", "3", "0", "1", "6", "7", "4", "5", "13", "12", "11")
"""Which lie in the partitions 0 to 11 of 12, and so of 4 (Kafka clients hash a key by FNV-1a): a partition is handed
over message by message, so messages that are to be handled at the same time must lie in different ones."""

log = logging.getLogger(__name__)


class DaprAnnouncement:
    """Publishes to RINGING_TOPIC, without the SDK, just when it matters."""

    def __init__(self, daprd: DaprHttp) -> None:
        self._daprd = daprd

    async def make(self, at: datetime, reminders: int) -> None:
        """Announce a moment (UTC), once for each pod that so many reminders are worth. A failure costs a cold start, so
        it is only logged."""
        try:
            await asyncio.to_thread(self._publish, at, -(-reminders // REMINDERS_A_POD))
        except Exception as error:  # noqa: BLE001 - whatever it was, the reminder itself is what counts
            log.warning("nobody was told that a reminder is near: %s: %s", type(error).__name__, error)

    def _publish(self, at: datetime, pods: int) -> None:
        entries = [
            {
                "entryId": key,
                "event": {"at": at.isoformat()},
                "contentType": "application/json",
                "metadata": {"partitionKey": key},
            }
            for key in PARTITION_KEYS[:pods]
        ]
        path = f"/v1.0-alpha1/publish/bulk/{PUBSUB}/{RINGING_TOPIC}?metadata.rawPayload=true"
        status, body = self._daprd.ask("POST", path, json.dumps(entries).encode(), timeout_seconds=TIMEOUT_SECONDS)
        if status >= 300:
            raise ConnectionError(f"daprd answered {status}: {body[:200]!r}")
