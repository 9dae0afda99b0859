"""What is written as iCalendar text is read as the same tasks: nothing is lost."""

import pytest
from hypothesis import given, settings

from functions.chat_api.calendars.reading import read_calendar
from functions.chat_api.calendars.writing import CALENDAR_END, calendar_head, todos
from tests.unit.chat_api.calendars.items import items

pytestmark = pytest.mark.requirement("PROD-062")


def text_of(*written) -> bytes:
    return (calendar_head("Tasks", written) + "".join(map(todos, written)) + CALENDAR_END).encode()


@settings(max_examples=100, deadline=None)
@given(items())
def test_a_task_or_series_written_and_read_is_the_same(item) -> None:
    reading = read_calendar(text_of(item), "Asia/Tokyo")
    assert [*reading.skipped, *reading.remarks] == []
    assert reading.items == [item]
