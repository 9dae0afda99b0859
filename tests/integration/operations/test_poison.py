"""A stream in which every hundredth event is poison, through the embedded bus: none is lost, and none handled twice."""

import asyncio
from collections.abc import AsyncIterator, Callable, Collection
from datetime import timedelta
from uuid import UUID

import pytest

from functions.kernel.embedded import bus as embedded
from functions.kernel.embedded.bus import EmbeddedEventBus
from functions.kernel.events import TaskDue
from functions.kernel.storage import outbox
from functions.kernel.storage.dead_letters import Wanted
from functions.kernel.storage.outbox import Outbox
from functions.operations import dead_letters
from tests.integration.kernel.rig import Rig
from tests.integration.world import until

pytestmark = pytest.mark.requirement("TRUST-028")

EVENTS, EVERY = 1000, 100
BREAK = """
    CREATE FUNCTION refuse_poison() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF NEW.title = 'Poison' THEN RAISE 'poison' USING ERRCODE = 'data_exception'; END IF;
            RETURN NEW;
        END $$
"""
TRIGGER = "CREATE TRIGGER refused BEFORE INSERT ON notices FOR EACH ROW EXECUTE FUNCTION refuse_poison()"


@pytest.fixture
async def start(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Callable[[], EmbeddedEventBus]]:
    """A bus that delivers to task-due, and tries again at once."""
    monkeypatch.setattr(embedded, "FIRST_DELAY_SECONDS", 0.001)
    started: list[EmbeddedEventBus] = []

    def begin() -> EmbeddedEventBus:
        bus = EmbeddedEventBus(Outbox(rig.functions))
        bus.start({"task.due.v1": [rig.host("task-due")]}, rig.host("dead-letter"))
        started.append(bus)
        return bus

    yield begin
    for bus in started:
        await bus.stop()


async def stream(rig: Rig) -> tuple[list[TaskDue], set[str]]:
    """Events of as many tasks, all in the log, and the ids of those that are poison."""
    await rig.execute(BREAK)
    await rig.execute(TRIGGER)
    await rig.execute(
        """
        INSERT INTO tasks (id, list_id, title, created_by)
        SELECT gen_random_uuid(), %s, CASE WHEN n %% %s = 0 THEN 'Poison' ELSE 'Healthy' END, %s
        FROM generate_series(1, %s) n
        """,
        rig.list_id,
        EVERY,
        rig.user_id,
        EVENTS,
    )
    template = await rig.due()
    rows = await rig.execute("SELECT id, title FROM tasks WHERE title IN ('Poison', 'Healthy')")
    events = [
        TaskDue.model_validate(template.model_dump(exclude={"id"}) | {"task_id": row["id"], "title": row["title"]})
        for row in rows
    ]
    async with rig.functions.begin() as (connection, now):
        await outbox.write(connection, events, now)
    return events, {event.id for event in events if event.title == "Poison"}


async def noticed(rig: Rig) -> list[str]:
    return [row["event_id"] for row in await rig.execute("SELECT event_id FROM notices")]


async def published(rig: Rig, count: int) -> None:
    async def all_of_them() -> bool:
        return len(await rig.execute("SELECT 1 FROM events WHERE published_at IS NOT NULL")) == count

    await until(all_of_them)


def same(ids: Collection[str], wanted: Collection[str]) -> bool:
    """Each of them, once."""
    return sorted(ids) == sorted(wanted)


async def test_all_poison_is_quarantined_and_handled_once_when_it_is_mended_and_all_else_at_once(
    rig: Rig, start: Callable[[], EmbeddedEventBus]
) -> None:
    events, poison = await stream(rig)
    bus = start()
    await bus.publish(events)
    await published(rig, EVENTS)
    assert len(poison) == EVENTS // EVERY
    assert same(await noticed(rig), {event.id for event in events} - poison)
    letters = await asyncio.to_thread(dead_letters.read, rig.url, Wanted(), EVENTS)
    assert same([letter.event_id for letter in letters], poison)
    assert {(letter.standing, letter.is_logged, "poison" in letter.reason) for letter in letters} == {
        ("waiting", True, True)
    }
    assert min(letter.attempts for letter in letters) >= 8

    await rig.execute("DROP TRIGGER refused ON notices")
    ids: list[UUID] = await asyncio.to_thread(dead_letters.ids_of, rig.url, Wanted(replayed=False))
    outcomes = await asyncio.to_thread(dead_letters.replay, rig.url, ids, "somebody")
    assert set(outcomes.values()) == {"handed on"}
    async with rig.functions.transaction() as connection:
        again, _ = await outbox.left_behind(connection, EVENTS, timedelta())
    assert same([event.id for event in again], poison)
    await bus.publish(again)
    await published(rig, EVENTS)
    assert same(await noticed(rig), {event.id for event in events})
    letters = await asyncio.to_thread(dead_letters.read, rig.url, Wanted(), EVENTS)
    assert {letter.standing for letter in letters} == {"handled"}
