"""An RFC 5545 recurrence rule (§3.3.10): its parts, read from text and written back in one canonical form."""

import re
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from functools import lru_cache

from functions.kernel.errors import InvalidInputError

FREQUENCIES = ("YEARLY", "MONTHLY", "WEEKLY", "DAILY", "HOURLY", "MINUTELY", "SECONDLY")
SUB_DAILY = frozenset(FREQUENCIES[4:])
WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")

# A count is walked from the start each time; this bounds the walk. RFC 5545 sets no bound.
MAX_COUNT = 100_000
MAX_INTERVAL = 10**9
MAX_LENGTH = 4096


@dataclass(frozen=True, slots=True)
class Rule:
    """A valid rule. Weekdays are 0 for Monday; `by_day` holds (ordinal, weekday), ordinal 0 for "each"."""

    freq: str
    interval: int = 1
    by_month: tuple[int, ...] = ()
    by_week_no: tuple[int, ...] = ()
    by_year_day: tuple[int, ...] = ()
    by_month_day: tuple[int, ...] = ()
    by_day: tuple[tuple[int, int], ...] = ()
    by_hour: tuple[int, ...] = ()
    by_minute: tuple[int, ...] = ()
    by_second: tuple[int, ...] = ()
    by_set_pos: tuple[int, ...] = ()
    week_start: int = 0
    count: int | None = None
    until: date | datetime | None = None
    """Inclusive: a day, a naive local time, or an aware UTC moment."""

    def __str__(self) -> str:
        parts = [f"FREQ={self.freq}"]
        if self.interval != 1:
            parts.append(f"INTERVAL={self.interval}")
        for name, (attribute, _, _) in _LISTS.items():
            values: tuple[int, ...] = getattr(self, attribute)
            if values:
                parts.append(f"{name}={','.join(map(str, values))}")
            if name == "BYMONTHDAY" and self.by_day:
                days = (f"{ordinal or ''}{WEEKDAYS[day]}" for ordinal, day in self.by_day)
                parts.append(f"BYDAY={','.join(days)}")
        if self.week_start:
            parts.append(f"WKST={WEEKDAYS[self.week_start]}")
        if self.count is not None:
            parts.append(f"COUNT={self.count}")
        if self.until is not None:
            parts.append(f"UNTIL={_until_text(self.until)}")
        return ";".join(parts)


# name -> (attribute, largest value, are negative values allowed). Zero is allowed only for times of day.
_LISTS: dict[str, tuple[str, int, bool]] = {
    "BYMONTH": ("by_month", 12, False),
    "BYWEEKNO": ("by_week_no", 53, True),
    "BYYEARDAY": ("by_year_day", 366, True),
    "BYMONTHDAY": ("by_month_day", 31, True),
    "BYHOUR": ("by_hour", 23, False),
    "BYMINUTE": ("by_minute", 59, False),
    "BYSECOND": ("by_second", 60, False),
    "BYSETPOS": ("by_set_pos", 366, True),
}
_FROM_ZERO = frozenset({"BYHOUR", "BYMINUTE", "BYSECOND"})
_OTHERS = ("FREQ", "INTERVAL", "COUNT", "UNTIL", "WKST", "BYDAY")
_BY_DAY = re.compile(r"([+-]?[0-9]{1,2})?(MO|TU|WE|TH|FR|SA|SU)\Z")
_UNTIL = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})(?:T([0-9]{2})([0-9]{2})([0-9]{2})(Z)?)?\Z")
_NUMBER = re.compile(r"[+-]?[0-9]{1,10}\Z")


def invalid(message: str) -> InvalidInputError:
    """The error for a rule that cannot be used."""
    return InvalidInputError("rrule", message)


@lru_cache(maxsize=1024)
def read_rule(text: str) -> Rule:
    """The rule that `text` spells, its parts checked one by one. Raises InvalidInputError (field `rrule`)."""
    if len(text) > MAX_LENGTH:
        raise invalid(f"longer than {MAX_LENGTH} characters")
    body = text.strip().upper().removeprefix("RRULE:").strip().rstrip(";")
    given: dict[str, str] = {}
    for part in body.split(";") if body else ():
        name, equals, value = (piece.strip() for piece in part.partition("="))
        if name not in _LISTS and name not in _OTHERS:
            raise invalid(f"{name[:40]!r} is no part of a rule; known are {', '.join((*_OTHERS, *_LISTS))}")
        if not equals or not value:
            raise invalid(f"{name} has no value; write {name}=…")
        if name in given:
            raise invalid(f"{name} is given twice")
        given[name] = value
    if "FREQ" not in given:
        raise invalid("FREQ is missing; a rule starts like FREQ=WEEKLY")
    if given["FREQ"] not in FREQUENCIES:
        raise invalid(f"FREQ={given['FREQ'][:40]} is unknown; use one of {', '.join(FREQUENCIES)}")
    if "COUNT" in given and "UNTIL" in given:
        raise invalid("COUNT and UNTIL exclude each other; keep one")
    lists = {spec[0]: _integers(name, given[name]) for name, spec in _LISTS.items() if name in given}
    if "by_second" in lists:  # a leap second counts as second 59 where there are none (RFC 5545 §3.3.10)
        lists["by_second"] = tuple(sorted({min(second, 59) for second in lists["by_second"]}))
    rule = replace(
        Rule(
            freq=given["FREQ"],
            interval=_whole("INTERVAL", given.get("INTERVAL", "1"), MAX_INTERVAL),
            by_day=_by_day(given["BYDAY"]) if "BYDAY" in given else (),
            week_start=_weekday(given["WKST"]) if "WKST" in given else 0,
            count=_whole("COUNT", given["COUNT"], MAX_COUNT) if "COUNT" in given else None,
            until=_until(given["UNTIL"]) if "UNTIL" in given else None,
        ),
        **lists,  # type: ignore[arg-type]
    )
    _check_combination(rule)
    return rule


