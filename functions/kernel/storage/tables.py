"""The schema's one home: a SQLModel class a table, which migrations are checked against.

Run-time code sends SQL text over psycopg instead (specs/decisions/0001): importing this module costs more than
a cold function's whole budget. Row-level security, roles and SQL functions stand in infra/migrations.
"""

from datetime import date, datetime, time, timedelta
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Computed,
    DateTime,
    Double,
    ForeignKey,
    ForeignKeyConstraint,
    Identity,
    Index,
    Integer,
    Interval,
    LargeBinary,
    SmallInteger,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, TSVECTOR
from sqlalchemy.types import UserDefinedType
from sqlmodel import Field, SQLModel


class Xid8(UserDefinedType[int]):
    """PostgreSQL's 64-bit transaction id."""

    cache_ok = True

    def get_col_spec(self, **_: Any) -> str:
        return "xid8"


def _moment(*, nullable: bool = False, default: str | None = None) -> Any:
    """A column of an aware UTC moment."""
    return Field(
        sa_column=Column(DateTime(timezone=True), nullable=nullable, server_default=text(default) if default else None)
    )


def _reference(target: str, *, nullable: bool = False, primary_key: bool = False) -> Any:
    return Field(sa_column=Column(ForeignKey(target, ondelete="CASCADE"), nullable=nullable, primary_key=primary_key))


def _words(*, nullable: bool = False, default: str | None = None) -> Any:
    return Field(
        sa_column=Column(Text, nullable=nullable, server_default=text(default) if default is not None else None)
    )


def _names() -> Any:
    return Field(sa_column=Column(ARRAY(Text), nullable=False, server_default=text("'{}'")))


class User(SQLModel, table=True):
    """A person. `zone` is where floating and all-day times are theirs. `date_order` ('mdy', 'dmy', 'ymd'; null: to be
    asked) says what 03/04 means, `week_start` ('MO' … 'SU') where their week begins. From `quiet_from` until
    `quiet_until`, in their zone, reminders are held; `default_reminders` are those of a task that names none."""

    __tablename__: ClassVar[Any] = "users"
    id: UUID = Field(primary_key=True)
    name: str = _words()
    email: str | None = _words(nullable=True)
    zone: str = _words(default="'UTC'")
    created_at: datetime = _moment(default="now()")
    date_order: str | None = _words(nullable=True)
    week_start: str = _words(default="'MO'")
    quiet_from: time | None = None
    quiet_until: time | None = None
    default_reminders: Any = Field(sa_column=Column(JSONB, nullable=False, server_default=text("'[]'")))


class Credential(SQLModel, table=True):
    """What proves who asks: a one-time `login`, a browser's `session`, a program's `token`; only its hash is kept.

    `scopes` is what a token may do (null: all that its person may); `used_at` its last use, to the hour.
    """

    __tablename__: ClassVar[Any] = "credentials"
    __table_args__ = (
        UniqueConstraint("hash"),
        Index("credentials_by_user", "user_id", "kind", "created_at", "id"),
    )
    id: UUID = Field(primary_key=True)
    user_id: UUID = _reference("users.id")
    kind: str = _words()
    hash: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    name: str = _words(default="''")
    created_at: datetime = _moment(default="now()")
    expires_at: datetime | None = _moment(nullable=True)
    used_at: datetime | None = _moment(nullable=True)
    scopes: list[str] | None = Field(default=None, sa_column=Column(ARRAY(Text), nullable=True))


class UserIdentity(SQLModel, table=True):
    """Whom an OpenID provider knows by `issuer` and `subject`: nothing else that it says of them is believed."""

    __tablename__: ClassVar[Any] = "identities"
    __table_args__ = (Index("identities_by_user", "user_id"),)
    issuer: str = Field(sa_column=Column(Text, primary_key=True))
    subject: str = Field(sa_column=Column(Text, primary_key=True))
    user_id: UUID = _reference("users.id")
    created_at: datetime = _moment(default="now()")


