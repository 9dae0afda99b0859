"""A sentence read as a task."""

from datetime import date, datetime

from pydantic import BaseModel

from functions.chat_api.fields import OccurrenceDate
from functions.kernel.domain.recurrence import Anchor
from functions.kernel.domain.reminder import TaskReminder


class PhraseSpan(BaseModel):
    """text[start:end], counted in code points, and what it was understood as."""

    start: int
    end: int
    kind: str


class PhraseReading(BaseModel):
    """One of two readings: `words` in place of what is ambiguous say only this, `text` is the whole text with them."""

    words: str
    text: str


class PhraseAmbiguity(BaseModel):
    """text[start:end] has two readings. The first was taken if it is `settled`; else the phrase has no due time."""

    start: int
    end: int
    words: str
    settled: bool
    readings: list[PhraseReading]


class PhrasePreview(BaseModel):
    """A sentence read as a task. At most one of `due_on` and `due_local`, which is in `zone` or, where that is null,
    in yours. `anchor` is "completion" for `every!`. `priority` 1 is the highest."""

    title: str
    due_on: date | None
    due_local: datetime | None
    zone: str | None
    rrule: str | None
    anchor: Anchor
    exdates: list[OccurrenceDate]
    minutes_before: list[int]
    reminders: list[TaskReminder]
    labels: list[str]
    priority: int | None
    list_name: str | None
    spans: list[PhraseSpan]
    ambiguities: list[PhraseAmbiguity]
    remarks: list[str]
