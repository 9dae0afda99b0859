"""/import: tasks from other programs' files."""

import asyncio
from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from fastapi import APIRouter, HTTPException, Request

from functions.chat_api.access import Asking
from functions.chat_api.answers import declared
from functions.chat_api.calendars.item import Note, Reading
from functions.chat_api.context import Api
from functions.chat_api.habits import habits_of
from functions.chat_api.idempotency import IdempotentRoute
from functions.chat_api.models.calendars import CALENDAR_EXAMPLE, ImportNote, ImportReport
from functions.chat_api.models.person import Person
from functions.kernel.domain.wall_time import to_local

MOST_NOTES = 1_000
_FILE = {"type": "string", "format": "binary"}
_SCHEMAS = {"application/json": {"type": "array", "items": {"type": "object"}}}
_EXAMPLES: dict[str, Any] = {
    "text/calendar": CALENDAR_EXAMPLE,
    "text/csv": "TYPE,CONTENT,DESCRIPTION,PRIORITY,INDENT,DATE\r\ntask,Call Sam,,1,1,every monday at 9\r\n",
    "application/json": [
        {"id": 1, "title": "Home", "tasks": [{"id": 1, "title": "Call Sam", "due_date": "2026-11-23T08:00:00Z"}]}
    ],
}
MEDIA_TYPES = (*_EXAMPLES, "application/zip")
BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "description": "An iCalendar file, or a zip of such; Todoist's CSV; Vikunja's data.json, or the zip with it. "
        "At most 10 MiB.",
        "content": {
            **{
                kind: {"schema": _SCHEMAS.get(kind, _FILE), "examples": {"file": {"value": value}}}
                for kind, value in _EXAMPLES.items()
            },
            "application/zip": {"schema": _FILE},
        },
    },
}

router = APIRouter(tags=["calendars"], route_class=IdempotentRoute)


@router.post("/import", openapi_extra=BODY, responses=declared(409))
async def import_file(
    request: Request, person: Asking, api: Api, list_id: UUID | None = None, dry_run: bool = False
) -> ImportReport:
    """Take over the tasks of a file, whole or not at all; `dry_run` tells what would become of it.

    What was imported before is known by its UID: unchanged in the file, it is left as it is here.
    """
    from functions.chat_api.imports import storing

    async with api.database.begin(person.id) as (_, now):
        read = _reader(request.headers.get("content-type", ""), person, now)
    reading = await asyncio.to_thread(read, await request.body())
    async with api.begin(person.id) as uow:
        outcome = await storing.take_over(uow, person, reading, list_id, dry_run=dry_run)
    return ImportReport(
        dry_run=dry_run,
        created=outcome.created,
        updated=outcome.updated,
        unchanged=outcome.unchanged,
        skipped_count=len(outcome.skipped),
        remark_count=len(outcome.remarks),
        skipped=list(map(_told, outcome.skipped[:MOST_NOTES])),
        remarks=list(map(_told, outcome.remarks[:MOST_NOTES])),
    )


def _reader(content_type: str, person: Person, now: datetime) -> Callable[[bytes], Reading]:
    """What reads a file of this type at this moment. Raises HTTPException (415)."""
    from functions.chat_api.calendars.reading import read_calendar
    from functions.chat_api.imports.todoist import read_todoist
    from functions.chat_api.imports.vikunja import read_vikunja
    from functions.chat_api.imports.zips import unzipped

    def read_zip(data: bytes) -> Reading:
        kind, content = unzipped(data)
        return _reader(kind, person, now)(content)

    match content_type.partition(";")[0].strip().lower():
        case "text/calendar":
            return lambda data: read_calendar(data, person.zone)
        case "text/csv":
            return lambda data: read_todoist(data, to_local(now, person.zone), habits_of(person))
        case "application/json":
            return lambda data: read_vikunja(data, person.zone)
        case "application/zip" | "application/x-zip-compressed":
            return read_zip
    taken = ", ".join(MEDIA_TYPES)
    raise HTTPException(415, f"send the file as one of {taken} (Content-Type)", {"accept": taken})


def _told(note: Note) -> ImportNote:
    return ImportNote(where=note.where, uid=note.uid, title=note.title, reason=note.reason)