class TaskList(SQLModel, table=True):
    """A list of tasks: owned, shared with members."""

    __tablename__: ClassVar[Any] = "lists"
    __table_args__ = (Index("lists_by_owner", "owner_id"),)
    id: UUID = Field(primary_key=True)
    owner_id: UUID = _reference("users.id")
    name: str = _words()
    created_at: datetime = _moment(default="now()")
    tx: int = Field(sa_column=Column(Xid8, nullable=False, server_default=text("pg_current_xact_id()")))
    """The transaction that changed it, or its members, last."""
    deleted_at: datetime | None = _moment(nullable=True)
    """Since when nobody sees it, until it is restored; its memberships have the same."""


class ListMember(SQLModel, table=True):
    """Who sees a list; its owner is a member too."""

    __tablename__: ClassVar[Any] = "list_members"
    __table_args__ = (Index("list_members_by_user", "user_id", "list_id"),)
    list_id: UUID = _reference("lists.id", primary_key=True)
    user_id: UUID = _reference("users.id", primary_key=True)
    role: str = _words(default="'editor'")
    since_tx: int = Field(sa_column=Column(Xid8, nullable=False, server_default=text("pg_current_xact_id()")))
    """The transaction that made them a member."""
    deleted_at: datetime | None = _moment(nullable=True)
    """As the list's: to everybody it is no membership meanwhile."""


class Departure(SQLModel, table=True):
    """A task left a list, or a person did; written by triggers, for who follows the list. `role` is what the person was
    in it, `by_id` who took them out, themselves maybe; null where the list was deleted."""

    __tablename__: ClassVar[Any] = "departures"
    __table_args__ = (
        Index("departures_of_tasks", "list_id", "tx", "id", postgresql_where=text("task_id IS NOT NULL")),
        Index("departures_of_people", "user_id", "tx", "id", postgresql_where=text("user_id IS NOT NULL")),
    )
    id: int = Field(sa_column=Column(BigInteger, Identity(always=True), primary_key=True))
    tx: int = Field(sa_column=Column(Xid8, nullable=False, server_default=text("pg_current_xact_id()")))
    list_id: UUID = Field(nullable=False)
    task_id: UUID | None = None
    user_id: UUID | None = _reference("users.id", nullable=True)
    role: str | None = _words(nullable=True)
    by_id: UUID | None = None


class ListInvitation(SQLModel, table=True):
    """A secret that makes whoever has it a member, once; only its hash is kept, and accepted it is gone."""

    __tablename__: ClassVar[Any] = "list_invitations"
    __table_args__ = (
        UniqueConstraint("hash"),
        Index("list_invitations_by_list", "list_id", "created_at", "id"),
        Index("list_invitations_by_user", "created_by"),
    )
    id: UUID = Field(primary_key=True)
    list_id: UUID = _reference("lists.id")
    role: str = _words()
    hash: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    created_by: UUID = _reference("users.id")
    created_at: datetime = _moment(default="now()")
    expires_at: datetime = _moment()


class Series(SQLModel, table=True):
    """A recurring task's rule (RFC 5545). `dtstart` is wall-clock time, in `zone` unless all-day or floating.

    `rdates` and `exdates` name the dates added and taken out as RECURRENCE-ID does. `template` is what
    occurrences are made from (functions/kernel/domain/template.py); null: each from the one before it.
    """

    __tablename__: ClassVar[Any] = "series"
    __table_args__ = (Index("series_by_list", "list_id"),)
    id: UUID = Field(primary_key=True)
    list_id: UUID = _reference("lists.id")
    rrule: str = _words()
    dtstart: datetime = Field(sa_column=Column(DateTime(timezone=False), nullable=False))
    all_day: bool
    zone: str | None = _words(nullable=True)
    anchor: str = _words(default="'schedule'")
    created_at: datetime = _moment(default="now()")
    rdates: list[str] = _names()
    exdates: list[str] = _names()
    template: Any = Field(default=None, sa_column=Column(JSONB, nullable=True))
    catch_up: str = _words(default="'latest'")
    """Which of the occurrences that were due while the service was off are told of: 'latest', 'all' or 'none'."""


