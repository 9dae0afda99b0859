"""Delivering events to one function: inbox claim, handler, effects and outbox in one transaction, then its errands."""

import asyncio
import hashlib
import inspect
import json
import logging
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from functions.kernel.clock import Clock, system_clock
from functions.kernel.cloudevent import CloudEvent, decode
from functions.kernel.errors import InvalidEventError, NotFoundError
from functions.kernel.events import TYPE_PREFIX, Event
from functions.kernel.host.function import Function, load
from functions.kernel.host.observed import handling, what_failed
from functions.kernel.host.outcome import DONE, Outcome, Rejected, Retry, outcome_of
from functions.kernel.ports import TestNotice, TestNoticeResult
from functions.kernel.settings import MAX_ALARM_LEAD_SECONDS
from functions.kernel.storage import attempts, inbox
from functions.kernel.storage.attempts import Failure, Position
from functions.kernel.storage.database import Database
from functions.kernel.storage.unit_of_work import Errand, UnitOfWork, UnitsOfWork

SEEN_AFTER_SECONDS = 5
"""So long a request must be under way for Knative to count all of it: it averages over a tenth of the stable window of
30 s, and looks every 2 s."""

log = logging.getLogger(__name__)

Announce = Callable[[datetime, int], Coroutine[Any, Any, None]]

MAX_SUSPECT_ATTEMPTS = 8
"""About a quarter of a minute, as components/resiliency.yaml retries."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """One event as it came: parsed, or the error that says why it is none. `raw` is its text or decoded JSON,
    `position` where the broker has it (null: nobody said, as in the embedded way, which has no broker)."""

    event: CloudEvent | InvalidEventError
    raw: object
    position: Position | None = None

    @property
    def text(self) -> str:
        """As it came, for a dead letter."""
        return self.raw if isinstance(self.raw, str) else json.dumps(self.raw, ensure_ascii=False)


@dataclass(frozen=True, slots=True)
class DeadLettered:
    """What the messaging gave up on: the event's text, the function that could not handle it, and where it was."""

    function: str
    text: str
    position: Position | None = None


class FunctionHost:
    """Runs one function's handler. `ports` are the adapters its handler may name as keywords; `announce` says that a
    moment (UTC) is near for so many reminders, to those who have to be woken for it."""

    def __init__(
        self,
        function: Function,
        database: Database,
        units: UnitsOfWork,
        ports: Mapping[str, object],
        announce: Announce | None = None,
        clock: Clock = system_clock,
    ) -> None:
        self.function = function
        self.units = units
        self.announce = announce
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
        events are dead letters when this returns; raises when even that could not be stored.
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
            if _key(delivery) in waiting:
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
                outcome = outcome_of(error)
                if isinstance(outcome, Retry):
                    waiting.add(_key(batch[0]))
                return [outcome]
            log.info("%s: a batch of %d, in halves: %r", self.function.name, len(batch), error)
            middle = len(batch) // 2
            return [
                *await self._deliver_batch(batch[:middle], waiting),
                *await self._deliver_batch(batch[middle:], waiting),
            ]
        return [DONE] * len(batch)

    async def _handle(self, events: Sequence[tuple[Any, Event]]) -> None:
        with handling(self.function, [event for _, event in events]) as done:
            async with self.units.begin() as uow:
                new = await inbox.claim(uow.connection, self.function.name, [envelope for envelope, _ in events])
                fresh = []
                for envelope, event in events:
                    if (envelope.source, envelope.id) in new:
                        new.discard((envelope.source, envelope.id))
                        fresh.append(event)
                errands: Sequence[Errand] = (await self.call(fresh, uow) if fresh else None) or ()
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
            index: failure_of(self.function, deliveries[index], outcome.reason)
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


def _key(delivery: Delivery) -> str:
    """What the event must stay in order with; itself, when it does not say."""
    event = delivery.event
    if isinstance(event, InvalidEventError):
        return delivery.text
    return str(event.extensions.get("partitionkey") or event.subject or event.id)


def failure_of(function: Function, delivery: Delivery, reason: str) -> Failure:
    """How a delivery that failed is kept; one without a readable id goes by the hash of its text."""
    topic = function.consumes.topic if function.consumes else ""
    event = delivery.event
    if isinstance(event, CloudEvent):
        return Failure(function.name, topic, event.source, event.id, reason, delivery.text, delivery.position)
    source, event_id = _claimed_identity(delivery.text)
    return Failure(function.name, topic, source, event_id, reason, delivery.text, delivery.position)


def _claimed_identity(text: str) -> tuple[str, str]:
    digest = "sha256:" + hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()
    try:
        attributes = json.loads(text)
    except (ValueError, RecursionError):
        return "", digest
    if not isinstance(attributes, dict):
        return "", digest
    source, event_id = attributes.get("source"), attributes.get("id")
    readable = isinstance(source, str) and isinstance(event_id, str) and event_id
    return (source, event_id) if readable else ("", digest)  # type: ignore[return-value]
