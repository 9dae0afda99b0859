"""What a task is: the one shape that the API answers with and that events carry."""

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict

from functions.kernel.domain.reminder import TaskReminder

Status = Literal["open", "done"]


class Task(BaseModel):
    """A task as it stands at `version`.

    At most one kind of due time: `due_on` (all day), or `due_local` (a wall-clock time, in `zone` when it
    is zoned, in the zone of whoever looks when `zone` is null: floating). `due_at` is derived: the UTC moment
    of `due_local`; null for an all-day task. `start_on` or `start_local`: from when on it is to be
    done, in the same zone; at or before the due time. `rrule` is the rule of its series, when it is an occurrence, and
    `recurrence_id` which one: the wall-clock time, or date, that the rule gave (RFC 5545 §3.8.4.4).
    A `skipped` occurrence is closed as a done one is, without having been done.
    """

    model_config = ConfigDict(frozen=True, defer_build=True)

    id: UUID
    list_id: UUID
    title: str
    notes: str = ""
    status: Status = "open"
    due_on: date | None = None
    due_local: datetime | None = None
    zone: str | None = None
    due_at: AwareDatetime | None = None
    start_on: date | None = None
    start_local: datetime | None = None
    series_id: UUID | None = None
    recurrence_id: str | None = None
    rrule: str | None = None
    reminders: list[TaskReminder] = []
    version: int
    created_by: UUID
    created_at: AwareDatetime
    completed_at: AwareDatetime | None = None
    skipped: bool = False
