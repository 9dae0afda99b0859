"""Files of other programs: whatever is in them, they are read or refused, and what is read can be kept."""

import io
import json
import zipfile
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest

from functions.chat_api.calendars.item import Reading
from functions.chat_api.calendars.reading import read_calendar
from functions.chat_api.imports.preparing import By, prepare
from functions.chat_api.imports.todoist import read_todoist
from functions.chat_api.imports.vikunja import read_vikunja
from functions.chat_api.imports.zips import unzipped
from functions.kernel.domain.phrases import Habits
from functions.kernel.errors import InvalidInputError
from functions.kernel.events import TaskCreated
from tests.unit.fuzz.fuzzing import damaged, fuzz, mutated, odd_json

pytestmark = pytest.mark.requirement("TRUST-062")

NOBODY = UUID("1ca9ab3d-14d1-4b15-9a30-7d4cb3aeefcd")
NOW = datetime(2026, 11, 27, 9, tzinfo=UTC)
BY = By(NOBODY, "Europe/Berlin", NOW, NOBODY)
VECTORS = Path(__file__).resolve().parents[2] / "vectors" / "icalendar"
CALENDARS = [path.read_text() for path in sorted(VECTORS.glob("*.ics"))] + [
    """BEGIN:VCALENDAR
PRODID:-//Taskwake//Taskwake//EN
X-WR-TIMEZONE:Europe/Berlin
BEGIN:VTODO
UID:bread
DTSTAMP:20260101T000000Z
SUMMARY:Bake\\, bread\\n
X-TASKWAKE-SUMMARY:"Bake, bread"
X-TASKWAKE-START:20300107T080000
X-TASKWAKE-ESTIMATE:PT15M
X-TASKWAKE-DEADLINE:20300108
X-TASKWAKE-REMINDERS:[{"minutes_before": 15}]
X-TASKWAKE-RRULE:FREQ=WEEKLY;COUNT=9
X-TASKWAKE-ANCHOR:COMPLETION
DTSTART;TZID=Europe/Berlin:20300107T080000
DUE;TZID=Europe/Berlin:20300107T090000
RRULE:FREQ=WEEKLY;COUNT=9
RDATE;TZID="Europe/Berlin":20300108T090000,20300109T090000
EXDATE;X-TASKWAKE-PASSED=1:20300114T080000Z
PRIORITY:1
CATEGORIES:home,kitchen
RELATED-TO;RELTYPE=PARENT:flour
BEGIN:VALARM
ACTION:DISPLAY
TRIGGER;RELATED=END:-PT15M
X-TASKWAKE-REMINDER:{"minutes_before": 15}
REPEAT:9
END:VALARM
END:VTODO
BEGIN:VTODO
UID:bread
RECURRENCE-ID;RANGE=THISANDFUTURE;TZID=Europe/Berlin:20300114T090000
STATUS:COMPLETED
COMPLETED:20300114T090000Z
PERCENT-COMPLETE:100
END:VTODO
BEGIN:VEVENT
UID:flour
SUMMARY:Flour
DTSTART;VALUE=DATE:20300101
DURATION:P1DT2H
RRULE:FREQ=YEARLY;UNTIL=99991231T000000Z
END:VEVENT
BEGIN:VTIMEZONE
TZID:Mine
BEGIN:STANDARD
TZOFFSETTO:+0530
END:STANDARD
END:VTIMEZONE
END:VCALENDAR
"""
]
LINES = """BEGIN:VTODO END:VTODO BEGIN:VALARM END:VALARM RRULE RDATE EXDATE DUE DTSTART DURATION SUMMARY UID TZID VALUE
RELATED TRIGGER RECURRENCE-ID 00010101T000000 99991231T235959Z P999999999D -PT1S FREQ=SECONDLY FREQ=DAILY;COUNT=1
Pacific/Kiritimati X-TASKWAKE-LISTED:1 [[[[ {" : ; = , \n""".split(" ")  # noqa: SIM905
TABLES = [
    "TYPE,CONTENT,DESCRIPTION,PRIORITY,INDENT,AUTHOR,RESPONSIBLE,DATE,DATE_LANG,TIMEZONE,DURATION,DURATION_UNIT,"
    "DEADLINE\r\n"
    "meta,view_style=list,,,,,,,,,,,\r\nsection,Kitchen,,,,,,,,,,,\r\n"
    'task,"* Bake, bread @home","Rye\r\nand wheat",1,1,Sam (1),,every monday at 9,en,Europe/Berlin,15,minute,2030-01-01'
    "\r\n"
    "task,Buy flour,,4,2,,,tomorrow,en,,1,day,\r\nnote,Organic,,,,,,,,,,,\r\n"
]
CELLS = [
    "task",
    "note",
    "section",
    "\r\n",
    ",",
    "every!",
    "every 2 days at 25:00",
    "3000000000",
    "Mars/Olympus",
    "@",
    "\ufeff",
]
TASK = {
    "id": 1, "title": "Water", "description": "All of them", "done": False, "done_at": "0001-01-01T00:00:00Z",
    "due_date": "2030-01-07T08:00:00Z", "start_date": "2030-01-06T08:00:00Z", "end_date": "2030-01-08T08:00:00+01:00",
    "reminders": [{"reminder": "2030-01-07T07:00:00Z", "relative_period": -3600, "relative_to": "due_date"}],
    "reminder_dates": ["2030-01-05T07:00:00Z"], "repeat_after": 86_400, "repeat_mode": 2, "priority": 4,
    "labels": [{"title": "at home"}], "comments": [{"comment": "Not the cactus"}], "attachments": [{}],
    "related_tasks": {"parenttask": [{"id": 2, "created": "2023-01-13T14:59:49Z"}]}, "created": "2023-01-13T14:59:49Z",
}  # fmt: skip
EXPORTS = [
    [{"id": 1, "title": "Inbox", "tasks": [TASK, TASK | {"id": 2, "related_tasks": None, "repeat_mode": 1}]}],
    [{"id": 1, "title": "Old", "lists": [{"title": "Home", "tasks": [TASK | {"done": True}]}, {"title": "Empty"}]}],
]


