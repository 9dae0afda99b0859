"""A backlog beside what is on time: what is on time goes first, what is late in small batches, with pauses."""

from datetime import UTC, datetime, timedelta

import pytest

from functions.kernel.events import TaskDue
from functions.kernel.host.ring import Again, AlarmRang
from functions.kernel.storage.unit_of_work import UnitOfWork
from functions.recurring_task_service.due_reminders import MISSED_COUNTS, claim, claim_late, is_first_at_backlog, rearm
from functions.recurring_task_service.on_alarm_rang import BACKLOG_BATCH
from tests.integration.kernel.rig import Rig

pytestmark = pytest.mark.requirement("TIME-021")


async def remind(rig: Rig, *moments: datetime) -> None:
    """A task with a reminder at each moment."""
    await rig.execute(
        """
        WITH new AS (
            INSERT INTO tasks (id, list_id, title, created_by)
            SELECT gen_random_uuid(), %s, 'x', %s FROM generate_series(1, %s) RETURNING id
        )
        INSERT INTO reminders (id, task_id, list_id, user_id, kind, remind_at)
        SELECT gen_random_uuid(), numbered.id, %s, %s, 'due', moments.at
        FROM (SELECT id, row_number() OVER () AS n FROM new) AS numbered
        JOIN unnest(%s::timestamptz[]) WITH ORDINALITY AS moments (at, n) USING (n)
        """,
        *(rig.list_id, rig.user_id, len(moments), rig.list_id, rig.user_id, list(moments)),
    )


async def rung(rig: Rig, alarm: AlarmRang) -> tuple[list[datetime], Again | None]:
    """One call of the alarm's handler: for which moments it rang, in order, and when it is to be called again."""
    alarm_host = rig.host("alarm")
    async with alarm_host.units.begin() as uow:
        again = await alarm_host.call(alarm, uow)
    return [event.remind_at for event in uow.emitted if isinstance(event, TaskDue)], again


async def test_what_is_on_time_rings_before_a_years_backlog(rig: Rig) -> None:
    now = datetime.now(UTC)
    late = [now - timedelta(days=365) + timedelta(hours=n) for n in range(BACKLOG_BATCH + 5)]
    on_time = [now - timedelta(seconds=n) for n in (3, 2, 1)]
    await remind(rig, *late, *on_time)

    rang, again = await rung(rig, AlarmRang())

    assert rang == on_time + late[:BACKLOG_BATCH]
    assert again is not None
    assert again.at == again.backlog_from
    assert again.at > now
    assert again.reminders == 0, "a pause is no reminder's moment, and nobody is to be woken for it"

    rang, again = await rung(rig, AlarmRang())
    assert (rang, again) == (late[BACKLOG_BATCH:], None)


async def test_while_the_backlog_pauses_what_is_on_time_does_not(rig: Rig) -> None:
    now = datetime.now(UTC)
    await remind(rig, *(now - timedelta(days=1 + n) for n in range(BACKLOG_BATCH)), now)
    pause_ends = now + timedelta(minutes=5)
    soon = now + timedelta(minutes=4)
    await remind(rig, soon)

    rang, again = await rung(rig, AlarmRang(backlog_from=pause_ends))

    assert rang == [now]
    assert again == Again(soon, backlog_from=pause_ends)


async def test_of_alarms_that_ring_at_once_one_goes_on_with_the_backlog(rig: Rig) -> None:
    now = datetime.now(UTC)
    late = [now - timedelta(days=365) + timedelta(hours=n) for n in range(2 * BACKLOG_BATCH)]
    await remind(rig, *late)
    async with rig.host("alarm").units.begin() as other:
        assert await is_first_at_backlog(other)
        rang, again = await rung(rig, AlarmRang())
    assert (rang, again) == (late[:BACKLOG_BATCH], None)
    rang, again = await rung(rig, AlarmRang())
    assert rang == late[BACKLOG_BATCH:]
    assert again is not None


async def test_late_reminders_of_a_task_that_is_being_changed_wait_and_hold_nobody_up(rig: Rig) -> None:
    now = datetime.now(UTC)
    late = [now - timedelta(days=n) for n in (3, 2, 1)]
    await remind(rig, *late)
    async with rig.host("alarm").units.begin() as person:
        await person.connection.execute(
            "SELECT 1 FROM tasks WHERE id IN (SELECT task_id FROM reminders WHERE remind_at = %s) FOR UPDATE",
            (late[1],),
        )
        assert (await rung(rig, AlarmRang()))[0] == [late[0], late[2]]
    assert (await rung(rig, AlarmRang()))[0] == [late[1]]


async def test_a_backlog_is_armed_as_one_moment(rig: Rig) -> None:
    now = datetime.now(UTC)
    await remind(rig, *(now - timedelta(days=1 + n) for n in range(50)), now + timedelta(minutes=5))
    async with rig.host("alarm").units.begin() as uow:
        assert await rearm(uow) == 2
        assert uow.moments == [uow.now, now + timedelta(minutes=5)]


@pytest.mark.parametrize("late", [False, True])
async def test_neither_claim_reads_what_it_does_not_take(rig: Rig, late: bool) -> None:
    now = datetime.now(UTC)
    await remind(rig, *(now + timedelta(days=1 + n) for n in range(3000)))
    await remind(rig, *(now - timedelta(seconds=1 + n) for n in range(20)))
    await remind(rig, *(now - timedelta(days=1 + n) for n in range(3000)))
    await rig.execute("ANALYZE tasks, reminders")

    async with rig.host("alarm").units.begin() as uow:
        claimed = (await claim_late(uow, 20))[0] if late else await claim(uow, 20)
        assert len(claimed) == 20
        assert await _read(uow, "reminders") <= 4 * len(claimed)
        assert await _read(uow, "tasks") <= 4 * len(claimed)


async def test_a_batch_holds_fewer_of_what_takes_longer(rig: Rig) -> None:
    now = datetime.now(UTC)
    late = [now - timedelta(days=100 - n) for n in range(30)]
    await remind(rig, *late)
    await rig.execute(
        "INSERT INTO series (id, list_id, rrule, dtstart, all_day) VALUES (%s, %s, 'x', now(), false)",
        rig.user_id,
        rig.list_id,
    )
    await rig.execute("UPDATE tasks SET series_id = %s", rig.user_id)
    await rig.execute("UPDATE reminders SET planned_at = '-infinity' WHERE remind_at <= %s", late[9])
    taken = []
    for _ in range(5):
        async with rig.host("alarm").units.begin() as uow:
            claimed, more = await claim_late(uow, 5 * MISSED_COUNTS)
            taken.append((len(claimed), more))
    assert taken == [(5, True), (5, True), (20, False), (0, False), (0, False)]


async def _read(uow: UnitOfWork, table: str) -> int:
    cursor = await uow.connection.execute(
        "SELECT idx_tup_fetch + seq_tup_read AS read FROM pg_stat_xact_user_tables WHERE relname = %s", (table,)
    )
    return int((await cursor.fetchall())[0]["read"])
