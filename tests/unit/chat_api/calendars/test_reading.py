"""iCalendar files of other programs, read as tasks."""

# ruff: noqa: DTZ001, E501 (wall-clock times are naive here, by design)
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from functions.chat_api.calendars.item import Item, Reading
from functions.chat_api.calendars.reading import read_calendar
from functions.kernel.domain.reminder import At, Before
from functions.kernel.errors import InvalidInputError

pytestmark = pytest.mark.requirement("PROD-063")

VECTORS = Path(__file__).parents[3] / "vectors" / "icalendar"


def read(lines: str, component: str = "VTODO", before: str = "") -> Reading:
    body = f"BEGIN:{component}\nUID:1\nSUMMARY:Call Kim\n{lines}\nEND:{component}\n"
    return read_calendar(f"BEGIN:VCALENDAR\nVERSION:2.0\n{before}{body}END:VCALENDAR\n".encode(), "Europe/Berlin")


def one(lines: str, component: str = "VTODO", before: str = "") -> Item:
    reading = read(lines, component, before)
    assert [*reading.skipped, *reading.remarks] == []
    [item] = reading.items
    return item


@pytest.mark.parametrize(
    ("line", "due", "zone"),
    [
        ("DUE;VALUE=DATE:20300107", date(2030, 1, 7), None),
        ("DUE:20300107T090000", datetime(2030, 1, 7, 9), None),
        ("DUE;TZID=America/New_York:20300107T090000", datetime(2030, 1, 7, 9), "America/New_York"),
        ("DUE;TZID=/freeassociation.sourceforge.net/Europe/Paris:20300107T090000", datetime(2030, 1, 7, 9), "Europe/Paris"),
        ('DUE;TZID="W. Europe Standard Time":20300107T090000', datetime(2030, 1, 7, 9), "Europe/Berlin"),
        ("DUE;TZID=Eastern Standard Time:20300107T090000", datetime(2030, 1, 7, 9), "America/New_York"),
        ("DUE:20300107T080000Z", datetime(2030, 1, 7, 9), "Europe/Berlin"),
        ("DTSTART:20300107T090000\nDURATION:PT1H", datetime(2030, 1, 7, 10), None),
        ("DTSTART:20300107T090000\nDUE:20300107T090000", datetime(2030, 1, 7, 9), None),
    ],
)  # fmt: skip
def test_due_times_are_read_in_the_zone_that_is_meant(line: str, due: date, zone: str | None) -> None:
    state = one(line).state
    assert (state.due, state.zone) == (due, zone)


def test_a_zone_that_the_file_defines_is_read_by_its_offset_or_its_place() -> None:
    part = "BEGIN:STANDARD\nDTSTART:19700101T000000\nTZOFFSETFROM:+0530\nTZOFFSETTO:+0530\nEND:STANDARD\n"
    fixed = f"BEGIN:VTIMEZONE\nTZID:Office\n{part}END:VTIMEZONE\n"
    assert one("DUE;TZID=Office:20300107T133000", before=fixed).state.due == datetime(2030, 1, 7, 9)
    placed = fixed.replace("TZID:Office", "TZID:Office\nX-LIC-LOCATION:Asia/Kolkata")
    assert one("DUE;TZID=Office:20300107T133000", before=placed).state.zone == "Asia/Kolkata"


def test_a_zone_that_nobody_knows_is_the_persons_with_a_remark() -> None:
    reading = read("DUE;TZID=Atlantis:20300107T090000")
    assert reading.items[0].state.zone == "Europe/Berlin"
    [remark] = reading.remarks
    assert "'Atlantis'" in remark.reason


def test_texts_are_unfolded_and_unescaped() -> None:
    item = one("DESCRIPTION:a\\, b\\; c\\\\n\\nd \n e\nCATEGORIES:home\\, sweet,work\nCATEGORIES:work,phone")
    assert item.state.notes == "a, b; c\\n\nd e"
    assert item.state.labels == ("home-sweet", "work", "phone")


@pytest.mark.parametrize(
    ("trigger", "reminder"),
    [
        ("TRIGGER:-PT15M", Before(minutes_before=15)),
        ("TRIGGER;RELATED=END:-P1DT1H", Before(minutes_before=1500)),
        ("TRIGGER;VALUE=DATE-TIME:20300107T070000Z", At(at=datetime(2030, 1, 7, 7, tzinfo=UTC))),
        ("TRIGGER;RELATED=END:PT15M", At(at=datetime(2030, 1, 7, 8, 15, tzinfo=UTC))),
    ],
)
def test_alarms_are_reminders(trigger: str, reminder: object) -> None:
    alarm = f"BEGIN:VALARM\nACTION:DISPLAY\n{trigger}\nEND:VALARM"
    assert one(f"DUE;TZID=Europe/Berlin:20300107T090000\n{alarm}").state.reminders == (reminder,)


@pytest.mark.parametrize("trigger", ["PT0S", "20300107T080000Z", "19760401T005545Z"])
def test_an_alarm_at_the_due_moment_or_of_no_time_is_none(trigger: str) -> None:
    kind = ";VALUE=DATE-TIME" if trigger.endswith("Z") else ""
    alarm = f"BEGIN:VALARM\nACTION:DISPLAY\nTRIGGER{kind}:{trigger}\nEND:VALARM"
    assert one(f"DUE;TZID=Europe/Berlin:20300107T090000\n{alarm}").state.reminders == ()


