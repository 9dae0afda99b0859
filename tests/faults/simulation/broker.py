"""The broker: keeps each topic's order within a key, and hands events over at least once. What it is asked to do comes
through Taskwake's own DaprEventBus."""

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

from pydantic_core import from_json

from functions.kernel.cloudevent import parse_mapping
from functions.kernel.host.deliver import FunctionHost
from functions.kernel.host.delivery import Delivery
from functions.kernel.host.outcome import Outcome, Retry
from tests.faults.simulation.world import Process, World

PARTITIONS = 2
MOST_AT_ONCE = 4
PATIENCE_SECONDS = 60
"""So long daprd waits for an answer (components/resiliency.yaml)."""


@dataclass(slots=True)
class Partition:
    """What of a topic waits for one function, the next first; and all that ever was in it."""

    waiting: deque[bytes] = field(default_factory=deque)
    kept: list[bytes] = field(default_factory=list)
    news: asyncio.Event = field(default_factory=asyncio.Event)


class Broker:
    """`consumers` are the functions by topic; `pick` gives a running process of one, with its host."""

    def __init__(
        self, world: World, consumers: dict[str, list[str]], pick: Callable[[str], Any], duplicates: float
    ) -> None:
        self.down = False
        self.faults = True
        self.unanswered = 0.0
        self._world = world
        self._pick = pick
        self._duplicates = duplicates
        self._taker = Process(world, "broker")
        self._partitions = {
            (topic, function): [Partition() for _ in range(PARTITIONS)]
            for topic, functions in consumers.items()
            for function in functions
        }

    def start(self) -> None:
        """Begin to hand over."""
        for (_, function), partitions in self._partitions.items():
            for partition in partitions:
                self._world.start(self._serve(function, partition))

    async def take(self, publisher: Process, topic: str, entries: Sequence[Any]) -> Any:
        """What DaprClient.publish_events does."""
        await publisher.turn("after the commit, before the publishing")
        if self.down:
            raise ConnectionError("the broker is away")
        failed = []
        for entry in entries:
            if self.faults and self._world.random.random() < self._duplicates:
                failed.append(SimpleNamespace(entry_id=entry.entry_id, error="the broker took it, and says it did not"))
            self._put(topic, entry.metadata["partitionKey"], entry.event)
        await publisher.turn("after the publishing, before it is noted")
        return SimpleNamespace(failed_entries=failed)

    def replay(self) -> None:
        """A function's whole topic comes again."""
        key = self._world.random.choice(list(self._partitions))
        self._world.note(f"{key[0]} is replayed for {key[1]}")
        for partition in self._partitions[key]:
            partition.waiting = deque(partition.kept)
            partition.news.set()

    @property
    def is_empty(self) -> bool:
        return not any(partition.waiting for partitions in self._partitions.values() for partition in partitions)

    def _put(self, topic: str, key: str, body: bytes) -> None:
        for (of_topic, _), partitions in self._partitions.items():
            if of_topic == topic:
                partition = partitions[int(key[-4:], 16) % PARTITIONS]
                partition.waiting.append(body)
                partition.kept.append(body)
                partition.news.set()

    async def _serve(self, function: str, partition: Partition) -> None:
        while True:
            if not partition.waiting:
                partition.news.clear()
                await partition.news.wait()
            await self._taker.turn("a delivery")
            process, host = self._pick(function)
            if process is None or self.down:
                await asyncio.sleep(1)
                continue
            most = min(MOST_AT_ONCE, host.function.max_batch, len(partition.waiting))
            if most == 0:
                continue
            batch = [partition.waiting[n] for n in range(self._world.random.randint(1, most))]
            outcomes = await self._hand_over(process, host, batch)
            if outcomes is None or len(outcomes) > len(partition.waiting):
                await asyncio.sleep(self._world.random.uniform(0.25, 15))
                continue
            if list(partition.waiting)[: len(batch)] != batch:
                continue  # it was replayed meanwhile
            for _ in batch:
                partition.waiting.popleft()
            again = [body for body, outcome in zip(batch, outcomes, strict=True) if isinstance(outcome, Retry)]
            partition.waiting.extendleft(reversed(again))
            if again:
                await asyncio.sleep(self._world.random.uniform(0.25, 5))

    async def _hand_over(self, process: Process, host: FunctionHost, batch: Sequence[bytes]) -> list[Outcome] | None:
        impatient = self.faults and self._world.random.random() < self.unanswered
        patience = self._world.random.choice([0.01, 0.05, 0.2]) if impatient else PATIENCE_SECONDS
        try:
            outcomes = await process.run(_handle(process, host, batch), patience)
        except Exception as error:  # noqa: BLE001 - daprd sees a 500
            self._world.note(f"{process.name} failed: {type(error).__name__}: {error}")
            return None
        names = ", ".join(_name(body) for body in batch)
        answer = "no answer" if outcomes is None else " ".join(type(outcome).__name__ for outcome in outcomes)
        self._world.note(f"{process.name} got {names}: {answer}")
        return outcomes


async def _handle(process: Process, host: FunctionHost, batch: Sequence[bytes]) -> list[Outcome]:
    mappings = [from_json(body) for body in batch]
    outcomes = await host.deliver([Delivery(parse_mapping(mapping), mapping) for mapping in mappings])
    await process.turn("after the handler's commit, before the answer")
    return outcomes


def _name(body: bytes) -> str:
    event = from_json(body)
    return f"{event['type'].removeprefix('dev.taskwake.')} {event['id'][:8]}"
