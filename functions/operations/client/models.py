# rendered by `make render` from functions/catalogue.py: do not edit
"""What the API takes and answers."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any, Literal
from uuid import UUID

from pydantic import Field

from functions.operations.client.connection import Model


class AccountRemoval(Model):
    """That you mean it: `confirm` is your e-mail address, or if you have none, your name. Lists of yours that
    others use are not deleted (409, which names them), unless `shared` says so.
    """

    confirm: str
    shared: Literal["refuse", "delete"] = "refuse"


class Activity(Model):
    """An event of a task, or of a list and who shares it: then `task_id` is null, and `title` what it is called.
    `text` says it in words; `by` is null where nobody did it (a reminder rang), `by_name` is null of who
    shares no list with you any more. `version` is the task's after it, if there is one. `undone_by` is the
    event that took it back.
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
    text: str
    changes: list[FieldChange]
    undoes: UUID | None
    undone_by: UUID | None
    undoable: bool


class ActivityPage(Model):
    """One page, newest first; `next_cursor` gives the next, null: this was the last. What was done before
    `log_begins_at` is not kept any more, and cannot be undone; null: all is kept.
    """

    activity: list[Activity]
    next_cursor: str | None
    log_begins_at: datetime | None


class Answer(Model):
    """What was done, in words; the tasks it is about; `understood` is false when nothing was done.

    `choices`: what to say next when nothing was done yet: either reading of a sentence that has two, which of
    several tasks is meant, or yes and no to a question. `undo`: what to say to take back what was done; null
    when nothing was. `event_id`: the event that did it, where it was one alone; `POST /events/{id}/undo`
    takes that back, whatever was said since.
    """

    answer: str
    tasks: list[Task]
    understood: bool
    choices: list[Choice] = Field(default_factory=list)
    undo: str | None = None
    event_id: UUID | None = None


class At(Model):
    """At this moment, wherever the due time goes. Of a recurring task, for this occurrence only."""

    at: datetime


class AttemptRead(Model):
    """One call: the status that was answered and how the answer's body begins (1 kB at most), or the error."""

    attempted_at: datetime
    milliseconds: int
    status: int | None
    error: str | None
    response: str


class Before(Model):
    """So many minutes before the task is due, or starts (RFC 5545 §3.2.14: RELATED)."""

    minutes_before: int
    related: Literal["due", "start"] = "due"


class CalendarFeed(Model):
    """A calendar feed; `read_at`: when it was last asked for (to the minute), null: never."""

    id: UUID
    name: str
    list_ids: list[UUID] | None
    components: list[Literal["VTODO", "VEVENT"]]
    done: bool
    created_at: datetime
    read_at: datetime | None = None


class CalendarFeedMade(Model):
    """A new calendar feed. Its `url` is shown this once; who knows it reads the calendar until you delete the
    feed.
    """

    id: UUID
    name: str
    list_ids: list[UUID] | None
    components: list[Literal["VTODO", "VEVENT"]]
    done: bool
    created_at: datetime
    read_at: datetime | None = None
    url: str


class CalendarFeedPage(Model):
    """Your calendar feeds, oldest first."""

    feeds: list[CalendarFeed]


class Choice(Model):
    """A button: `words` say what it is for, `text` is the whole to send for it, with the `question` that it
    answers.
    """

    words: str
    text: str
    question: UUID | None = None


class Command(Model):
    """One write: `args` are the body of the single route of the same name, and for what exists its `id`.

    With a `version`, a task is written only while it is at that one (as by If-Match). Under the name
    `temp_id` later commands may use what this one makes, in place of any id. The `uuid` is yours; sent again
    within 90 days, the command is not run again but answered alike.
    """

    type: Literal[
        "task_create",
        "task_update",
        "task_complete",
        "task_reopen",
        "task_skip",
        "task_delete",
        "list_create",
        "notice_acknowledge",
        "notice_snooze",
    ]
    uuid: UUID
    temp_id: str | None = None
    args: dict[str, Any] = Field(default_factory=dict)