class TaskRow(SQLModel, table=True):
    """A task, as functions/kernel/domain/task.py describes it."""

    __tablename__: ClassVar[Any] = "tasks"
    __table_args__ = (
        UniqueConstraint("series_id", "recurrence_id"),
        Index("tasks_by_list", "list_id", "status", "id", postgresql_where=text("deleted_at IS NULL")),
        Index("tasks_by_change", "list_id", "tx", "id"),
        Index("tasks_by_previous", "previous_id", unique=True, postgresql_where=text("previous_id IS NOT NULL")),
        Index("tasks_by_parent", "parent_id", postgresql_where=text("parent_id IS NOT NULL")),
        Index("tasks_by_assignee", "assignee_id", "list_id", postgresql_where=text("assignee_id IS NOT NULL")),
        Index("tasks_by_position", "list_id", "parent_id", "position"),
        Index("tasks_by_creator", "created_by"),
        # Who leaves a list is assigned nothing of it any more.
        ForeignKeyConstraint(
            ["list_id", "assignee_id"],
            ["list_members.list_id", "list_members.user_id"],
            name="tasks_assignee_is_member",
            ondelete="SET NULL (assignee_id)",
        ),
    )
    id: UUID = Field(primary_key=True)
    list_id: UUID = _reference("lists.id")
    title: str = _words()
    notes: str = _words(default="''")
    status: str = _words(default="'open'")
    due_on: date | None = None
    due_local: datetime | None = Field(default=None, sa_column=Column(DateTime(timezone=False), nullable=True))
    zone: str | None = _words(nullable=True)
    due_at: datetime | None = _moment(nullable=True)
    series_id: UUID | None = _reference("series.id", nullable=True)
    recurrence_id: str | None = _words(nullable=True)
    reminders: Any = Field(sa_column=Column(JSONB, nullable=False, server_default=text("'[]'")))
    version: int = Field(sa_column=Column(BigInteger, nullable=False, server_default=text("1")))
    created_by: UUID = _reference("users.id")
    created_at: datetime = _moment(default="now()")
    completed_at: datetime | None = _moment(nullable=True)
    deleted_at: datetime | None = _moment(nullable=True)
    skipped: bool = Field(sa_column=Column(Boolean, nullable=False, server_default=text("false")))
    changed_at: datetime = _moment(default="now()")
    """When it became this version; a trigger notes it."""
    previous_id: UUID | None = None
    """The occurrence whose completion brought this one; null again once that was taken back."""
    first_version: int = Field(sa_column=Column(BigInteger, nullable=False, server_default=text("1")))
    """The version it came with: one still at it was not touched since. 0: taken back, with what brought it."""
    start_on: date | None = None
    start_local: datetime | None = Field(default=None, sa_column=Column(DateTime(timezone=False), nullable=True))
    labels: list[str] = _names()
    priority: int = Field(sa_column=Column(SmallInteger, nullable=False, server_default=text("4")))
    parent_id: UUID | None = _reference("tasks.id", nullable=True)
    assignee_id: UUID | None = None
    deadline_on: date | None = None
    estimate_minutes: int | None = None
    position: float = Field(sa_column=Column(Double, nullable=False, server_default=text("EXTRACT(epoch FROM now())")))

    search: Any = Field(
        sa_column=Column(TSVECTOR, Computed("search_vector(title, notes, labels)", persisted=True), nullable=False)
    )
    """The words of title, labels and notes, in this order of weight."""
    tx: int = Field(sa_column=Column(Xid8, nullable=False, server_default=text("pg_current_xact_id()")))
    """The transaction that changed it last."""


class Reminder(SQLModel, table=True):
    """A due row: at `remind_at` the person is told once. A change of the moment is a new `version`."""

    __tablename__: ClassVar[Any] = "reminders"
    __table_args__ = (
        UniqueConstraint("task_id", "user_id", "name"),
        # Nobody is reminded of what they may not see.
        ForeignKeyConstraint(
            ["list_id", "user_id"],
            ["list_members.list_id", "list_members.user_id"],
            name="reminders_of_members",
            ondelete="CASCADE",
        ),
        Index("reminders_due", "remind_at", "id", postgresql_where=text("fired_at IS NULL")),
        Index("reminders_by_user", "user_id", "remind_at", "id"),
    )
    id: UUID = Field(primary_key=True)
    task_id: UUID = _reference("tasks.id")
    list_id: UUID = Field(nullable=False)
    user_id: UUID = _reference("users.id")
    kind: str = _words()
    name: str = _words(default="'due'")
    """Its own among the task's."""
    remind_at: datetime = _moment()
    version: int = Field(sa_column=Column(BigInteger, nullable=False, server_default=text("1")))
    fired_at: datetime | None = _moment(nullable=True)
    every: timedelta | None = Field(default=None, sa_column=Column(Interval, nullable=True))
    """How long after a nag the next one is."""
    held_from: datetime | None = _moment(nullable=True)
    """The moment it was set for, when quiet hours held it until `remind_at`."""
    planned_at: datetime = _moment(default="now()")
    """When `remind_at` was set: what was set too late was not missed."""


