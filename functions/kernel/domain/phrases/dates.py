"""Days by their place: "tomorrow", "next month", "end of month", "last friday of the month"."""

import re
from collections.abc import Callable
from datetime import date, datetime, timedelta

from functions.kernel.domain.phrases.calendar_days import (
    Day,
    match_dot,
    match_iso,
    match_named_month,
    match_of_month,
    match_slash,
    month_later,
)
from functions.kernel.domain.phrases.durations import match_duration
from functions.kernel.domain.phrases.tokens import (
    MONTH,
    MONTHS,
    ORDINAL,
    WEEKDAY,
    WEEKDAYS,
    Doubt,
    Sentence,
    Setting,
    add_months,
    ordinal_of,
    spelled,
)
from functions.kernel.domain.phrases.weekdays import in_week, match_weekday, week_begin
from functions.kernel.domain.recurrence import next_occurrence, parse_rule

_LEAD = re.compile(
    r"(?:due(?: date)?:? (?:on |by |at )?|(?:on|by|until|till|before|for|starting on|starting|from"
    r"|beginning) )"
)
_NEAR = re.compile(
    r"(?:(?P<dayafter>(?:the )?day after tomorrow|overmorrow)|(?P<tomorrow>tomorrow|tmrw|tmr|tommorow"
    r"|tomorow|2moro)"
    r"|(?P<tonight>tonight|tonite)|(?P<today>(?:later )?today))\b"
)
_UNIT = re.compile(
    r"(?P<which>next|this) (?P<unit>week|month|year|weekend|quarter)\b|(?:the|over the"
    r"|at the) (?P<end>weekend)\b"
)
_EDGE = re.compile(
    r"(?:at )?(?:the )?(?P<edge>end|start|beginning|last day|first day) of (?:the )?(?P<which>next |this )?"
    r"(?P<unit>week|month|year|quarter)\b|(?P<short>eom|eow|eoy)\b"
)
_NTH = re.compile(
    rf"(?:the )?(?P<nth>{ORDINAL} to (?:the )?last|last|{ORDINAL}) (?P<day>{WEEKDAY}|workday|working day|business day"
    rf"|weekday) (?:of|in) "
    rf"(?:(?:the |this )?month|(?P<next>next month)|(?P<month>{MONTH})\b\.?(?: (?P<year>2[0-9]{{3}}))?)(?![^\W_])"
)


def match_day(sentence: Sentence, at: int, setting: Setting) -> Day | None:
    """The day that begins here, its preposition included."""
    lead = _LEAD.match(sentence.low, at)
    starts = [lead.end(), at] if lead else [at]
    for start in starts:
        for matcher in _MATCHERS:
            try:
                found = matcher(sentence, start, setting, start != at)
            except (ValueError, OverflowError):
                continue  # no such day (30 February, or beyond the year 9999): plain words
            if found and sentence.ends_word(found.end):
                return found
    return None


def _near(sentence: Sentence, at: int, setting: Setting, marked: bool) -> Day | None:
    match = _NEAR.match(sentence.low, at)
    if not match:
        return None
    days = 2 if match["dayafter"] else 1 if match["tomorrow"] else 0
    part = "night" if match["tonight"] else None
    return Day(setting.now.date() + timedelta(days=days), match.end(), True, part)


def _unit(sentence: Sentence, at: int, setting: Setting, marked: bool) -> Day | None:
    match = _UNIT.match(sentence.low, at)
    if not match:
        return None
    today, unit = setting.now.date(), match["unit"] or match["end"]
    begin = week_begin(today, setting.week_start)
    is_next = match["which"] == "next"
    if unit == "weekend":
        saturday = in_week(begin, 5) + timedelta(days=7 if is_next else 0)
        on = max(saturday, today) if saturday + timedelta(days=1) >= today else saturday + timedelta(days=7)
    elif is_next:
        on = {
            "week": begin + timedelta(days=7),
            "month": month_later(today, 1),
            "year": date(today.year + 1, 1, 1),
        }.get(unit, month_later(today, 3 - (today.month - 1) % 3))
    else:
        on = _last_day(today, unit, setting)
    return Day(on, match.end(), marked)


def _last_day(day: date, unit: str, setting: Setting) -> date:
    if unit == "week":
        return week_begin(day, setting.week_start) + timedelta(days=6)
    months = {"month": 1, "quarter": 3 - (day.month - 1) % 3, "year": 13 - day.month}[unit]
    return month_later(day, months) - timedelta(days=1)


def _edge(sentence: Sentence, at: int, setting: Setting, marked: bool) -> Day | None:
    match = _EDGE.match(sentence.low, at)
    if not match:
        return None
    unit = {"eom": "month", "eow": "week", "eoy": "year"}.get(match["short"] or "", match["unit"])
    day, doubt = setting.now.date(), None
    if (match["which"] or "").startswith("next"):
        day = _last_day(day, unit, setting) + timedelta(days=1)
    on = _last_day(day, unit, setting)
    if match["edge"] in ("start", "beginning", "first day"):
        if not (match["which"] or "").startswith("next"):
            return Day(on + timedelta(days=1), match.end(), True)
        on = day
    elif unit == "week":
        friday = in_week(week_begin(day, setting.week_start), 4)
        doubt = Doubt(at, match.end(), (spelled(on), spelled(friday)))
    return Day(on, match.end(), True, None, doubt)


def _nth(sentence: Sentence, at: int, setting: Setting, marked: bool) -> Day | None:
    match = _NTH.match(sentence.low, at)
    if not match:
        return None
    first = match["nth"].split()[0]
    number = 1 if first == "last" else ordinal_of(first)
    if number > 5:
        return None
    weekday = WEEKDAYS.get(match["day"])
    by_day = "MO,TU,WE,TH,FR" if weekday is None else ("MO", "TU", "WE", "TH", "FR", "SA", "SU")[weekday]
    month = f";BYMONTH={MONTHS[match['month']]}" if match["month"] else ""
    sign = "-" if match["nth"].endswith("last") else ""
    rule = parse_rule(f"FREQ=MONTHLY{month};BYDAY={by_day};BYSETPOS={sign}{number}")
    year = int(match["year"]) if match["year"] else None
    begin = date(year, 1, 1) if year else month_later(setting.now.date(), 1 if match["next"] else 0)
    on = next_occurrence(rule, begin, (begin if year else max(begin, setting.now.date())) - timedelta(days=1))
    return Day(on, match.end(), True) if on else None


def _from(sentence: Sentence, at: int, setting: Setting, marked: bool) -> Day | None:
    """ "a week from friday", "2 weeks from tomorrow"."""
    duration = match_duration(sentence, at)
    if duration is None or duration.exact or not sentence.low.startswith((" from ", " after "), duration.end):
        return None
    start = sentence.low.index(" ", duration.end + 1) + 1
    base = _near(sentence, start, setting, True) or match_weekday(sentence, start, setting, True)
    if base is None:
        return None
    moment = add_months(datetime(base.on.year, base.on.month, base.on.day), duration.months)  # noqa: DTZ001
    return Day((moment + timedelta(seconds=duration.seconds)).date(), base.end, True)


_Matcher = Callable[[Sentence, int, Setting, bool], Day | None]
_MATCHERS: tuple[_Matcher, ...] = (
    _near,
    _from,
    _edge,
    _nth,
    match_weekday,
    _unit,
    match_iso,
    match_named_month,
    match_dot,
    match_slash,
    match_of_month,
)