def _check_combination(rule: Rule) -> None:
    if rule.by_week_no and rule.freq != "YEARLY":
        raise invalid("BYWEEKNO needs FREQ=YEARLY")
    if rule.by_year_day and rule.freq in ("DAILY", "WEEKLY", "MONTHLY"):
        raise invalid(f"BYYEARDAY cannot stand with FREQ={rule.freq}")
    if rule.by_month_day and rule.freq == "WEEKLY":
        raise invalid("BYMONTHDAY cannot stand with FREQ=WEEKLY")
    if any(ordinal for ordinal, _ in rule.by_day):
        if rule.freq not in ("MONTHLY", "YEARLY"):
            raise invalid("a number in BYDAY (such as 2FR) needs FREQ=MONTHLY or YEARLY")
        if rule.by_week_no:
            raise invalid("a number in BYDAY (such as 2FR) cannot stand with BYWEEKNO")
    others = [spec[0] for name, spec in _LISTS.items() if name != "BYSETPOS"] + ["by_day"]
    if rule.by_set_pos and not any(getattr(rule, attribute) for attribute in others):
        raise invalid("BYSETPOS needs another BY part to choose from")


def _whole(name: str, text: str, largest: int) -> int:
    if not _NUMBER.match(text):
        raise invalid(f"{name}={text[:40]} is not a whole number")
    value = int(text)
    if not 1 <= value <= largest:
        raise invalid(f"{name}={value} is out of range; it is at least 1 and at most {largest}")
    return value


def _integers(name: str, text: str) -> tuple[int, ...]:
    _, largest, negative = _LISTS[name]
    smallest = 0 if name in _FROM_ZERO else 1
    values: set[int] = set()
    for piece in text.split(","):
        piece = piece.strip()
        value = int(piece) if _NUMBER.match(piece) else None
        if value is None or not smallest <= (abs(value) if negative else value) <= largest:
            either = " or negative" if negative else ""
            raise invalid(f"{name}={piece[:40]} is out of range; it is {smallest} to {largest}{either}")
        values.add(value)
    return tuple(sorted(values))


def _by_day(text: str) -> tuple[tuple[int, int], ...]:
    days: set[tuple[int, int]] = set()
    for piece in text.split(","):
        match = _BY_DAY.match(piece.strip())
        ordinal = int(match[1]) if match and match[1] else 0
        if match is None or abs(ordinal) > 53 or (match[1] and not ordinal):
            raise invalid(f"BYDAY={piece.strip()[:40]} is no weekday; write MO, -1FR or 2TU")
        days.add((ordinal, WEEKDAYS.index(match[2])))
    return tuple(sorted(days))


def _weekday(text: str) -> int:
    if text not in WEEKDAYS:
        raise invalid(f"WKST={text[:40]} is no weekday; use one of {', '.join(WEEKDAYS)}")
    return WEEKDAYS.index(text)


def _until(text: str) -> date | datetime:
    match = _UNTIL.match(text)
    problem = f"UNTIL={text[:40]} is no date; write 20261231, 20261231T235959 or 20261231T235959Z"
    if match is None:
        raise invalid(problem)
    year, month, day, hour, minute, second = (int(piece or 0) for piece in match.groups()[:6])
    try:
        if match[4] is None:
            return date(year, month, day)
        moment = datetime(year, month, day, hour, minute, min(second, 59))  # noqa: DTZ001
    except ValueError as error:
        raise invalid(problem) from error
    return moment.replace(tzinfo=UTC) if match[7] else moment


def _until_text(until: date | datetime) -> str:
    if not isinstance(until, datetime):
        return f"{until:%Y%m%d}".rjust(8, "0")
    return f"{until:%Y%m%dT%H%M%S}".rjust(15, "0") + ("Z" if until.tzinfo else "")
