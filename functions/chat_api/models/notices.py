"""What a person is told, and over which channel it went."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, Field

from functions.chat_api.fields import Moment
from functions.chat_api.models.input import Input
from functions.kernel.domain.integers import INTEGRAL
from functions.kernel.domain.reminder import MOST_MINUTES


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

    minutes: Annotated[int, Field(strict=True, ge=1, le=MOST_MINUTES), INTEGRAL] | None = Field(None, examples=[10])
    until: Moment | None = None


class Snoozed(BaseModel):
    """The moment (UTC) at which you are reminded again."""

    remind_at: datetime


class NoticePage(BaseModel):
    """A page of what you were told, newest first; `next_cursor` is null on the last one."""

    notices: list[NoticeRead]
    next_cursor: str | None


class NewTestNotice(Input):
    """Which channel is to be tried."""

    channel: Literal["email", "webhook"]


class DeliveryRead(BaseModel):
    """One notice over one channel, and how it went; `next_attempt_at` is when a webhook that failed is called again."""

    id: UUID
    task_id: UUID
    channel: str
    status: Literal["requested", "retrying", "delivered", "failed"]
    attempts: int
    last_error: str | None
    requested_at: datetime
    delivered_at: datetime | None
    next_attempt_at: datetime | None


class DeliveryPage(BaseModel):
    """A page of deliveries, newest first; `next_cursor` is null on the last one."""

    deliveries: list[DeliveryRead]
    next_cursor: str | None
