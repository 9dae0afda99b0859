"""Calendar feeds, and what became of an imported file."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, Field

from functions.chat_api.fields import Name
from functions.chat_api.models.input import Input

Components = Literal["VTODO", "VEVENT"]
CALENDAR_EXAMPLE = "\r\n".join(
    [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Example//Example//EN",
        "BEGIN:VTODO",
        "UID:1d0f0c1d-14d1-4b15-9a30-7d4cb3aeefcd",
        "DTSTAMP:20261122T183000Z",
        "SUMMARY:Call Sam",
        "DUE:20261123T080000Z",
        "RRULE:FREQ=WEEKLY;BYDAY=MO",
        "END:VTODO",
        "END:VCALENDAR",
        "",
    ]
)


class NewCalendarFeed(Input):
    """A calendar to be read by other programs, of your tasks in these lists."""

    name: Name = Field(examples=["Home"])
    list_ids: list[UUID] | None = Field(None, min_length=1, max_length=100, description="All lists, if you name none.")
    components: list[Components] = Field(
        ["VTODO"],
        min_length=1,
        max_length=2,
        description="VEVENT for programs that show appointments only, such as Google Calendar and Outlook; it has the "
        "tasks with a due time.",
    )
    done: bool = Field(False, description="Whether it has what is done, too.")


class CalendarFeed(BaseModel):
    """A calendar feed; `read_at`: when it was last asked for (to the minute), null: never."""

    id: UUID
    name: str
    list_ids: list[UUID] | None
    components: list[Components]
    done: bool
    created_at: datetime
    read_at: datetime | None = None


class CalendarFeedMade(CalendarFeed):
    """A new calendar feed. Its `url` is shown this once; who knows it reads the calendar until you delete the feed."""

    url: str = Field(examples=["https://taskwake.example.org/calendar/hCq3….ics"])


class CalendarFeedPage(BaseModel):
    """Your calendar feeds, oldest first."""

    feeds: list[CalendarFeed]


class ImportNote(BaseModel):
    """Something that was left out: `where` in the file, the task's `uid` and `title`, and the `reason`."""

    where: str = Field(examples=["VTODO, line 41"])
    uid: str | None
    title: str | None
    reason: str


class ImportReport(BaseModel):
    """What became of a file. Each task or series counts once.

    `skipped` tells what was not taken over, `remarks` what was left out of tasks that were; at most 1,000 of each.
    """

    dry_run: bool
    created: int
    updated: int
    unchanged: int
    skipped_count: int
    remark_count: int
    skipped: list[ImportNote]
    remarks: list[ImportNote]
