"""The zips that exports come in."""

import io
import zipfile

import pytest

from functions.chat_api.calendars.reading import read_calendar
from functions.chat_api.imports.zips import MOST_BYTES, MOST_CALENDARS, unzipped
from functions.kernel.errors import InvalidInputError

pytestmark = pytest.mark.requirement("PROD-063")


def zipped(**members: bytes) -> bytes:
    """With these members; an underscore is a dot."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name.replace("_", "."), data)
    return file.getvalue()


def calendar(uid: str) -> bytes:
    return f"BEGIN:VCALENDAR\r\nBEGIN:VTODO\r\nUID:{uid}\r\nSUMMARY:{uid}\r\nEND:VTODO\r\nEND:VCALENDAR".encode()


def test_data_json_is_taken_out_of_vikunjas() -> None:
    assert unzipped(zipped(VERSION=b"1", data_json=b"[]", filters_json=b"{}")) == ("application/json", b"[]")


def test_every_calendar_of_googles_is_read() -> None:
    kind, content = unzipped(zipped(home_ics=calendar("Bread"), work_ICS=calendar("Report"), readme_txt=b"no calendar"))
    assert kind == "text/calendar"
    assert [item.state.title for item in read_calendar(content, "UTC").items] == ["Bread", "Report"]


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"no zip", "not a zip"),
        (zipped(other_json=b"[]"), "no data.json"),
        (zipped(Inbox_csv=b"TYPE,CONTENT"), "send them one by one"),
        (zipped(data_json=b" " * (51 << 20)), "larger"),
        (zipped(a_ics=b" " * MOST_BYTES, b_ics=b" "), "b.ics makes it larger"),
        (zipped(**{f"{n}_ics": b"" for n in range(MOST_CALENDARS + 1)}), f"more than {MOST_CALENDARS} calendars"),
    ],
)
def test_a_zip_without_such_or_of_far_too_much_is_refused(data: bytes, says: str) -> None:
    with pytest.raises(InvalidInputError, match=says):
        unzipped(data)
