"""Times of day: "at 9", "9:30pm", "half past nine", "noon", "in the evening".

A bare hour is read on the 24-hour clock ("at 9" is 09:00, "at 5" 05:00, the other reading
offered); am, pm and a part of the day ("at 8 in the evening", "tonight at 8") decide it.
"""

import re
from dataclasses import dataclass
from datetime import time

from functions.kernel.domain.phrases.tokens import NUMBERS, Sentence

# What a part of the day means when no hour is given.
PARTS = {
    "morning": time(9),
    "afternoon": time(15),
    "evening": time(18),
    "night": time(20),
}
_HOUR_WORDS = {word: value for word, value in NUMBERS.items() if value <= 12 and word not in ("a", "an", "a couple of")}
_HOUR_WORD = "(?:" + "|".join(sorted(_HOUR_WORDS, key=len, reverse=True)) + ")"
_LEAD = r"(?P<lead>(?:(?:at|by|before|around|about|from|@|until|till|for)\s*(?:around |about |exactly )?)?)"
_MERIDIAN = r"(?P<meridian>a\.?m\.?|p\.?m\.?|a|p)"
_CLOCK = re.compile(
    _LEAD
    + r"(?P<hour>[0-9]{1,2})(?:(?P<colon>[:.h])(?P<minute>[0-5][0-9])(?::(?P<second>[0-5][0-9]))?)?"
    + rf"(?:\s?{_MERIDIAN}(?![^\W_]))?(?P<oclock>\s?o['’]?clock(?:\s(?P<late>[ap])\.?m\b)?| uhr)?"
    + r"(?P<hours>\s?h(?:rs|ours)?(?![^\W_]))?"
)
_WORDS = re.compile(
    _LEAD
    + r"(?P<part>half past|half|quarter past|quarter after|quarter to|a quarter past|a quarter to|"
    + r"(?:[0-9]{1,2}|five|ten|twenty) (?:minutes )?(?:past|to)) "
    + rf"(?P<hour>[0-9]{{1,2}}|{_HOUR_WORD})(?:\s?{_MERIDIAN}(?![^\W_]))?"
)
_HOUR_NAME = re.compile(
    rf"(?P<lead>at |by |before )(?P<hour>{_HOUR_WORD})(?: (?P<minute>thirty|fifteen|forty-five))?"
    rf"(?:\s?{_MERIDIAN}(?![^\W_]))?(?P<oclock> o['’]?clock)?(?![^\W_-])"
)
_NAMED = re.compile(
    r"(?P<lead>(?:at|by|before|around|until|till) )?(?P<name>noon|midday|midnight|lunchtime|lunch time"
    r"|(?:the )?end of (?:the |business )?day|close of business|eod|cob)\b"
)
_NAMES = {"noon": time(12), "midday": time(12), "midnight": time(0), "lunchtime": time(12), "lunch": time(12)}
END_OF_DAY = time(17)
"""The working day's."""
_RANGE = re.compile(r"\s?(?:-|–|to|until|till)\s?(?:[0-9]{1,2}(?::[0-5][0-9])?(?:\s?(?:am|pm))?)(?![^\W_:])")
_PART = re.compile(
    r"(?:(?P<lead>in the|this|at|during the|by|early in the|late in the) )?(?P<part>morning|afternoon"
    r"|evening|night)\b"
)


@dataclass(frozen=True, slots=True)
class Clock:
    """A time of day, without its preposition. `settled`: am or pm is beyond doubt. `part`: only a part of the day
    was said. `end_of_day`: 24:00."""

    at: time
    start: int
    end: int
    settled: bool = True
    part: str | None = None
    today: bool = False
    midnight: bool = False
    end_of_day: bool = False


def match_time(sentence: Sentence, at: int) -> Clock | None:
    """The time of day that begins here."""
    return _clock(sentence, at) or _in_words(sentence, at) or _hour_name(sentence, at) or _named(sentence, at)


def match_part(sentence: Sentence, at: int) -> Clock | None:
    """The part of the day that begins here: "in the morning", "this evening", or bare after a date."""
    match = _PART.match(sentence.low, at)
    if not match or not sentence.ends_word(match.end()):
        return None
    lead, part = match["lead"], match["part"]
    if lead == "at" and part != "night":
        return None
    alone = sentence.is_first(at) and not sentence.low[match.end() :].strip(" .!")
    if not (lead or alone or sentence.follows_span(at, "date", "recurrence", "time")):
        return None
    return Clock(PARTS[part], at, match.end(), settled=False, part=part, today=lead == "this")


