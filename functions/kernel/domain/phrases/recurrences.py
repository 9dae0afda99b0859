"""Repeating: "every day", "every other monday", "every! 3 days", "every last workday"."""

import re
from dataclasses import replace

from functions.kernel.domain.phrases.recurring_days import (
    DAY_RANGE,
    EACH_SO_MANY,
    GLUE,
    codes,
    interval_of,
    on_days,
    range_codes,
)
from functions.kernel.domain.phrases.repeat import Repeat, with_on, with_part, with_weeks
from functions.kernel.domain.phrases.tokens import (
    NUMBER,
    ORDINAL,
    UNITS,
    WEEKDAY,
    Doubt,
    Sentence,
    alternatives,
    number_of,
    ordinal_of,
)
from functions.kernel.domain.recurrence import parse_rule
from functions.kernel.errors import InvalidInputError

_EVERY = re.compile(
    r"(?:every|each|ev)(?P<bang>!)?(?: single)? (?P<other>other |alternate |second (?=day|week|month|year))?"
)
_ADVERB = re.compile(
    r"(?P<name>every ?day|daily|weekly|biweekly|bi-weekly|fortnightly|monthly|bimonthly|bi-monthly"
    r"|quarterly|yearly"
    r"|annually|hourly|once (?:a|per) (?:day|week|month|year)|nightly)\b"
)
_SIMPLE = {
    "everyday": "DAILY", "every day": "DAILY", "daily": "DAILY", "nightly": "DAILY", "weekly": "WEEKLY",
    "monthly": "MONTHLY", "yearly": "YEARLY", "annually": "YEARLY", "hourly": "HOURLY",
    "biweekly": "WEEKLY;INTERVAL=2", "bi-weekly": "WEEKLY;INTERVAL=2", "fortnightly": "WEEKLY;INTERVAL=2",
    "bimonthly": "MONTHLY;INTERVAL=2", "bi-monthly": "MONTHLY;INTERVAL=2", "quarterly": "MONTHLY;INTERVAL=3",
    "day": "DAILY", "week": "WEEKLY", "month": "MONTHLY", "year": "YEARLY",
}  # fmt: skip
_FREQ = {
    "second": ("SECONDLY", 1), "minute": ("MINUTELY", 1), "hour": ("HOURLY", 1), "day": ("DAILY", 1),
    "week": ("WEEKLY", 1), "fortnight": ("WEEKLY", 2), "month": ("MONTHLY", 1), "quarter": ("MONTHLY", 3),
    "year": ("YEARLY", 1), "decade": ("YEARLY", 10),
}  # fmt: skip
_UNIT = alternatives(UNITS)
_COUNTED = re.compile(rf"(?:(?P<n>{NUMBER}|{ORDINAL})[ -]?)?(?P<unit>{_UNIT})(?![^\W_])")
_PART = re.compile(r"(?P<part>morning|afternoon|evening|night)s?\b")
_NUMBERED = re.compile(rf"(?:on )?(?=(?:the )?(?:last|{ORDINAL})[ ,])")
_EDGE_OF_EVERY = re.compile(
    r"(?:(?:at|by|on) )?(?:the )?(?P<edge>end|start|beginning|last day|first day) of (?:every|each) "
    rf"{EACH_SO_MANY}month\b"
)
_SO_MANY_DAYS = re.compile(rf"(?P<n>{NUMBER}) (?P<days>weekend|{WEEKDAY})s(?![^\W_])")
_OF_EVERY = re.compile(rf" (?:of|in) (?:every|each) {EACH_SO_MANY}(?:month|quarter|year)s?$")
_AFTER_DONE = re.compile(
    r" after (?:completion|completing(?: it)?|it(?: is|['’]s) done|done|finishing(?: it)?)(?![^\W_])"
)
_BARE_GROUP = re.compile(r"on (?P<a>weekdays|workdays|business days|weekends)\b|(?P<b>weekdays|workdays|weekends)\b")
_PLURAL = re.compile(rf"(?:on )?(?P<all>{WEEKDAY}s(?:{GLUE}{WEEKDAY}s)*)(?![^\W_])")


def match_repeat(sentence: Sentence, at: int) -> Repeat | None:
    """The recurrence that begins here."""
    low = sentence.low
    every = _EVERY.match(low, at)
    found = _after_every(sentence, every) if every else None
    found = found or _of_every(sentence, at) or _adverb(sentence, at) or _plural(sentence, at)
    if found and every:
        done = _AFTER_DONE.match(low, found.end)
        found = replace(found, end=done.end(), completion=True) if done else found
    return found if found and sentence.ends_word(found.end) and _is_rule(found.rule) else None


def _is_rule(text: str) -> bool:
    try:
        parse_rule(text)
    except InvalidInputError:
        return False  # "every 0th", "every 30th of february": plain words
    return True