class CommandDone(Model):
    """How one command went. `result` is what its single route answers, null where that has no body."""

    uuid: UUID
    status: Literal["ok", "error"]
    result: dict[str, Any] | None = None
    problem: Problem | None = None


class Commands(Model):
    """Writes, to be run in this order. `atomic`: all of them or none."""

    commands: list[Command]
    atomic: bool = False


class CommandsDone(Model):
    """How each command went, in their order, and what became of the temporary ids."""

    results: list[CommandDone]
    temp_id_mapping: dict[str, UUID]


class DeadLetterDeed(Model):
    """What was done with a dead letter, by whom; `outcome` is what came of it at once, `since_then` how a replay
    stands now (null: there is nothing to wait for).
    """

    id: UUID
    at: datetime
    who: str
    action: Literal["replay", "drop"]
    outcome: Literal["handed on", "not in the log", "dropped"]
    dead_letter_id: UUID
    function: str
    event_id: str
    reason: str
    since_then: Literal["on its way", "handled", "failed again", "replayed again", "dropped"] | None


class DeadLetterDeedPage(Model):
    """One page, newest first; `next_cursor` gives the next, null: this was the last."""

    deeds: list[DeadLetterDeed]
    next_cursor: str | None


class DeadLetterDetail(Model):
    """All that is known of one: also its `event`, the text as it came, and what was done with it, the latest
    first.
    """

    id: UUID
    function: str
    topic: str
    partition: int | None
    offset: int | None
    source: str
    event_id: str
    reason: str
    attempts: int
    created_at: datetime
    replayed_at: datetime | None
    handled_at: datetime | None
    replayable: bool
    standing: Literal["waiting", "on its way", "handled"]
    advice: str
    event: str
    deeds: list[DeadLetterDeed]


class DeadLetterPage(Model):
    """One page, newest first; `next_cursor` gives the next, null: this was the last."""

    dead_letters: list[DeadLetterRead]
    next_cursor: str | None


class DeadLetterRead(Model):
    """An event that a function could not handle. `partition` and `offset` say where in `topic` the broker has
    it; null: no broker said. `standing` is `waiting` until it is replayed, `advice` says what to do now.
    """

    id: UUID
    function: str
    topic: str
    partition: int | None
    offset: int | None
    source: str
    event_id: str
    reason: str
    attempts: int
    created_at: datetime
    replayed_at: datetime | None
    handled_at: datetime | None
    replayable: bool
    standing: Literal["waiting", "on its way", "handled"]
    advice: str


class DeliveryPage(Model):
    """A page of deliveries, newest first; `next_cursor` is null on the last one."""

    deliveries: list[DeliveryRead]
    next_cursor: str | None


class DeliveryRead(Model):
    """One notice over one channel, and how it went; `next_attempt_at` is when a webhook that failed is called
    again.
    """

    id: UUID
    task_id: UUID
    channel: str
    status: Literal["requested", "retrying", "delivered", "failed"]
    attempts: int
    last_error: str | None
    requested_at: datetime
    delivered_at: datetime | None
    next_attempt_at: datetime | None


class DryRun(Model):
    """How many of the newest events are to be looked at."""

    limit: int = 100


class DryRunEvent(Model):
    """One event of the past: would it be sent?"""

    event_id: UUID
    topic: str
    time: datetime
    task_id: UUID
    title: str
    wanted: bool


class DryRunRequest(Model):
    """A request exactly as it would be made: its signature is a true one, of this moment."""

    url: str
    headers: dict[str, str]
    body: str


class DryRunResult(Model):
    """What this webhook would have been sent of the newest events that you may see, newest first; nothing was
    sent. `example` is the request for the newest of them.
    """

    wanted: int
    events: list[DryRunEvent]
    example: DryRunRequest | None


