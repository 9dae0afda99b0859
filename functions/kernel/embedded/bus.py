"""The embedded EventBus: hands events to the functions of this process, each function in its own lane.

What makes it durable is the log: an event counts as published only when every function that consumes it has
handled it, or given it up as a dead letter. After a crash the outbox check finds the others.
"""

import asyncio
import json
import logging
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from functions.kernel.cloudevent import parse_mapping, render
from functions.kernel.embedded.ending import end
from functions.kernel.events import Event
from functions.kernel.host.deliver import FunctionHost
from functions.kernel.host.delivery import DeadLettered, Delivery
from functions.kernel.host.drain import DRAIN_SECONDS
from functions.kernel.host.outcome import Outcome, Retry
from functions.kernel.storage.outbox import Outbox

log = logging.getLogger(__name__)

MAX_ATTEMPTS = 20
FIRST_DELAY_SECONDS = 0.1
LONGEST_DELAY_SECONDS = 60.0
"""Together about a quarter of an hour, before an event is given up as a dead letter."""
MAX_WAITING = 5000
"""Events that one lane holds in memory; beyond, publishing waits, or leaves them in the outbox for later."""
AT_ONCE = 100
"""Events that a lane without batches handles side by side: its handlers wait for other machines, holding little else,
and take care themselves that no single one of these gets all of it."""


@dataclass(slots=True)
class _Parcel:
    """One event on its way to one function."""

    event: Event
    delivery: Delivery
    attempts: int = 0


@dataclass(slots=True)
class _Lane:
    """What waits for one function: in order, but for keys that have a queue of their own, since their first event
    is being retried or, without batches, is being handled."""

    host: FunctionHost
    waiting: deque[_Parcel] = field(default_factory=deque)
    queues: dict[UUID, deque[_Parcel]] = field(default_factory=dict)
    queued: int = 0
    at_once: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_ONCE))
    filled: asyncio.Event = field(default_factory=asyncio.Event)
    drained: asyncio.Condition = field(default_factory=asyncio.Condition)

    @property
    def load(self) -> int:
        """How many events it holds."""
        return len(self.waiting) + self.queued


