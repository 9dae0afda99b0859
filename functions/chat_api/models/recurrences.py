"""What a rule will give."""

from datetime import date, datetime

from pydantic import BaseModel


class PreviewedDate(BaseModel):
    """One date of a rule; without a due time it does not come, and the notes say why.

    `nominal` is the date as the rule has it, which may be none of the calendar's, such as `2026-02-31`.
    """

    nominal: str
    due_on: date | None
    due_local: datetime | None
    due_at: datetime | None
    notes: list[str]


class RecurrencePreview(BaseModel):
    """What a rule will give. `ends`: there is none after these."""

    rule: str
    dates: list[PreviewedDate]
    ends: bool