def _after_every(sentence: Sentence, every: re.Match[str]) -> Repeat | None:
    low, at = sentence.low, every.end()
    completion, interval = bool(every["bang"]), 2 if every["other"] else 1
    so_many = _SO_MANY_DAYS.match(low, at)
    if so_many and (amount := _amount(so_many["n"])):
        days = "SA,SU" if so_many["days"] == "weekend" else codes(so_many["days"])
        return with_weeks(sentence, Repeat(f"FREQ=WEEKLY;INTERVAL={amount};BYDAY={days}", so_many.end(), completion))
    by_days = on_days(low, at)
    if by_days:
        rule, end = by_days
        doubt = None
        if interval > 1:
            rule = rule.replace("FREQ=WEEKLY", "FREQ=WEEKLY;INTERVAL=2").replace(
                "FREQ=MONTHLY", "FREQ=MONTHLY;INTERVAL=2"
            )
        elif re.fullmatch(rf"(?:second|2nd) {WEEKDAY}", low[at:end]):
            fortnightly = f"FREQ=WEEKLY;INTERVAL=2;BYDAY={rule[-2:]}"
            monthly = rule
            other_week = f"{every[0].rstrip()} other {low[at:end].split()[1]}"
            of_month = f"{every[0].rstrip()} 2nd {low[at:end].split()[1]} of the month"
            second = low.startswith("second", at)
            rule = fortnightly if second else monthly
            doubt = Doubt(every.start(), end, (other_week, of_month) if second else (of_month, other_week))
        return with_weeks(sentence, with_part(sentence, Repeat(rule, end, completion, None, doubt)))
    part = _PART.match(low, at)
    if part:
        rule = "FREQ=DAILY" + (f";INTERVAL={interval}" if interval > 1 else "")
        return Repeat(rule, part.end(), completion, part["part"])
    counted = _COUNTED.match(low, at)
    if not counted:
        return None
    freq, size = _FREQ[UNITS[counted["unit"]]]
    if counted["n"]:
        amount = _amount(counted["n"])
        if not amount:
            return None
        interval *= amount
    interval *= size
    rule = f"FREQ={freq}" + (f";INTERVAL={interval}" if interval > 1 else "")
    return with_on(sentence, Repeat(rule, counted.end(), completion))


def _amount(text: str) -> int:
    if text == "last":
        return 0
    try:
        amount = number_of(text)
    except ValueError:
        amount = ordinal_of(text)
    return int(amount) if amount == int(amount) else 0


def _adverb(sentence: Sentence, at: int) -> Repeat | None:
    match = _ADVERB.match(sentence.low, at)
    if not match:
        return None
    name = match["name"]
    rule = "FREQ=" + _SIMPLE[name.split()[-1] if name.startswith("once") else name]
    doubt = None
    if name.startswith("bi"):
        twice = ("every 2 weeks", "every monday and thursday"), ("every 2 months", "every 1st and 15th")
        doubt = Doubt(at, match.end(), twice["month" in name])
    part = "night" if name == "nightly" else None
    found = with_on(sentence, Repeat(rule, match.end(), False, part, doubt))
    # "weekly report", "daily standup": an adjective
    if name.split()[0] in ("every", "everyday", "once") or found.end > match.end():
        return found
    alone = sentence.counts_nothing(found.end) or sentence.low.startswith(" except ", found.end)
    return found if alone or sentence.follows_span(at, "time", "date") else None


def _of_every(sentence: Sentence, at: int) -> Repeat | None:
    """ "on the 1st of every month", "the last friday of each month", "the end of each month"."""
    edge = _EDGE_OF_EVERY.match(sentence.low, at)
    if edge:
        day = -1 if edge["edge"] in ("end", "last day") else 1
        return Repeat(f"FREQ=MONTHLY{interval_of(edge)};BYMONTHDAY={day}", edge.end())
    lead = _NUMBERED.match(sentence.low, at)
    days = on_days(sentence.low, lead.end()) if lead else None
    return Repeat(*days) if days and _OF_EVERY.search(sentence.low[at : days[1]]) else None


def _plural(sentence: Sentence, at: int) -> Repeat | None:
    low = sentence.low
    group = _BARE_GROUP.match(low, at)
    if group and (group["a"] or sentence.counts_nothing(group.end())):
        days = "SA,SU" if "weekends" in group[0] else "MO,TU,WE,TH,FR"
        return with_part(sentence, Repeat(f"FREQ=WEEKLY;BYDAY={days}", group.end()))
    ranged = DAY_RANGE.match(low, at)
    if ranged and ranged["s"]:
        return with_part(sentence, Repeat(f"FREQ=WEEKLY;BYDAY={range_codes(ranged)}", ranged.end()))
    match = _PLURAL.match(low, at)
    if not match:
        return None
    words = re.findall(r"[a-z]+", match["all"])
    if not match[0].startswith("on ") and (
        any(word in ("suns", "sats", "weds", "mons", "tues", "thurs") for word in words)
        or sentence.word_before(at) in ("the", "my", "our")
    ):
        return None
    if "tues" in words or "thurs" in words or "weds" in words:
        return None  # "on tues" is one Tuesday
    return with_part(sentence, Repeat(f"FREQ=WEEKLY;BYDAY={codes(match['all'])}", match.end()))
