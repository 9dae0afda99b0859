from datetime import UTC, datetime, time
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from functions.kernel.domain.reminder import At, Before, Nag, OnDay, TaskReminder

pytestmark = pytest.mark.requirement("TIME-009")

REMINDER: TypeAdapter[Any] = TypeAdapter(TaskReminder)


@pytest.mark.parametrize(
    ("given", "reminder"),
    [
        ({"minutes_before": 30}, Before(minutes_before=30)),
        ({"minutes_before": 0, "related": "start"}, Before(minutes_before=0, related="start")),
        ({"at": "2026-11-23T09:00:00+01:00"}, At(at=datetime(2026, 11, 23, 8, tzinfo=UTC))),
        ({"time": "08:00"}, OnDay(time=time(8))),
        ({"time": "18:30:00", "days_before": 1}, OnDay(time=time(18, 30), days_before=1)),
        ({"every_minutes": 30}, Nag(every_minutes=30)),
    ],
)
def test_each_form_is_told_by_its_member_and_written_as_it_is_read(given: Any, reminder: TaskReminder) -> None:
    assert REMINDER.validate_python(given) == reminder
    assert REMINDER.validate_json(REMINDER.dump_json(reminder)) == reminder


def test_a_reminder_of_the_due_time_is_written_without_saying_so_as_it_always_was() -> None:
    assert REMINDER.dump_json(Before(minutes_before=5)) == b'{"minutes_before":5}'
    assert REMINDER.dump_json(Before(minutes_before=5, related="start")) == b'{"minutes_before":5,"related":"start"}'


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({}, "give one of minutes_before, at, time and every_minutes"),
        ({"minutes_before": 5, "at": "2026-11-23T09:00:00Z"}, "give one of"),
        ({"minutes_before": 5, "time": "08:00"}, "give one of"),
        (5, "give one of"),
        ({"minutes_before": 0}, "at the due moment you are reminded anyway"),
        ({"minutes_before": 527_041}, "less than or equal to 527040"),
        ({"minutes_before": 5, "related": "end"}, "'due' or 'start'"),
        ({"at": "2026-11-23T09:00:00"}, "timezone"),
        ({"at": "0001-01-01T00:00:00+14:00"}, "leaves the years 1 to 9999"),
        ({"time": "08:00:00.5"}, "whole seconds"),
        ({"time": "08:00Z"}, "wall-clock"),
        ({"time": "08:00", "days_before": 367}, "less than or equal to 366"),
        ({"every_minutes": 4}, "greater than or equal to 5"),
        ({"every_minutes": 30.5}, "valid integer"),
        ({"every_minutes": "30"}, "valid integer"),
        ({"minutes_before": True}, "valid integer"),
    ],
)
def test_what_is_none_is_refused_with_what_to_change(given: Any, message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        REMINDER.validate_python(given)


@pytest.mark.parametrize("text", ['{"at": "2026-11-23T08:00:00Z"}', '{"time": "08:00"}', '{"minutes_before": 5}'])
def test_each_form_is_read_from_an_event_which_is_strict(text: str) -> None:
    assert REMINDER.validate_json(text, strict=True) == REMINDER.validate_json(text)


def test_a_number_without_a_fraction_is_an_integer_however_it_is_written() -> None:
    assert REMINDER.validate_json('{"every_minutes": 30.0}') == Nag(every_minutes=30)
