# ruff: noqa: DTZ001 (local times are naive here, by design)
from datetime import UTC, date, datetime, timedelta
from itertools import islice

import pytest

from functions.kernel.domain.recurrence import Recurrence, parse_rule
from functions.kernel.domain.recurrence.content_lines import format_recurrence, parse_recurrence
from functions.kernel.errors import InvalidInputError

pytestmark = pytest.mark.requirement("TIME-002")


def test_a_zoned_set_is_read() -> None:
    text = (
        "DTSTART;TZID=Europe/Berlin:20260101T090000\r\n"
        "RRULE:FREQ=DAILY;COUNT=5\r\n"
        "EXDATE;TZID=Europe/Berlin:20260102T090000,20260103T\r\n 090000\r\n"
        'RDATE;TZID="America/New_York":20260104T120000\r\n'
        "RDATE:20260105T120000Z\r\n"
    )
    assert parse_recurrence(text) == Recurrence(
        datetime(2026, 1, 1, 9),
        "Europe/Berlin",
        parse_rule("FREQ=DAILY;COUNT=5"),
        rdates=(datetime(2026, 1, 4, 17, tzinfo=UTC), datetime(2026, 1, 5, 12, tzinfo=UTC)),
        exdates=(datetime(2026, 1, 2, 9), datetime(2026, 1, 3, 9)),
    )


@pytest.mark.parametrize(
    "recurrence",
    [
        Recurrence(date(2026, 1, 1), None, parse_rule("FREQ=DAILY"), (date(2026, 2, 1),), (date(2026, 1, 2),)),
        Recurrence(datetime(2026, 1, 1, 9), None, parse_rule("FREQ=DAILY"), exdates=(datetime(2026, 1, 2, 9),)),
        Recurrence(datetime(2026, 1, 1, 9), "UTC", parse_rule("FREQ=DAILY")),
        Recurrence(
            datetime(2026, 1, 1, 9),
            "America/Argentina/Buenos_Aires",
            parse_rule("RSCALE=GREGORIAN;FREQ=MONTHLY;SKIP=FORWARD;UNTIL=20300101T000000Z"),
            (datetime(2026, 1, 5, 9), datetime(2026, 10, 25, 1, 30, tzinfo=UTC)),
            tuple(datetime(2026, 3, 1, 9) + timedelta(days=number) for number in range(40)),
        ),
    ],
)
def test_a_set_is_written_as_it_is_read_in_lines_of_75_octets(recurrence: Recurrence) -> None:
    text = format_recurrence(recurrence)
    again = parse_recurrence(text)
    assert list(islice(again.entries(), 60)) == list(islice(recurrence.entries(), 60))
    assert format_recurrence(again) == text
    assert (again.dtstart, again.zone, again.rule) == (recurrence.dtstart, recurrence.zone, recurrence.rule)
    assert all(len(line) <= 75 for line in text.split("\r\n"))
    assert text.endswith("\r\n")


@pytest.mark.parametrize(
    ("text", "field", "message"),
    [
        ("RRULE:FREQ=DAILY", "dtstart", "is missing"),
        ("DTSTART:20260101\nDTSTART:20260102", "dtstart", "is given twice"),
        ("DTSTART:20260101\nRRULE:FREQ=DAILY\nRRULE:FREQ=WEEKLY", "rrule", "is given twice"),
        ("DTSTART:20260101\nRRULE:FREQ=DAILY;INTERVAL=0", "rrule", "INTERVAL=0"),
        ("DTSTART:20260101\nEXRULE:FREQ=DAILY", "recurrence", "'EXRULE:FREQ=DAILY' is no line"),
        ("DTSTART:20261301", "dtstart", "no date of the calendar"),
        ("DTSTART:soon", "dtstart", "'soon' is no DATE-TIME"),
        ("DTSTART;VALUE=DATE:20260101T090000", "dtstart", "is no DATE"),
        ("DTSTART;TZID=Berlin:20260101T090000", "zone", "Europe/Berlin"),
        ("DTSTART:20260101\nRDATE;VALUE=PERIOD:20260101T090000Z/PT1H", "rdate", "is no PERIOD"),
        ("DTSTART:20260101\nEXDATE:20260101T090000", "exdate", "must be a day"),
        ("DTSTART:20260101T090000\nRDATE:20260101T090000Z", "rdate", "wall-clock"),
        ("x" * 300_001, "recurrence", "longer than"),
    ],
)
def test_lines_that_are_wrong_are_refused(text: str, field: str, message: str) -> None:
    with pytest.raises(InvalidInputError, match=message) as caught:
        parse_recurrence(text)
    assert caught.value.field == field