class Notice(SQLModel, table=True):
    """What a person is told. `created_at` is the clock's time of the write, so lateness is read off it."""

    __tablename__: ClassVar[Any] = "notices"
    __table_args__ = (
        Index("notices_by_user", "user_id", "created_at"),
        Index("notices_by_moment", "user_id", "remind_at", "id", postgresql_where=text("remind_at IS NOT NULL")),
    )
    id: UUID = Field(primary_key=True)
    user_id: UUID = _reference("users.id")
    task_id: UUID = Field(nullable=False)
    event_id: str = _words()
    kind: str = _words()
    title: str = _words()
    body: str = _words(default="''")
    remind_at: datetime | None = _moment(nullable=True)
    created_at: datetime = _moment(default="clock_timestamp()")
    read_at: datetime | None = _moment(nullable=True)
    acknowledged_at: datetime | None = _moment(nullable=True)


class Miss(SQLModel, table=True):
    """What a series left out while the service was off: `missed` occurrences, due from `first_at` to `last_at`; 10,000
    stands for that many or more. `task_id` is the first one, which was closed for it."""

    __tablename__: ClassVar[Any] = "misses"
    __table_args__ = (
        Index("misses_by_user", "user_id", "created_at", "id"),
        Index("misses_by_task", "task_id"),
        Index("misses_by_series", "series_id"),
    )
    id: UUID = Field(primary_key=True)
    user_id: UUID = _reference("users.id")
    series_id: UUID = _reference("series.id")
    task_id: UUID = _reference("tasks.id")
    title: str = _words()
    catch_up: str = _words()
    missed: int = Field(sa_column=Column(BigInteger, nullable=False))
    first_at: datetime = _moment()
    last_at: datetime = _moment()
    created_at: datetime = _moment(default="now()")


class Webhook(SQLModel, table=True):
    """A person's webhook, for all that they may see or for one list. Its signing secret is derived from the store's key
    and its generation, never stored; for a day after `secret_rotated_at` the one before it signs, too."""

    __tablename__: ClassVar[Any] = "webhooks"
    __table_args__ = (
        Index("webhooks_by_user", "user_id"),
        Index("webhooks_by_list", "list_id", postgresql_where=text("list_id IS NOT NULL")),
    )
    id: UUID = Field(primary_key=True)
    user_id: UUID = _reference("users.id")
    url: str = _words()
    topics: list[str] = Field(sa_column=Column(ARRAY(Text), nullable=False))
    created_at: datetime = _moment(default="now()")
    list_id: UUID | None = _reference("lists.id", nullable=True)
    filter: str | None = _words(nullable=True)
    """Which tasks it is for, in the language of filters; read anew for each event."""
    secret_generation: int = Field(sa_column=Column(BigInteger, nullable=False, server_default=text("0")))
    secret_rotated_at: datetime | None = _moment(nullable=True)
    failing_since: datetime | None = _moment(nullable=True)
    """The first failed attempt since the last that was taken."""
    disabled_at: datetime | None = _moment(nullable=True)
    disabled_reason: str | None = _words(nullable=True)


class Delivery(SQLModel, table=True):
    """One notice over one channel; `event` is the CloudEvent a webhook carries. The event that requests it has its
    id, by which failed attempts and dead letters are found."""

    __tablename__: ClassVar[Any] = "deliveries"
    __table_args__ = (
        Index("deliveries_by_user", "user_id", "requested_at"),
        Index("deliveries_waiting", "next_attempt_at", postgresql_where=text("next_attempt_at IS NOT NULL")),
        Index(
            "deliveries_by_webhook",
            "webhook_id",
            "requested_at",
            "id",
            postgresql_where=text("webhook_id IS NOT NULL"),
        ),
    )
    id: UUID = Field(primary_key=True)
    user_id: UUID = _reference("users.id")
    task_id: UUID = Field(nullable=False)
    channel: str = _words()
    webhook_id: UUID | None = _reference("webhooks.id", nullable=True)
    title: str = _words()
    body: str = _words(default="''")
    event: Any = Field(default=None, sa_column=Column(JSON, nullable=True))
    requested_at: datetime = _moment(default="clock_timestamp()")
    delivered_at: datetime | None = _moment(nullable=True)
    failures: int = Field(sa_column=Column(BigInteger, nullable=False, server_default=text("0")))
    """A webhook's failed attempts since it was asked for, or asked for again."""
    next_attempt_at: datetime | None = _moment(nullable=True)
    """When the alarm asks for it again; null: it is asked for, or over. While it is sent: when whoever sends it has
    lost it."""
    given_up_at: datetime | None = _moment(nullable=True)


