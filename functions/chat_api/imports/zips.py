"""The zips that exports come in: Vikunja's with its data.json, Google's with a calendar in each .ics."""

import io
import zipfile
import zlib
from collections.abc import Iterator

from functions.kernel.errors import InvalidInputError

MOST_BYTES = 20 * 1024 * 1024
"""Of what is read of it, unpacked."""
MOST_CALENDARS = 100


def unzipped(data: bytes) -> tuple[str, bytes]:
    """The media type of what is in it, and that: data.json, or all calendars one after the other. Raises
    InvalidInputError (field `body`)."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = archive.namelist()
            calendars = [name for name in names if name.lower().endswith(".ics")]
            if "data.json" in names:
                return "application/json", b"".join(_members(archive, ["data.json"]))
            if calendars:
                return "text/calendar", b"\n".join(_members(archive, calendars))
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, OSError, ValueError) as error:
        raise InvalidInputError("body", f"not a zip that can be read: {error}") from None
    if any(name.lower().endswith(".csv") for name in names):
        raise InvalidInputError("body", "a zip of CSV files; unpack it, and send them one by one, each into its list")
    raise InvalidInputError("body", "no data.json (Vikunja) and no .ics (Google Calendar) is in this zip")


def _members(archive: zipfile.ZipFile, names: list[str]) -> Iterator[bytes]:
    if len(names) > MOST_CALENDARS:
        raise InvalidInputError("body", f"more than {MOST_CALENDARS} calendars are in it; send fewer at once")
    left = MOST_BYTES
    for name in names:
        packed = archive.getinfo(name)
        # Of the others one takes as much memory as the file says.
        if packed.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise InvalidInputError("body", f"{name[:100]} is packed in another way than deflate")
        with archive.open(packed) as member:
            found = member.read(left + 1)
        left -= len(found)
        if left < 0:
            raise InvalidInputError("body", f"{name[:100]} makes it larger than {MOST_BYTES} bytes, unpacked")
        yield found
