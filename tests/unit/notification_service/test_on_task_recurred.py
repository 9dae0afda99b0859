"""What the notice of the next occurrence says."""

from datetime import UTC, date, datetime
from uuid import UUID

import pytest

from functions.kernel.domain.due import MOST_MISSED
from functions.kernel.domain.task import Task
from functions.kernel.events import TaskRecurred
from functions.notification_service.on_task_recurred import body

ONE = UUID(int=1)


@pytest.mark.requirement("TIME-020")
@pytest.mark.parametrize(
    ("missed", "said"),
    [
        (0, "Due 2026-11-23"),
        (1, "Due 2026-11-23 (missed once while the service was off)"),
        (1364, "Due 2026-11-23 (missed 1,364 times while the service was off)"),
        (MOST_MISSED, "Due 2026-11-23 (missed 10,000 times or more while the service was off)"),
    ],
)
def test_notice_says_how_often_it_was_missed(missed: int, said: str) -> None:
    at = datetime(2026, 11, 23, tzinfo=UTC)
    task = Task(id=ONE, list_id=ONE, title="x", due_on=date(2026, 11, 23), version=1, created_by=ONE, created_at=at)
    event = TaskRecurred(task=task, by=ONE, series_id=ONE, previous_task_id=ONE, missed=missed)
    assert body(event) == said