class DeliveryTurn(SQLModel, table=True):
    """A delivery that waits for its turn at its receiver (`target`: a webhook's id, or `email`), or is being sent:
    since `called_at`, by who has until `claimed_until`."""

    __tablename__: ClassVar[Any] = "delivery_turns"
    __table_args__ = (Index("delivery_turns_by_target", "target", "asked_at"),)
    delivery_id: UUID = _reference("deliveries.id", primary_key=True)
    target: str = _words()
    asked_at: datetime = _moment()
    """When the delivery was requested: who waits the longest is next."""
    claimed_until: datetime | None = _moment(nullable=True)
    called_at: datetime | None = _moment(nullable=True)


class DeliveryAttempt(SQLModel, table=True):
    """One call of a webhook: what it answered (`response`: how the body begins), or the error."""

    __tablename__: ClassVar[Any] = "delivery_attempts"
    __table_args__ = (Index("delivery_attempts_by_delivery", "delivery_id", "attempted_at"),)
    id: UUID = Field(primary_key=True)
    delivery_id: UUID = _reference("deliveries.id")
    user_id: UUID
    """The delivery's, with which it goes."""
    attempted_at: datetime = _moment(default="clock_timestamp()")
    milliseconds: int = Field(sa_column=Column(BigInteger, nullable=False))
    status: int | None = Field(default=None, sa_column=Column(BigInteger, nullable=True))
    error: str | None = _words(nullable=True)
    response: str = _words(default="''")


class EventRow(SQLModel, table=True):
    """The event log, which is the outbox too. A reader's cursor is (tx, seq): see specs/decisions/0003."""

    __tablename__: ClassVar[Any] = "events"
    __table_args__ = (
        Index("events_by_position", "tx", "seq"),
        Index("events_by_key", "key", "seq"),
        Index("events_unpublished", "seq", postgresql_where=text("published_at IS NULL")),
        Index("events_by_task", "task_id", "seq"),
        Index("events_by_list", "list_id", "seq", postgresql_where=text("list_id IS NOT NULL")),
        Index("events_by_person", "by_id", "seq", postgresql_where=text("by_id IS NOT NULL")),
        Index("events_undone_once", "undoes", unique=True, postgresql_where=text("undoes IS NOT NULL")),
    )
    id: UUID = Field(primary_key=True)
    seq: int = Field(sa_column=Column(BigInteger, Identity(always=True), nullable=False))
    tx: int = Field(sa_column=Column(Xid8, nullable=False, server_default=text("pg_current_xact_id()")))
    topic: str = _words()
    key: UUID = Field(nullable=False)
    list_id: UUID | None = None
    user_id: UUID | None = None
    event: Any = Field(sa_column=Column(JSON, nullable=False))
    created_at: datetime = _moment(default="clock_timestamp()")
    published_at: datetime | None = _moment(nullable=True)
    task_id: UUID | None = None
    by_id: UUID | None = None
    """Who did it; null, where nobody did."""
    undoes: UUID | None = None


class InboxRow(SQLModel, table=True):
    """The events a function has already handled: ours for as long as the log has them, those of other sources for
    ever."""

    __tablename__: ClassVar[Any] = "inbox"
    function: str = Field(sa_column=Column(Text, primary_key=True))
    source: str = Field(sa_column=Column(Text, primary_key=True))
    event_id: str = Field(sa_column=Column(Text, primary_key=True))
    handled_at: datetime = _moment(default="clock_timestamp()")