class FieldChange(Model):
    """A field of a task, the name of a list or the role of its member, as it was and as it became."""

    field: str
    before: Any
    after: Any


class FieldProblem(Model):
    """What is wrong with one field; with `start` and `end`, which come together or not at all, with
    text[start:end] of it, counted in code points.
    """

    field: str
    message: str
    start: int | None = None
    end: int | None = None


class FilterChange(Model):
    """What to change of a filter; a field that is not there stays as it is."""

    name: str | None = None
    query: str | None = None
    position: float | None = None


class FilterPage(Model):
    """Your filters, at most 100."""

    filters: list[FilterRead]


class FilterRead(Model):
    """A filter of yours: `GET /tasks?filter_id=` answers with its tasks."""

    id: UUID
    name: str
    query: str
    position: float
    created_at: datetime


class Flow(Model):
    """The last events of a task, the oldest of them first; `earlier`: there are some before. `consumers` are the
    functions that handle each topic. What was before `log_begins_at` is not kept any more; null: all is kept.
    """

    task_id: UUID
    title: str
    consumers: dict[str, list[str]]
    events: list[FlowEvent]
    earlier: bool
    log_begins_at: datetime | None


class FlowDelivery(Model):
    """Your notice over one channel: when it was requested, published, taken up, last attempted and delivered."""

    id: UUID
    channel: Literal["email", "webhook"]
    status: Literal["requested", "retrying", "delivered", "failed"]
    requested_at: datetime
    published_at: datetime | None
    handled_at: datetime | None
    attempts: int
    attempted_at: datetime | None
    delivered_at: datetime | None
    last_error: str | None


class FlowEvent(Model):
    """An event of the task. `at` is when it was written, with what it did, by `emitter`; `published_at` when it
    was handed on (embedded: when each function had it). `remind_at` is the moment of a reminder that rang.
    `notice` and `deliveries` are yours; others' are not shown.
    """

    id: UUID
    topic: str
    emitter: str
    at: datetime
    published_at: datetime | None
    remind_at: datetime | None
    changed: list[str]
    handled: list[Handled]
    given_up: list[GivenUp]
    notice: FlowNotice | None
    deliveries: list[FlowDelivery]


class FlowNotice(Model):
    """What you were told of the event, and when that was written."""

    id: UUID
    title: str
    at: datetime
    read_at: datetime | None


class GivenUp(Model):
    """A function could not handle the event, and gave it up at `at`: it waits as a dead letter, for an operator."""

    function: str
    at: datetime


class Gone(Model):
    """What is deleted, or not yours to see any more. A list goes with all of its tasks."""

    lists: list[UUID] = Field(default_factory=list)
    tasks: list[UUID] = Field(default_factory=list)


class Handled(Model):
    """A function took the event up at `at`."""

    function: str
    at: datetime


class ImportNote(Model):
    """Something that was left out: `where` in the file, the task's `uid` and `title`, and the `reason`."""

    where: str
    uid: str | None
    title: str | None
    reason: str


class ImportReport(Model):
    """What became of a file. Each task or series counts once.

    `skipped` tells what was not taken over, `remarks` what was left out of tasks that were; at most 1,000 of
    each.
    """

    dry_run: bool
    created: int
    updated: int
    unchanged: int
    skipped_count: int
    remark_count: int
    skipped: list[ImportNote]
    remarks: list[ImportNote]


class InvitationAbout(Model):
    """What an invitation is to; `is_member`: you are in already."""

    list_id: UUID
    list_name: str
    role: Literal["editor", "viewer"]
    invited_by: str
    expires_at: datetime
    is_member: bool


class InvitationMade(Model):
    """A new invitation. Its `secret` is shown this once: null when the same request is sent again with its key."""

    id: UUID
    role: Literal["editor", "viewer"]
    created_at: datetime
    expires_at: datetime
    secret: str | None


class InvitationPage(Model):
    """A list's open invitations, the latest first."""

    invitations: list[InvitationRead]


