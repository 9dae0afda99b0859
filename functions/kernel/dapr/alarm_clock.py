"""The AlarmClock over Dapr Jobs: one job a second in which something is due."""

import asyncio
import itertools
import secrets
import time
from collections.abc import Collection
from datetime import UTC, datetime

from functions.kernel.dapr.connection import DaprConnection
from functions.kernel.host.ring import job_name
from functions.kernel.storage.database import TRANSACTION_TIMEOUT_SECONDS

LEAD_SECONDS = 2
"""The alarm rings so early, so that its function is awake when the moment comes."""
NEAR_SECONDS = TRANSACTION_TIMEOUT_SECONDS + 2 * LEAD_SECONDS
"""A job this close may ring before the transaction that sets it has ended: each gets a name of its own, so that
none is taken for one that rang already."""
MAX_KNOWN = 10_000


class DaprAlarmClock:
    """Sets jobs at the alarm's own daprd, since Dapr calls the app whose daprd was asked."""

    def __init__(self, connection: DaprConnection) -> None:
        self._connection = connection
        self._known: dict[int, None] = {}
        self._nonce = secrets.token_hex(4)
        self._numbers = itertools.count()

    async def arm(self, moments: Collection[datetime]) -> None:
        """See AlarmClock.arm. Raises the SDK's error when the scheduler does not take a job."""
        now = time.time()
        seconds = {int(moment.timestamp()) for moment in moments}
        near = [second for second in seconds if second < now + NEAR_SECONDS]
        far = [second for second in seconds if second >= now + NEAR_SECONDS and second not in self._known]
        jobs = [(job_name(second, f"{self._nonce}-{next(self._numbers)}"), second) for second in near]
        jobs += [(job_name(second), second) for second in far]
        await asyncio.gather(*(self._schedule(name, second - LEAD_SECONDS) for name, second in jobs))
        self._known |= dict.fromkeys(far)
        while len(self._known) > MAX_KNOWN:
            del self._known[next(iter(self._known))]

    async def _schedule(self, name: str, at: int) -> None:
        from dapr.clients import ConstantFailurePolicy, Job  # noqa: PLC0415
        from grpc import RpcError, StatusCode  # noqa: PLC0415

        # Without a bound on its retries, a job stays until the alarm has answered.
        policy = ConstantFailurePolicy(max_retries=None, interval_seconds=1)
        due = datetime.fromtimestamp(at, UTC).isoformat()
        try:
            await self._connection.client().schedule_job(Job(name, due_time=due, failure_policy=policy))
        except RpcError as error:
            if error.code() != StatusCode.ALREADY_EXISTS:
                raise
