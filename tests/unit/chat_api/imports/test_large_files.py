"""Files made to take long: each is read in one go. One of these took minutes where something in it was searched again
for each of its lines."""

import io
import zipfile
from datetime import datetime

import pytest

from functions.chat_api.calendars.item import MOST_ITEMS, MOST_LINES
from functions.chat_api.calendars.reading import read_calendar
from functions.chat_api.imports.todoist import read_todoist
from functions.chat_api.imports.vikunja import MOST_VALUES, read_vikunja
from functions.chat_api.imports.zips import MOST_BYTES, unzipped
from functions.kernel.domain.phrases import Habits
from functions.kernel.errors import InvalidInputError

pytestmark = pytest.mark.requirement("TRUST-062")

NOW = datetime(2026, 11, 27, 9)  # noqa: DTZ001 - local times are naive here, by design
ALARM = "BEGIN:VALARM\nTRIGGER:-PT{n}M\nEND:VALARM"


def todo(*lines: str) -> bytes:
    body = "\n".join(("BEGIN:VTODO", "UID:1", "SUMMARY:a", "DUE:20300101T000000Z", "RRULE:FREQ=DAILY", *lines))
    return f"BEGIN:VCALENDAR\n{body}\nEND:VTODO\nEND:VCALENDAR\n".encode()


@pytest.mark.parametrize(
    "data",
    [
        todo(*(ALARM.format(n=n) for n in range(20_000))),
        todo("CATEGORIES:" + "a" * 300_000 + "\\"),
        todo(*(f"EXDATE;TZID=a{n}/b:20300102T000000" for n in range(20_000))),
        todo("X-TASKWAKE-SUMMARY:" + "[" * 100_000),
        todo(*(f"CATEGORIES:{n}" for n in range(50_000))),
    ],
    ids=["alarms", "half an escape", "zones that are none", "deep JSON", "categories"],
)
def test_calendar_of_one_thing_over_and_over_is_one_task(data: bytes) -> None:
    assert len(read_calendar(data, "UTC").items) == 1


@pytest.mark.parametrize(
    ("rows", "tasks"),
    [
        ("task,a,,\n" * 20_000, 20_000),
        ("task,a,,\n" + "note,bbbb,,\n" * 100_000, 1),
        ("".join(f"task,a,{n},\n" for n in range(1, 20_000)), 19_999),
        ("".join(f"task,a,,M/{n}\n" for n in range(10_000)), 10_000),
    ],
    ids=["alike", "notes", "within each other", "zones that are none"],
)
def test_table_of_one_thing_over_and_over_is_read(rows: str, tasks: int) -> None:
    reading = read_todoist(b"TYPE,CONTENT,INDENT,TIMEZONE\n" + rows.encode(), NOW, Habits())
    assert len({item.uid for item in reading.items}) == tasks


def packed(content: bytes) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("data.json", content)
    return data.getvalue()


def test_zip_that_unpacks_to_more_than_is_meant_is_refused() -> None:
    bomb = packed(b" " * (MOST_BYTES + 1))
    assert len(bomb) < MOST_BYTES / 500
    with pytest.raises(InvalidInputError, match=f"larger than {MOST_BYTES}"):
        unzipped(bomb)
    assert len(unzipped(packed(b" " * MOST_BYTES))[1]) == MOST_BYTES


@pytest.mark.parametrize("value", [b"{},", b"[],", b"0,"])
def test_json_of_more_values_than_are_meant_is_refused_before_it_is_read(value: bytes) -> None:
    with pytest.raises(InvalidInputError, match=f"more than {MOST_VALUES:,} values"):
        read_vikunja(b"[" + value * MOST_VALUES + b"0]", "UTC")


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_zip_packed_in_another_way_is_refused(method: int) -> None:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", method) as archive:
        archive.writestr("data.json", b"[]")
    with pytest.raises(InvalidInputError, match="another way than deflate"):
        unzipped(data.getvalue())


def test_more_lines_and_more_tasks_than_are_read_at_once_are_refused() -> None:
    with pytest.raises(InvalidInputError, match=f"more than {MOST_LINES:,} lines"):
        read_calendar(b"\n" * (MOST_LINES + 1), "UTC")
    with pytest.raises(InvalidInputError, match=f"more than {MOST_LINES:,} lines"):
        read_todoist(b"\n" * (MOST_LINES + 1), NOW, Habits())
    with pytest.raises(InvalidInputError, match=f"more than {MOST_ITEMS:,} tasks"):
        read_todoist(b"TYPE,CONTENT\n" + b"task,a\n" * (MOST_ITEMS + 1), NOW, Habits())
