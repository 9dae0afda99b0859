"""The fields of the API's bodies: what each takes, and what it says to what it does not take."""

import re
from datetime import date, datetime, time
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BeforeValidator,
    Field,
    NaiveDatetime,
    PlainSerializer,
    PlainValidator,
    StringConstraints,
    WithJsonSchema,
)
from pydantic.config import JsonDict

from functions.kernel.domain.integers import INTEGRAL
from functions.kernel.domain.labels import LONGEST_LABEL, MOST_LABELS, check_label, unique
from functions.kernel.domain.reminder import MOST_REMINDERS, TaskReminder
from functions.kernel.domain.wall_time import wall_clock


def _storable(text: str) -> str:
    if any(character < " " and character not in "\n\t\r" for character in text):
        raise ValueError("holds a control character; only line breaks and tabs are kept")
    try:
        text.encode()
    except UnicodeEncodeError:
        raise ValueError("holds half a surrogate pair, which is no character") from None
    return text


_NUMBER = re.compile(r"\s*[+-]?[0-9.]+\s*")


def _written_out(value: Any) -> Any:
    # Pydantic would take a number, also one in quotes, for seconds since 1970, or since midnight.
    if isinstance(value, int | float) or (isinstance(value, str) and _NUMBER.fullmatch(value)):
        raise ValueError('write it as text, such as "2026-11-23", "2026-11-23T09:00:00Z" or "09:00"')
    return value


def _at_a_written_time(given: Any) -> Any:
    for name in ("at", "time"):
        if isinstance(given, dict) and name in given:
            _written_out(given[name])
    return given


def _each_once(reminders: list[TaskReminder]) -> list[TaskReminder]:
    return list(dict.fromkeys(reminders))


def _day_or_time(given: Any) -> date:
    try:
        value = given if isinstance(given, date) else (date if len(given) == 10 else datetime).fromisoformat(given)
    except (TypeError, ValueError):
        raise ValueError('write a day, "2026-11-23", or a wall-clock time, "2026-11-23T09:00:00"') from None
    if isinstance(value, datetime) and (value.tzinfo or value.microsecond):
        raise ValueError("must be a wall-clock time of whole seconds, without an offset")
    return value


def _callable_url(url: str) -> str:
    try:
        parts = urlsplit(url)
        named = bool(parts.hostname) and parts.port != 0
    except ValueError:
        named = False
    if not named:
        raise ValueError("names no host, or no valid port; write it like https://example.org/hooks/taskwake")
    return url


_STORABLE = Field(json_schema_extra={"pattern": r"^[^\x00-\x08\x0b\x0c\x0e-\x1f]*$"})
_SAYING = Field(
    json_schema_extra={
        "pattern": r"^[^\x00-\x08\x0b\x0c\x0e-\x1f]*[^\x00-\x20\x7f-\xa0][^\x00-\x08\x0b\x0c\x0e-\x1f]*$"
    }
)
"""What the document says of texts: none of them holds a control character, and the second ones hold more than space."""

Reminders = Annotated[
    list[Annotated[TaskReminder, BeforeValidator(_at_a_written_time)]],
    Field(max_length=MOST_REMINDERS),
    AfterValidator(_each_once),
]
# A validator in front of these constraints would see the text as it came, and the constraints another one.
Title = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500), AfterValidator(_storable), _SAYING
]
Notes = Annotated[str, StringConstraints(max_length=50_000), AfterValidator(_storable), _STORABLE]
Name = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200), AfterValidator(_storable), _SAYING
]
Label = Annotated[
    str,
    AfterValidator(_storable),
    AfterValidator(check_label),
    WithJsonSchema({"type": "string", "minLength": 1, "maxLength": LONGEST_LABEL, "pattern": r"^[^\s@#,\"]+$"}),
]
Labels = Annotated[list[Label], Field(max_length=MOST_LABELS), AfterValidator(unique)]
Priority = Annotated[int, Field(strict=True, ge=1, le=4), INTEGRAL]
EstimateMinutes = Annotated[int, Field(strict=True, ge=1, le=527_040), INTEGRAL]
"""Up to a year."""
Sentence = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2000), AfterValidator(_storable), _SAYING
]
Email = Annotated[
    str,
    StringConstraints(pattern=r"^[^\s\x00-\x1f\x7f-\x9f@<>,;:\"]+@[^\s\x00-\x1f\x7f-\x9f@<>,;:\"]+$", max_length=254),
    AfterValidator(_storable),
]
WebhookUrl = Annotated[
    str,
    StringConstraints(pattern=r"^https?://[^\s]+$", max_length=2000),
    AfterValidator(_storable),
    AfterValidator(_callable_url),
]
ZoneName = Annotated[str, Field(json_schema_extra={"format": "iana-time-zone"}, examples=["Europe/Berlin"])]
Rule = Annotated[str, Field(json_schema_extra={"format": "rrule"})]
FILTER: JsonDict = {"format": "task-filter"}
"""Whoever generates requests from the document knows by such a format what to write."""
Moment = Annotated[AwareDatetime, BeforeValidator(_written_out)]
LocalTime = Annotated[NaiveDatetime, BeforeValidator(_written_out)]
Day = Annotated[date, BeforeValidator(_written_out)]
TimeOfDay = Annotated[time, BeforeValidator(_written_out), AfterValidator(wall_clock)]
TaskTopic = Literal[
    "task.created.v1",
    "task.updated.v1",
    "task.completed.v1",
    "task.reopened.v1",
    "task.deleted.v1",
    "task.recurred.v1",
    "task.due.v1",
]
"""The topics of what happens to a task; how it was told of is none of them."""
ActivityTopic = Literal[TaskTopic, "list.changed.v1"]
"""Those, and that of lists and who shares them."""
OccurrenceDate = Annotated[
    date,
    PlainValidator(_day_or_time),
    PlainSerializer(lambda value: value.isoformat(), return_type=str),
    WithJsonSchema({"type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}([Tt ]\d{2}:\d{2}(:\d{2})?)?$"}),
]
"""A day, or a wall-clock time of whole seconds: what RDATE and EXDATE name."""
