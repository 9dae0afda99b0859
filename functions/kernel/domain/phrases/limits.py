"""What limits a repetition: where it begins and ends, and what it leaves out."""

import re
from dataclasses import dataclass, replace
from datetime import date, time, timedelta

from functions.kernel.domain.phrases.calendar_days import Day, month_later
from functions.kernel.domain.phrases.dates import match_day
from functions.kernel.domain.phrases.durations import match_duration
from functions.kernel.domain.phrases.recurring_days import GLUE, codes
from functions.kernel.domain.phrases.times import match_time
from functions.kernel.domain.phrases.tokens import JOINT, MONTH, MONTHS, WEEKDAY, Doubt, Sentence, Setting, add_months
from functions.kernel.domain.recurrence import WEEKDAYS, Rule, parse_rule
from functions.kernel.domain.wall_time import as_time

_UNTIL = re.compile(r"(?P<to>until|till|til|to|up to|through|ending) (?:the )?(?P<end>end of )?")
_MONTH = re.compile(rf"(?:in |on )?(?P<month>{MONTH})\b\.?(?: (?P<year>2[0-9]{{3}}))?(?! ?[0-9])")
_BEGINS = re.compile(r"(?P<from>from |starting (?:from )?|beginning )")
_FOR = re.compile(r"for (?P<next>the next )?(?:(?P<one>week|month|year)(?![^\W_]))?")
_ONE = {"week": (0, 604_800), "month": (1, 0), "year": (12, 0)}
_TIMES = re.compile(r"(?:for )?(?:up to )?(?:(?P<n>[1-9][0-9]{0,3})(?: (?:times|occurrences)|x)|twice)(?![^\W_])")
_EXCEPT = re.compile(r"(?:except|but not)\b(?: for)?(?: (?:on|in))?(?: (?:every|each|the))? ?")
_GROUP = re.compile(r"(?P<work>weekdays?|workdays?|business days?)|(?P<end>weekends?)")
_DAYS = re.compile(rf"{WEEKDAY}s?(?:{GLUE}(?:on )?{WEEKDAY}s?)*(?![^\W_])")
_MONTHS = re.compile(rf"{MONTH}(?:{GLUE}(?:in )?{MONTH})*(?![^\W_])(?! ?[0-9])")
_WORKDAYS, _WEEKEND = {0, 1, 2, 3, 4}, {5, 6}


