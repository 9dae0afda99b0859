"""A sentence as the grammar sees it: lower case, word starts, quotes, numbers in words, what may follow."""

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal


@dataclass(frozen=True, slots=True)
class Span:
    """A part of the text that was understood: text[start:end], and what it says."""

    start: int
    end: int
    kind: str


@dataclass(frozen=True, slots=True)
class Doubt:
    """text[start:end] can mean what either of `words` says beyond doubt; the first was taken, if `settled`."""

    start: int
    end: int
    words: tuple[str, str]
    settled: bool = True


DateOrder = Literal["mdy", "dmy", "ymd"]


@dataclass(frozen=True, slots=True)
class Setting:
    """What the reading depends on besides the text. `now` is naive local time; `week_start` 0 is Monday."""

    now: datetime
    date_order: DateOrder | None = None
    week_start: int = 0
    zone: str | None = None
    """The zone of `now`, if known: it makes "in 2 hours" right when the clocks change meanwhile."""


def words(text: str) -> tuple[str, ...]:
    """The words of a list that is written as one text."""
    return tuple(text.split())


UNITS = {
    **dict.fromkeys(("second", "seconds", "sec", "secs"), "second"),
    **dict.fromkeys(("minute", "minutes", "min", "mins", "m"), "minute"),
    **dict.fromkeys(("hour", "hours", "hr", "hrs", "h"), "hour"),
    **dict.fromkeys(("day", "days", "d"), "day"),
    **dict.fromkeys(("week", "weeks", "wk", "wks", "w"), "week"),
    **dict.fromkeys(("fortnight", "fortnights"), "fortnight"),
    **dict.fromkeys(("month", "months", "mo", "mos"), "month"),
    **dict.fromkeys(("quarter", "quarters"), "quarter"),
    **dict.fromkeys(("year", "years", "yr", "yrs", "y"), "year"),
    **dict.fromkeys(("decade", "decades"), "decade"),
}
_SMALL = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"]
NUMBERS = {
    **{word: value for value, word in enumerate(_SMALL, 1)},
    **{"a": 1, "an": 1, "a couple of": 2, "fifteen": 15, "twenty": 20, "thirty": 30},
    **{"forty": 40, "forty-five": 45, "sixty": 60, "ninety": 90},
}
_ORDINALS = words(
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth "
    "thirteenth fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth twentieth "
    "twenty-first twenty-second twenty-third twenty-fourth twenty-fifth twenty-sixth twenty-seventh "
    "twenty-eighth twenty-ninth thirtieth thirty-first"
)
ORDINALS = {word: value for value, word in enumerate(_ORDINALS, 1)}
WEEKDAYS = {
    **dict.fromkeys(("monday", "mon"), 0),
    **dict.fromkeys(("tuesday", "tues", "tue"), 1),
    **dict.fromkeys(("wednesday", "wed", "weds"), 2),
    **dict.fromkeys(("thursday", "thurs", "thur", "thu"), 3),
    **dict.fromkeys(("friday", "fri"), 4),
    **dict.fromkeys(("saturday", "sat"), 5),
    **dict.fromkeys(("sunday", "sun"), 6),
}
_MONTHS = words("january february march april may june july august september october november december")
MONTHS = {name: number for number, name in enumerate(_MONTHS, 1)}
_MONTH_NAMES = tuple(name.title() for name in MONTHS)
MONTHS |= {name[:3]: number for name, number in MONTHS.items()} | {"sept": 9}


def alternatives(words: dict[str, int] | dict[str, str]) -> str:
    """The words as a regular expression, longest first."""
    return "(?:" + "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True)) + ")"


WEEKDAY = alternatives(WEEKDAYS)
MONTH = alternatives(MONTHS)
NUMBER = r"(?:[0-9]{1,4}(?:[.,][0-9]{1,2}(?![0-9]))?|" + alternatives(NUMBERS) + ")"
JOINT = re.compile(r"\s*(?:,\s*and|,|and|&)\s+")
"""Between the members of a list."""
ORDINAL = r"(?:[0-9]{1,2}(?:st|nd|rd|th)|" + alternatives(ORDINALS) + ")"


def ordinal_of(text: str) -> int:
    """The number of `3rd` or `third`."""
    return ORDINALS[text] if text in ORDINALS else int(re.sub(r"[^0-9]", "", text))


def spelled(day: date) -> str:
    """A day in words that mean no other, whatever the order of day and month: `3 April 2027`."""
    return f"{day.day} {_MONTH_NAMES[day.month - 1]} {day.year}"


def number_of(text: str) -> float:
    """The number of `3`, `1.5`, `1,5`, `three` or `a`."""
    return NUMBERS[text] if text in NUMBERS else float(text.replace(",", "."))