class InvitationRead(Model):
    """An invitation that nobody accepted yet."""

    id: UUID
    role: Literal["editor", "viewer"]
    created_at: datetime
    expires_at: datetime


class LabelRead(Model):
    """A label, as it is spelt most often, with how many open tasks have it."""

    name: str
    open_count: int


class LedgerChannel(Model):
    """A reminder over one channel. `attempted_at` is the last attempt, `lateness_ms` how long after the
    reminder's moment it was delivered. In the app, what is written is delivered.
    """

    channel: Literal["in-app", "email", "webhook"]
    webhook_id: UUID | None = None
    status: Literal["requested", "retrying", "delivered", "failed"]
    attempts: int
    last_error: str | None = None
    attempted_at: datetime | None
    delivered_at: datetime | None
    lateness_ms: int | None


class LedgerEntry(Model):
    """What became of one reminder: `remind_at` is the moment it is set for, `held_from` the one it had before
    quiet hours held it, `fired_at` when it rang, `lateness_ms` how long after; null while it waits.
    `acknowledged_at` is when you answered it or put it off. `notice_id` is null as long as you were not told,
    which you are not of a task that was completed or deleted when its reminder rang.
    """

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


class LedgerPage(Model):
    """A page of the ledger; `next_cursor` is null on the last one."""

    entries: list[LedgerEntry]
    next_cursor: str | None


class MemberChange(Model):
    """What a member is from now on. `owner` hands the list over: you are an editor of it then."""

    role: Literal["owner", "editor", "viewer"]


class MemberPage(Model):
    """Who sees the list, its owner first."""

    members: list[MemberRead]


class MemberRead(Model):
    """Somebody who sees a list."""

    user_id: UUID
    name: str
    role: Literal["owner", "editor", "viewer"]


class MissPage(Model):
    """A page of what was missed; `next_cursor` is null on the last one."""

    misses: list[MissRead]
    next_cursor: str | None


class MissRead(Model):
    """What a series of yours left out while the service was off, as its `catch_up` says: `missed` occurrences
    (10,000: that many or more), due from `first_at` to `last_at`. `task_id` is the first of them, skipped at
    `created_at`.
    """

    task_id: UUID
    series_id: UUID
    title: str
    catch_up: Literal["latest", "all", "none"]
    missed: int
    first_at: datetime
    last_at: datetime
    created_at: datetime


class Missed(Model):
    """Since when events are to be sent, which is at most as far back as the event log goes."""

    since: datetime


class MissedResult(Model):
    """How many deliveries were requested. Of more than 1,000 events `next_since` is what to ask for next; null:
    that was all.
    """

    requested: int
    next_since: datetime | None


class MovedTask(Model):
    """A task whose due time means another moment now: `was` and `is_now` (UTC)."""

    task_id: UUID
    title: str
    was: datetime
    is_now: datetime


class Nag(Model):
    """After the due moment again and again, every so many minutes, until the task is done."""

    every_minutes: int


class NewCalendarFeed(Model):
    """A calendar to be read by other programs, of your tasks in these lists."""

    name: str
    list_ids: list[UUID] | None = None
    components: list[Literal["VTODO", "VEVENT"]] = ["VTODO"]
    done: bool = False


class NewFilter(Model):
    """A filter to be kept; without `position` it comes last."""

    name: str
    query: str
    position: float | None = None


class NewInvitation(Model):
    """An invitation for whoever has its secret, once, until `expires_at` (null: for 7 days; 30 at most)."""

    role: Literal["editor", "viewer"] = "editor"
    expires_at: datetime | None = None


class NewSnooze(Model):
    """Until when to be left alone: `minutes` from now, or a moment. One of the two."""

    minutes: int | None = None
    until: datetime | None = None


