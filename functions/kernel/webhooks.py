"""What a webhook wants: decided alike by who plans a delivery and by who shows what would have been delivered."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from functions.kernel.events import Event, TaskDue, TaskEvent


def wants(webhook: Mapping[str, Any], event: Event) -> bool:
    """Whether a webhook (its `topics` and `list_id`; null: every list) is to be called for an event that its owner may
    see, if its filter holds of the task."""
    return event.topic in webhook["topics"] and webhook["list_id"] in (None, _list_of(event))


def _list_of(event: Event) -> UUID | None:
    if isinstance(event, TaskEvent):
        return event.task.list_id
    return event.list_id if isinstance(event, TaskDue) else None