class Attempt(SQLModel, table=True):
    """Failed attempts of a function at an event: how many, and the last one's error."""

    __tablename__: ClassVar[Any] = "attempts"
    function: str = Field(sa_column=Column(Text, primary_key=True))
    source: str = Field(sa_column=Column(Text, primary_key=True))
    event_id: str = Field(sa_column=Column(Text, primary_key=True))
    attempts: int = Field(sa_column=Column(BigInteger, nullable=False, server_default=text("1")))
    last_error: str = _words()
    last_at: datetime = _moment(default="clock_timestamp()")


class DeadLetter(SQLModel, table=True):
    """An event that a function could not handle, kept with its reason; `event` is its text as it came. Partition and
    offset are the broker's, where there was one."""

    __tablename__: ClassVar[Any] = "dead_letters"
    __table_args__ = (
        UniqueConstraint("function", "source", "event_id"),
        Index("dead_letters_by_time", "created_at", "id"),
    )
    id: UUID = Field(primary_key=True)
    function: str = _words()
    topic: str = _words()
    source: str = _words()
    event_id: str = _words()
    reason: str = _words()
    attempts: int = Field(sa_column=Column(BigInteger, nullable=False))
    event: str = _words()
    created_at: datetime = _moment(default="clock_timestamp()")
    replayed_at: datetime | None = _moment(nullable=True)
    broker_partition: int | None = Field(default=None, sa_column=Column(Integer, nullable=True))
    broker_offset: int | None = Field(default=None, sa_column=Column(BigInteger, nullable=True))


class Operator(SQLModel, table=True):
    """A person who may look after dead letters; made one on the machine only."""

    __tablename__: ClassVar[Any] = "operators"
    user_id: UUID = _reference("users.id", primary_key=True)
    granted_at: datetime = _moment(default="now()")


class DeadLetterDeed(SQLModel, table=True):
    """What was done with a dead letter, by whom, and what came of it at once; only added to. `by_user` did it through
    the API, `by_login` on a machine; of who left, neither is kept."""

    __tablename__: ClassVar[Any] = "dead_letter_audit"
    __table_args__ = (
        Index("dead_letter_audit_by_time", "at", "id"),
        Index("dead_letter_audit_by_letter", "dead_letter_id", "at"),
    )
    id: UUID = Field(sa_column=Column(Uuid, primary_key=True, server_default=text("gen_random_uuid()")))
    at: datetime = _moment(default="clock_timestamp()")
    by_user: UUID | None = Field(default=None)
    by_login: str | None = _words(nullable=True)
    action: str = _words()
    outcome: str = _words()
    dead_letter_id: UUID
    function: str = _words()
    source: str = _words()
    event_id: str = _words()
    reason: str = _words()


class Restore(SQLModel, table=True):
    """The database was restored, and goes on in a timeline of its own: cursors of another are refused."""

    __tablename__: ClassVar[Any] = "restores"
    id: int = Field(sa_column=Column(BigInteger, Identity(always=True), primary_key=True))
    timeline: int = Field(sa_column=Column(Integer, nullable=False))
    restored_at: datetime = _moment(default="clock_timestamp()")


class Retention(SQLModel, table=True):
    """A part of the event log was dropped, with so many events; it begins at `begins_at` since, and the last event of
    all that are gone was at (tx, seq)."""

    __tablename__: ClassVar[Any] = "retentions"
    id: int = Field(sa_column=Column(BigInteger, Identity(always=True), primary_key=True))
    partition: str = _words()
    begins_at: datetime = _moment()
    tx: int | None = Field(default=None, sa_column=Column(Xid8, nullable=True))
    seq: int | None = Field(default=None, sa_column=Column(BigInteger, nullable=True))
    events: int = Field(sa_column=Column(BigInteger, nullable=False))
    dropped_at: datetime = _moment(default="clock_timestamp()")


class IdempotencyKey(SQLModel, table=True):
    """A write that was sent with a key: the SHA-256 of the request, and its answer, which is null only within the
    transaction that does it."""

    __tablename__: ClassVar[Any] = "idempotency_keys"
    __table_args__ = (Index("idempotency_keys_by_age", "user_id", "created_at"),)
    user_id: UUID = _reference("users.id", primary_key=True)
    key: str = Field(sa_column=Column(Text, primary_key=True))
    fingerprint: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    status: int | None = Field(default=None, sa_column=Column(BigInteger, nullable=True))
    headers: Any = Field(default=None, sa_column=Column(JSONB, nullable=True))
    body: bytes | None = Field(default=None, sa_column=Column(LargeBinary, nullable=True))
    created_at: datetime = _moment(default="now()")


