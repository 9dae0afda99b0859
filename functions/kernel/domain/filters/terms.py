"""One term of a filter."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from difflib import get_close_matches
from typing import Any, get_args

from functions.kernel.domain.filters.names import COMMA, read_name
from functions.kernel.domain.filters.points import read_point
from functions.kernel.domain.filters.search import read_search
from functions.kernel.domain.filters.tokens import Token, wrong
from functions.kernel.domain.filters.tree import (
    AssignedTo,
    Created,
    CreatedBy,
    Deadline,
    Due,
    DueWithin,
    Estimated,
    Fact,
    HasPriority,
    HasStatus,
    InList,
    Is,
    Labelled,
    Term,
)
from functions.kernel.domain.phrases import Habits
from functions.kernel.errors import InvalidInputError


@dataclass(frozen=True, slots=True)
class Asked:
    """When the filter is asked (naive, in the habits' zone), and how who asks writes dates."""

    now: datetime
    habits: Habits


FACTS = {fact: fact for fact in get_args(Fact)} | {
    "od": "overdue", "no due date": "no date", "no label": "no labels", "no due time": "no time",
}  # fmt: skip
STATUSES = {"open": "open", "done": "done", "completed": "done", "all": "all", "view all": "all"}
PRIORITIES = {"p1": 1, "p2": 2, "p3": 3, "p4": 4, "no priority": 4}
_DATED: dict[str, Callable[..., Term]] = {"due": Due, "date": Due, "created": Created, "deadline": Deadline}
_PEOPLE: dict[str, Callable[..., Term]] = {
    "assigned to": AssignedTo, "created by": CreatedBy, "added by": CreatedBy,
}  # fmt: skip
KEYS = (*(f"{key}{relation}" for key in _DATED for relation in ("", " before", " after")), *_PEOPLE, "search")
DAYS = ("today", "tomorrow", "yesterday", "next 7 days")
MOST_DAYS = 3_650

_KEYED = re.compile(r"(?P<key>[a-z]+(?: +[a-z]+)*)\s*:\s*(?P<value>.*)", re.I | re.S | re.A)
_WITHIN = re.compile(r"(?:next )?(?P<days>[0-9]{1,5}) days?", re.A)
_ESTIMATE = re.compile(r"estimate ?(?P<is><=|>=|<|>|=) ?(?P<n>[0-9]{1,5}) ?(?P<unit>m|min|minutes?|h|hours?)?", re.A)


def read_term(token: Token, asked: Asked) -> Term:
    """What the term says. Raises InvalidInputError that says what is wrong with it, and where."""
    text, start = token.text, token.start
    if text.startswith("#"):
        marks = 2 if text.startswith("##") else 1
        return InList(read_name(text[marks:], start + marks, "a list"))
    if text.startswith("@"):
        return Labelled(read_name(text[1:], start + 1, "a label"))
    words = " ".join(text.lower().split())
    if term := _fixed(words, token) or _estimate(words, token):
        return term
    if match := _KEYED.fullmatch(text):
        return _keyed(
            " ".join(match["key"].lower().split()), match["value"], start + match.start("value"), token, asked
        )
    if text.startswith("/"):
        raise wrong("lists have no sections here; name the list, #work, or a label, @waiting", start, token.end)
    if "," in text:
        at = start + text.index(",")
        raise wrong(f"{COMMA}; before a day that has one write due:", at, at + 1)
    try:
        return Due("on", read_point(text, start, asked.now, asked.habits))
    except InvalidInputError as error:
        if "can mean" in error.message:
            raise
        raise _unknown(words, token) from None


def _fixed(words: str, token: Token) -> Term | None:
    if words in FACTS:
        return Is(FACTS[words])
    if words in STATUSES:
        return HasStatus(STATUSES[words])  # type: ignore[arg-type]
    if words in PRIORITIES:
        return HasPriority(PRIORITIES[words])
    if match := _WITHIN.fullmatch(words):
        days = int(match["days"])
        if not 1 <= days <= MOST_DAYS:
            raise wrong(f"count 1 to {MOST_DAYS} days; the first is today", token.start, token.end)
        return DueWithin(days)
    return None


def _estimate(words: str, token: Token) -> Term | None:
    if match := _ESTIMATE.fullmatch(words):
        per_unit = 60 if (match["unit"] or "m").startswith("h") else 1
        return Estimated(match["is"], int(match["n"]) * per_unit)  # type: ignore[arg-type]
    if words.startswith("estimate"):
        raise wrong("an estimate is compared: estimate < 30 (minutes), estimate >= 2h", token.start, token.end)
    return None


def _keyed(key: str, value: str, start: int, token: Token, asked: Asked) -> Term:
    end_of_key = token.start + len(key)
    key = " ".join(key.lower().split())
    if key == "search":
        return read_search(value, start)
    if key in _PEOPLE:
        return _PEOPLE[key](_who(value, start))
    base, _, relation = key.partition(" ")
    if base in _DATED and relation in ("", "before", "after"):
        point = read_point(value, start, asked.now, asked.habits)
        if base == "deadline" and point.moment:
            raise wrong("a deadline is a day; leave out the time", start, token.end)
        return _DATED[base](relation or "on", point)
    close = get_close_matches(key, KEYS, n=1)
    hint = f"did you mean “{close[0]}:”?" if close else f"there are {', '.join(f'{known}:' for known in KEYS)}"
    raise wrong(f"nothing is called “{key[:40]}:”; {hint}", token.start, end_of_key)


def _who(text: str, start: int) -> Any:
    words = text.lower()
    return words if words in ("me", "others") else read_name(text, start, "a person", spaces=True)


def _unknown(words: str, token: Token) -> InvalidInputError:
    close = get_close_matches(words, (*FACTS, *STATUSES, *PRIORITIES, *DAYS), n=1)
    hint = f"did you mean “{close[0]}”?" if close else (
        "for words of a title write search:, for a list #, for a label @, for a day due:, between two terms & or |"
    )  # fmt: skip
    return wrong(f"“{words[:40]}” is no term of a filter; {hint}", token.start, token.end)