@fuzz(text=mutated(CALENDARS, *LINES))
def test_any_calendar_is_read_or_refused(text: str) -> None:
    data = text.encode("utf-8", "surrogatepass")
    try:
        reading = read_calendar(data, "Pacific/Apia")
    except InvalidInputError as error:
        assert error.field == "body"
        return
    can_be_kept(reading)


@fuzz(text=mutated(TABLES, *CELLS))
def test_any_table_is_read_or_refused(text: str) -> None:
    data = text.encode("utf-8", "surrogatepass")
    try:
        reading = read_todoist(data, NOW.replace(tzinfo=None), Habits("DMY", 0, "Europe/Berlin"))
    except InvalidInputError as error:
        assert error.field == "body"
        return
    can_be_kept(reading)


@fuzz(given=odd_json(EXPORTS))
def test_any_export_is_read_or_refused(given: object) -> None:
    try:
        reading = read_vikunja(json.dumps(given).encode(), "Pacific/Apia")
    except InvalidInputError as error:
        assert error.field == "body"
        return
    can_be_kept(reading)


def _zip(method: int, name: str = "data.json") -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", method) as archive:
        archive.writestr("VERSION", "1")
        archive.writestr(name, json.dumps(EXPORTS[0]))
    return packed.getvalue()


ZIPS = [_zip(method) for method in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA)]


@fuzz(data=damaged([*ZIPS, _zip(zipfile.ZIP_DEFLATED, "größe")]))
def test_any_zip_is_read_or_refused(data: bytes) -> None:
    try:
        kind, content = unzipped(data)
        _ = read_calendar(content, "UTC") if kind == "text/calendar" else read_vikunja(content, "UTC")
    except InvalidInputError as error:
        assert error.field == "body"


def can_be_kept(reading: Reading) -> None:
    """What is read becomes rows and events that PostgreSQL and JSON take, or is refused as a task."""
    for note in (*reading.skipped, *reading.remarks):
        json.dumps([note.where, note.uid, note.title, note.reason], ensure_ascii=False).encode()
    for item in reading.items:
        is_text(item.uid, item.parent, item.list_name)
        assert len(item.uid) <= 1_000
        try:
            prepared = prepare(item, BY)
        except (ValueError, OverflowError, InvalidInputError):
            continue
        for task in prepared.tasks:
            event = TaskCreated(task=task, by=NOBODY)
            assert len(task.title) <= 500
            assert len(task.notes) <= 50_000
            is_text(event.model_dump_json().replace("\\u0000", "\0"))
            list(prepared.rings(BY))


def is_text(*texts: str | None) -> None:
    for text in texts:
        assert "\0" not in (text or "")
        (text or "").encode()