class Command(SQLModel, table=True):
    """A command of /commands that was run: the SHA-256 of what it asked, and its answer. The answer is null within the
    transaction that runs it, and JSON's null of a command that answers nothing."""

    __tablename__: ClassVar[Any] = "commands"
    __table_args__ = (Index("commands_by_age", "user_id", "created_at"),)
    user_id: UUID = _reference("users.id", primary_key=True)
    uuid: UUID = Field(primary_key=True)
    fingerprint: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    answer: Any = Field(default=None, sa_column=Column(JSON, nullable=True))
    created_at: datetime = _moment(default="now()")


class Erasure(SQLModel, table=True):
    """A person who left, and of whom traces may be left; `list_ids` were their lists. They are looked for next at
    `page` of `table_name` ('': the reading is yet to begin), and `seen` says whether any was seen in this reading."""

    __tablename__: ClassVar[Any] = "erasures"
    user_id: UUID = Field(primary_key=True)
    email: str | None = _words(nullable=True)
    list_ids: list[UUID] = Field(sa_column=Column(ARRAY(Uuid), nullable=False))
    left_at: datetime = _moment(default="clock_timestamp()")
    table_name: str = _words(default="''")
    page: int = Field(sa_column=Column(BigInteger, nullable=False, server_default=text("0")))
    seen: bool = Field(sa_column=Column(Boolean, nullable=False, server_default=text("false")))


class SavedFilter(SQLModel, table=True):
    """A filter that a person keeps; `query` is its text, which was right when it was saved."""

    __tablename__: ClassVar[Any] = "filters"
    __table_args__ = (Index("filters_by_user", "user_id", "position", "id"),)
    id: UUID = Field(primary_key=True)
    user_id: UUID = _reference("users.id")
    name: str = _words()
    query: str = _words()
    position: float = Field(sa_column=Column(Double, nullable=False))
    created_at: datetime = _moment(default="now()")


class CalendarFeed(SQLModel, table=True):
    """A calendar that whoever knows its secret address may read; only the secret's hash is kept. `list_ids` null: all
    lists. `etag` is that of its last reading, `changed_at` since when it is that one."""

    __tablename__: ClassVar[Any] = "calendar_feeds"
    __table_args__ = (UniqueConstraint("secret_hash"), Index("calendar_feeds_by_user", "user_id"))
    id: UUID = Field(primary_key=True)
    user_id: UUID = _reference("users.id")
    name: str = _words()
    secret_hash: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    list_ids: list[UUID] | None = Field(default=None, sa_column=Column(ARRAY(Uuid), nullable=True))
    components: list[str] = Field(sa_column=Column(ARRAY(Text), nullable=False))
    done: bool
    created_at: datetime = _moment(default="now()")
    read_at: datetime | None = _moment(nullable=True)
    etag: str | None = _words(nullable=True)
    changed_at: datetime = _moment(default="now()")


class ImportedItem(SQLModel, table=True):
    """What a UID of a file became, and the SHA-256 of what the file said of it then."""

    __tablename__: ClassVar[Any] = "imported_items"
    __table_args__ = (
        Index("imported_items_by_task", "task_id", postgresql_where=text("task_id IS NOT NULL")),
        Index("imported_items_by_series", "series_id", postgresql_where=text("series_id IS NOT NULL")),
    )
    user_id: UUID = _reference("users.id", primary_key=True)
    uid: str = Field(sa_column=Column(Text, primary_key=True))
    task_id: UUID | None = _reference("tasks.id", nullable=True)
    series_id: UUID | None = _reference("series.id", nullable=True)
    fingerprint: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    imported_at: datetime = _moment(default="now()")


class Conversation(SQLModel, table=True):
    """A person's last chat turns, in the embedded way (Dapr State otherwise)."""

    __tablename__: ClassVar[Any] = "conversations"
    user_id: UUID = _reference("users.id", primary_key=True)
    turns: Any = Field(sa_column=Column(JSON, nullable=False))