def test_an_absolute_alarm_of_a_series_rings_as_long_before_each_occurrence() -> None:
    alarm = "BEGIN:VALARM\nACTION:DISPLAY\nTRIGGER;VALUE=DATE-TIME:20300107T075000Z\nEND:VALARM"
    item = one(f"DUE;TZID=Europe/Berlin:20300107T090000\nRRULE:FREQ=DAILY\n{alarm}")
    assert item.state.reminders == (Before(minutes_before=10),)


def test_a_series_is_read_with_its_dates_and_occurrences() -> None:
    item = one(
        "DTSTART;TZID=Europe/Berlin:20300107T090000\nRRULE:FREQ=WEEKLY;BYDAY=MO\n"
        "EXDATE:20300114T080000Z\nEXDATE;VALUE=DATE:20300121\nRDATE;TZID=Europe/Berlin:20300115T120000\n"
        "END:VTODO\nBEGIN:VTODO\nUID:1\nRECURRENCE-ID:20300107T080000Z\nSTATUS:COMPLETED\nCOMPLETED:20300107T090000Z"
    )
    by = item.repetition
    assert by.rrule == "FREQ=WEEKLY;BYDAY=MO"
    assert by.exdates == ("20300114T090000", "20300121T090000")
    assert by.rdates == ("20300115T120000",)
    [done] = by.occurrences
    assert (done.name, done.state.title, done.state.done) == ("20300107T090000", "Call Kim", True)


def test_a_rule_counts_from_the_due_time_where_that_is_after_the_start() -> None:
    item = one(
        "DTSTART;VALUE=DATE:20300107\nDUE;VALUE=DATE:20300109\nRRULE:FREQ=WEEKLY;BYDAY=MO\nEXDATE;VALUE=DATE:20300114"
    )
    assert (item.state.due, item.state.start) == (date(2030, 1, 9), date(2030, 1, 7))
    assert (item.repetition.rrule, item.repetition.exdates) == ("FREQ=WEEKLY;BYDAY=WE", ("20300116",))


@pytest.mark.parametrize(
    ("rule", "says"),
    [
        ("RRULE:FREQ=FORTNIGHTLY", "FREQ=FORTNIGHTLY is unknown"),
        ("RRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "never gives a date"),
        ("RRULE:FREQ=DAILY\nSTATUS:COMPLETED", "it was completed as a whole"),
    ],
)
def test_a_rule_that_is_none_here_leaves_the_task_with_a_remark(rule: str, says: str) -> None:
    reading = read(f"DUE:20300107T090000\n{rule}")
    assert reading.items[0].repetition is None
    [remark] = reading.remarks
    assert says in remark.reason


@pytest.mark.parametrize(
    ("lines", "says"),
    [
        ("DUE:yesterday", "is no date"),
        ("DUE:20300231T000000", "is no date of the calendar"),
        ("STATUS:CANCELLED", "it was cancelled"),
        ("this is no line", "line 6 is no content line"),
    ],
)
def test_a_component_that_cannot_be_a_task_is_skipped_alone(lines: str, says: str) -> None:
    reading = read(f"{lines}\nEND:VTODO\nBEGIN:VTODO\nUID:2\nSUMMARY:Call Sam")
    assert [item.state.title for item in reading.items] == ["Call Sam"]
    [skipped] = reading.skipped
    assert (skipped.where, skipped.uid, skipped.title) == ("VTODO, line 3", "1", "Call Kim")
    assert says in skipped.reason


def test_components_lying_too_deep_are_refused() -> None:
    with pytest.raises(InvalidInputError, match="too deep"):
        read_calendar(b"BEGIN:VCALENDAR\n" + b"BEGIN:A\n" * 9, "UTC")


@pytest.mark.parametrize(
    ("name", "title", "due", "reminders"),
    [
        ("alarm_google_future", "event with alarms", datetime(2024, 10, 4, 19, 15), [10, 14, 15]),
        ("alarm_etar_future", "event with alarms android", datetime(2024, 10, 5, 13), [30, 25, 5]),
        ("alarm_thunderbird_future", "event with alarms", datetime(2024, 10, 23, 15), [15, 45]),
    ],
)
def test_exports_of_calendar_programs_are_read_whole(
    name: str, title: str, due: datetime, reminders: list[int]
) -> None:
    reading = read_calendar((VECTORS / f"{name}.ics").read_bytes(), "Europe/Berlin")
    assert [*reading.skipped, *reading.remarks] == []
    [item] = reading.items
    assert (item.state.title, item.state.due, item.state.zone) == (title, due, "Europe/London")
    assert [reminder.minutes_before for reminder in item.state.reminders] == reminders


@pytest.mark.parametrize("path", sorted(VECTORS.glob("*.ics")), ids=lambda path: path.stem)
def test_each_component_of_a_vector_is_a_task_or_is_reported(path: Path) -> None:
    data = path.read_bytes()
    reading = read_calendar(data, "Europe/Berlin")
    assert len(reading.items) + len(reading.skipped) >= 1
    assert len(reading.items) + len(reading.skipped) <= data.count(b"BEGIN:V")
