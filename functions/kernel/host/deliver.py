"""Delivering events to one function: inbox claim, handler, effects and outbox in one transaction, then its errands."""

import asyncio
import inspect
import logging
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any

from functions.kernel.clock import Clock, system_clock
from functions.kernel.cloudevent import decode
from functions.kernel.errors import InvalidEventError, NotFoundError
from functions.kernel.events import TYPE_PREFIX, Event
from functions.kernel.host.delivery import Delivery, failure_of, key_of
from functions.kernel.host.function import Function, load
from functions.kernel.host.observed import handling, what_failed
from functions.kernel.host.outcome import DONE, Outcome, Rejected, Retry, outcome_of
from functions.kernel.ports import TestNotice, TestNoticeResult
from functions.kernel.settings import MAX_ALARM_LEAD_SECONDS
from functions.kernel.storage import attempts, inbox
from functions.kernel.storage.database import Database
from functions.kernel.storage.unit_of_work import Errand, UnitOfWork, UnitsOfWork

SEEN_AFTER_SECONDS = 5
"""So long a request must be under way for Knative to count all of it: it averages over a tenth of the stable window of
30 s, and looks every 2 s."""

log = logging.getLogger(__name__)

Announce = Callable[[datetime, int], Coroutine[Any, Any, None]]

MAX_SUSPECT_ATTEMPTS = 8
"""About a quarter of a minute, as components/resiliency.yaml retries."""
TRIES_AT_ONCE = 3
"""So often an event that will fail each time is tried where others wait for it, before it is given up."""
MOST_IN_A_ROW = 100
"""So many are given up so without another being handled: more in a row show that the function fails, not its events."""


