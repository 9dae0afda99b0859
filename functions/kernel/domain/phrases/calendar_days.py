"""Days by their number: "2026-12-01", "3rd of May", "May 3 2027", "12/1", "1.12.", "on the 15th"."""

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from functions.kernel.domain.phrases.tokens import (
    MONTH,
    MONTHS,
    ORDINAL,
    Doubt,
    Sentence,
    Setting,
    add_months,
    ordinal_of,
    spelled,
)
from functions.kernel.domain.recurrence import next_occurrence, parse_rule

_ISO = re.compile(r"(?P<y>[12][0-9]{3})[-/](?P<m>[01]?[0-9])[-/](?P<d>[0-3]?[0-9])(?=[\s,.;:)!?]|$)")
_DAY_MONTH = re.compile(
    rf"(?:the )?(?P<d>{ORDINAL}|[0-3]?[0-9]\.?)(?P<of> of)? (?P<m>{MONTH})\b\.?(?:,? (?P<y>2[01][0-9]{{2}})\b)?"
)
_MONTH_DAY = re.compile(
    rf"(?P<m>{MONTH})\b\.? (?:the )?(?P<d>{ORDINAL}|[0-3]?[0-9])(?![0-9:]"
    rf"|\.[0-9])(?:,? (?P<y>2[01][0-9]{{2}})\b)?"
)
_SLASH = re.compile(r"(?P<a>[0-3]?[0-9])/(?P<b>[0-3]?[0-9])(?:/(?P<y>2[01][0-9]{2}|[0-9]{2}))?(?![0-9/])")
_DOT = re.compile(r"(?P<d>[0-3]?[0-9])\.\s?(?P<m>[01]?[0-9])\.(?P<y>2[01][0-9]{2}|[0-9]{2}(?![0-9:]))?")
_OF_MONTH = re.compile(rf"(?:the )?(?P<d>{ORDINAL})(?: of (?P<which>next|this|the) month)?(?![^\W_])")
_MEASURE = re.compile(r" (?:miles|km|times|steps|people|minutes|hours|days|weeks|percent|kg|euros|dollars|pages)\b")


@dataclass(frozen=True, slots=True)
class Day:
    """A day that was understood. `marked`: introduced by "on", "by", "due": it wins over one that is not."""

    on: date
    end: int
    marked: bool = False
    part: str | None = None
    doubt: Doubt | None = None


def month_later(day: date, months: int) -> date:
    """The first of the month, some months on."""
    return add_months(datetime(day.year, day.month, 1), months).date()  # noqa: DTZ001


def match_iso(sentence: Sentence, at: int, setting: Setting, marked: bool) -> Day | None:
    match = _ISO.match(sentence.low, at)
    return Day(date(int(match["y"]), int(match["m"]), int(match["d"])), match.end(), True) if match else None


def match_named_month(sentence: Sentence, at: int, setting: Setting, marked: bool) -> Day | None:
    match = _DAY_MONTH.match(sentence.low, at)
    if match:
        bare = match["d"].rstrip(".").isdigit() and not match["of"]
        written = sentence.text[match.start("m") : match.end("m")]
        if bare and written in ("may", "march", "mar") and not match["y"] and not sentence.counts_nothing(match.end()):
            return None  # "these 3 may fail"
        if (
            not bare
            and match["m"] == "may"
            and not match["of"]
            and not sentence.counts_nothing(match.end())
            and written == "may"
        ):
            return None
        if match["d"] == "second" and not match["of"]:
            return None
    else:
        match = _MONTH_DAY.match(sentence.low, at)
        if not match:
            return None
        written = sentence.text[match.start("m") : match.end("m")]
        number = match["d"].isdigit()
        plain = written in ("may", "march", "mar", "sep", "dec", "jan") and number and not match["y"]
        if plain and not marked and not (sentence.is_first(at) or sentence.counts_nothing(match.end())):
            return None  # "march 5 miles"
        if number and _MEASURE.match(sentence.low, match.end()):
            return None
    end = match.end()
    if sentence.low[end - 1] == ".":
        end -= 1
    day = ordinal_of(match["d"])
    year = int(match["y"]) if match["y"] else None
    return Day(_future(year, MONTHS[match["m"]], day, setting), end, marked or year is not None)


def match_slash(sentence: Sentence, at: int, setting: Setting, marked: bool) -> Day | None:
    match = _SLASH.match(sentence.low, at)
    if not match or (at and sentence.low[at - 1] in "$€£/"):
        return None
    first, second = int(match["a"]), int(match["b"])
    if not match["y"] and not marked:
        if match[0] in ("24/7", "50/50", "1/2", "1/3", "2/3", "1/4", "3/4") and not _dateish(sentence, at, match.end()):
            return None
        if not (sentence.is_first(at) or sentence.counts_nothing(match.end())):
            return None
    year = _year(match["y"])
    day, month = (first, second) if setting.date_order == "dmy" else (second, first)
    if month > 12 >= day:
        day, month = month, day
    on, doubt = _future(year, month, day, setting), None
    if day <= 12 and day != month:
        other = _future(year, day, month, setting)
        doubt = Doubt(at, match.end(), (spelled(on), spelled(other)), settled=setting.date_order is not None)
    return Day(on, match.end(), marked or year is not None, None, doubt)


def _dateish(sentence: Sentence, at: int, end: int) -> bool:
    return sentence.low[at:end] not in ("24/7", "50/50") and sentence.follows_span(at, "time")


def match_dot(sentence: Sentence, at: int, setting: Setting, marked: bool) -> Day | None:
    match = _DOT.match(sentence.low, at)
    if not match or (at and sentence.low[at - 1] in "$€£"):
        return None
    year = _year(match["y"])
    return Day(_future(year, int(match["m"]), int(match["d"]), setting), match.end(), marked or year is not None)


def match_of_month(sentence: Sentence, at: int, setting: Setting, marked: bool) -> Day | None:
    match = _OF_MONTH.match(sentence.low, at)
    if not match or not (match["which"] or (marked and sentence.counts_nothing(match.end()))):
        return None
    if match["d"] == "second" and not match["which"]:
        return None
    day, today = ordinal_of(match["d"]), setting.now.date()
    if not 1 <= day <= 31:
        return None
    begin = month_later(today, 1 if match["which"] == "next" else 0)
    on = next_occurrence(parse_rule(f"FREQ=MONTHLY;BYMONTHDAY={day}"), begin, max(begin, today) - timedelta(days=1))
    return Day(on, match.end(), True) if on else None


def _future(year: int | None, month: int, day: int, setting: Setting) -> date:
    """That day of the year, or of the first year from now on in which it comes. ValueError: it never does."""
    if year is not None:
        return date(year, month, day)
    if not (1 <= month <= 12 and 1 <= day <= 31):
        raise ValueError(day, month)
    today = setting.now.date()
    for candidate in range(today.year, min(today.year + 9, 10_000)):
        try:
            on = date(candidate, month, day)
        except ValueError:
            if (month, day) != (2, 29):
                raise
            continue
        if on >= today:
            return on
    raise ValueError(day, month)


def _year(text: str | None) -> int | None:
    return None if text is None else int(text) + (2000 if len(text) == 2 else 0)
