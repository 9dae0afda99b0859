"""Series: what comes after an occurrence."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from functions.kernel.domain.due import resolve
from functions.kernel.domain.recurrence import Anchor, following, parse_rule, recurrence_id
from functions.kernel.domain.task import Task
from functions.kernel.domain.wall_time import to_local
from functions.kernel.identity import occurrence_id
from functions.kernel.storage.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class Series:
    """A recurring task's rule, and `user_zone`: the zone of the person who made it, for floating and all-day times."""

    id: UUID
    rrule: str
    dtstart: datetime
    all_day: bool
    zone: str | None
    anchor: Anchor
    user_zone: str


@dataclass(frozen=True, slots=True)
class NextTask:
    """The next occurrence, and the UTC moment at which it is due."""

    task: Task
    due_moment: datetime | None


async def load(uow: UnitOfWork, series_id: UUID, created_by: UUID) -> Series:
    """The series; it is there as long as one of its tasks is."""
    rows = await (
        await uow.connection.execute(
            """
            SELECT series.id, rrule, dtstart, all_day, series.zone, anchor, users.zone AS user_zone
            FROM series, users WHERE series.id = %s AND users.id = %s
            """,
            (series_id, created_by),
        )
    ).fetchall()
    return Series(**rows[0])


async def has_moved_on(uow: UnitOfWork, task: Task) -> bool:
    """Whether a later occurrence of the task's series waits to be done."""
    rows = await (
        await uow.connection.execute(
            """
            SELECT 1 FROM tasks WHERE series_id = %s AND recurrence_id > %s AND status = 'open' AND deleted_at IS NULL
            LIMIT 1
            """,
            (task.series_id, task.recurrence_id),
        )
    ).fetchall()
    return bool(rows)


def next_task(series: Series, done: Task, now: datetime) -> NextTask | None:
    """The occurrence that follows the completed one, or null when the series has ended.

    It depends on the occurrence and the moment of its completion only, so whoever computes it gets the same.
    """
    completed_at = to_local(done.completed_at or now, series.zone or series.user_zone)
    start: date = series.dtstart.date() if series.all_day else series.dtstart
    current = done.recurrence_id or recurrence_id(start)
    value = following(
        parse_rule(series.rrule), start, current, completed_at, series.zone or series.user_zone, series.anchor
    )
    if value is None:
        return None
    due_on = value if series.all_day else None
    due_local = value if isinstance(value, datetime) else None
    due_moment = resolve(due_on, due_local, series.zone, series.user_zone)
    name = recurrence_id(value)
    task = done.model_copy(
        update={
            "id": occurrence_id(series.id, name),
            "status": "open",
            "due_on": due_on,
            "due_local": due_local,
            "due_at": None if series.all_day else due_moment,
            "recurrence_id": name,
            "version": 1,
            "created_at": now,
            "completed_at": None,
        }
    )
    return NextTask(task, due_moment)