class FunctionHost:
    """Runs one function's handler. `ports` are the adapters its handler may name as keywords; `announce` says that a
    moment (UTC) is near for so many reminders, to those who have to be woken for it. `held_up`: while an event is
    retried, those of other keys wait, too."""

    def __init__(
        self,
        function: Function,
        database: Database,
        units: UnitsOfWork,
        ports: Mapping[str, object],
        announce: Announce | None = None,
        clock: Clock = system_clock,
        *,
        held_up: bool = False,
    ) -> None:
        self.function = function
        self.units = units
        self.announce = announce
        # What an effect that leaves the database did cannot be taken back, so it is not tried at once.
        self._held_up = held_up and function.max_batch > 1
        self._given_up_in_a_row = MOST_IN_A_ROW  # until it has handled one
        self._clock = clock
        self._database = database
        self._handler = _bind(function.handler, ports)
        self._invoked = _bind(function.invoked, ports) if function.invoked else None

    async def call(self, subject: object, uow: UnitOfWork) -> Any:
        """The handler's answer, inside the given unit of work."""
        return await self._handler(subject, uow=uow)

    async def warm(self, until: datetime | None) -> None:
        """Have a connection to the database, which also wakes one that sleeps.

        A function with lanes is then busy until that moment (UTC, at most MAX_ALARM_LEAD_SECONDS from now), and for
        SEEN_AFTER_SECONDS in any case: each of these requests is worth a pod to the autoscaler, which so makes the pods
        before there is work for them. A moment that is over keeps nobody.
        """
        await self._database.wake()
        if until and self.function.lanes > 1:
            ahead = (until - self._clock()).total_seconds()
            if ahead > 0:
                await asyncio.sleep(min(max(ahead, SEEN_AFTER_SECONDS), MAX_ALARM_LEAD_SECONDS))

    async def invoke(self, asked: TestNotice) -> TestNoticeResult:
        """Answer another function's call. NotFoundError when this one is not there to be called."""
        if self._invoked is None:
            raise NotFoundError(f"{self.function.name} answers no calls")
        result: TestNoticeResult = await self._invoked(asked, units=self.units)
        return result

    async def deliver(self, deliveries: Sequence[Delivery]) -> list[Outcome]:
        """Handle them in their order, each once whatever happens; an outcome for each.

        After a retry, later events of the same key are retried too, so that a key's order is kept. Rejected
        events are dead letters when this returns; raises when even that could not be stored. Where others would be held
        up, an event that will fail each time is rejected after TRIES_AT_ONCE.
        """
        outcomes: list[Outcome] = []
        waiting: set[str] = set()
        step = self.function.max_batch
        for start in range(0, len(deliveries), step):
            outcomes += await self._deliver_batch(deliveries[start : start + step], waiting)
        return await self._note(deliveries, outcomes)

    async def _deliver_batch(self, batch: Sequence[Delivery], waiting: set[str]) -> list[Outcome]:
        """In one transaction if that goes, else in halves of it, until what fails stands alone: so the others cost
        little more beside it. `waiting` are the keys of which an event is retried; they become more."""
        outcomes: dict[int, Outcome] = {}
        free = []
        for index, delivery in enumerate(batch):
            if key_of(delivery) in waiting:
                outcomes[index] = Retry("an earlier event of its key is retried first")
            else:
                free.append(index)
        for index, outcome in zip(free, await self._deliver_free([batch[i] for i in free], waiting), strict=True):
            outcomes[index] = outcome
        return [outcomes[index] for index in range(len(batch))]

    async def _deliver_free(self, batch: Sequence[Delivery], waiting: set[str]) -> list[Outcome]:
        if not batch:
            return []
        try:
            await self._handle([(delivery.event, self._decode(delivery)) for delivery in batch])
        except Exception as error:  # noqa: BLE001 - outcome_of decides what any error means
            if len(batch) == 1:
                outcome = await self._tried_at_once(batch[0], outcome_of(error))
                if isinstance(outcome, Retry):
                    waiting.add(key_of(batch[0]))
                return [outcome]
            log.info("%s: a batch of %d, in halves: %r", self.function.name, len(batch), error)
            middle = len(batch) // 2
            return [
                *await self._deliver_batch(batch[:middle], waiting),
                *await self._deliver_batch(batch[middle:], waiting),
            ]
        return [DONE] * len(batch)

    async def _tried_at_once(self, delivery: Delivery, outcome: Outcome) -> Outcome:
        """What comes of an event that failed alone, with this outcome: one that will fail each time is not given back,
        for a retry that holds up others in vain; unless it is the function that fails each time."""
        while self._held_up and isinstance(outcome, Retry) and outcome.repeats:
            if self._given_up_in_a_row >= MOST_IN_A_ROW:
                break
            if outcome.attempts == TRIES_AT_ONCE:
                self._given_up_in_a_row += 1
                return Rejected(outcome.reason, outcome.attempts)
            try:
                await self._handle([(delivery.event, self._decode(delivery))])
            except Exception as error:  # noqa: BLE001 - outcome_of decides what any error means
                outcome = replace(outcome_of(error), attempts=outcome.attempts + 1)
            else:
                return DONE
        return outcome

    async def _handle(self, events: Sequence[tuple[Any, Event]]) -> None:
        with handling(self.function, [event for _, event in events]) as done:
            async with self.units.begin() as uow:
                envelopes = [envelope for envelope, _ in events]
                new = await inbox.claim(uow.connection, self.function.name, envelopes, uow.now)
                fresh = []
                for envelope, event in events:
                    if (envelope.source, envelope.id) in new:
                        new.discard((envelope.source, envelope.id))
                        fresh.append(event)
                errands: Sequence[Errand] = (await self.call(fresh, uow) if fresh else None) or ()
            if fresh:
                self._given_up_in_a_row = 0
            await self.units.publish(uow)
            done(fresh, uow.present)
            # Not acknowledged before: who is given no request may be frozen, or ended.
            await asyncio.gather(*(errand(self.units) for errand in errands))

    def _decode(self, delivery: Delivery) -> Event:
        if isinstance(delivery.event, InvalidEventError):
            raise delivery.event
        consumes = self.function.consumes
        if consumes is None or delivery.event.type != TYPE_PREFIX + consumes.topic:
            raise InvalidEventError("type", f"{delivery.event.type!r} is not what {self.function.name} handles")
        return decode(delivery.event)

    async def _note(self, deliveries: Sequence[Delivery], outcomes: list[Outcome]) -> list[Outcome]:
        """Note the failed attempts and store the dead letters; what failed too often becomes one."""
        failed = {
            index: replace(failure_of(self.function, deliveries[index], outcome.reason), attempts=outcome.attempts)
            for index, outcome in enumerate(outcomes)
            if isinstance(outcome, Retry | Rejected)
        }
        if not failed:
            return outcomes
        for index, failure in failed.items():
            kind = type(outcomes[index]).__name__
            known = what_failed(failure, deliveries[index])
            log.warning("%s %s: %s: %s", failure.function, failure.event_id, kind, failure.reason, extra=known)
        try:
            async with self._database.transaction() as connection:
                counts = await attempts.note_attempts(connection, list(failed.values()))
                final = {i: self._final(outcomes[i], counts.get((f.source, f.event_id), 0)) for i, f in failed.items()}
                dead = [failed[i] for i, outcome in final.items() if isinstance(outcome, Rejected)]
                if dead:
                    await attempts.store_dead_letters(connection, dead)
        except Exception:
            if any(isinstance(outcome, Rejected) for outcome in outcomes):
                raise
            log.exception("%s: failed attempts were not noted", self.function.name)
            return outcomes
        return [final.get(index, outcome) for index, outcome in enumerate(outcomes)]

    def _final(self, outcome: Outcome, attempts_made: int) -> Outcome:
        """A suspect event that failed so often is given up, since a bulk's retry holds up all partitions."""
        batched = self.function.max_batch > 1
        if batched and isinstance(outcome, Retry) and outcome.suspect and attempts_made >= MAX_SUSPECT_ATTEMPTS:
            return Rejected(outcome.reason)
        return outcome


def _bind(reference: str, ports: Mapping[str, object]) -> Callable[..., Awaitable[Any]]:
    """The handler with those of the ports that it names as keywords."""
    handler = load(reference)
    wanted = inspect.signature(handler).parameters
    return partial(handler, **{name: port for name, port in ports.items() if name in wanted})
