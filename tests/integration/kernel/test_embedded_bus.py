"""The embedded bus: in order within a key, tried again, given up as a dead letter, published when handled."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Sequence
from typing import Literal
from uuid import UUID

import pytest

from functions.kernel.embedded import bus as embedded
from functions.kernel.embedded.bus import EmbeddedEventBus
from functions.kernel.events import TaskDeleted, TaskDue
from functions.kernel.host.function import Function
from functions.kernel.storage import outbox
from functions.kernel.storage.outbox import Outbox
from functions.kernel.storage.unit_of_work import UnitOfWork
from tests.integration.kernel.rig import Rig
from tests.integration.world import PATIENCE_SECONDS, until

pytestmark = pytest.mark.requirement("FLOW-008")

handled: list[str] = []
fails: dict[str, int] = {}
"""By event id: so many attempts fail."""
gates: dict[UUID, "Gate"] = {}
"""By task: handled only once this is set."""


class Gate(asyncio.Event):
    """Says, too, when somebody waits for it."""

    def __init__(self) -> None:
        super().__init__()
        self._reached = asyncio.Event()

    async def wait(self) -> Literal[True]:
        self._reached.set()
        return await super().wait()

    async def waited_for(self) -> None:
        async with asyncio.timeout(PATIENCE_SECONDS):
            await self._reached.wait()


async def on_due(events: Sequence[TaskDue], *, uow: UnitOfWork) -> None:
    for event in events:
        if gate := gates.get(event.task_id):
            await gate.wait()
        if fails.get(event.id):
            fails[event.id] -= 1
            raise RuntimeError("not now")
    handled.extend(event.id for event in events)


Starter = Callable[..., EmbeddedEventBus]


@pytest.fixture
async def start(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Starter]:
    """A bus that delivers to a probe, in batches or one by one."""
    handled.clear()
    fails.clear()
    gates.clear()
    monkeypatch.setattr(embedded, "FIRST_DELAY_SECONDS", 0.01)
    monkeypatch.setattr(embedded, "LONGEST_DELAY_SECONDS", 0.02)
    monkeypatch.setattr(embedded, "MAX_ATTEMPTS", 4)
    monkeypatch.setattr(embedded, "DRAIN_SECONDS", 0.05)
    monkeypatch.setattr("functions.kernel.host.deliver.MAX_SUSPECT_ATTEMPTS", 100)
    started: list[EmbeddedEventBus] = []

    def begin(max_batch: int = 100) -> EmbeddedEventBus:
        probe = Function(
            **{"name": "task-due", "service": "tests", "handler": f"{__name__}:on_due", "consumes": TaskDue},
            max_batch=max_batch,
        )
        bus = EmbeddedEventBus(Outbox(rig.functions))
        bus.start({"task.due.v1": [rig.host(probe)], "task.deleted.v1": []}, rig.host("dead-letter"))
        started.append(bus)
        return bus

    yield begin
    for bus in started:
        await bus.stop()


async def written(rig: Rig, number: int, key: UUID | None = None) -> list[TaskDue]:
    """Events that are in the log, of a task each, or all of one."""
    task = await rig.task()
    events = [(await rig.due(task)) for _ in range(number)]
    if key is None:
        events = [event.model_copy(update={"task_id": UUID(int=n)}) for n, event in enumerate(events, 1)]
    async with rig.functions.begin() as (connection, now):
        await outbox.write(connection, events, now)
    return events


async def published(rig: Rig, number: int) -> None:
    async def so_many() -> bool:
        return len(await rig.execute("SELECT 1 FROM events WHERE published_at IS NOT NULL")) >= number

    await until(so_many)


@pytest.mark.parametrize("max_batch", [1, 100])
async def test_every_event_is_handled_once_and_then_counts_as_published(rig: Rig, start: Starter, max_batch) -> None:
    bus = start(max_batch)
    events = await written(rig, 50)
    await bus.publish(events)
    await bus.publish(events)
    await published(rig, 50)
    assert sorted(handled) == sorted(event.id for event in events)


@pytest.mark.parametrize("max_batch", [1, 100])
async def test_order_within_a_key_survives_retries(rig: Rig, start: Starter, max_batch) -> None:
    bus = start(max_batch)
    events = await written(rig, 10, key=rig.user_id)
    fails.update({events[2].id: 3, events[5].id: 2})
    await bus.publish(events)
    await published(rig, 10)
    assert handled == [event.id for event in events]


async def test_key_that_is_retried_does_not_hold_up_the_others(rig: Rig, start: Starter) -> None:
    bus = start(1)
    events = await written(rig, 3)
    gates[events[0].task_id] = Gate()
    await bus.publish(events)
    await published(rig, 2)
    assert sorted(handled) == sorted(event.id for event in events[1:])
    gates[events[0].task_id].set()
    await published(rig, 3)


@pytest.mark.parametrize("max_batch", [1, 100])
async def test_event_that_always_fails_is_given_up_and_its_key_goes_on(rig: Rig, start: Starter, max_batch) -> None:
    bus = start(max_batch)
    events = await written(rig, 3, key=rig.user_id)
    fails[events[0].id] = 1000
    await bus.publish(events)
    await published(rig, 3)
    assert handled == [event.id for event in events[1:]]
    [letter] = await rig.execute("SELECT * FROM dead_letters")
    assert (letter["function"], letter["event_id"]) == ("task-due", events[0].id)
    assert letter["attempts"] >= 4
    assert "not now" in letter["reason"]


async def test_dead_letter_that_cannot_be_stored_yet_is_not_lost(rig: Rig, start: Starter) -> None:
    await rig.execute("ALTER TABLE dead_letters RENAME TO elsewhere")
    bus = start()
    [event] = await written(rig, 1)
    fails[event.id] = 1000
    await bus.publish([event])

    async def tried_ten_times() -> bool:
        return fails[event.id] <= 990

    await until(tried_ten_times)
    assert await rig.execute("SELECT 1 FROM events WHERE published_at IS NOT NULL") == []
    await rig.execute("ALTER TABLE elsewhere RENAME TO dead_letters")
    await published(rig, 1)
    assert await rig.count("dead_letters") == 1


async def test_event_that_nobody_consumes_counts_as_published(rig: Rig, start: Starter) -> None:
    bus = start()
    task = await rig.task()
    event = TaskDeleted(task=task, by=rig.user_id)
    async with rig.functions.begin() as (connection, now):
        await outbox.write(connection, [event], now)
    await bus.publish([event])
    await published(rig, 1)


async def test_full_lane_makes_publishing_wait(rig: Rig, start: Starter, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedded, "MAX_WAITING", 10)
    bus = start(5)
    events = await written(rig, 40)
    gates[events[0].task_id] = Gate()
    publishing = asyncio.create_task(bus.publish(events))
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(0.2):
            await asyncio.shield(publishing)
    assert not publishing.done()
    gates[events[0].task_id].set()
    await publishing
    await published(rig, 40)
    assert len(handled) == 40


async def test_what_is_not_handled_when_it_stops_is_handled_after_the_next_start(rig: Rig, start: Starter) -> None:
    bus = start(1)
    events = await written(rig, 5)
    gates[events[0].task_id] = Gate()
    await bus.publish(events)
    await published(rig, 4)
    await bus.stop()
    gates[events[0].task_id].set()
    again = start(1)
    await again.publish([events[0]])
    await published(rig, 5)
    assert sorted(handled) == sorted(event.id for event in events)


@pytest.mark.requirement("TRUST-043")
@pytest.mark.parametrize("max_batch", [1, 100])
async def test_what_is_being_handled_when_it_stops_is_handled_to_its_end_and_nothing_more_is_begun(
    rig: Rig, start: Starter, monkeypatch: pytest.MonkeyPatch, max_batch: int
) -> None:
    monkeypatch.setattr(embedded, "DRAIN_SECONDS", PATIENCE_SECONDS)
    bus = start(max_batch)
    events = await written(rig, 2, key=rig.user_id)
    gate = gates[events[0].task_id] = Gate()
    await bus.publish(events[:1])
    await gate.waited_for()
    await bus.publish(events[1:])
    stopping = asyncio.create_task(bus.stop())
    await asyncio.sleep(0)
    gate.set()
    await stopping

    assert handled == [events[0].id]
    assert await rig.execute("SELECT event_id FROM inbox") == [{"event_id": events[0].id}]
    await start(max_batch).publish(events)
    await published(rig, 2)
    assert handled == [event.id for event in events]


@pytest.mark.requirement("TRUST-043")
async def test_what_takes_longer_than_a_stop_waits_is_cut_and_handled_after_the_next_start(
    rig: Rig, start: Starter
) -> None:
    bus = start(1)
    [event] = await written(rig, 1)
    gate = gates[event.task_id] = Gate()
    await bus.publish([event])
    await gate.waited_for()
    await bus.stop()

    assert await rig.count("inbox") == 0
    gate.set()
    await start(1).publish([event])
    await published(rig, 1)
    assert handled == [event.id]
