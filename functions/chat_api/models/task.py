"""A task, as it is asked for, changed and answered."""

from typing import Literal
from uuid import UUID

from pydantic import BaseModel, Field, model_validator

from functions.chat_api.fields import (
    Day,
    EstimateMinutes,
    Labels,
    LocalTime,
    Moment,
    Notes,
    OccurrenceDate,
    Priority,
    Reminders,
    Rule,
    Title,
    ZoneName,
)
from functions.chat_api.models.input import Input
from functions.kernel.domain.recurrence import Anchor, CatchUp
from functions.kernel.domain.recurrence.recurrence_set import MAX_DATES
from functions.kernel.domain.task import LOWEST_PRIORITY, Task
from functions.kernel.domain.template import Template

Status = Literal["open", "done", "all"]

Scope = Literal["this", "following", "all"]
"""Of a recurring task: this occurrence, it and those to come (RFC 5545 RANGE=THISANDFUTURE), or also those closed."""


class DueInput(Input):
    """When a task is due, in one of three forms.

    `due_on`: all day. `due_local`: a wall-clock time, in `zone`, or floating where `zone` is null or missing.
    `due_at`: a moment (RFC 3339 with an offset), kept as wall-clock time in `zone`, or in your own zone.
    """

    due_on: Day | None = Field(None, examples=["2026-11-23"])
    due_local: LocalTime | None = Field(None, examples=["2026-11-23T09:00:00"])
    due_at: Moment | None = Field(None, examples=["2026-11-23T09:00:00+01:00"])
    zone: ZoneName | None = Field(None, examples=["Europe/Berlin"], description="An IANA time zone.")
    start_on: Day | None = Field(None, description="From this day on it is to be done; it goes with a due time.")
    start_local: LocalTime | None = Field(None, description="Or from this wall-clock time on, in the due time's zone.")
    rrule: Rule | None = Field(None, examples=["FREQ=WEEKLY;BYDAY=MO"], description="RFC 5545, §3.3.10.")
    anchor: Anchor | None = Field(None, description="What an `rrule` counts from; by its schedule, if you name none.")
    rdates: list[OccurrenceDate] | None = Field(
        None,
        max_length=MAX_DATES,
        description="Dates beside those of the `rrule`: days, or wall-clock times in `zone`.",
    )
    exdates: list[OccurrenceDate] | None = Field(
        None, max_length=MAX_DATES, description="Dates of the `rrule` that are left out; written as `rdates`."
    )
    catch_up: CatchUp | None = Field(
        None,
        description="Which occurrences you are told of that fell due while the service was off: the `latest`, `all` or "
        "`none`. The latest, if you do not say.",
    )


class NewTask(DueInput):
    """A task to be created."""

    title: Title = Field(examples=["Call Sam"])
    notes: Notes = ""
    reminders: Reminders | None = Field(
        None,
        description="Besides the one at the due moment; your default ones, if you name none.",
    )
    list_id: UUID | None = Field(None, description="The parent's list, or your first one, if you name none.")
    labels: Labels = Field([], examples=[["home", "waiting-for"]], description="Case does not make two of one.")
    priority: Priority = Field(LOWEST_PRIORITY, description="1 is the highest, 4 is none.")
    parent_id: UUID | None = Field(None, description="The task that this one is a part of, in the same list.")
    assignee_id: UUID | None = Field(
        None, description="A member of the list, no viewer, who is reminded then instead of you."
    )
    deadline_on: Day | None = Field(None, description="The day by which it must be done, whatever its due time.")
    estimate_minutes: EstimateMinutes | None = None


class TaskChange(DueInput):
    """What to change of a task; a field that is not there stays as it is, null clears it.

    A new due time takes the place of the old one, whatever its form; one without `zone` stays in the task's zone.

    `scope` says what a change of a recurring task is for: `this` occurrence; it and the `following`, whose due times
    move along; or `all`, of which the closed ones get title and notes. Without it title, notes and reminders are for
    the following too, a due time is for this one only (as when one drags it to another day), and a new `rrule` begins
    a series here. `rdates` and `exdates` take the place of those before them.
    """

    scope: Scope | None = None
    title: Title = ""
    notes: Notes | None = None
    reminders: Reminders | None = None
    list_id: UUID | None = Field(None, description="Another list that you may write to; subtasks move along.")
    parent_id: UUID | None = Field(None, description="It becomes the last subtask of this one; null: of none.")
    labels: Labels | None = Field(None, description="They take the place of those before them.")
    priority: Priority | None = None
    assignee_id: UUID | None = None
    deadline_on: Day | None = None
    estimate_minutes: EstimateMinutes | None = None


class TaskMove(Input):
    """Where a task goes among its siblings, those of its list and parent: exactly one of these."""

    before: UUID | None = None
    after: UUID | None = None
    first: bool = Field(False, examples=[True])
    last: bool = False

    @model_validator(mode="after")
    def _check(self) -> "TaskMove":
        if sum(map(bool, (self.before, self.after, self.first, self.last))) != 1:
            raise ValueError("give exactly one of before, after, first (true) and last (true)")
        return self


class SeriesRead(BaseModel):
    """A series: what its occurrences come by, and what they are made from.

    `dtstart`, `rdates` and `exdates` are days, or wall-clock times in `zone` (yours, where that is null).
    """

    id: UUID
    rrule: str
    anchor: Anchor
    catch_up: CatchUp
    dtstart: OccurrenceDate
    zone: str | None
    rdates: list[OccurrenceDate]
    exdates: list[OccurrenceDate]
    template: Template


class TaskPage(BaseModel):
    """One page of tasks, oldest first; `next_cursor` gives the next, null: this was the last."""

    tasks: list[Task]
    next_cursor: str | None
