"""Days and moments of a filter, as a person writes them."""

import re
from datetime import UTC, date, datetime, timedelta

from functions.kernel.domain.filters.tokens import wrong
from functions.kernel.domain.filters.tree import Point
from functions.kernel.domain.phrases import Habits, Phrase, parse
from functions.kernel.domain.phrases.tokens import add_months
from functions.kernel.domain.wall_time import to_local, to_utc
from functions.kernel.errors import InvalidInputError

EXAMPLES = "2026-11-27, 27 nov, next friday, in 3 days, 3 days ago, today at 14:00"
# One day is left at each end for what a day's bounds are in other zones.
FIRST, LAST = date(1, 1, 3), date(9999, 12, 29)
_COUNTED = re.compile(
    r"(?P<sign>[-+])(?P<n>[0-9]{1,4}) ?(?P<unit>day|week|month|year)s?"
    r"|(?P<ago>[0-9]{1,4}|an?) (?P<of>day|week|month|year)s? ago",
    re.I | re.A,
)


def read_point(text: str, start: int, now: datetime, habits: Habits) -> Point:
    """The day, or moment, that `text`, which begins at `start`, says at `now` (naive, in the habits' zone).

    Raises InvalidInputError for what is no day, for one that could be two, and for one beyond the years 1 to 9999.
    """
    words, end = " ".join(text.split()), start + len(text)
    if not words:
        raise wrong(f"a day belongs here, such as {EXAMPLES}", max(start - 1, 0), end)
    if "\\" in words or '"' in words:
        raise wrong(f"a day takes no quotes and no backslash; write it like {EXAMPLES}", start, end)
    try:
        point = _counted(words, now) or _phrase(words, start, end, now, habits)
    except (OverflowError, InvalidInputError) as error:
        if isinstance(error, InvalidInputError) and error.span:
            raise
        raise _out_of_years(words, start, end) from None
    if not FIRST <= point.day <= LAST:
        raise _out_of_years(words, start, end)
    return point


def _out_of_years(words: str, start: int, end: int) -> InvalidInputError:
    return wrong(f"{words} leaves the years 1 to 9999", start, end)


def _counted(words: str, now: datetime) -> Point | None:
    """ "yesterday", "3 days ago", "-2 weeks", "+10 days": what a sentence about what is to be done does not say."""
    if words.lower() == "yesterday":
        return Point(words, now.date() - timedelta(days=1))
    match = _COUNTED.fullmatch(words)
    if not match:
        return None
    if match["ago"]:
        count, unit = -1 if match["ago"].lower() in ("a", "an") else -int(match["ago"]), match["of"].lower()
    else:
        count, unit = int(match["sign"] + match["n"]), match["unit"].lower()
    if unit in ("month", "year"):
        months = count * (12 if unit == "year" else 1)
        if not 1 <= (now.year * 12 + now.month - 1 + months) // 12 <= LAST.year:
            raise OverflowError
        return Point(words, add_months(now, months).date())
    return Point(words, now.date() + timedelta(days=count * (7 if unit == "week" else 1)))


def _phrase(words: str, start: int, end: int, now: datetime, habits: Habits) -> Point:
    phrase = parse(words, now, habits)
    open_ones = [ambiguity for ambiguity in phrase.ambiguities if not ambiguity.settled]
    if open_ones:
        raise wrong(f"{open_ones[0]} Write the one that you mean.", start, end)
    if not _is_day_alone(phrase):
        raise wrong(f"“{words}” is no day; write it like {EXAMPLES}", start, end)
    zone = habits.zone or "UTC"
    if phrase.due_local:
        moment = to_utc(phrase.due_local, phrase.zone or zone)
        return Point(words, to_local(moment, zone).date(), moment.astimezone(UTC))
    assert phrase.due_on is not None  # noqa: S101 - a due time is one of the two
    return Point(words, phrase.due_on)


def _is_day_alone(phrase: Phrase) -> bool:
    other = phrase.title or phrase.rrule or phrase.reminders or phrase.labels or phrase.priority or phrase.list_name
    return phrase.has_due and not other
