"""What a person answers to a notice: seen (RFC 9074 §6, acknowledged), or later (§7, snoozed)."""

from datetime import datetime, timedelta
from uuid import UUID, uuid4

from functions.chat_api.models.notices import NewSnooze
from functions.chat_api.models.person import Person
from functions.kernel.errors import ConflictError, InvalidInputError, NotFoundError
from functions.kernel.storage import tasks
from functions.kernel.storage.unit_of_work import UnitOfWork


async def acknowledge(uow: UnitOfWork, person: Person, notice_id: UUID) -> UUID:
    """Note that the person answered the notice, the first time only; returns the task's id. Raises NotFoundError."""
    cursor = await uow.connection.execute(
        """
        UPDATE notices SET acknowledged_at = COALESCE(acknowledged_at, %(now)s), read_at = COALESCE(read_at, %(now)s)
        WHERE id = %(id)s AND user_id = %(user)s RETURNING task_id
        """,
        {"id": notice_id, "user": person.id, "now": uow.now},
    )
    row = await cursor.fetchone()
    if row is None:
        raise NotFoundError(f"you have no notice {notice_id}")
    task_id: UUID = row["task_id"]
    return task_id


async def snooze(uow: UnitOfWork, person: Person, notice_id: UUID, asked: NewSnooze) -> datetime:
    """Acknowledge the notice and remind the person of its task again, once; returns when (UTC). Another snooze of the
    same task takes the place of this one. Raises InvalidInputError, NotFoundError, and ConflictError for a task that is
    done.
    """
    moment = _moment_of(asked, uow.now)
    task_id = await acknowledge(uow, person, notice_id)
    task = (await tasks.load(uow.connection, [task_id], seen_by=person.id)).get(task_id)
    if task is None:
        raise NotFoundError("the task of this notice is gone")
    if task.status == "done":
        raise ConflictError("the task of this notice is done, so nothing is left to remind you of; reopen it first")
    await uow.connection.execute(
        """
        INSERT INTO reminders (id, task_id, list_id, user_id, kind, name, remind_at)
        VALUES (%s, %s, %s, %s, 'snooze', 'snooze', %s)
        ON CONFLICT (task_id, user_id, name) DO UPDATE
        SET remind_at = excluded.remind_at, version = reminders.version + 1, fired_at = NULL
        """,
        (uuid4(), task_id, task.list_id, person.id, moment),
    )
    uow.arm(moment)
    return moment


async def unsnooze(uow: UnitOfWork, person: Person, notice_id: UUID) -> str:
    """Let the notice wait for an answer again, and take out the reminder that its snoozing planned; returns the task's
    title. Raises NotFoundError, and ConflictError when that reminder has rung."""
    cursor = await uow.connection.execute(
        """
        WITH waiting AS (
            DELETE FROM reminders USING notices
            WHERE notices.id = %(id)s AND notices.user_id = %(user)s AND reminders.task_id = notices.task_id
              AND reminders.user_id = %(user)s AND reminders.name = 'snooze' AND reminders.fired_at IS NULL
            RETURNING notices.id
        )
        UPDATE notices SET acknowledged_at = NULL FROM waiting WHERE notices.id = waiting.id RETURNING title
        """,
        {"id": notice_id, "user": person.id},
    )
    if row := await cursor.fetchone():
        title: str = row["title"]
        return title
    if await (await uow.connection.execute("SELECT 1 FROM notices WHERE id = %s", (notice_id,))).fetchone():
        raise ConflictError("the reminder has rung again since")
    raise NotFoundError(f"you have no notice {notice_id}")


def _moment_of(asked: NewSnooze, now: datetime) -> datetime:
    if (asked.minutes is None) == (asked.until is None):
        raise InvalidInputError("minutes", "give minutes or until, one of the two")
    moment = asked.until or now + timedelta(minutes=asked.minutes or 0)
    if moment <= now:
        raise InvalidInputError("until", f"{moment.isoformat()} has passed; give a moment to come")
    return moment