class EmbeddedEventBus:
    """Delivers in-process. `hosts` are the functions by the topic they consume; `start` before publishing."""

    def __init__(self, outbox: Outbox) -> None:
        self._outbox = outbox
        self._lanes: dict[str, list[_Lane]] = {}
        self._dead_letters: FunctionHost | None = None
        self._open: dict[str, int] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._under_way: set[asyncio.Task[list[Outcome]]] = set()

    def start(self, hosts: Mapping[str, Sequence[FunctionHost]], dead_letters: FunctionHost) -> None:
        """Begin to deliver: to the functions of each topic, and what they cannot handle to `dead_letters`."""
        self._dead_letters = dead_letters
        for topic, consumers in hosts.items():
            self._lanes[topic] = [_Lane(host) for host in consumers]
            for lane in self._lanes[topic]:
                self._run(self._serve(lane))

    async def publish(self, events: Sequence[Event]) -> None:
        """Take the events over; those on their way already are not taken twice."""
        unheard = []
        for event in events:
            if event.id in self._open:
                continue
            lanes = self._lanes.get(event.topic, ())
            if not lanes:
                unheard.append(event)
                continue
            if any(lane.host.function.max_batch == 1 and lane.load >= MAX_WAITING for lane in lanes):
                continue  # other machines are slow; nothing of ours waits for them: the outbox check comes back to it
            self._open[event.id] = len(lanes)
            mapping = render(event)
            for lane in lanes:
                await self._put(lane, _Parcel(event, Delivery(parse_mapping(mapping), mapping)))
        if unheard:
            await self._outbox.mark_published(unheard)

    async def stop(self) -> None:
        """Begin nothing more; what is being handled has DRAIN_SECONDS to end, so that nobody is written to twice for
        it. What is not handled then is published again after the next start."""
        await end(*self._tasks)
        if self._under_way:
            _, cut = await asyncio.wait(self._under_way, timeout=DRAIN_SECONDS)
            await end(*cut)

    def _run(self, coroutine: "asyncio._CoroutineLike[None]") -> None:
        task = asyncio.get_running_loop().create_task(coroutine)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _put(self, lane: _Lane, parcel: _Parcel) -> None:
        async with lane.drained:
            await lane.drained.wait_for(lambda: lane.load < MAX_WAITING)
            lane.waiting.append(parcel)
            lane.filled.set()

    async def _serve(self, lane: _Lane) -> None:
        while True:
            await lane.filled.wait()
            batch = await self._take(lane)
            if lane.host.function.max_batch == 1:
                for parcel in batch:
                    self._queue(lane, parcel)
                continue
            if not batch:
                continue
            outcomes = await self._attempt(lane, batch)
            handled = []
            for parcel, outcome in zip(batch, outcomes, strict=True):
                if isinstance(outcome, Retry):
                    self._queue(lane, parcel)
                else:
                    handled.append(parcel)
            await self._finish(handled)

    async def _take(self, lane: _Lane) -> list[_Parcel]:
        """The next batch; a parcel whose key has a queue joins its end instead."""
        batch: list[_Parcel] = []
        async with lane.drained:
            while lane.waiting and len(batch) < lane.host.function.max_batch:
                parcel = lane.waiting.popleft()
                if parcel.event.key in lane.queues:
                    self._queue(lane, parcel)
                else:
                    batch.append(parcel)
            if not lane.waiting:
                lane.filled.clear()
            lane.drained.notify_all()
        return batch

    async def _attempt(self, lane: _Lane, batch: Sequence[_Parcel]) -> list[Outcome]:
        for parcel in batch:
            parcel.attempts += 1
        handling = asyncio.get_running_loop().create_task(lane.host.deliver([parcel.delivery for parcel in batch]))
        self._under_way.add(handling)
        handling.add_done_callback(self._under_way.discard)
        try:
            return await asyncio.shield(handling)
        except Exception as error:  # noqa: BLE001 - whatever it was, the events are tried again
            log.warning("%s: %s: %s", lane.host.function.name, type(error).__name__, error)
            return [Retry(f"{type(error).__name__}: {error}")] * len(batch)

    def _queue(self, lane: _Lane, parcel: _Parcel) -> None:
        """Let the parcel wait behind those of its key, and have the queue served."""
        lane.queued += 1
        queue = lane.queues.get(parcel.event.key)
        if queue is not None:
            queue.append(parcel)
            return
        lane.queues[parcel.event.key] = deque([parcel])
        self._run(self._serve_queue(lane, parcel.event.key))

    async def _serve_queue(self, lane: _Lane, key: UUID) -> None:
        """Try the key's events in their order, ever more slowly; what still fails is a dead letter."""
        queue = lane.queues[key]
        while queue:
            parcel = queue[0]
            if parcel.attempts:
                await asyncio.sleep(min(FIRST_DELAY_SECONDS * 2 ** (parcel.attempts - 1), LONGEST_DELAY_SECONDS))
            async with lane.at_once:
                outcome = (await self._attempt(lane, [parcel]))[0]
            given_up = isinstance(outcome, Retry) and parcel.attempts >= MAX_ATTEMPTS
            if isinstance(outcome, Retry) and not (given_up and await self._bury(lane, parcel)):
                continue
            queue.popleft()
            await self._finish([parcel])
            async with lane.drained:
                lane.queued -= 1
                lane.drained.notify_all()
        del lane.queues[key]

    async def _bury(self, lane: _Lane, parcel: _Parcel) -> bool:
        """Hand it to the dead-letter function; false while even that fails, so that it is never lost."""
        if self._dead_letters is None:
            return False
        dead = DeadLettered(lane.host.function.name, json.dumps(parcel.delivery.raw))
        try:
            async with self._dead_letters.units.begin() as uow:
                await self._dead_letters.call(dead, uow)
        except Exception:
            log.exception("%s: the dead letter could not be stored yet", lane.host.function.name)
            return False
        return True

    async def _finish(self, parcels: Sequence[_Parcel]) -> None:
        done = []
        for parcel in parcels:
            self._open[parcel.event.id] -= 1
            if not self._open[parcel.event.id]:
                del self._open[parcel.event.id]
                done.append(parcel.event)
        if not done:
            return
        try:
            await self._outbox.mark_published(done)
        except Exception as error:  # noqa: BLE001 - they are published again, and the inbox knows them
            log.warning("%d events not marked as published: %s", len(done), error)
