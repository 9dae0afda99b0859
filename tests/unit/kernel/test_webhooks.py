"""What a webhook wants."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest

from functions.kernel.domain.task import Task
from functions.kernel.events import DeliveryRequested, Event, TaskCreated, TaskDue
from functions.kernel.webhooks import wants

pytestmark = pytest.mark.requirement("PROD-070")

LIST, OTHER = UUID(int=1), UUID(int=2)
NOW = datetime(2026, 11, 26, tzinfo=UTC)


def created(list_id: UUID) -> Event:
    task = Task(id=uuid4(), list_id=list_id, title="x", version=1, created_by=uuid4(), created_at=NOW)
    return TaskCreated(task=task, by=task.created_by)


def due(list_id: UUID) -> Event:
    return TaskDue(
        reminder_id=uuid4(), task_id=uuid4(), list_id=list_id, user_id=uuid4(), kind="due", remind_at=NOW, title="x"
    )


@pytest.mark.parametrize("event", [created(LIST), due(LIST)])
@pytest.mark.parametrize(
    ("webhook", "wanted"),
    [
        ({"topics": ["task.created.v1", "task.due.v1"], "list_id": None}, True),
        ({"topics": ["task.created.v1", "task.due.v1"], "list_id": LIST}, True),
        ({"topics": ["task.created.v1", "task.due.v1"], "list_id": OTHER}, False),
        ({"topics": ["task.deleted.v1"], "list_id": None}, False),
        ({"topics": [], "list_id": LIST}, False),
    ],
)
def test_topic_and_list_decide(event: Event, webhook: dict[str, Any], wanted: bool) -> None:
    assert wants(webhook, event) is wanted


def test_an_event_of_no_list_is_of_none() -> None:
    event = DeliveryRequested(delivery_id=uuid4(), task_id=uuid4(), user_id=uuid4(), channel="email")
    assert not wants({"topics": ["delivery.requested.v1"], "list_id": LIST}, event)
