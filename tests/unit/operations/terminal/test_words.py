"""Tasks in words, short enough for a column."""

from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.operations.client.models import Task
from functions.operations.terminal.output import printable
from functions.operations.terminal.words import due_words, is_overdue, marks, short_ids

pytestmark = pytest.mark.requirement("PROD-114")

NOW = datetime(2026, 11, 26, 12)  # noqa: DTZ001 - local time of whoever looks


def task(number: int = 1, **fields: Any) -> Task:
    known = {"list_id": UUID(int=9), "title": "x", "version": 1, "created_by": UUID(int=8)}
    return Task(id=UUID(int=number), created_at=datetime(2026, 1, 1, tzinfo=UTC), **known | fields)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({}, ""),
        ({"due_on": date(2026, 11, 26)}, "today"),
        ({"due_on": date(2026, 12, 3)}, "Thu 3 Dec"),
        ({"due_on": date(2027, 6, 3)}, "Thu 3 Jun 2027"),
        ({"due_local": "2026-11-27T09:00:00", "zone": "Europe/Berlin"}, "tomorrow 09:00"),
        ({"due_local": "2026-11-25T09:00:00", "zone": None}, "yesterday 09:00"),
        ({"due_local": "2026-11-27T09:00:00", "zone": "Asia/Tokyo"}, "tomorrow 09:00 Asia/Tokyo"),
    ],
)
def test_a_due_time_is_said_as_seen_from_today(fields: dict[str, Any], said: str) -> None:
    assert due_words(task(**fields), NOW, "Europe/Berlin") == said


def test_what_is_due_today_all_day_is_late_only_tomorrow() -> None:
    moment = NOW.replace(tzinfo=UTC)
    assert not is_overdue(task(due_on=date(2026, 11, 26)), NOW, moment)
    assert is_overdue(task(due_on=date(2026, 11, 25)), NOW, moment)
    assert not is_overdue(task(due_on=date(2026, 11, 25), status="done"), NOW, moment)


def test_marks_are_written_as_one_types_them() -> None:
    marked = task(priority=1, labels=["phone"], rrule="FREQ=DAILY", deadline_on=date(2026, 11, 27))
    assert marks(marked, NOW.date()) == ["p1", "@phone", "↻", "by tomorrow"]


@given(st.sets(st.uuids(), min_size=1, max_size=50))
def test_a_short_id_is_the_beginning_of_one_id_only(ids: set[UUID]) -> None:
    tasks = [task(each.int) for each in ids]
    for short, each in zip(short_ids(tasks), tasks, strict=True):
        assert len(short) >= 4
        assert [other.id for other in tasks if str(other.id).startswith(short)] == [each.id]


def test_a_title_commands_no_terminal_and_stays_in_its_line() -> None:
    assert printable("a\x1b[2Jb\nc\u202ed 👩‍👧") == "a�[2Jb c�d 👩‍👧"