# A bare number means a time ("at 9") or a day ("on the 3rd") only where nothing is counted by it: at the end,
# before a mark, or before one of these.
_AFTER_NUMBER = (
    frozenset(
        words(
            "on in at by for to with about and or every each daily weekly monthly yearly until till "
            "from starting today tonight tomorrow tmr tmrw this next please remind reminder sharp re "
            "regarding because if when but then before after the my everyday weekdays of due call buy "
            "pay send email"
        )
    )
    | frozenset(WEEKDAYS)
    | frozenset(MONTHS)
)
_WORD = re.compile(r"[^\W_]+(?:['’\-][^\W_]+)*", re.UNICODE)
_ISO_T = re.compile(r"(?<=[0-9]{4}-[0-9]{2}-[0-9]{2})t(?=[0-9]{2}:[0-9]{2})")
_COUNTED_SELF = re.compile(r"\s+[0-9]{1,4} ?[a-z]+ (?:before|earlier)\b|\s+[0-9]{1,4} times\b")
_START = re.compile(r"(?:(?<=\s)|(?<=[(,;:–—\[])|^)(?:[#@*+!]*[^\W_]|[#@*+][\"“])", re.UNICODE)
_QUOTED = re.compile(r'(?:(?<=[\s(])|^)(?:"([^"\s][^"]*)"|“([^”]+)”|‘([^’]+)’(?!\w)|\'([^\'\s][^\']*)\'(?!\w))')


class Sentence:
    """The text with what matchers ask of it. `low` is lower case, its quotes blanked, as long as the text."""

    def __init__(self, text: str) -> None:
        self.text = text
        low = text.lower()
        if len(low) != len(text):
            low = "".join(c.lower() if len(c.lower()) == 1 else c for c in text)
        low = _ISO_T.sub(" ", low)  # 2026-12-01T09:30 reads as date and time
        self.quotes = [match.span() for match in _QUOTED.finditer(text)]
        for start, end in self.quotes:  # quoted text is left alone: no pattern matches a null
            low = low[:start] + "\0" * (end - start) + low[end:]
        self.low = low
        self.starts = [match.start() for match in _START.finditer(low)]
        self.understood: list[Span] = []

    def ends_word(self, at: int) -> bool:
        """Whether a word may end here: nothing that would change its meaning is glued to it."""
        if at >= len(self.low):
            return True
        after = self.low[at]
        if after in "'’-/%°$€£_@" or after.isalnum():
            # A hyphen or slash that joins nothing ("9 - call") is punctuation.
            return after in "-/'’" and not (at + 1 < len(self.low) and self.low[at + 1].isalnum())
        return not (after in ".:," and at + 1 < len(self.low) and self.low[at + 1].isdigit())

    def word_after(self, at: int) -> str:
        """The word that follows directly, separated by blanks only; empty at the end and before a mark."""
        rest = self.low[at:]
        stripped = rest.lstrip()
        match = _WORD.match(stripped)
        return match[0] if match and len(stripped) < len(rest) else ""

    def word_before(self, at: int) -> str:
        """The word that precedes directly, separated by blanks only; empty at the start and after a mark."""
        head = self.low[max(0, at - 40) : at]
        match = re.search(r"([^\W_]+(?:['’][^\W_]+)*)\s+$", head)
        return match[1] if match else ""

    def counts_nothing(self, at: int) -> bool:
        """Whether the number that ends here stands alone: no unit or thing is counted by it."""
        word = self.word_after(at)
        if word and not word[0].isdigit():
            return word in _AFTER_NUMBER
        if _COUNTED_SELF.match(self.low, at):
            return True
        rest = self.low[at:].lstrip()
        return not rest or rest[0] in ",.;:!?)#@*+–—-(]\0"

    def follows_span(self, at: int, *kinds: str) -> bool:
        """Whether only blanks or a comma lie between here and the end of something understood."""
        if not self.understood:
            return False
        last = self.understood[-1]
        return (not kinds or last.kind in kinds) and self.low[last.end : at].strip(" ,\t") == ""

    def is_first(self, at: int) -> bool:
        """Whether nothing but understood parts and blanks lies before."""
        position = 0
        for span in self.understood:
            if self.low[position : span.start].strip(" ,\t"):
                return False
            position = span.end
        return not self.low[position:at].strip(" ,\t")


def add_months(day: datetime, months: int) -> datetime:
    """The same day some months on; the last day of the month when it is shorter."""
    index = day.year * 12 + day.month - 1 + months
    first = day.replace(year=index // 12, month=index % 12 + 1, day=1)
    next_first = (first + timedelta(days=32)).replace(day=1)
    return first + timedelta(days=min(day.day, (next_first - first).days) - 1)
