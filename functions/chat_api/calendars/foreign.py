"""What another program says of a task that a task here has no place for: it goes into the notes, or into the report."""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta

from functions.chat_api.calendars.lines import Component
from functions.chat_api.calendars.times import Setting, length, one_when

_NOTED = {"LOCATION": "Location: ", "URL": "", "COMMENT": ""}
"""What is read as text anyway, and what it begins with there."""
_LEFT_OUT = {
    "ATTENDEE": "who takes part is left out",
    "ORGANIZER": "who organises it is left out",
    "ATTACH": "its attachments are left out",
    "CONFERENCE": "its conference is left out",
    "CONTACT": "its contact is left out",
    "RESOURCES": "its resources are left out",
    "GEO": "its place on the map is left out",
}
_BEGUN = re.compile(r"[1-9][0-9]?")
"""Of a hundred percent."""


def notes_of(found: Component, notes: str) -> str:
    """The notes, followed by what else can be read as text and does not stand there."""
    lines = [
        f"{begins}{given.text.strip()}"
        for name, begins in _NOTED.items()
        for given in found.all(name)
        if given.text.strip() and given.text.strip() not in notes
    ]
    return "\n\n".join(filter(None, [notes, "\n".join(lines)]))


def remarks_of(found: Component, setting: Setting) -> Iterator[str]:
    """What is not taken over, a remark each."""
    yield from (said for name, said in _LEFT_OUT.items() if found.get(name))
    if found.text("CLASS").strip().upper() not in ("", "PUBLIC"):
        yield "it is not public there; here all members of its list see it"
    if found.text("STATUS").strip().upper() == "IN-PROCESS" or _BEGUN.fullmatch(found.text("PERCENT-COMPLETE").strip()):
        yield "that it has been begun is left out; it is open"
    if days := _days(found, setting):
        yield f"it takes {days} days; it is due on the first"
    for alarm in found.children:
        if alarm.name == "VALARM" and alarm.get("X-APPLE-PROXIMITY"):
            yield "an alarm by a place is left out"
        elif alarm.name == "VALARM" and alarm.text("REPEAT").strip() not in ("", "0"):
            yield "an alarm that repeats rings once"


def _days(found: Component, setting: Setting) -> int | None:
    """Over how many days an all-day event goes, if over more than one."""
    begin = one_when(found.get("DTSTART"), setting, []) if found.name == "VEVENT" else None
    if begin is None or isinstance(begin.value, datetime):
        return None
    size = length(found, begin, setting, []) or timedelta(days=1)
    return size.days if size > timedelta(days=1) else None
