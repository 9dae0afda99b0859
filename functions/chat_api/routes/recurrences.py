"""/recurrences: what a rule will give, before anything is saved."""

from datetime import date, datetime
from typing import Annotated

from fastapi import APIRouter, Query

from functions.chat_api.access import Asking
from functions.chat_api.fields import ZoneName
from functions.chat_api.models.recurrences import PreviewedDate, RecurrencePreview
from functions.kernel.domain.recurrence import Recurrence, parse_rule
from functions.kernel.domain.recurrence.preview import PreviewRow, preview
from functions.kernel.domain.wall_time import to_utc
from functions.kernel.errors import InvalidInputError

router = APIRouter(tags=["recurrences"])

_PARAMETERS = {"rrule": "rule", "dtstart": "start"}
Text = Annotated[str, Query(max_length=4096)]
Start = Annotated[str, Query(max_length=40, examples=["2026-01-31", "2026-01-31T09:00:00"])]
Dates = Annotated[list[str], Query(max_length=100)]


@router.get("/recurrences/preview")
async def preview_recurrence(
    rule: Annotated[Text, Query(examples=["FREQ=MONTHLY;BYMONTHDAY=31"], json_schema_extra={"format": "rrule"})],
    start: Start,
    person: Asking,
    zone: Annotated[ZoneName | None, Query(max_length=64)] = None,
    after: Annotated[str | None, Query(max_length=40)] = None,
    rdate: Dates = [],  # noqa: B006 - FastAPI copies it
    exdate: Dates = [],  # noqa: B006
    count: Annotated[int, Query(ge=1, le=100)] = 10,
) -> RecurrencePreview:
    """The next dates of a rule (RFC 5545, RFC 7529), each with the reason why it is where it is.

    `start`, `after`, `rdate` and `exdate` are days (all day), or wall-clock times in `zone`; yours, if you name none.
    """
    zone = zone or person.zone
    added = tuple(_read("rdate", text) for text in rdate)
    excluded = tuple(_read("exdate", text) for text in exdate)
    first = _read("start", start)
    try:
        recurrence = Recurrence(first, zone, parse_rule(rule), added, excluded)
        recurrence.check()
    except InvalidInputError as error:
        raise InvalidInputError(_PARAMETERS.get(error.field, error.field), error.message) from error
    rows = preview(recurrence, count, None if after is None else _moment(_read("after", after), zone))
    given = sum(row.at is not None for row in rows)
    return RecurrencePreview(rule=str(recurrence.rule), dates=[_shown(row) for row in rows], ends=given < count)


def _read(field: str, text: str) -> date:
    try:
        value = date.fromisoformat(text) if len(text) == 10 else datetime.fromisoformat(text)
    except ValueError:
        value = None
    if value is None or (isinstance(value, datetime) and value.tzinfo):
        raise InvalidInputError(
            field, f"{text!r} is no day and no wall-clock time; write 2026-01-31 or 2026-01-31T09:00:00"
        )
    return value


def _moment(value: date, zone: str) -> date:
    return to_utc(value, zone) if isinstance(value, datetime) else value


def _shown(row: PreviewRow) -> PreviewedDate:
    timed = isinstance(row.at, datetime)
    return PreviewedDate(
        nominal=row.nominal,
        due_on=None if timed else row.at,
        due_local=row.local if timed else None,
        due_at=row.at if timed else None,
        notes=list(row.notes),
    )
