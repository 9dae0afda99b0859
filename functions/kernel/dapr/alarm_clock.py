"""The AlarmClock over Dapr Jobs: one job a second in which something is due."""

import asyncio
import itertools
import secrets
import time
from collections.abc import Collection
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from functions.kernel.dapr.connection import DaprConnection
from functions.kernel.errors import AlarmUnavailableError
from functions.kernel.host.ring import job_name
from functions.kernel.storage.database import TRANSACTION_TIMEOUT_SECONDS

if TYPE_CHECKING:
    from dapr.aio.clients import DaprClient

LEAD_SECONDS = 2
"""The alarm rings so early, so that its function is awake when the moment comes."""
NEAR_SECONDS = TRANSACTION_TIMEOUT_SECONDS + 2 * LEAD_SECONDS
"""A job this close may ring before the transaction that sets it has ended: each gets a name of its own, so that
none is taken for one that rang already."""
MAX_KNOWN = 10_000
PATIENCE_SECONDS = 2.0
"""For one job. With its scheduler down, daprd would answer after half a minute, and a person waits for this."""
AT_ONCE = 50
"""Jobs asked for at the same time; more would wait in daprd, and their patience run out there."""


class DaprAlarmClock:
    """Sets jobs at the alarm's own daprd, since Dapr calls the app whose daprd was asked."""

    def __init__(self, connection: DaprConnection) -> None:
        self._connection = connection
        self._known: dict[int, None] = {}
        self._nonce = secrets.token_hex(4)
        self._numbers = itertools.count()
        self._turns = asyncio.Semaphore(AT_ONCE)

    async def arm(self, moments: Collection[datetime]) -> None:
        """See AlarmClock.arm. Raises AlarmUnavailableError when a job is not taken, or not in time."""
        now = time.time()
        seconds = {int(moment.timestamp()) for moment in moments} - self._known.keys()
        if not seconds:
            return
        client = self._client()
        async with asyncio.TaskGroup() as group:
            for second in sorted(seconds):
                group.create_task(self._set(client, second, near=second < now + NEAR_SECONDS))

    def _client(self) -> "DaprClient":
        try:
            return self._connection.client()
        except TimeoutError as error:
            raise _unavailable(error) from error
