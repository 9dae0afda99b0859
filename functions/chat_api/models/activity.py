"""Who did what when."""

from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel, Field

from functions.kernel.domain.task import Task


class FieldChange(BaseModel):
    """A field of a task, the name of a list or the role of its member, as it was and as it became."""

    field: str
    before: Any
    after: Any


class Activity(BaseModel):
    """An event of a task, or of a list and who shares it: then `task_id` is null, and `title` what it is called. `text`
    says it in words; `by` is null where nobody did it (a reminder rang), `by_name` is null of who shares no list with
    you any more. `version` is the task's after it, if there is one. `undone_by` is the event that took it back.
    """

    id: UUID
    topic: str
    at: datetime
    by: UUID | None
    by_name: str | None
    task_id: UUID | None
    list_id: UUID | None
    title: str
    version: int | None
    text: str = Field(examples=["Sam changed “Call Kim”: due 2026-11-23 → 2026-11-24"])
    changes: list[FieldChange]
    undoes: UUID | None
    undone_by: UUID | None
    undoable: bool = Field(description="Whether it is yours and not undone; asked, it may still be a 409.")


class ActivityPage(BaseModel):
    """One page, newest first; `next_cursor` gives the next, null: this was the last. What was done before
    `log_begins_at` is not kept any more, and cannot be undone; null: all is kept."""

    activity: list[Activity]
    next_cursor: str | None
    log_begins_at: datetime | None


class Undone(BaseModel):
    """What was undone, the event that did it (undo that to do it again), and the task; null, when it is
    gone, or it was done to a list."""

    undone: UUID
    by_event: UUID
    text: str
    task: Task | None
