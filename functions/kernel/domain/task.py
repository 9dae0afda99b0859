"""What a task is: the one shape that the API answers with and that events carry."""

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict

from functions.kernel.domain.reminder import TaskReminder

Status = Literal["open", "done"]

LOWEST_PRIORITY = 4
"""Of a task that has none; 1 is the highest."""


class Task(BaseModel):
    """A task as it stands at `version`.

    At most one kind of due time: `due_on` (all day), or `due_local` (a wall-clock time, in `zone` when it
    is zoned, in the zone of whoever looks when `zone` is null: floating). `due_at` is derived: the UTC moment
    of `due_local`; null for an all-day task. `start_on` or `start_local`: from when on it is to be
    done, in the same zone; at or before the due time. `rrule` is the rule of its series, when it is an occurrence, and
    `recurrence_id` which one: the wall-clock time, or date, that the rule gave (RFC 5545 §3.8.4.4).
    A `skipped` occurrence is closed as a done one is, without having been done.

    `parent_id` is the task that this one is a part of, in the same list; `position` orders those of one list and
    parent, ascending. `assignee_id` is the member of the list who is to do it, and who is reminded then. `deadline_on`
    is the day by which it must be done, whatever its due time. `priority` goes from 1, the highest, to 4: none.
    `notes` are Markdown.
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
    labels: list[str] = []
    priority: int = LOWEST_PRIORITY
    parent_id: UUID | None = None
    assignee_id: UUID | None = None
    deadline_on: date | None = None
    estimate_minutes: int | None = None
    position: float = 0

    @property
    def reminded_id(self) -> UUID:
        """Whom its reminders tell: who is to do it, or else who wrote it."""
        return self.assignee_id or self.created_by