class NewTask(Model):
    """A task to be created."""

    due_on: date | None = None
    due_local: datetime | None = None
    due_at: datetime | None = None
    zone: str | None = None
    start_on: date | None = None
    start_local: datetime | None = None
    rrule: str | None = None
    anchor: Literal["schedule", "completion"] | None = None
    rdates: list[str] | None = None
    exdates: list[str] | None = None
    catch_up: Literal["latest", "all", "none"] | None = None
    title: str
    notes: str = ""
    reminders: list[Before | At | OnDay | Nag] | None = None
    list_id: UUID | None = None
    labels: list[str] = Field(default_factory=list)
    priority: int = 4
    parent_id: UUID | None = None
    assignee_id: UUID | None = None
    deadline_on: date | None = None
    estimate_minutes: int | None = None


class NewTaskList(Model):
    """A list to be created, or what it is to be called."""

    name: str


class NewTestNotice(Model):
    """Which channel is to be tried."""

    channel: Literal["email", "webhook"]


class NewToken(Model):
    """A token for a program: what it is for, what it may do, and until when (null: until it is revoked)."""

    name: str
    scopes: list[Literal["tasks:read", "tasks:write", "account"]]
    expires_at: datetime | None = None


class NewWebhook(Model):
    """A webhook to be called (Standard Webhooks) for events of these topics: of every list of yours, or of one,
    and of the tasks of which the filter holds, as they are just after the event.
    """

    url: str
    topics: list[
        Literal[
            "task.created.v1",
            "task.updated.v1",
            "task.completed.v1",
            "task.reopened.v1",
            "task.deleted.v1",
            "task.recurred.v1",
            "task.due.v1",
        ]
    ]
    list_id: UUID | None = None
    filter: str | None = None


class NoticePage(Model):
    """A page of what you were told, newest first; `next_cursor` is null on the last one."""

    notices: list[NoticeRead]
    next_cursor: str | None


class NoticeRead(Model):
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


class OnDay(Model):
    """At this time of day on the day the task is due, or so many days before: in the task's zone, else in yours."""

    time: time
    days_before: int = 0


class PersonChange(Model):
    """What to change of yourself. An `email` switches e-mail notices on, null switches them off.

    `date_order` says what you mean by 03/04; null: you are asked each time. `week_start` is the first day of
    your week. From `quiet_from` until `quiet_until` by the clocks of your zone no reminder rings; it rings
    when they end. Null: there are no quiet hours. `default_reminders` are those of a new task with a due time
    that names none. A new `zone` moves what is due all day or at a time of no zone.
    """

    name: str | None = None
    email: str | None = None
    zone: str | None = None
    date_order: Literal["mdy", "dmy", "ymd"] | None = None
    week_start: Literal["MO", "TU", "WE", "TH", "FR", "SA", "SU"] | None = None
    quiet_from: time | None = None
    quiet_until: time | None = None
    default_reminders: list[Before | At | OnDay | Nag] | None = None


class PersonChanged(Model):
    """Who you are now. `moved`: the tasks that a change of zone moved, soonest first, at most 100 of
    `moved_count`.
    """

    id: UUID
    name: str
    email: str | None
    zone: str
    date_order: Literal["mdy", "dmy", "ymd"] | None = None
    week_start: Literal["MO", "TU", "WE", "TH", "FR", "SA", "SU"] = "MO"
    quiet_from: time | None = None
    quiet_until: time | None = None
    default_reminders: list[Before | At | OnDay | Nag] = Field(default_factory=list)
    operator: bool = False
    moved: list[MovedTask] = Field(default_factory=list)
    moved_count: int = 0


class PersonRead(Model):
    """Who you are. `operator`: you may look after dead letters."""

    id: UUID
    name: str
    email: str | None
    zone: str
    date_order: Literal["mdy", "dmy", "ymd"] | None = None
    week_start: Literal["MO", "TU", "WE", "TH", "FR", "SA", "SU"] = "MO"
    quiet_from: time | None = None
    quiet_until: time | None = None
    default_reminders: list[Before | At | OnDay | Nag] = Field(default_factory=list)
    operator: bool = False


