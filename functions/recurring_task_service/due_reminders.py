"""Due reminders: claimed without a lease, in the order of their moments."""

from datetime import datetime
from operator import itemgetter
from typing import Any

from functions.kernel.storage.outbox import anything_unpublished, check_moment
from functions.kernel.storage.reminders import AHEAD
from functions.kernel.storage.unit_of_work import UnitOfWork


async def claim(uow: UnitOfWork, limit: int) -> list[dict[str, Any]]:
    """Claim up to `limit` reminders whose moment has come by the database's clock, never earlier.

    The claim commits with the events written for it, so a crash leaves nothing claimed; what another alarm is
    claiming just now is skipped. What is not due is not looked at, however much of it there is: the clock is the
    statement's, since a clock that moves while a statement runs bounds no search in an index.
    """
    rows = await (
        await uow.connection.execute(
            """
            UPDATE reminders SET fired_at = clock_timestamp()
            FROM tasks, users
            WHERE tasks.id = reminders.task_id AND users.id = reminders.user_id AND reminders.ctid = ANY(ARRAY(
                SELECT ctid FROM reminders WHERE fired_at IS NULL AND remind_at <= statement_timestamp()
                ORDER BY remind_at, id LIMIT %s FOR UPDATE SKIP LOCKED
            ))
            RETURNING reminders.id, reminders.task_id, reminders.list_id, reminders.user_id, reminders.kind,
                      reminders.remind_at, reminders.version, reminders.every, reminders.held_from, tasks.title,
                      tasks.due_on, tasks.due_local, tasks.zone, users.zone AS user_zone, quiet_from, quiet_until
            """,
            (limit,),
        )
    ).fetchall()
    return sorted(rows, key=itemgetter("remind_at", "id"))  # an UPDATE returns them in whatever order it met them


async def next_in_second(uow: UnitOfWork, second: datetime) -> tuple[datetime | None, int]:
    """The earliest moment still to come within this second that a reminder waits for, or null; and how many wait for
    it or the rest of the second."""
    rows = await (
        await uow.connection.execute(
            """
            SELECT min(remind_at) AS moment, count(*) AS waiting FROM reminders
            WHERE fired_at IS NULL AND remind_at > %(now)s AND remind_at >= %(second)s
              AND remind_at < %(second)s + interval '1 second'
            """,
            {"now": uow.now, "second": second},
        )
    ).fetchall()
    return rows[0]["moment"], rows[0]["waiting"]


async def waiting_moments(uow: UnitOfWork, until: datetime) -> list[datetime]:
    """The distinct moments before `until` that reminders wait for, oldest first: what alarms are set again for."""
    rows = await (
        await uow.connection.execute(
            """
            SELECT DISTINCT remind_at FROM reminders
            WHERE fired_at IS NULL AND remind_at < %s ORDER BY 1
            """,
            (until,),
        )
    ).fetchall()
    return [row["remind_at"] for row in rows]


async def rearm(uow: UnitOfWork) -> int:
    """Set the alarm for everything that waits within AHEAD, and an outbox check if any event waits to be published;
    returns for how many moments.

    Alarms are set by whoever writes a reminder; this is for the day on which the alarm clock lost its own data. It is
    done at each start of the alarm, too, so it must leave nothing to wake for where nothing waits.
    """
    moments = await waiting_moments(uow, uow.now + AHEAD)
    uow.arm(*moments, *([check_moment(uow.now)] if await anything_unpublished(uow.connection) else []))
    return len(moments)
