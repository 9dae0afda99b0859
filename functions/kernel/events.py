"""The event catalogue: every fact that Taskwake publishes, one class a type and version.

Topic = event type; the CloudEvents `type` is `dev.taskwake.<topic>`. `key` is the partition key: events of
one key are handled in the order they were written. A breaking change is a new class and a new version.
`id`, `time` and `traceparent` are CloudEvents attributes, the other fields are the event's `data`.
"""

from typing import Any, ClassVar, Literal
from uuid import UUID, uuid4

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from functions.kernel.clock import system_clock
from functions.kernel.domain.due import RingKind
from functions.kernel.domain.task import Task
from functions.kernel.identity import receiver_key

TYPE_PREFIX = "dev.taskwake."
SOURCE = "/taskwake"
"""Of every event, whichever function emits it: who publishes it again must not make it another one."""


class Event(BaseModel):
    """A fact, in the past tense. Immutable; equal ids mean the same fact."""

    model_config = ConfigDict(frozen=True, extra="ignore", defer_build=True)

    topic: ClassVar[str]

    id: str = Field(default_factory=lambda: str(uuid4()), exclude=True)
    time: AwareDatetime = Field(default_factory=system_clock, exclude=True)
    traceparent: str | None = Field(default=None, exclude=True)

    @property
    def key(self) -> UUID:
        """The partition key: what this fact must stay in order with."""
        raise NotImplementedError

    @property
    def audience(self) -> tuple[UUID | None, UUID | None]:
        """Who may read it in the log: (list id: its members, user id: this person); either may be null."""
        raise NotImplementedError


class TaskEvent(Event):
    """Something happened to a task: `task` is how it stood afterwards, `by` the person who did it (of an account that
    is gone: the UUID of zeros). `undoes` is the event that it takes back, if it does.
    """

    task: Task
    by: UUID
    undoes: UUID | None = None

    @property
    def key(self) -> UUID:
        return self.task.id

    @property
    def audience(self) -> tuple[UUID | None, UUID | None]:
        return self.task.list_id, None


class TaskCreated(TaskEvent):
    """A person wrote a new task."""

    topic: ClassVar[str] = "task.created.v1"


class TaskUpdated(TaskEvent):
    """A person changed a task; `changed` names the fields, `deleted_at` says that it was restored. What changed of its
    series, beside the task, is in `series`: each with what it was and what it became. `along_with`: it went to another
    list because this task did, whose subtask it is, or whose series it is of; or its assignee changed because of what
    became of a member of this list.
    """

    topic: ClassVar[str] = "task.updated.v1"
    changed: list[str]
    series: dict[str, tuple[Any, Any]] = {}
    along_with: UUID | None = None


class TaskCompleted(TaskEvent):
    """A person completed a task (for an occurrence: this one, never its series), or `task.skipped` it."""

    topic: ClassVar[str] = "task.completed.v1"


class TaskReopened(TaskEvent):
    """A person took a completion back."""

    topic: ClassVar[str] = "task.reopened.v1"


class TaskDeleted(TaskEvent):
    """A person deleted a task; with the scope `this` one occurrence, while its series goes on. Or `moved_to` says to
    which other list it went: whoever sees that one finds it there, and `task` is as it was in the list that it left."""

    topic: ClassVar[str] = "task.deleted.v1"
    scope: Literal["this", "following", "all"] | None = None
    moved_to: UUID | None = None


class TaskRecurred(TaskEvent):
    """A series moved on: `task` is the new occurrence, `previous_task_id` the one before it; between them so many were
    `missed` while the service was off, and left out (10,000: that many or more)."""

    topic: ClassVar[str] = "task.recurred.v1"
    series_id: UUID
    previous_task_id: UUID
    missed: int = 0

    @property
    def key(self) -> UUID:
        return self.series_id


class TaskDue(Event):
    """A reminder rang. `kind` says which: the due moment itself, one `before` it, before the `start`, `at` a moment, on
    the `day` at a time, a `nag` or a `snooze`. Never early.

    `remind_at` is the moment it was set for, or that at which quiet hours ended which had held it since `held_from`;
    `user_id` is whom it reminds; `due` is the task's due time as text for a person (`2026-11-23` or
    `2026-11-23 09:00 Europe/Berlin`).
    """

    topic: ClassVar[str] = "task.due.v1"
    reminder_id: UUID
    task_id: UUID
    list_id: UUID
    user_id: UUID
    kind: RingKind
    remind_at: AwareDatetime
    held_from: AwareDatetime | None = None
    title: str
    due: str | None = None

    @property
    def key(self) -> UUID:
        return self.task_id

    @property
    def audience(self) -> tuple[UUID | None, UUID | None]:
        return None, self.user_id


ListRole = Literal["owner", "editor", "viewer"]


class ListChanged(Event):
    """A list, or who shares it, changed: it was `created`, `renamed`, `deleted` or `restored`; or a member, `user_id`,
    `joined`, `left`, was `removed`, or has another `role` (handed over, all its members' roles are to be read again).
    `name` is what it is called, null in older events; renamed, it `was` called otherwise. `role` is the member's from
    then on, `role_was` before; null: none, or an older event does not say. `undoes` is the event that it takes back, if
    any.
    """

    topic: ClassVar[str] = "list.changed.v1"
    list_id: UUID
    change: Literal["created", "renamed", "deleted", "restored", "joined", "left", "removed", "role"]
    user_id: UUID | None = None
    by: UUID
    name: str | None = None
    was: str | None = None
    role: ListRole | None = None
    role_was: ListRole | None = None
    undoes: UUID | None = None

    @property
    def key(self) -> UUID:
        return self.list_id

    @property
    def audience(self) -> tuple[UUID | None, UUID | None]:
        return self.list_id, self.user_id


class DeliveryRequested(Event):
    """A notice is to be sent over one channel that leaves the house: `email`, or `webhook`. Channel `webhooks`: some
    webhook wants the event whose id is `delivery_id`; a delivery for each is still to be planned. `remind_at` is the
    moment of the reminder that it tells of, if it does. `webhook_id`: which webhook, of the channel `webhook`."""

    topic: ClassVar[str] = "delivery.requested.v1"
    delivery_id: UUID
    task_id: UUID
    user_id: UUID
    channel: Literal["email", "webhook", "webhooks"]
    remind_at: AwareDatetime | None = None
    webhook_id: UUID | None = None

    @property
    def key(self) -> UUID:
        """A receiver that is slow holds up what it is told of the task itself, and nobody else."""
        if self.channel == "webhooks":
            return self.task_id
        return receiver_key(self.task_id, self.webhook_id or self.user_id)

    @property
    def audience(self) -> tuple[UUID | None, UUID | None]:
        return None, self.user_id


EVENT_TYPES: tuple[type[Event], ...] = (
    TaskCreated,
    TaskUpdated,
    TaskCompleted,
    TaskReopened,
    TaskDeleted,
    TaskRecurred,
    TaskDue,
    ListChanged,
    DeliveryRequested,
)

BY_TOPIC: dict[str, type[Event]] = {event_type.topic: event_type for event_type in EVENT_TYPES}
