"""The AlarmClock over Dapr Jobs: one job a second in which something is due."""

import asyncio
import itertools
import logging
import secrets
from collections.abc import Collection
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from functions.kernel.clock import Clock, system_clock
from functions.kernel.dapr.connection import DaprConnection
from functions.kernel.errors import AlarmUnavailableError
from functions.kernel.host.ring import job_name
from functions.kernel.settings import DEFAULT_ALARM_LEAD_SECONDS
from functions.kernel.storage.database import TRANSACTION_TIMEOUT_SECONDS

if TYPE_CHECKING:
    from dapr.aio.clients import DaprClient

log = logging.getLogger(__name__)

KNOWN_SECONDS = 60.0
"""So long a job that was set is taken to be there: the scheduler may have lost it since, and a sweep have found nothing
that waited for it. Many write for the same second at about the same time, most of all for the outbox's next check."""
MAX_KNOWN = 10_000
PATIENCE_SECONDS = 8.0
"""For one job. With its scheduler down, daprd would answer after half a minute, and a person waits for this."""
AT_ONCE = 50
"""Jobs asked for at the same time; more would wait in daprd, and their patience run out there."""


class DaprAlarmClock:
    """Sets jobs at the alarm's own daprd, since Dapr calls the app whose daprd was asked.

    The alarm rings `lead_seconds` early, so that its function is awake when the moment comes.
    """

    def __init__(
        self,
        connection: DaprConnection,
        lead_seconds: int = DEFAULT_ALARM_LEAD_SECONDS,
        clock: Clock = system_clock,
    ) -> None:
        self._clock = clock
        self._connection = connection
        self._lead_seconds = lead_seconds
        # A job this close may ring before the transaction that sets it has ended: each gets a name of its own, so
        # that none is taken for one that rang already.
        self._near_seconds = TRANSACTION_TIMEOUT_SECONDS + 2 * lead_seconds
        self._known: dict[int, float] = {}
        """Until when, by the loop's clock, each second's job is taken to be there; the oldest first."""
        self._nonce = secrets.token_hex(4)
        self._numbers = itertools.count()
        self._turns = asyncio.Semaphore(AT_ONCE)

    async def arm(self, moments: Collection[datetime], *, now: datetime | None = None, anew: bool = False) -> None:
        """See AlarmClock.arm. Raises AlarmUnavailableError when a job is not taken in time."""
        # By the database's clock: to a process whose own is behind, what is near would seem far, and so be set once.
        near_until = (now or self._clock()).timestamp() + self._near_seconds
        self._forget()
        seconds = {int(moment.timestamp()) for moment in moments}
        wanted = sorted(second for second in seconds if anew or second < near_until or second not in self._known)
        if not wanted:
            return
        try:
            client = self._connection.client()
            async with asyncio.TaskGroup() as group:
                for second in wanted:
                    group.create_task(self._arm(client, second, near=second < near_until))
        except TimeoutError as error:
            raise _unavailable(error) from error
        except ExceptionGroup as failed:
            raise failed.exceptions[0] from None

    async def _arm(self, client: "DaprClient", second: int, *, near: bool) -> None:
        if near:
            await self._schedule(client, job_name(second, f"{self._nonce}-{next(self._numbers)}"), second)
            return
        await self._schedule(client, job_name(second), second)
        self._known.pop(second, None)  # to be the newest
        self._known[second] = asyncio.get_running_loop().time() + KNOWN_SECONDS

    def _forget(self) -> None:
        now = asyncio.get_running_loop().time()
        while self._known and (len(self._known) > MAX_KNOWN or next(iter(self._known.values())) <= now):
            del self._known[next(iter(self._known))]

    async def _schedule(self, client: "DaprClient", name: str, second: int) -> None:
        from dapr.clients import ConstantFailurePolicy, Job
        from grpc import RpcError, StatusCode

        # Without a bound on its retries, a job stays until the alarm has answered.
        policy = ConstantFailurePolicy(max_retries=None, interval_seconds=1)
        due = datetime.fromtimestamp(second - self._lead_seconds, UTC).isoformat()
        try:
            async with self._turns, asyncio.timeout(PATIENCE_SECONDS):
                await client.schedule_job(Job(name, due_time=due, failure_policy=policy))
        except TimeoutError as error:
            raise _unavailable(error) from error
        except RpcError as error:
            if error.code() != StatusCode.ALREADY_EXISTS:
                raise _unavailable(error) from error


def _unavailable(error: Exception) -> AlarmUnavailableError:
    log.warning("Dapr takes no job: %s: %s", type(error).__name__, error)
    return AlarmUnavailableError("no alarm can be set now, so nothing was changed; try again")
