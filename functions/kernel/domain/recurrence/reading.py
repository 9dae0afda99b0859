"""A rule read from RFC 5545 text, its parts checked one by one."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import lru_cache

from functions.kernel.domain.recurrence.rule import BY_PARTS, FREQUENCIES, LISTS, WEEKDAYS, Rule, invalid

# The last date of a counted rule is found by a walk; this bounds it. RFC 5545 sets no bound.
MAX_COUNT = 10_000
MAX_INTERVAL = 10**9
MAX_LENGTH = 4096

_FROM_ZERO = frozenset({"BYHOUR", "BYMINUTE", "BYSECOND"})
_OTHERS = ("FREQ", "INTERVAL", "COUNT", "UNTIL", "WKST", "BYDAY", "RSCALE", "SKIP")
_SKIPS = ("OMIT", "BACKWARD", "FORWARD")
_BY_DAY = re.compile(r"([+-]?[0-9]{1,2})?(MO|TU|WE|TH|FR|SA|SU)\Z")
_UNTIL = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})(?:T([0-9]{2})([0-9]{2})([0-9]{2})(Z)?)?\Z")
_NUMBER = re.compile(r"[+-]?[0-9]{1,10}\Z")


@lru_cache(maxsize=1024)
def read_rule(text: str) -> Rule:
    """The rule that `text` spells, its parts checked one by one. Raises InvalidInputError (field `rrule`)."""
    if len(text) > MAX_LENGTH:
        raise invalid(f"longer than {MAX_LENGTH} characters")
    body = text.strip().upper().removeprefix("RRULE:").strip().rstrip(";")
    given: dict[str, str] = {}
    for part in body.split(";") if body else ():
        name, equals, value = (piece.strip() for piece in part.partition("="))
        if name not in LISTS and name not in _OTHERS:
            raise invalid(f"{name[:40]!r} is no part of a rule; known are {', '.join((*_OTHERS, *LISTS))}")
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
    lists = {spec[0]: _integers(name, given[name]) for name, spec in LISTS.items() if name in given}
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
            skip=_skip(given),
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
    others = [attribute for name, attribute in BY_PARTS.items() if name != "BYSETPOS"]
    if rule.by_set_pos and not any(getattr(rule, attribute) for attribute in others):
        raise invalid("BYSETPOS needs another BY part to choose from")


def _whole(name: str, text: str, largest: int) -> int:
    if not _NUMBER.match(text):
        raise invalid(f"{name}={text[:40]} is not a whole number")
    value = int(text)
    if not 1 <= value <= largest:
        instead = "; for more, say when it ends: UNTIL=…" if name == "COUNT" else ""
        raise invalid(f"{name}={value} is out of range; it is at least 1 and at most {largest}{instead}")
    return value


def _integers(name: str, text: str) -> tuple[int, ...]:
    _, largest, negative = LISTS[name]
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


def _skip(given: dict[str, str]) -> str:
    scale = given.get("RSCALE", "GREGORIAN")
    if scale != "GREGORIAN":
        raise invalid(f"RSCALE={scale[:40]} is not known; only GREGORIAN is")
    if "SKIP" not in given:
        return "OMIT"
    if "RSCALE" not in given:
        raise invalid("SKIP needs RSCALE; write RSCALE=GREGORIAN before it (RFC 7529 §4.1)")
    if given["SKIP"] not in _SKIPS:
        raise invalid(f"SKIP={given['SKIP'][:40]} is unknown; use one of {', '.join(_SKIPS)}")
    return given["SKIP"]


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