def _clock(sentence: Sentence, at: int) -> Clock | None:
    match = _CLOCK.match(sentence.low, at)
    if not match:
        return None
    hour, minute, second = int(match["hour"]), int(match["minute"] or 0), int(match["second"] or 0)
    lead, end = match["lead"].strip(), match.end()
    meridian = match["meridian"] or (f"{match['late']}m" if match["late"] else None)
    if meridian in ("a", "p") and not (match["minute"] or lead or _beside_a_day(sentence, at, end)):
        return None  # "buy 5p stamps"
    marked = bool(meridian or match["colon"] == ":" or match["oclock"] or (match["minute"] and match["colon"] == "h"))
    if match["hours"] and (not match["minute"] or match["colon"] == "."):
        marked = marked or (lead == "at" and len(match["hours"].strip()) == 1)
        if not marked:
            return None
    if not marked and not lead:
        return None
    if match["colon"] == "." and not meridian and lead not in ("at", "by", "@"):
        return None
    if not marked and (lead in ("for", "about", "around", "from", "before", "until", "till") or lead.startswith("for")):
        return None  # "for 2", "about 5", "from 3": amounts as often as hours
    if lead.startswith("about") and not marked:
        return None
    if not marked and not match["minute"] and not _stands_alone(sentence, at, end):
        return None
    end_of_day = match["colon"] == ":" and (hour, minute, second, meridian) == (24, 0, 0, None)
    if not (end_of_day or _is_clock(hour, minute, meridian)):
        return None
    after = _RANGE.match(sentence.low, end) if marked else None
    if after and sentence.ends_word(after.end()):
        end_meridian = re.search(r"am|pm", after[0])
        meridian = meridian or (end_meridian[0] if end_meridian and hour <= 12 else None)
        end = after.end()
    if not sentence.ends_word(end) and not (meridian and sentence.low[end - 1] == "."):
        return None
    settled = bool(meridian) or hour > 12 or hour == 0 or match["hour"].startswith("0")
    of_day = time(_hour24(hour, meridian) % 24, minute, second)
    return Clock(of_day, match.end("lead"), end, settled, end_of_day=end_of_day)


def _in_words(sentence: Sentence, at: int) -> Clock | None:
    match = _WORDS.match(sentence.low, at)
    if not match or not sentence.ends_word(match.end()):
        return None
    hour = _HOUR_WORDS.get(match["hour"]) or (int(match["hour"]) if match["hour"].isdigit() else 24)
    part = match["part"].removeprefix("a ")
    if part == "half" and not match["lead"]:
        return None  # "half nine" needs an "at"; "half 3 apples" is none
    if not _is_clock(hour, 0, match["meridian"]):
        return None
    first = part.split()[0]
    named = {"half": 30, "quarter": 15, "five": 5, "ten": 10, "twenty": 20}
    minutes = named[first] if first in named else int(first)
    if first.isdigit() and not match["lead"] and not match["meridian"]:
        return None  # "2 to 3", "10 to 12" count things; "at 10 to 12" is a time
    if minutes > 59:
        return None
    hour = _hour24(hour, match["meridian"])
    total = hour * 60 + (-minutes if part.endswith("to") else minutes)
    return Clock(
        time(total // 60 % 24, total % 60), match.end("lead"), match.end(), bool(match["meridian"]) or hour > 12
    )


def _hour_name(sentence: Sentence, at: int) -> Clock | None:
    match = _HOUR_NAME.match(sentence.low, at)
    if not match or not sentence.ends_word(match.end()):
        return None
    if not (match["meridian"] or match["oclock"] or match["minute"] or _stands_alone(sentence, at, match.end())):
        return None
    hour = _hour24(_HOUR_WORDS[match["hour"]], match["meridian"])
    minute = NUMBERS["forty-five"] if match["minute"] == "forty-five" else NUMBERS.get(match["minute"] or "", 0)
    return Clock(time(hour, minute), match.end("lead"), match.end(), bool(match["meridian"]))


def _named(sentence: Sentence, at: int) -> Clock | None:
    match = _NAMED.match(sentence.low, at)
    if not match or not sentence.ends_word(match.end()):
        return None
    if not match["lead"] and match["name"].split()[0] in _NAMES:
        if match["name"].startswith("lunch"):
            return None
        beside = sentence.follows_span(at, "date", "recurrence") or sentence.is_first(at)
        if not (beside and sentence.counts_nothing(match.end())) and sentence.low[match.end() :].strip(" .!"):
            return None  # "midnight snack"
    at_time = _NAMES.get(match["name"].split()[0], END_OF_DAY)
    return Clock(at_time, match.start("name"), match.end(), midnight=at_time == time(0))


def _beside_a_day(sentence: Sentence, at: int, end: int) -> bool:
    rest = sentence.low[end:].strip(" .!,")
    before_one = sentence.is_first(at) and re.match(r"(?:today|tomorrow|on )|$", rest)
    return sentence.follows_span(at, "date") or bool(before_one)


def _stands_alone(sentence: Sentence, at: int, end: int) -> bool:
    return sentence.is_first(at) or sentence.follows_span(at, "date", "recurrence") or sentence.counts_nothing(end)


def _is_clock(hour: int, minute: int, meridian: str | None) -> bool:
    return (1 <= hour <= 12 if meridian else hour <= 23) and minute <= 59


def _hour24(hour: int, meridian: str | None) -> int:
    if not meridian:
        return hour
    return hour % 12 + (12 if meridian.startswith("p") else 0)
