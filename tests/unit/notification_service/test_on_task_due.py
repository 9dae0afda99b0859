"""What a reminder's notice says."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from functions.kernel.events import TaskDue
from functions.notification_service.on_task_due import body

MOMENT = datetime(2026, 11, 23, 9, tzinfo=UTC)


@pytest.mark.requirement("FLOW-004")
@pytest.mark.parametrize(
    ("late", "said"),
    [
        (timedelta(0), "Due 2026-11-23"),
        (timedelta(seconds=59), "Due 2026-11-23"),
        (timedelta(seconds=60), "Due 2026-11-23 (this reminder is 1 min late)"),
        (timedelta(hours=2, minutes=5), "Due 2026-11-23 (this reminder is 2 h 5 min late)"),
        (timedelta(days=3, hours=1, minutes=59), "Due 2026-11-23 (this reminder is 3 d 1 h late)"),
    ],
)
def test_notice_says_how_late_it_is(late: timedelta, said: str) -> None:
    one = UUID(int=1)
    event = TaskDue(
        reminder_id=one,
        task_id=one,
        list_id=one,
        user_id=one,
        kind="due",
        remind_at=MOMENT,
        title="x",
        due="2026-11-23",
    )
    assert body(event, MOMENT + late) == said
