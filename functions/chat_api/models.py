"""What the API takes and gives, as it stands in the OpenAPI document."""

from datetime import date, datetime, time
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from functions.chat_api.fields import (
    Day,
    Email,
    LocalTime,
    Moment,
    Name,
    Notes,
    OccurrenceDate,
    Reminder,
    Sentence,
    TimeOfDay,
    Title,
    WebhookUrl,
)
from functions.kernel.domain.phrases import DateOrder
from functions.kernel.domain.recurrence import Anchor, CatchUp
from functions.kernel.domain.recurrence.recurrence_set import MAX_DATES
from functions.kernel.domain.reminder import MOST_MINUTES, MOST_REMINDERS, TaskReminder
from functions.kernel.domain.task import Task
from functions.kernel.domain.template import Template

Weekday = Literal["MO", "TU", "WE", "TH", "FR", "SA", "SU"]
Status = Literal["open", "done", "all"]
Scope = Literal["this", "following", "all"]
"""Of a recurring task: this occurrence, it and those to come (RFC 5545 RANGE=THISANDFUTURE), or also those closed."""


class Input(BaseModel):
    """A body: a field that nobody knows is an error, not silence."""

    model_config = ConfigDict(extra="forbid")


class DueInput(Input):
    """When a task is due, in one of three forms.

    `due_on`: all day. `due_local`: a wall-clock time, in `zone`, or floating where `zone` is null or missing.
    `due_at`: a moment (RFC 3339 with an offset), kept as wall-clock time in `zone`, or in your own zone.
    """

    due_on: Day | None = Field(None, examples=["2026-11-23"])
    due_local: LocalTime | None = Field(None, examples=["2026-11-23T09:00:00"])
    due_at: Moment | None = Field(None, examples=["2026-11-23T09:00:00+01:00"])
    zone: str | None = Field(None, examples=["Europe/Berlin"], description="An IANA time zone.")
    start_on: Day | None = Field(None, description="From this day on it is to be done; it goes with a due time.")
    start_local: LocalTime | None = Field(None, description="Or from this wall-clock time on, in the due time's zone.")
    rrule: str | None = Field(None, examples=["FREQ=WEEKLY;BYDAY=MO"], description="RFC 5545, §3.3.10.")
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
    reminders: list[Reminder] | None = Field(
        None,
        max_length=MOST_REMINDERS,
        description="Besides the one at the due moment; your default ones, if you name none.",
    )
    list_id: UUID | None = Field(None, description="Your first list, if you name none.")


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
    reminders: list[Reminder] | None = Field(None, max_length=MOST_REMINDERS)


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


class Person(BaseModel):
    """Who asks."""

    id: UUID
    name: str
    email: str | None
    zone: str
    date_order: DateOrder | None = None
    week_start: Weekday = "MO"
    quiet_from: time | None = None
    quiet_until: time | None = None
    default_reminders: list[TaskReminder] = []


class PersonChange(Input):
    """What to change of yourself. An `email` switches e-mail notices on, null switches them off.

    `date_order` says what you mean by 03/04; null: you are asked each time. `week_start` is the first day of your week.
    From `quiet_from` until `quiet_until` by the clocks of your zone no reminder rings; it rings when they end. Null:
    there are no quiet hours. `default_reminders` are those of a new task with a due time that names none.
    A new `zone` moves what is due all day or at a time of no zone.
    """

    name: Name = ""
    email: Email | None = None
    zone: str = ""
    date_order: DateOrder | None = None
    week_start: Weekday = "MO"
    quiet_from: TimeOfDay | None = Field(None, examples=["22:00"])
    quiet_until: TimeOfDay | None = Field(None, examples=["07:00"])
    default_reminders: list[Reminder] = Field([], max_length=MOST_REMINDERS)


class MovedTask(BaseModel):
    """A task whose due time means another moment now: `was` and `is_now` (UTC)."""

    task_id: UUID
    title: str
    was: datetime
    is_now: datetime


class PersonChanged(Person):
    """Who you are now. `moved`: the tasks that a change of zone moved, soonest first, at most 100 of `moved_count`."""

    moved: list[MovedTask] = []
    moved_count: int = 0


class TaskListRead(BaseModel):
    """A list you are a member of."""

    id: UUID
    name: str
    owner_id: UUID
    role: Literal["owner", "editor", "viewer"]


class NewTaskList(Input):
    """A list to be created."""

    name: Name


class NewMember(Input):
    """Somebody to share a list with, by the e-mail address they have here."""

    email: Email
    role: Literal["editor", "viewer"] = "editor"


class NoticeRead(BaseModel):
    """What you were told. `remind_at` is the moment the reminder was set for, `created_at` when it was written."""

    id: UUID
    task_id: UUID
    kind: str
    title: str
    body: str
    remind_at: datetime | None
    created_at: datetime
    read_at: datetime | None
    acknowledged_at: datetime | None


class NewSnooze(Input):
    """Until when to be left alone: `minutes` from now, or a moment. One of the two."""

    minutes: int | None = Field(None, strict=True, ge=1, le=MOST_MINUTES, examples=[10])
    until: Moment | None = None


class Snoozed(BaseModel):
    """The moment (UTC) at which you are reminded again."""

    remind_at: datetime


class NoticePage(BaseModel):
    """Your newest notices."""

    notices: list[NoticeRead]


class NewTestNotice(Input):
    """Which channel is to be tried."""

    channel: Literal["email", "webhook"]


