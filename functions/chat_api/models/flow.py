"""A task's flow: its events, and what became of each."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel


class Handled(BaseModel):
    """A function took the event up at `at`."""

    function: str
    at: datetime


class GivenUp(BaseModel):
    """A function could not handle the event, and gave it up at `at`: it waits as a dead letter, for an operator."""

    function: str
    at: datetime


class FlowNotice(BaseModel):
    """What you were told of the event, and when that was written."""

    id: UUID
    title: str
    at: datetime
    read_at: datetime | None


class FlowDelivery(BaseModel):
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


class FlowEvent(BaseModel):
    """An event of the task. `at` is when it was written, with what it did, by `emitter`; `published_at` when it was
    handed on (embedded: when each function had it). `remind_at` is the moment of a reminder that rang. `notice` and
    `deliveries` are yours; others' are not shown."""

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


class Flow(BaseModel):
    """The last events of a task, the oldest of them first; `earlier`: there are some before. `consumers` are the
    functions that handle each topic. What was before `log_begins_at` is not kept any more; null: all is kept."""

    task_id: UUID
    title: str
    consumers: dict[str, list[str]]
    events: list[FlowEvent]
    earlier: bool
    log_begins_at: datetime | None
