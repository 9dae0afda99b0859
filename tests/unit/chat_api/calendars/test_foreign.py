"""What other programs say that a task has no place for."""

import pytest

from functions.chat_api.calendars.item import Reading
from functions.chat_api.calendars.reading import read_calendar


def read(lines: str, kind: str = "VEVENT") -> Reading:
    start = "DTSTART;TZID=Europe/Berlin:20300107T090000\n" if "DTSTART" not in lines else ""
    component = f"BEGIN:{kind}\nUID:1\nSUMMARY:Dentist\n{start}{lines}\nEND:{kind}"
    text = f"BEGIN:VCALENDAR\nPRODID:-//Apple Inc.//macOS 14.5//EN\n{component}\nEND:VCALENDAR"
    return read_calendar(text.encode(), "Europe/Berlin")


@pytest.mark.requirement("PROD-063")
def test_place_address_and_comment_are_added_to_the_notes() -> None:
    [item] = read(
        "DESCRIPTION:Bring the card\nLOCATION:High Street 1\\, Bath\nURL:https://example.org/a\nCOMMENT:moved"
    ).items
    assert item.state.notes == "Bring the card\n\nLocation: High Street 1, Bath\nhttps://example.org/a\nmoved"


@pytest.mark.requirement("PROD-063")
def test_what_the_notes_say_already_is_not_added_again() -> None:
    [item] = read("DESCRIPTION:At High Street 1\nLOCATION:High Street 1\nURL:").items
    assert item.state.notes == "At High Street 1"


@pytest.mark.requirement("PROD-063")
@pytest.mark.parametrize(
    ("lines", "says"),
    [
        ("ATTENDEE:mailto:kim@example.org\nATTENDEE:mailto:sam@example.org", "who takes part is left out"),
        ("ORGANIZER:mailto:kim@example.org", "who organises it is left out"),
        ("ATTACH:https://example.org/a.pdf", "its attachments are left out"),
        ("CONFERENCE:https://example.org/meet", "its conference is left out"),
        ("GEO:37.386013;-122.082932", "its place on the map is left out"),
        ("CLASS:PRIVATE", "it is not public there"),
        ("DTSTART;VALUE=DATE:20300107\nDTEND;VALUE=DATE:20300110", "it takes 3 days; it is due on the first"),
        (
            "BEGIN:VALARM\nACTION:DISPLAY\nTRIGGER;VALUE=DATE-TIME:19760401T005545Z\nX-APPLE-PROXIMITY:ARRIVE\nEND:VALARM",
            "an alarm by a place is left out",
        ),
        (
            "BEGIN:VALARM\nACTION:DISPLAY\nTRIGGER:-PT15M\nREPEAT:2\nDURATION:PT5M\nEND:VALARM",
            "an alarm that repeats rings once",
        ),
    ],
)
def test_what_a_task_has_no_place_for_is_reported_once(lines: str, says: str) -> None:
    [remark] = read(lines).remarks
    assert remark.reason.startswith(says)
    assert (remark.where, remark.title) == ("VEVENT, line 3", "Dentist")


@pytest.mark.requirement("PROD-063")
@pytest.mark.parametrize("line", ["STATUS:IN-PROCESS", "PERCENT-COMPLETE:50"])
def test_that_a_task_has_been_begun_is_reported(line: str) -> None:
    [remark] = read(line, "VTODO").remarks
    assert remark.reason == "that it has been begun is left out; it is open"


@pytest.mark.requirement("PROD-063")
def test_nothing_is_reported_where_nothing_is_left_out() -> None:
    day = "DTSTART;VALUE=DATE:20300107\nDTEND;VALUE=DATE:20300108"
    assert read(f"CLASS:PUBLIC\nPERCENT-COMPLETE:0\nSTATUS:CONFIRMED\nTRANSP:OPAQUE\n{day}").remarks == []