class PhraseAmbiguity(Model):
    """text[start:end] has two readings. The first was taken if it is `settled`; else the phrase has no due time."""

    start: int
    end: int
    words: str
    settled: bool
    readings: list[PhraseReading]


class PhrasePreview(Model):
    """A sentence read as a task. At most one of `due_on` and `due_local`, which is in `zone` or, where that is
    null, in yours. `anchor` is "completion" for `every!`. `priority` 1 is the highest.
    """

    title: str
    due_on: date | None
    due_local: datetime | None
    zone: str | None
    rrule: str | None
    anchor: Literal["schedule", "completion"]
    exdates: list[str]
    minutes_before: list[int]
    reminders: list[Before | At | OnDay | Nag]
    labels: list[str]
    priority: int | None
    list_name: str | None
    spans: list[PhraseSpan]
    ambiguities: list[PhraseAmbiguity]
    remarks: list[str]


class PhraseReading(Model):
    """One of two readings: `words` in place of what is ambiguous say only this, `text` is the whole text with
    them.
    """

    words: str
    text: str


class PhraseSpan(Model):
    """text[start:end], counted in code points, and what it was understood as."""

    start: int
    end: int
    kind: str


class PreviewedDate(Model):
    """One date of a rule; without a due time it does not come, and the notes say why.

    `nominal` is the date as the rule has it, which may be none of the calendar's, such as `2026-02-31`.
    """

    nominal: str
    due_on: date | None
    due_local: datetime | None
    due_at: datetime | None
    notes: list[str]