class DeliveryRead(BaseModel):
    """One notice over one channel, and how it went."""

    id: UUID
    task_id: UUID
    channel: str
    status: Literal["requested", "delivered", "failed"]
    attempts: int
    last_error: str | None
    requested_at: datetime
    delivered_at: datetime | None


class DeliveryPage(BaseModel):
    """Your newest deliveries."""

    deliveries: list[DeliveryRead]


class LedgerChannel(BaseModel):
    """A reminder over one channel. `attempted_at` is the last attempt, `lateness_ms` how long after the reminder's
    moment it was delivered. In the app, what is written is delivered."""

    channel: Literal["in-app", "email", "webhook"]
    webhook_id: UUID | None = None
    status: Literal["requested", "delivered", "failed"]
    attempts: int
    last_error: str | None = None
    attempted_at: datetime | None
    delivered_at: datetime | None
    lateness_ms: int | None


class LedgerEntry(BaseModel):
    """What became of one reminder: `remind_at` is the moment it is set for, `held_from` the one it had before quiet
    hours held it, `fired_at` when it rang, `lateness_ms` how long after; null while it waits. `acknowledged_at` is when
    you answered it or put it off. `notice_id` is null as long as you were not told, which you are not of a task that
    was completed or deleted when its reminder rang."""

    task_id: UUID
    title: str
    kind: str
    remind_at: datetime
    held_from: datetime | None
    fired_at: datetime | None
    lateness_ms: int | None
    notice_id: UUID | None
    read_at: datetime | None
    acknowledged_at: datetime | None
    channels: list[LedgerChannel]


class LedgerPage(BaseModel):
    """A page of the ledger; `next_cursor` is null on the last one."""

    entries: list[LedgerEntry]
    next_cursor: str | None


class MissRead(BaseModel):
    """What a series of yours left out while the service was off, as its `catch_up` says: `missed` occurrences (10,000:
    that many or more), due from `first_at` to `last_at`. `task_id` is the first of them, skipped at `created_at`."""

    task_id: UUID
    series_id: UUID
    title: str
    catch_up: CatchUp
    missed: int
    first_at: datetime
    last_at: datetime
    created_at: datetime


class MissPage(BaseModel):
    """A page of what was missed; `next_cursor` is null on the last one."""

    misses: list[MissRead]
    next_cursor: str | None


WebhookTopic = Literal["task.created.v1", "task.due.v1", "task.recurred.v1"]


class NewWebhook(Input):
    """A webhook to be called (Standard Webhooks) for events of these topics."""

    url: WebhookUrl = Field(examples=["https://example.org/hooks/taskwake"])
    topics: list[WebhookTopic] = Field(min_length=1, max_length=10)


class WebhookRead(BaseModel):
    """A webhook. `secret` (`whsec_…`) verifies its signatures."""

    id: UUID
    url: str
    topics: list[str]
    secret: str


class WebhookPage(BaseModel):
    """Your webhooks."""

    webhooks: list[WebhookRead]


class Said(Input):
    """A plain sentence."""

    text: Sentence = Field(examples=["remind me to call Sam tomorrow at 9"])


class Choice(BaseModel):
    """One of two readings: `words` say what it takes the text for, `text` is the whole to send for it."""

    words: str
    text: str


class Answer(BaseModel):
    """What was done, in words; the tasks it is about; `understood` is false when nothing was done.

    `choices`: the two readings of a sentence that nothing was done for because it may mean either.
    """

    answer: str
    tasks: list[Task]
    understood: bool
    choices: list[Choice] = []


class PhraseSpan(BaseModel):
    """text[start:end], counted in code points, and what it was understood as."""

    start: int
    end: int
    kind: str


class PhraseReading(BaseModel):
    """One of two readings: `words` in place of what is ambiguous say only this, `text` is the whole text with them."""

    words: str
    text: str


class PhraseAmbiguity(BaseModel):
    """text[start:end] has two readings. The first was taken if it is `settled`; else the phrase has no due time."""

    start: int
    end: int
    words: str
    settled: bool
    readings: list[PhraseReading]


class PhrasePreview(BaseModel):
    """A sentence read as a task. At most one of `due_on` and `due_local`, which is in `zone` or, where that is null,
    in yours. `anchor` is "completion" for `every!`. `priority` 1 is the highest."""

    title: str
    due_on: date | None
    due_local: datetime | None
    zone: str | None
    rrule: str | None
    anchor: Anchor
    exdates: list[OccurrenceDate]
    minutes_before: list[int]
    reminders: list[TaskReminder]
    labels: list[str]
    priority: int | None
    list_name: str | None
    spans: list[PhraseSpan]
    ambiguities: list[PhraseAmbiguity]
    remarks: list[str]


class PreviewedDate(BaseModel):
    """One date of a rule; without a due time it does not come, and the notes say why.

    `nominal` is the date as the rule has it, which may be none of the calendar's, such as `2026-02-31`.
    """

    nominal: str
    due_on: date | None
    due_local: datetime | None
    due_at: datetime | None
    notes: list[str]


class RecurrencePreview(BaseModel):
    """What a rule will give. `ends`: there is none after these."""

    rule: str
    dates: list[PreviewedDate]
    ends: bool


class FieldProblem(BaseModel):
    """What is wrong with one field."""

    field: str
    message: str


class Problem(BaseModel):
    """What went wrong (RFC 9457, application/problem+json)."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str
    errors: list[FieldProblem] = []
