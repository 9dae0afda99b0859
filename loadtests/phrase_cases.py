"""Phrases of other libraries' tests (tests/vectors/phrases), and how an answer to one is judged."""

import json
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from itertools import islice
from pathlib import Path
from typing import Literal

from functions.kernel.domain.phrases import Habits, parse
from functions.kernel.domain.recurrence import SUB_DAILY, Rule, occurrences, parse_rule
from functions.kernel.errors import InvalidInputError

FOLDER = Path(__file__).parents[1] / "tests" / "vectors" / "phrases"
FILES = ("recurrent", "timefhuman", "parsedatetime", "dateparser")
YEARS = 2
COMPARED = 5
"""So many dates of two rules are compared."""

Verdict = Literal["right", "wrong", "none"]


@dataclass(frozen=True, slots=True)
class Case:
    """A text read at `now` (naive), and what is expected: a local time `at` (the `day` alone may matter), a `rule` that
    starts on or after `start`, or neither: nothing. `excludes`: the rule has exceptions."""

    text: str
    now: datetime
    at: datetime | None = None
    day: bool = False
    rule: str | None = None
    start: date | None = None
    excludes: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """What a library made of a text: a day or a local time, the first of a rule. `excludes`: as in a case;
    `says_exceptions`: the rule is what they leave, but for the dates in `without`."""

    at: date
    rule: str | None = None
    excludes: bool = False
    says_exceptions: bool = False
    without: tuple[date, ...] = ()


def cases(name: str) -> list[Case]:
    """Those of one library's file."""
    rows = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    return [
        Case(
            text=row["text"],
            now=datetime.fromisoformat(row["now"]),
            at=datetime.fromisoformat(row["at"]) if "at" in row else None,
            day=row.get("day", False),
            rule=row.get("rrule"),
            start=datetime.fromisoformat(row["from"]) if "from" in row else None,
            excludes=row.get("excludes", False),
        )
        for row in rows
    ]


def ours(case: Case) -> Answer | None:
    """As the product reads it. All four libraries are American in the order of day and month."""
    phrase = parse(case.text, case.now, Habits("mdy"))
    at = phrase.due_local or phrase.due_on
    return None if at is None else Answer(at, phrase.rrule, says_exceptions=True, without=phrase.exdates)


def judge(case: Case, answer: Answer | None) -> Verdict:
    """Whether the answer is what is expected; "none" if it should have been something and is nothing."""
    expects = case.at is not None or case.rule is not None
    if answer is None:
        return "none" if expects else "right"
    if not expects:
        return "wrong"
    return "right" if _agrees(case, answer) else "wrong"


def _agrees(case: Case, answer: Answer) -> bool:
    if case.at is not None:
        if answer.rule is not None:
            return False
        if isinstance(answer.at, datetime):
            return answer.at.replace(microsecond=0) == case.at
        return answer.at == case.at.date() and (case.day or case.at.time() in (time(), case.now.time()))
    if case.rule is None or answer.rule is None:
        return False
    if answer.says_exceptions and case.excludes:
        return _leaves_out(case.rule, answer, datetime.combine(case.start or case.now, time()))
    if case.excludes != answer.excludes:
        return False  # of exceptions it counts that there are some, not which
    try:
        start = case.start or _first(case, answer)
        return _dates(case.rule, start, case.rule) == _dates(answer.rule, answer.at, case.rule)
    except InvalidInputError:
        return False


def _leaves_out(text: str, answer: Answer, start: datetime) -> bool:
    """Whether what is given has dates of the expected rule only, and not all of them."""
    first = answer.at if isinstance(answer.at, datetime) else datetime.combine(answer.at, time())
    rules = ((text, start), (answer.rule or "", first))
    if parse_rule(text).freq in SUB_DAILY:
        rules = ((text, first), rules[1])
    wide, narrow = (set(islice(occurrences(parse_rule(rule), begin), YEARS * 366)) for rule, begin in rules)
    narrow -= {each if isinstance(each, datetime) else datetime.combine(each, time()) for each in answer.without}
    last = min(max(wide, default=date.max), max(narrow, default=date.max))
    wide, narrow = ({day for day in days if day <= last} for days in (wide, narrow))
    return narrow < wide


def _first(case: Case, answer: Answer) -> date:
    """Where the expected rule starts: now, or the answer's first date if that is the first that fits; from which day
    "every other Monday" counts is left open."""
    rule = replace(parse_rule(case.rule or ""), interval=1, count=None, until=None)
    first = next(iter(_occurrences(rule, case.now)), None)
    given = answer.at if isinstance(answer.at, datetime) else datetime.combine(answer.at, time())
    return given if first is not None and first.date() == given.date() and rule.freq != "DAILY" else case.now


def _dates(text: str, start: date, expected: str) -> list[date]:
    """The first dates, with their times of day where the expected rule names one or comes several times a day."""
    rule = parse_rule(text)
    begin = start if isinstance(start, datetime) else datetime.combine(start, time())
    timed = "BYHOUR" in expected
    if rule.until:
        rule = replace(rule, until=_end_of_day(rule.until))
    found = _occurrences(rule, begin)
    if rule.freq in SUB_DAILY:  # these count from the first, whenever that is
        return [begin.min + (each - found[0]) for each in found]
    return [each if timed else each.date() for each in found]


def _occurrences(rule: Rule, begin: datetime) -> list[datetime]:
    return [each for each in islice(occurrences(rule, begin), COMPARED) if isinstance(each, datetime)]


def _end_of_day(until: date) -> datetime:
    """Whether the last day counts is left open: by the day after, either way gives the same first dates."""
    return datetime.combine(until, time()) + timedelta(days=1)
