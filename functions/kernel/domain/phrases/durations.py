"""Lengths of time in words: "2 hours", "half an hour", "an hour and a half"; and days as far from now."""

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from functions.kernel.domain.phrases.tokens import (
    NUMBER,
    UNITS,
    Sentence,
    Setting,
    add_months,
    alternatives,
    number_of,
)
from functions.kernel.domain.wall_time import to_local, to_utc

_UNIT = alternatives(UNITS)
_HALF = re.compile(r"(?:half an? |a half[ -])(hour|day|year|minute)\b")
_QUARTER = re.compile(r"(?:a )?quarter of an hour\b|(three) quarters of an hour\b")
_PIECE = re.compile(rf"({NUMBER})(?:(?<=[0-9])\s*-?\s*|[- ]\s*)({_UNIT})(?:['’]s?)?(?![^\W\d_])")
_AND_HALF = re.compile(rf"({NUMBER}) and a half ({_UNIT})\b")
_HALF_AFTER = re.compile(r"\s+and a half\b")
_JOINT = re.compile(r"\s*(?:,\s*|and\s+)?")
_SECONDS = {"second": 1, "minute": 60, "hour": 3_600, "day": 86_400, "week": 604_800, "fortnight": 1_209_600}
_MONTHS = {"month": 1, "quarter": 3, "year": 12, "decade": 120}
_SIZES = _SECONDS | {unit: months * 30 * 86_400 for unit, months in _MONTHS.items()}


@dataclass(frozen=True, slots=True)
class Duration:
    """Months and seconds; `exact` when it has a part below a day, so that a time of day follows from it."""

    months: int
    seconds: int
    exact: bool
    end: int

    @property
    def minutes(self) -> int:
        """Whole minutes, a month being 30 days."""
        return self.months * 43_200 + self.seconds // 60

    def after(self, setting: Setting) -> datetime | None:
        """The local time this long from now; None beyond the year 9999."""
        try:
            moment = add_months(setting.now.replace(microsecond=0), self.months)
            if not self.exact or setting.zone is None:
                return moment + timedelta(seconds=self.seconds)
            return to_local(to_utc(moment, setting.zone) + timedelta(seconds=self.seconds), setting.zone)
        except (ValueError, OverflowError):
            return None


def match_duration(sentence: Sentence, at: int, compound: bool = True) -> Duration | None:
    """The duration that begins here. `compound` joins "2 hours and 10 minutes" into one."""
    low = sentence.low
    half = _HALF.match(low, at)
    if half:
        unit = half[1]
        months, length = (6, 0) if unit == "year" else (0, _SECONDS[unit] // 2)
        return Duration(months, length, unit != "year", half.end())
    quarter = _QUARTER.match(low, at)
    if quarter:
        return Duration(0, 2_700 if quarter[1] else 900, True, quarter.end())
    piece = _AND_HALF.match(low, at)
    extra = 0.5 if piece else 0.0
    piece = piece or _PIECE.match(low, at)
    seconds, exact, end, previous = 0.0, False, at, 10**9
    months = 0
    while piece:
        unit, amount = UNITS[piece[2]], number_of(piece[1]) + extra
        size = _SIZES[unit]
        if size >= previous:
            break
        end, previous, extra = piece.end(), size, 0.0
        tail = _HALF_AFTER.match(low, end)
        if tail and UNITS[piece[2]] in ("hour", "day", "week", "year"):
            amount, end = amount + 0.5, tail.end()
        if unit in _MONTHS:
            months += round(amount * _MONTHS[unit])
        else:
            seconds += amount * _SECONDS[unit]
            exact = exact or _SECONDS[unit] < 86_400 or bool(amount % 1 and unit == "day")
        joint = _JOINT.match(low, end)
        if not compound or (unit not in ("hour", "minute") and "and" in (joint[0] if joint else "")):
            break
        piece = _PIECE.match(low, joint.end()) if joint else None
    return Duration(months, int(seconds), exact, end) if end > at else None


_IN = re.compile(r"(?:now ?\+ ?|(?:due )?(?:in|within|after) )(?:about |around |exactly |another )?")
_FROM_NOW = re.compile(r"\s+(?:from (?:now|today)|hence|later)\b")
_TAIL = re.compile(r"['’]? time\b| from now\b")


def match_from_now(sentence: Sentence, at: int, setting: Setting) -> tuple[int, date | datetime] | None:
    """ "in 3 days", "2 weeks from now", or "2 weeks" alone: where it ends, and the day, or a local time below it."""
    lead = _IN.match(sentence.low, at)
    duration = match_duration(sentence, lead.end() if lead else at)
    if duration is None or (duration.seconds <= 0 and duration.months <= 0):
        return None
    tail = (_TAIL if lead else _FROM_NOW).match(sentence.low, duration.end)
    if not lead and not tail and not (sentence.is_first(at) and not sentence.low[duration.end :].strip(" .!")):
        return None  # a length is a due time only where nothing else is said
    end = tail.end() if tail else duration.end
    if not sentence.ends_word(end):
        return None
    if lead and lead[0].startswith("after ") and not sentence.counts_nothing(end):
        return None
    moment = duration.after(setting)
    if moment is None:
        return None
    return end, moment if duration.exact else moment.date()
