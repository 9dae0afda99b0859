# ruff: noqa: DTZ001 (local times are naive here, by design)
"""What the occurrences of a series have in common."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest

from functions.kernel.domain.reminder import At, Before
from functions.kernel.domain.task import Task
from functions.kernel.domain.template import Template

pytestmark = pytest.mark.requirement("TIME-019")

WHOLE_DAY = {"due_on": date(2026, 11, 23)}
TIMED = {"due_local": datetime(2026, 11, 23, 9)}


def task(**fields: object) -> Task:
    some: dict[str, object] = {name: UUID(int=1) for name in ("id", "list_id", "created_by")}
    return Task(**(some | {"title": "water", "version": 1, "created_at": datetime(2026, 1, 1, tzinfo=UTC)} | fields))


@pytest.mark.parametrize("due", [WHOLE_DAY, TIMED])
@pytest.mark.parametrize("start", [{"start_on": date(2026, 11, 20)}, {"start_local": datetime(2026, 11, 22, 18)}, {}])
def test_a_start_is_as_long_before_the_next_due_time(due: dict[str, date], start: dict[str, date]) -> None:
    [value] = due.values()
    week = timedelta(days=7)
    made = Template.of(task(**due, **start)).fields(value + week)
    expected = dict.fromkeys(("start_on", "start_local")) | {name: at + week for name, at in start.items()}
    assert {name: made[name] for name in expected} == expected


def test_a_reminder_at_a_moment_is_of_its_own_occurrence() -> None:
    reminders = [Before(minutes_before=5), At(at=datetime(2026, 11, 22, tzinfo=UTC))]
    made = Template.of(task(**TIMED, reminders=reminders)).fields(datetime(2026, 11, 24, 9))
    assert made["reminders"] == reminders[:1]


def test_it_is_read_as_it_was_written() -> None:
    template = Template.of(
        task(**TIMED, notes="all", start_on=date(2026, 11, 20), reminders=[Before(minutes_before=5)])
    )
    assert Template(**template.model_dump(mode="json")) == template
