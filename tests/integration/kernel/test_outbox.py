"""What was committed is published, whatever happens in between; the alarm for it is set before the commit."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from functions.chat_api import tasks
from functions.chat_api.models.person import Person
from functions.chat_api.models.task import NewTask
from functions.kernel.host.outcome import DONE
from functions.kernel.host.ring import REARM, AlarmRang, alarm_named, ring
from functions.kernel.storage.unit_of_work import UnitsOfWork
from tests.integration.kernel.rig import Rig, delivery

pytestmark = pytest.mark.requirement("FLOW-010")


async def create(rig: Rig, **fields: object):
    """A task, by chat-api's own code; published only if the bus is up."""
    person = Person(id=rig.user_id, name="Sam", email=None, zone="UTC")
    units = UnitsOfWork(rig.api, rig.bus, rig.clock)
    async with units.begin(rig.user_id) as uow:
        task = await tasks.create(uow, person, NewTask(title="x", **fields))
    await units.publish(uow)
    return task


async def grow_old(rig: Rig) -> None:
    """As if the events had been written a minute ago."""
    await rig.execute("UPDATE events SET created_at = created_at - interval '1 minute'")


async def test_outbox_check_publishes_what_a_crash_left_with_the_same_ids(rig: Rig) -> None:
    rig.bus.down = True
    await create(rig)
    rig.bus.down = False
    [row] = await rig.execute("SELECT id, published_at FROM events")
    assert (rig.bus.published, row["published_at"]) == ([], None)
    await grow_old(rig)
    alarm = rig.host("alarm")
    await ring(alarm, AlarmRang())
    await ring(alarm, AlarmRang())
    assert {event.id for event in rig.bus.published} == {str(row["id"])}
    host = rig.host("task-created")
    assert await host.deliver([delivery(event) for event in rig.bus.published]) == [DONE] * 2
    assert await rig.count("inbox") == 1


async def test_young_events_are_left_to_their_writer(rig: Rig) -> None:
    rig.bus.down = True
    await create(rig)
    rig.bus.down = False
    await ring(rig.host("alarm"), AlarmRang())
    assert rig.bus.published == []
    await ring(rig.host("alarm"), AlarmRang(left_for=timedelta()))
    assert len(rig.bus.published) == 1


async def test_an_alarm_that_starts_publishes_what_was_left_a_second_ago(rig: Rig) -> None:
    rig.bus.down = True
    await create(rig)
    rig.bus.down = False
    await ring(rig.host("alarm"), alarm_named(REARM))
    assert rig.bus.published == []
    await rig.execute("UPDATE events SET created_at = created_at - interval '1 second'")
    await ring(rig.host("alarm"), alarm_named(REARM))
    assert len(rig.bus.published) == 1


async def test_alarm_is_set_before_the_commit_that_needs_it(rig: Rig) -> None:
    due = datetime.now(UTC) + timedelta(hours=1)

    async def refuse(moments, *, now: datetime, anew: bool = False) -> None:
        assert due in moments
        assert await rig.count("tasks") == 0, "committed before the alarm was set"
        raise ConnectionError("the scheduler is away")

    rig.clock.arm = refuse
    with pytest.raises(ConnectionError):
        await create(rig, due_at=due)
    assert await rig.count("tasks") == 0
    assert await rig.count("events") == 0


async def test_outbox_check_is_armed_for_every_event(rig: Rig) -> None:
    await create(rig)
    [check] = rig.clock.moments
    assert timedelta(seconds=20) < check - datetime.now(UTC) <= timedelta(seconds=60)


async def test_many_left_behind_are_published_once_each_in_their_order(rig: Rig) -> None:
    await rig.execute(
        """
        INSERT INTO events (id, topic, key, user_id, event)
        SELECT id, 'task.due.v1', id, %s, json_build_object('specversion', '1.0', 'id', id, 'source', '/taskwake',
            'type', 'dev.taskwake.task.due.v1', 'time', '2026-01-01T00:00:00Z', 'data', json_build_object(
            'reminder_id', id, 'task_id', id, 'list_id', id, 'user_id', id, 'kind', 'due', 'title', n::text,
            'remind_at', '2026-01-01T00:00:00Z'))
        FROM generate_series(1, 2500) n, LATERAL (SELECT gen_random_uuid() AS id, n AS of_n) i
        """,
        rig.user_id,
    )
    await grow_old(rig)
    # They stay unpublished, since nobody notes them: it must not go round in circles.
    async with asyncio.timeout(20):
        await ring(rig.host("alarm"), AlarmRang())
    assert [event.title for event in rig.bus.published] == [str(n) for n in range(1, 2501)]


async def test_due_reminder_is_claimed_once_by_alarms_that_ring_at_once(rig: Rig) -> None:
    for _ in range(20):
        await create(rig, due_at=datetime.now(UTC) - timedelta(seconds=1))
    rig.bus.published.clear()
    await asyncio.gather(*(ring(rig.host("alarm"), AlarmRang()) for _ in range(4)))
    assert len(rig.bus.published) == 20
    assert len({event.id for event in rig.bus.published}) == 20


async def test_claim_that_is_not_committed_is_claimed_again(rig: Rig) -> None:
    await create(rig, due_at=datetime.now(UTC) - timedelta(seconds=1))
    rig.bus.published.clear()
    alarm = rig.host("alarm")

    async def claim_and_die() -> None:
        async with alarm.units.begin() as uow:
            await alarm.call(AlarmRang(), uow)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        await claim_and_die()
    await ring(alarm, AlarmRang())
    assert len(rig.bus.published) == 1


async def test_moments_of_the_first_year_ring_whatever_zone_the_server_is_in(rig: Rig) -> None:
    await rig.execute(f"ALTER DATABASE {rig.url.rpartition('/')[2]} SET timezone = 'America/New_York'")
    task = await create(rig, due_at=datetime(1, 1, 1, tzinfo=UTC))
    later = await create(rig, due_at=datetime(2020, 1, 1, tzinfo=UTC))
    rig.bus.published.clear()
    await ring(rig.host("alarm"), AlarmRang())
    assert [event.task_id for event in rig.bus.published] == [task.id, later.id]
    assert (await rig.host("task-due").deliver([delivery(event) for event in rig.bus.published])) == [DONE] * 2


@pytest.mark.requirement("CLUSTER-013")
async def test_setting_the_alarms_again_leaves_nothing_to_wake_for_where_nothing_waits(rig: Rig) -> None:
    await create(rig)
    assert await rig.count("events") == 1
    await rig.execute("UPDATE events SET published_at = now()")
    rig.clock.moments.clear()

    await ring(rig.host("alarm"), AlarmRang(rearm=True))

    assert rig.clock.moments == []


async def test_setting_the_alarms_again_sets_an_outbox_check_while_an_event_waits(rig: Rig) -> None:
    rig.bus.down = True
    await create(rig)
    rig.clock.moments.clear()

    await ring(rig.host("alarm"), AlarmRang(rearm=True))

    assert len(rig.clock.moments) == 1
