"""Due reminders: claimed without a lease, in the order of their moments."""

from datetime import datetime
from operator import itemgetter
from typing import Any

from functions.kernel.domain.due import LATE
from functions.kernel.storage.outbox import anything_unpublished, check_moment
from functions.kernel.storage.reminders import AHEAD
from functions.kernel.storage.unit_of_work import UnitOfWork

_BACKLOG_LOCK = 7305164215
_MISSED = "tasks.series_id IS NOT NULL AND planned_at <= remind_at + %(late)s"


async def claim(uow: UnitOfWork, limit: int) -> list[dict[str, Any]]:
    """Claim up to `limit` reminders whose moment has come by the database's clock, never earlier, and is not LATE.

    The claim commits with the events written for it, so a crash leaves nothing claimed; what another alarm is
    claiming just now is skipped. What is not due is not looked at, however much of it there is: the clock is the
    statement's, since a clock that moves while a statement runs bounds no search in an index.
    """
    return await _claimed(
        uow,
        """
        SELECT ctid FROM reminders
        WHERE fired_at IS NULL AND remind_at > statement_timestamp() - %(late)s AND remind_at <= statement_timestamp()
        ORDER BY remind_at, id LIMIT %(limit)s FOR UPDATE SKIP LOCKED
        """,
        limit,
    )


MISSED_COUNTS = 8
"""To catch up with a series takes as long as to ring so many reminders, or longer."""


async def claim_late(uow: UnitOfWork, limit: int) -> tuple[list[dict[str, Any]], bool]:
    """Claim those that are LATE, the oldest first, and lock their tasks: up to `limit`, of which each that is `missed`
    (of a series, and set in time) counts for MISSED_COUNTS. And whether there may be more.

    A task that somebody is just changing is left for later, with its reminders: who changes one locks it first and its
    reminders after, so to wait for it here would be to wait for each other.
    """
    claimed = await _claimed(
        uow,
        f"""
        SELECT ctid FROM (
            SELECT ctid, sum(CASE WHEN missed THEN {MISSED_COUNTS} ELSE 1 END) OVER (ORDER BY remind_at, id) AS counted
            FROM (
                SELECT reminders.ctid, remind_at, reminders.id, {_MISSED} AS missed
                FROM reminders JOIN tasks ON tasks.id = reminders.task_id
                WHERE fired_at IS NULL AND remind_at <= statement_timestamp() - %(late)s
                ORDER BY remind_at, reminders.id LIMIT %(limit)s FOR NO KEY UPDATE SKIP LOCKED
            ) AS late
        ) AS late WHERE counted <= %(limit)s
        """,  # noqa: S608 - constants
        limit,
    )
    return claimed, sum(MISSED_COUNTS if row["missed"] else 1 for row in claimed) > limit - MISSED_COUNTS


async def _claimed(uow: UnitOfWork, due: str, limit: int) -> list[dict[str, Any]]:
    cursor = await uow.connection.execute(
        f"""
        UPDATE reminders SET fired_at = clock_timestamp()
        FROM tasks, users
        WHERE tasks.id = reminders.task_id AND users.id = reminders.user_id AND reminders.ctid = ANY(ARRAY({due}))
        RETURNING reminders.id, reminders.task_id, reminders.list_id, reminders.user_id, reminders.kind,
                  reminders.remind_at, reminders.version, reminders.every, reminders.held_from, tasks.title,
                  tasks.due_on, tasks.due_local, tasks.zone, users.zone AS user_zone, quiet_from, quiet_until,
                  {_MISSED} AS missed
        """,  # noqa: S608 - constants
        {"late": LATE, "limit": limit},
    )
    # An UPDATE returns them in whatever order it met them.
    return sorted(await cursor.fetchall(), key=itemgetter("remind_at", "id"))


async def is_first_at_backlog(uow: UnitOfWork) -> bool:
    """Whether no other alarm is working off late reminders in this instant: of several, some soon find that one is."""
    rows = await (
        await uow.connection.execute("SELECT pg_try_advisory_xact_lock(%s) AS first", (_BACKLOG_LOCK,))
    ).fetchall()
    return bool(rows[0]["first"])


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


async def next_before(uow: UnitOfWork, until: datetime) -> datetime | None:
    """The earliest moment still to come, before `until`, that a reminder waits for, or null."""
    cursor = await uow.connection.execute(
        "SELECT min(remind_at) AS moment FROM reminders WHERE fired_at IS NULL AND remind_at > %s AND remind_at < %s",
        (uow.now, until),
    )
    moment: datetime | None = (await cursor.fetchall())[0]["moment"]
    return moment


async def waiting_moments(uow: UnitOfWork, until: datetime) -> list[datetime]:
    """The distinct moments before `until` that reminders and failed deliveries wait for, oldest first: what alarms are
    set again for. All that have passed are one, now: there may be 100,000 after a year."""
    rows = await (
        await uow.connection.execute(
            """
            SELECT DISTINCT greatest(remind_at, %(now)s) AS remind_at FROM reminders
            WHERE fired_at IS NULL AND remind_at < %(until)s
            UNION SELECT greatest(next_attempt_at, %(now)s) FROM deliveries WHERE next_attempt_at < %(until)s
            ORDER BY 1
            """,
            {"now": uow.now, "until": until},
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
    checks = [check_moment(uow.now)] if await anything_unpublished(uow.connection) else []
    uow.arm(*moments, *checks, anew=True)
    return len(moments)
