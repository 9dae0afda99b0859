"""Identity decides, not timing: ids that two writers of the same fact compute alike.

Each id is a UUIDv5 (RFC 9562 §5.5) of what makes the thing one thing, so that a unique key turns the
second writer's work into nothing.
"""

from datetime import UTC, datetime
from uuid import UUID, uuid5

_NAMESPACE = UUID("5d4f1a0e-2c53-5b7e-9a56-1f6a0c2f7e11")


def occurrence_id(series_id: UUID, recurrence_id: str) -> UUID:
    """The task that is this series' occurrence at `recurrence_id` (RFC 5545 §3.8.4.4, text form)."""
    return uuid5(series_id, recurrence_id)


def subtask_id(parent_id: UUID, previous_id: UUID) -> UUID:
    """The subtask that comes anew for `previous_id` with this occurrence."""
    return uuid5(parent_id, str(previous_id))


def due_event_id(reminder_id: UUID, moment: datetime, version: int) -> UUID:
    """The `task.due.v1` of a reminder at a moment; a changed reminder (next version) is another event."""
    return uuid5(reminder_id, f"{moment.astimezone(UTC).isoformat()}/{version}")


def notice_id(event_id: str, user_id: UUID) -> UUID:
    """The notice by which one person is told of one event."""
    return uuid5(user_id, event_id)


def delivery_id(notice: UUID, channel: str) -> UUID:
    """One notice over one channel; `channel` is `email`, `in-app` or `webhook/<webhook id>`."""
    return uuid5(notice, channel)


def receiver_key(task_id: UUID, receiver: UUID) -> UUID:
    """What is told of one task to one receiver."""
    return uuid5(task_id, str(receiver))


def attempt_event_id(delivery: UUID, moment: datetime) -> str:
    """The event that asks for this delivery again at a moment."""
    return str(uuid5(delivery, moment.astimezone(UTC).isoformat()))


def derived_event_id(cause: str, topic: str, subject: UUID) -> str:
    """The event of `topic` about `subject` that handling the event `cause` brings forth."""
    return str(uuid5(_NAMESPACE, f"{cause}/{topic}/{subject}"))
