"""A recurrence set as the content lines of RFC 5545 (§3.1, §3.8.5), read and written."""

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time

from functions.kernel.domain.recurrence.engine import parse_rule
from functions.kernel.domain.recurrence.names import recurrence_id
from functions.kernel.domain.recurrence.recurrence_set import Recurrence
from functions.kernel.domain.recurrence.rule import Rule
from functions.kernel.domain.wall_time import to_utc
from functions.kernel.errors import InvalidInputError

MAX_LENGTH = 300_000
_FOLD_OCTETS = 75
_FOLDED = re.compile(r"\r?\n[ \t]")
_VALUE = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})(?:T([0-9]{2})([0-9]{2})([0-9]{2})(Z)?)?\Z")
_NAMES = ("DTSTART", "RRULE", "RDATE", "EXDATE")


def parse_recurrence(text: str) -> Recurrence:
    """The set that the lines spell: DTSTART, then RRULE, RDATE and EXDATE in any order; folded or not.

    `TZID` must be an IANA name; a start in UTC (`Z`) has the zone UTC. Raises InvalidInputError, whose field is the
    line's name in lower case.
    """
    if len(text) > MAX_LENGTH:
        raise InvalidInputError("recurrence", f"longer than {MAX_LENGTH} characters")
    start: tuple[date, str | None] | None = None
    rule: Rule | None = None
    dates: dict[str, list[tuple[date, str | None]]] = {"RDATE": [], "EXDATE": []}
    for name, parameters, value in _lines(text):
        if (name == "RRULE" and rule) or (name == "DTSTART" and start):
            raise InvalidInputError(name.lower(), "is given twice; a set has one")
        if name == "RRULE":
            rule = parse_rule(value)
        elif name == "DTSTART":
            start = _date(name, value, parameters)
        else:
            dates[name] += [_date(name, piece, parameters) for piece in value.split(",")]
    if start is None:
        raise InvalidInputError("dtstart", "is missing; write DTSTART;TZID=Europe/Berlin:20261123T090000")
    dtstart, zone = start
    if isinstance(dtstart, datetime) and dtstart.tzinfo:
        dtstart, zone = dtstart.replace(tzinfo=None), "UTC"
    added, excluded = (tuple(_seen_from(zone, *given) for given in dates[name]) for name in ("RDATE", "EXDATE"))
    return Recurrence(dtstart, zone, rule, added, excluded)


def format_recurrence(recurrence: Recurrence) -> str:
    """The set as lines that `parse_recurrence` reads, ended by CRLF and folded at 75 octets (§3.1)."""
    lines = [_line("DTSTART", [recurrence.dtstart], recurrence.zone)]
    if recurrence.rule:
        lines.append(f"RRULE:{recurrence.rule}")
    for name, dates in (("RDATE", recurrence.rdates), ("EXDATE", recurrence.exdates)):
        aware = [value for value in dates if isinstance(value, datetime) and value.tzinfo]
        local = [value for value in dates if not (isinstance(value, datetime) and value.tzinfo)]
        if local:
            lines.append(_line(name, local, recurrence.zone))
        if aware:
            lines.append(_line(name, aware, None))
    return "".join(_fold(line) + "\r\n" for line in lines)


def _lines(text: str) -> Iterator[tuple[str, dict[str, str], str]]:
    for line in _FOLDED.sub("", text).splitlines():
        if not line.strip():
            continue
        head, colon, value = line.strip().partition(":")
        name, *given = head.split(";")
        if name.upper() not in _NAMES or not colon:
            raise InvalidInputError("recurrence", f"{line[:40]!r} is no line of a set; known are {', '.join(_NAMES)}")
        pairs = (piece.partition("=") for piece in given)
        yield name.upper(), {key.upper(): text.strip('"') for key, _, text in pairs}, value.strip()


def _date(name: str, text: str, parameters: dict[str, str]) -> tuple[date, str | None]:
    """The value, and the zone that it is said to be in."""
    match = _VALUE.match(text.strip().upper())
    kind = parameters.get("VALUE", "DATE-TIME" if match is None or match[4] else "DATE").upper()
    if match is None or kind != ("DATE-TIME" if match[4] else "DATE"):
        raise InvalidInputError(name.lower(), f"{text[:40]!r} is no {kind}; write 20261123 or 20261123T090000")
    try:
        day = date(int(match[1]), int(match[2]), int(match[3]))
        if match[4] is None:
            return day, None
        moment = datetime.combine(day, time(int(match[4]), int(match[5]), min(int(match[6]), 59)))
    except ValueError as error:
        raise InvalidInputError(name.lower(), f"{text[:40]!r} is no date of the calendar") from error
    return (moment.replace(tzinfo=UTC), None) if match[7] else (moment, parameters.get("TZID"))


def _seen_from(zone: str | None, value: date, its_zone: str | None) -> date:
    if its_zone is None or its_zone == zone or not isinstance(value, datetime):
        return value
    return to_utc(value, its_zone)


def _line(name: str, dates: Sequence[date], zone: str | None) -> str:
    first = dates[0]
    if not isinstance(first, datetime):
        name += ";VALUE=DATE"
    elif first.tzinfo is None and zone == "UTC":
        dates = [value.replace(tzinfo=UTC) for value in dates if isinstance(value, datetime)]
    elif first.tzinfo is None and zone:
        name += f";TZID={zone}"
    return f"{name}:{','.join(_text(value) for value in dates)}"


def _text(value: date) -> str:
    if isinstance(value, datetime) and value.tzinfo:
        return recurrence_id(value.astimezone(UTC)) + "Z"
    return recurrence_id(value)


def _fold(line: str) -> str:
    # Each line is ASCII, so its characters are its octets.
    pieces = [line[:_FOLD_OCTETS]]
    pieces += [line[at : at + _FOLD_OCTETS - 1] for at in range(_FOLD_OCTETS, len(line), _FOLD_OCTETS - 1)]
    return "\r\n ".join(pieces)
