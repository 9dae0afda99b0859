"""What became of each reminder, and what was missed."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel

from functions.kernel.domain.recurrence import CatchUp


class LedgerChannel(BaseModel):
    """A reminder over one channel. `attempted_at` is the last attempt, `lateness_ms` how long after the reminder's
    moment it was delivered. In the app, what is written is delivered."""

    channel: Literal["in-app", "email", "webhook"]
    webhook_id: UUID | None = None
    status: Literal["requested", "retrying", "delivered", "failed"]
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
