"""Whom to call, for what, and how the calls went."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, Field

from functions.chat_api.fields import Moment, TaskTopic, WebhookUrl
from functions.chat_api.models.filters import Query
from functions.chat_api.models.input import Input
from functions.kernel.domain.integers import INTEGRAL

Topics = Annotated[list[TaskTopic], Field(min_length=1, max_length=10)]


class NewWebhook(Input):
    """A webhook to be called (Standard Webhooks) for events of these topics: of every list of yours, or of one, and of
    the tasks of which the filter holds, as they are just after the event."""

    url: WebhookUrl = Field(examples=["https://example.org/hooks/taskwake"])
    topics: Topics
    list_id: UUID | None = None
    filter: Query | None = None


class WebhookChange(Input):
    """What to change; `list_id: null` means every list, `filter: null` every task. `enabled: true` has it called
    again."""

    url: WebhookUrl = Field("", examples=["https://example.org/hooks/taskwake"])
    topics: Topics = Field(default_factory=list)
    list_id: UUID | None = None
    filter: Query | None = None
    enabled: bool = Field(True, strict=True)


class WebhookRead(BaseModel):
    """A webhook. `secret` (`whsec_…`) verifies its signatures; until `rotating_until` the one before it does, too.

    It is failing since `failing_since`, if the last call was not taken; `enabled` is off when it is called no more, as
    `disabled_reason` says.
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


class WebhookPage(BaseModel):
    """Your webhooks."""

    webhooks: list[WebhookRead]


class AttemptRead(BaseModel):
    """One call: the status that was answered and how the answer's body begins (1 kB at most), or the error."""

    attempted_at: datetime
    milliseconds: int
    status: int | None
    error: str | None
    response: str


class WebhookDelivery(BaseModel):
    """One event for one webhook, with its attempts, oldest first. `id` is its `webhook-id`; `next_attempt_at` is when
    it is sent again, if it failed."""

    id: UUID
    task_id: UUID
    topic: str
    status: Literal["requested", "retrying", "delivered", "failed"]
    requested_at: datetime
    delivered_at: datetime | None
    next_attempt_at: datetime | None
    attempts: list[AttemptRead]


class WebhookDeliveryPage(BaseModel):
    """Deliveries, newest first; `next_cursor` continues, null: there are no more."""

    deliveries: list[WebhookDelivery]
    next_cursor: str | None


class Missed(Input):
    """Since when events are to be sent, which is at most as far back as the event log goes."""

    since: Moment = Field(examples=["2026-11-23T09:00:00+01:00"])


class MissedResult(BaseModel):
    """How many deliveries were requested. Of more than 1,000 events `next_since` is what to ask for next; null: that
    was all."""

    requested: int
    next_since: datetime | None


class DryRun(Input):
    """How many of the newest events are to be looked at."""

    limit: Annotated[int, Field(strict=True, ge=1, le=1000), INTEGRAL] = 100


class DryRunEvent(BaseModel):
    """One event of the past: would it be sent?"""

    event_id: UUID
    topic: str
    time: datetime
    task_id: UUID
    title: str
    wanted: bool


class DryRunRequest(BaseModel):
    """A request exactly as it would be made: its signature is a true one, of this moment."""

    url: str
    headers: dict[str, str]
    body: str


class DryRunResult(BaseModel):
    """What this webhook would have been sent of the newest events that you may see, newest first; nothing was sent.
    `example` is the request for the newest of them."""

    wanted: int
    events: list[DryRunEvent]
    example: DryRunRequest | None
