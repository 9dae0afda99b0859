"""The names of occurrences: RECURRENCE-ID (RFC 5545 §3.8.4.4)."""

from datetime import date, datetime, time

from functions.kernel.errors import InvalidInputError


def recurrence_id(value: date) -> str:
    """The name of an occurrence (RFC 5545 §3.8.4.4): `20261123`, or `20261123T090000` with a time of day."""
    day = f"{value.year:04}{value.month:02}{value.day:02}"
    return f"{day}T{value:%H%M%S}" if isinstance(value, datetime) else day


def parse_recurrence_id(text: str) -> date:
    """The date, or naive local time, that `recurrence_id` wrote.

    Raises InvalidInputError (field `recurrence_id`).
    """
    try:
        if len(text) == 8 and text.isdecimal() and text.isascii():
            return date(int(text[:4]), int(text[4:6]), int(text[6:]))
        if len(text) == 15 and text[8] == "T" and (text[:8] + text[9:]).isdecimal() and text.isascii():
            day = date(int(text[:4]), int(text[4:6]), int(text[6:8]))
            return datetime.combine(day, time(int(text[9:11]), int(text[11:13]), int(text[13:])))
    except ValueError:
        pass  # such as month 13: the message below says the same
    raise InvalidInputError("recurrence_id", f"{text[:40]!r} is no occurrence; write 20261123 or 20261123T090000")