class Problem(Model):
    """What went wrong (RFC 9457, application/problem+json)."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str
    errors: list[FieldProblem] = Field(default_factory=list)


class RecurrencePreview(Model):
    """What a rule will give. `ends`: there is none after these."""

    rule: str
    dates: list[PreviewedDate]
    ends: bool


class Said(Model):
    """A plain sentence."""

    text: str
    list_id: UUID | None = None
    question: UUID | None = None


class SeriesRead(Model):
    """A series: what its occurrences come by, and what they are made from.

    `dtstart`, `rdates` and `exdates` are days, or wall-clock times in `zone` (yours, where that is null).
    """

    id: UUID
    rrule: str
    anchor: Literal["schedule", "completion"]
    catch_up: Literal["latest", "all", "none"]
    dtstart: str
    zone: str | None
    rdates: list[str]
    exdates: list[str]
    template: Template


class SessionPage(Model):
    """Where you are logged in, the latest first; `next_cursor` is null on the last page."""

    sessions: list[SessionRead]
    next_cursor: str | None = None


class SessionRead(Model):
    """A browser that is logged in, by what it calls itself. `last_used_at` is to the hour; `current`: it is
    this.
    """

    id: UUID
    name: str
    created_at: datetime
    last_used_at: datetime | None
    expires_at: datetime
    current: bool


class Snoozed(Model):
    """The moment (UTC) at which you are reminded again."""

    remind_at: datetime


class SyncPage(Model):
    """Changes to a copy: drop what is in `deleted`, then put `lists` and `tasks` as they are in place of what
    has their ids. With `full`, begin with an empty copy. While `has_more`, ask at once with `cursor`; else
    whenever you like, and `GET /events` goes on from it, too.
    """

    full: bool
    lists: list[SyncedList]
    tasks: list[Task]
    deleted: Gone
    cursor: str
    has_more: bool


class SyncedList(Model):
    """A list as it is, with its members; `role` is yours."""

    id: UUID
    name: str
    owner_id: UUID
    role: Literal["owner", "editor", "viewer"]
    members: list[SyncedMember]


class SyncedMember(Model):
    """Somebody a list is shared with."""

    user_id: UUID
    role: Literal["owner", "editor", "viewer"]


class Task(Model):
    """A task as it stands at `version`.

    At most one kind of due time: `due_on` (all day), or `due_local` (a wall-clock time, in `zone` when it is
    zoned, in the zone of whoever looks when `zone` is null: floating). `due_at` is derived: the UTC moment of
    `due_local`; null for an all-day task. `start_on` or `start_local`: from when on it is to be done, in the
    same zone; at or before the due time. `rrule` is the rule of its series, when it is an occurrence, and
    `recurrence_id` which one: the wall-clock time, or date, that the rule gave (RFC 5545 §3.8.4.4). A
    `skipped` occurrence is closed as a done one is, without having been done.

    `parent_id` is the task that this one is a part of, in the same list; `position` orders those of one list
    and parent, ascending. `assignee_id` is the member of the list who is to do it, and who is reminded then.
    `deadline_on` is the day by which it must be done, whatever its due time. `priority` goes from 1, the
    highest, to 4: none. `notes` are Markdown.
    """

    id: UUID
    list_id: UUID
    title: str
    notes: str = ""
    status: Literal["open", "done"] = "open"
    due_on: date | None = None
    due_local: datetime | None = None
    zone: str | None = None
    due_at: datetime | None = None
    start_on: date | None = None
    start_local: datetime | None = None
    series_id: UUID | None = None
    recurrence_id: str | None = None
    rrule: str | None = None
    reminders: list[Before | At | OnDay | Nag] = Field(default_factory=list)
    version: int
    created_by: UUID
    created_at: datetime
    completed_at: datetime | None = None
    skipped: bool = False
    labels: list[str] = Field(default_factory=list)
    priority: int = 4
    parent_id: UUID | None = None
    assignee_id: UUID | None = None
    deadline_on: date | None = None
    estimate_minutes: int | None = None
    position: float = 0


class TaskChange(Model):
    """What to change of a task; a field that is not there stays as it is, null clears it.

    A new due time takes the place of the old one, whatever its form; one without `zone` stays in the task's
    zone.

    `scope` says what a change of a recurring task is for: `this` occurrence; it and the `following`, whose
    due times move along; or `all`, of which the closed ones get title and notes. Without it title, notes and
    reminders are for the following too, a due time is for this one only (as when one drags it to another
    day), and a new `rrule` begins a series here. `rdates` and `exdates` take the place of those before them.
    """

    due_on: date | None = None
    due_local: datetime | None = None
    due_at: datetime | None = None
    zone: str | None = None
    start_on: date | None = None
    start_local: datetime | None = None
    rrule: str | None = None
    anchor: Literal["schedule", "completion"] | None = None
    rdates: list[str] | None = None
    exdates: list[str] | None = None
    catch_up: Literal["latest", "all", "none"] | None = None
    scope: Literal["this", "following", "all"] | None = None
    title: str | None = None
    notes: str | None = None
    reminders: list[Before | At | OnDay | Nag] | None = None
    list_id: UUID | None = None
    parent_id: UUID | None = None
    labels: list[str] | None = None
    priority: int | None = None
    assignee_id: UUID | None = None
    deadline_on: date | None = None
    estimate_minutes: int | None = None


class TaskListChange(Model):
    """What to change of a list."""

    name: str


class TaskListRead(Model):
    """A list you are a member of."""

    id: UUID
    name: str
    owner_id: UUID
    role: Literal["owner", "editor", "viewer"]


class TaskMove(Model):
    """Where a task goes among its siblings, those of its list and parent: exactly one of these."""

    before: UUID | None = None
    after: UUID | None = None
    first: bool = False
    last: bool = False


class TaskPage(Model):
    """One page of tasks, oldest first; `next_cursor` gives the next, null: this was the last."""

    tasks: list[Task]
    next_cursor: str | None


class Template(Model):
    """What those to come have in common, beside their rule. A start is so many days before the due day, or so
    many seconds before the due time (midnight of a whole day), a deadline so many days after the due day;
    both may be missing. An assignee who left the list is assigned nothing of it any more.
    """

    title: str
    notes: str = ""
    reminders: list[Before | At | OnDay | Nag] = Field(default_factory=list)
    start_days: int | None = None
    start_seconds: int | None = None
    labels: list[str] = Field(default_factory=list)
    priority: int = 4
    assignee_id: UUID | None = None
    estimate_minutes: int | None = None
    deadline_days: int | None = None


class TestNoticeResult(Model):
    """Whether it was delivered, and if not, why."""

    delivered: bool
    detail: str


class TokenMade(Model):
    """A new token. Its `secret` is shown this once: null when the same request is sent again with its key."""

    id: UUID
    name: str
    scopes: list[Literal["tasks:read", "tasks:write", "account"]]
    created_at: datetime
    last_used_at: datetime | None
    expires_at: datetime | None
    secret: str | None


class TokenPage(Model):
    """Your tokens, the latest first."""

    tokens: list[TokenRead]


class TokenRead(Model):
    """A token. `last_used_at` is to the hour; null: never."""

    id: UUID
    name: str
    scopes: list[Literal["tasks:read", "tasks:write", "account"]]
    created_at: datetime
    last_used_at: datetime | None
    expires_at: datetime | None


class Undone(Model):
    """What was undone, the event that did it (undo that to do it again), and the task; null, when it is gone, or
    it was done to a list.
    """

    undone: UUID
    by_event: UUID
    text: str
    task: Task | None


class Upcoming(Model):
    """The days from `from` on, before `until`, in your zone; entries by their time, a day before its times.

    `more`: there is more in these days than is shown.
    """

    from_: date = Field(alias="from")
    until: date
    zone: str
    entries: list[UpcomingEntry]
    more: bool


class UpcomingEntry(Model):
    """An open task, or an occurrence that its series will bring (`expected`): with the id that it will have,
    version 0.

    `at` is when it is due where you are: a day, or a wall-clock time in your zone. Of an occurrence that
    comes more often on its day, `more_that_day` says so: the first four of a day are shown.
    """

    at: str
    expected: bool
    more_that_day: bool = False
    task: Task


class WebhookChange(Model):
    """What to change; `list_id: null` means every list, `filter: null` every task. `enabled: true` has it called
    again.
    """

    url: str | None = None
    topics: (
        list[
            Literal[
                "task.created.v1",
                "task.updated.v1",
                "task.completed.v1",
                "task.reopened.v1",
                "task.deleted.v1",
                "task.recurred.v1",
                "task.due.v1",
            ]
        ]
        | None
    ) = None
    list_id: UUID | None = None
    filter: str | None = None
    enabled: bool | None = None


class WebhookDelivery(Model):
    """One event for one webhook, with its attempts, oldest first. `id` is its `webhook-id`; `next_attempt_at` is
    when it is sent again, if it failed.
    """

    id: UUID
    task_id: UUID
    topic: str
    status: Literal["requested", "retrying", "delivered", "failed"]
    requested_at: datetime
    delivered_at: datetime | None
    next_attempt_at: datetime | None
    attempts: list[AttemptRead]


class WebhookDeliveryPage(Model):
    """Deliveries, newest first; `next_cursor` continues, null: there are no more."""

    deliveries: list[WebhookDelivery]
    next_cursor: str | None


class WebhookPage(Model):
    """Your webhooks."""

    webhooks: list[WebhookRead]


class WebhookRead(Model):
    """A webhook. `secret` (`whsec_…`) verifies its signatures; until `rotating_until` the one before it does,
    too.

    It is failing since `failing_since`, if the last call was not taken; `enabled` is off when it is called no
    more, as `disabled_reason` says.
    """

    id: UUID
    url: str
    topics: list[str]
    list_id: UUID | None = None
    filter: str | None = None
    secret: str
    secret_generation: int = 0
    rotating_until: datetime | None = None
    enabled: bool = True
    failing_since: datetime | None = None
    disabled_at: datetime | None = None
    disabled_reason: str | None = None
