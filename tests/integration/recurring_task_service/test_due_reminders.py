"""What is claimed, and what that costs."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from functions.kernel.storage.unit_of_work import UnitsOfWork
from functions.recurring_task_service.due_reminders import claim
from tests.integration.kernel.rig import Rig

pytestmark = pytest.mark.requirement("FLOW-004")


async def remind(rig: Rig, *moments: datetime) -> None:
    for moment in moments:
        task = await rig.task()
        await rig.execute(
            "INSERT INTO reminders (id, task_id, list_id, user_id, kind, remind_at) VALUES (%s, %s, %s, %s, 'due', %s)",
            *(uuid4(), task.id, rig.list_id, rig.user_id, moment),
        )


async def test_a_claim_takes_what_is_due_and_never_looks_at_what_is_not(rig: Rig) -> None:
    now = datetime.now(UTC)
    due = [now - timedelta(seconds=2), now - timedelta(seconds=1)]
    await remind(rig, *reversed(due), *(now + timedelta(days=1 + n) for n in range(50)))

    async with UnitsOfWork(rig.functions, rig.bus, rig.clock).begin() as uow:
        await uow.connection.execute("SET LOCAL enable_seqscan = off")  # so few rows would be read whole
        claimed = await claim(uow, limit=1000)
        rows = await (
            await uow.connection.execute(
                "SELECT idx_tup_fetch + seq_tup_read AS read FROM pg_stat_xact_user_tables WHERE relname = 'reminders'"
            )
        ).fetchall()

    assert sorted(row["remind_at"] for row in claimed) == due
    assert rows[0]["read"] == len(due)


async def test_a_claim_leaves_the_rest_to_the_next_one_the_oldest_first(rig: Rig) -> None:
    now = datetime.now(UTC)
    moments = [now - timedelta(seconds=n) for n in (1, 3, 2)]
    await remind(rig, *moments)

    claimed = []
    for _ in moments:
        async with UnitsOfWork(rig.functions, rig.bus, rig.clock).begin() as uow:
            claimed += [row["remind_at"] for row in await claim(uow, limit=1)]

    assert claimed == sorted(moments)
