"""The unit of work: one message, one transaction, over effects, inbox and outbox."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from uuid import UUID

from functions.kernel.events import Event
from functions.kernel.ports import AlarmClock, EventBus
from functions.kernel.storage import outbox
from functions.kernel.storage.database import Connection, Database
from functions.kernel.telemetry.spans import traced

SOON = timedelta(seconds=15)
"""Longer than any lead time (MAX_ALARM_LEAD_SECONDS)."""

log = logging.getLogger(__name__)


class UnitOfWork:
    """What a handler works with. Everything done through it is committed together, by the host, or not at all."""

    def __init__(self, connection: Connection, now: datetime) -> None:
        self.connection = connection
        self.now = now
        """The transaction's time by the database's clock, UTC."""
        self._begun = time.monotonic()
        self.emitted: list[Event] = []
        self.republished: list[Event] = []
        self.moments: list[datetime] = []
        self.anew = False

    @property
    def present(self) -> datetime:
        """The database's clock at this moment, UTC; `now` is when the transaction began."""
        return self.now + timedelta(seconds=time.monotonic() - self._begun)

    def emit(self, *events: Event) -> None:
        """Publish these, once the transaction is committed; written to the log in it. Those that carry no trace of
        their own are part of the present one."""
        self.emitted.extend(map(traced, events))

    def republish(self, events: Sequence[Event]) -> None:
        """Publish these, which are in the log already."""
        self.republished.extend(events)

    def arm(self, *moments: datetime, anew: bool = False) -> None:
        """A reminder waits for each of these moments: set the alarm for it before the commit. `anew`: though it was set
        before, since the alarm clock may have lost it."""
        self.moments.extend(moments)
        self.anew = self.anew or anew


class UnitsOfWork:
    """Opens units of work over one database role."""

    def __init__(self, database: Database, bus: EventBus, alarm_clock: AlarmClock) -> None:
        self._database = database
        self._bus = bus
        self._alarm_clock = alarm_clock

    @asynccontextmanager
    async def begin(self, user_id: UUID | None = None) -> AsyncIterator[UnitOfWork]:
        """A unit of work; committed when the block ends, rolled back when it raises.

        Arms before the commit: a crash anywhere leaves at worst an alarm that rings for nothing. `publish` the
        unit afterwards.
        """
        async with self._database.begin(user_id) as (connection, now):
            uow = UnitOfWork(connection, now)
            yield uow
            if uow.emitted:
                uow.emitted += await outbox.write(connection, uow.emitted, uow.now)
                uow.moments.append(outbox.check_moment(uow.now))
            if uow.moments:
                await self._alarm_clock.arm(uow.moments, now=uow.present, anew=uow.anew)

    async def publish(self, uow: UnitOfWork) -> None:
        """After the commit: ring again for what is due soon, and hand the events on. The alarm set before the commit
        may have rung before it, and found nothing.

        A failure is only a delay, since the outbox check armed before the commit does both again.
        """
        soon = [moment for moment in uow.moments if moment <= uow.present + SOON]
        events = uow.republished + uow.emitted
        results = await asyncio.gather(
            *([self._alarm_clock.arm(soon, now=uow.present)] if soon else []),
            *([self._bus.publish(events)] if events else []),
            return_exceptions=True,
        )
        for error in results:
            if isinstance(error, Exception):
                log.warning("not done now, the outbox check will: %s: %s", type(error).__name__, error)


Errand = Callable[[UnitsOfWork], Awaitable[None]]
"""What a handler leaves to be done after its commit, with no connection held, before its event is acknowledged. It
records what came of it in units of work of its own; a crash before that must be found by an alarm that the handler
set, since the event is not handled again."""