@dataclass(frozen=True, slots=True)
class Limit:
    """One end of a repetition, and where the words for it end: the last day, how often it comes, or the months and
    seconds it goes on for. `yearly`: a month was named without its year, so the day is that of any."""

    end: int
    until: date | None = None
    count: int | None = None
    lasting: tuple[int, int] | None = None
    yearly: bool = False
    doubt: Doubt | None = None


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A day, or an hour of it, on which a repetition does not come."""

    on: date
    at: time | None = None
    doubt: Doubt | None = None


def match_begin(sentence: Sentence, at: int, setting: Setting, repeats: bool) -> Day | None:
    """ "starting in april", and of a repetition "from november": the first day of the month that comes."""
    begins = _BEGINS.match(sentence.low, at)
    month = _MONTH.match(sentence.low, begins.end()) if begins else None
    if not begins or not month or (begins["from"] == "from " and not repeats) or not sentence.ends_word(month.end()):
        return None
    return Day(_first_of(month, setting.now.date()), month.end(), True)


def match_limit(sentence: Sentence, at: int, setting: Setting) -> Limit | None:
    """ "until 31 december", "until november", "for 2 weeks", "for the next month", "10 times"."""
    until = _UNTIL.match(sentence.low, at)
    month = _MONTH.match(sentence.low, until.end()) if until else None
    if until and month and sentence.ends_word(month.end()):
        first = _first_of(month, setting.now.date())
        whole = until["end"] or until["to"] == "through"
        last = (month_later(first, 1) if whole else first) - timedelta(days=1)
        return Limit(month.end(), until=last, yearly=month["year"] is None)
    day = match_day(sentence, until.end("to") + 1, setting) if until else None
    if day:
        return Limit(day.end, until=day.on, doubt=day.doubt)
    times = _TIMES.match(sentence.low, at)
    if times:
        return Limit(times.end(), count=int(times["n"] or 2))
    return _lasting(sentence, at, setting)


def _lasting(sentence: Sentence, at: int, setting: Setting) -> Limit | None:
    lasting = _FOR.match(sentence.low, at)
    if not lasting:
        return None
    if lasting["one"]:
        end, (months, seconds) = lasting.end(), _ONE[lasting["one"]]
    else:
        duration = match_duration(sentence, lasting.end())
        # "for 30 minutes" is how long it takes, not how long it repeats
        if duration is None or duration.exact:
            return None
        end, months, seconds = duration.end, duration.months, duration.seconds
    if not sentence.ends_word(end) or (lasting["one"] and not lasting["next"]):
        return None
    if lasting["next"]:
        begin = as_time(setting.now.date())
        return Limit(end, until=(add_months(begin, months) + timedelta(seconds=seconds)).date())
    return Limit(end, lasting=(months, seconds))


def match_exception(sentence: Sentence, at: int, text: str) -> tuple[str, int] | None:
    """ "except on weekends", "except in july": the rule without these, where a rule can say so, and where that ends."""
    excepted = _EXCEPT.match(sentence.low, at)
    if not excepted:
        return None
    rule, low, begin = parse_rule(text), sentence.low, excepted.end()
    group, days, months = _GROUP.match(low, begin), _DAYS.match(low, begin), _MONTHS.match(low, begin)
    if group:
        end, found = group.end(), _without_days(rule, _WORKDAYS if group["work"] else _WEEKEND)
    elif days:
        end, found = days.end(), _without_days(rule, _numbers(codes(days[0])))
    elif months:
        end, found = months.end(), _without_months(rule, {MONTHS[word] for word in re.findall(MONTH, months[0])})
    else:
        return None
    return (str(found), end) if found and sentence.ends_word(end) else None


def match_left_out(sentence: Sentence, at: int, setting: Setting, timed: bool) -> tuple[list[LeftOut], int] | None:
    """ "except tomorrow", "except on june 23rd and july 4th": the days that are left out, and where that ends. Of a
    repetition that is `timed`, coming several times a day, a day may have its hour: "tomorrow at 8"."""
    excepted = _EXCEPT.match(sentence.low, at)
    if not excepted:
        return None
    found, end = list[LeftOut](), excepted.end()
    if sentence.low.endswith("on ", 0, end):
        end -= len("on ")  # by which a day is one
    day = match_day(sentence, end, setting)
    while day:
        end = day.end
        clock = match_time(sentence, end + 1) if timed and sentence.low.startswith(" at ", end) else None
        found.append(LeftOut(day.on, clock.at if clock else None, day.doubt))
        end = clock.end if clock else end
        joint = JOINT.match(sentence.low, end)
        day = match_day(sentence, joint.end(), setting) if joint else None
    return (found, end) if found else None


def _without_days(rule: Rule, taken: set[int]) -> Rule | None:
    daily = rule.freq == "DAILY" and rule.interval == 1 and not rule.by_day
    if not daily and not (rule.freq == "WEEKLY" and rule.by_day):
        return None
    before = {day for _, day in rule.by_day} if rule.by_day else set(range(7))
    left = tuple((0, day) for day in sorted(before - taken))
    return replace(rule, freq="WEEKLY", by_day=left) if left else None


def _without_months(rule: Rule, taken: set[int]) -> Rule | None:
    left = tuple(sorted(set(rule.by_month or range(1, 13)) - taken))
    return replace(rule, by_month=left) if left and not (rule.freq == "MONTHLY" and rule.interval > 1) else None


def _numbers(names: str) -> set[int]:
    return {WEEKDAYS.index(name) for name in names.split(",")}


def _first_of(month: re.Match[str], today: date) -> date:
    number = MONTHS[month["month"]]
    passed = (number, 1) < (today.month, today.day)
    return date(int(month["year"]) if month["year"] else today.year + passed, number, 1)
