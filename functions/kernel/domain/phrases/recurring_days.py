"""The days a recurrence falls on: "mon and thu", "mon-fri", "the 1st and 15th", "last workday", "may 3"."""

import re

from functions.kernel.domain.phrases.tokens import (
    MONTH,
    MONTHS,
    ORDINAL,
    UNITS,
    WEEKDAY,
    WEEKDAYS,
    alternatives,
    ordinal_of,
)
from functions.kernel.domain.recurrence import WEEKDAYS as CODES

_WORKDAY = r"(?:weekday|workday|working day|work day|business day)"
_UNIT = alternatives(UNITS)
GLUE = r"(?:\s*,\s*(?:and )?|\s*/\s*|\s*&\s*|\s+and (?:on )?|\s+or )"
_DAYS = re.compile(rf"(?P<all>{WEEKDAY}s?(?:{GLUE}(?:every )?{WEEKDAY}s?)*)(?![^\W_])")
DAY_RANGE = re.compile(rf"(?P<from>{WEEKDAY})(?P<s>s?)\s?(?:-|–|to|through|thru)\s?(?P<to>{WEEKDAY})s?(?![^\W_])")
_GROUP = re.compile(rf"(?P<work>{_WORKDAY})s?\b|(?P<end>weekend)s?\b")
_NTH = rf"(?:{ORDINAL} to (?:the )?last|last|{ORDINAL})"
_NTH_LIST = rf"{_NTH}(?:{GLUE}(?:the )?{_NTH})*"
EACH_SO_MANY = rf"(?:(?P<other>other) |(?P<so_many>[2-9]|1[0-9]|{ORDINAL}) )?"
_OF = rf"(?: (?:of|in) (?:(?P<month>{MONTH})|(?:the|each|every|a) {EACH_SO_MANY}(?P<of>month|quarter|year)s?))?"
_NTH_DAY = re.compile(rf"(?:the )?(?P<nth>{_NTH_LIST}) (?P<day>{WEEKDAY}|{_WORKDAY}|day)s?{_OF}(?![^\W_])")
_NTH_DAYS = re.compile(
    rf"(?:the )?(?P<all>{_NTH_LIST} {WEEKDAY}s?(?:{GLUE}(?:the )?{_NTH_LIST} {WEEKDAY}s?)+)"
    rf" (?:of|in) (?:the|each|every|a) {EACH_SO_MANY}months?(?![^\W_])"
)
_MONTH_DAYS = re.compile(rf"(?:the )?(?P<nth>{_NTH_LIST}){_OF}(?![^\W_])")
_NUMBER_OF_DAY = rf"(?:{ORDINAL}|[0-3]?[0-9])(?![:0-9])"
_DAY_LIST = rf"{_NUMBER_OF_DAY}(?:{GLUE}(?:the )?{_NUMBER_OF_DAY}(?! ?(?:am|pm|a\.m|p\.m)))*"
_YEAR_DAY = re.compile(
    rf"(?:(?P<m1>{MONTH})\b\.? (?:on )?(?:the )?(?:days? )?(?P<d1>{_DAY_LIST})|(?:the )?(?P<d2>{ORDINAL}"
    rf"|[0-3]?[0-9]\.?)(?: of)? (?P<m2>{MONTH}))(?![^\W_])"
)
_DAY_NUMBERS = re.compile(
    rf"(?:the )?(?:days? (?P<plain>{_DAY_LIST})|(?P<nth>{ORDINAL}(?:{GLUE}(?:the )?{ORDINAL})*) days?)(?![^\W_])"
)
_IN_WEEK = re.compile(rf",? in weeks? (?P<weeks>[0-9]{{1,2}}(?:{GLUE}[0-9]{{1,2}})*)(?![^\W_])")


def on_days(low: str, at: int) -> tuple[str, int] | None:
    """Weekdays, numbered weekdays, days of the month or of the year: the rule and where it ends."""
    matched = DAY_RANGE.match(low, at)
    if matched:
        return f"FREQ=WEEKLY;BYDAY={range_codes(matched)}", matched.end()
    matched = _DAYS.match(low, at)
    if matched:
        return f"FREQ=WEEKLY;BYDAY={codes(matched['all'])}", matched.end()
    matched = _GROUP.match(low, at)
    if matched:
        return f"FREQ=WEEKLY;BYDAY={'MO,TU,WE,TH,FR' if matched['work'] else 'SA,SU'}", matched.end()
    matched = _NTH_DAYS.match(low, at)
    if matched:
        groups = re.findall(rf"({_NTH_LIST}) ({WEEKDAY})", matched["all"])
        listed = ",".join(f"{number}{CODES[WEEKDAYS[day]]}" for nth, day in groups for number in _numbers(nth))
        return f"FREQ=MONTHLY;BYDAY={listed}{interval_of(matched)}", matched.end()
    matched = _NTH_DAY.match(low, at)
    if matched and not (
        matched["day"] == "day"
        and not matched["of"]
        and not matched["month"]
        and "last" not in matched["nth"]
        and "first" not in matched["nth"]
    ):
        return _nth_day(matched) + interval_of(matched), matched.end()
    matched = _YEAR_DAY.match(low, at)
    if matched:
        days, month = _numbers_of(matched["d1"] or matched["d2"]), MONTHS[matched["m1"] or matched["m2"]]
        longest = 29 if month == 2 else 30 if month in (4, 6, 9, 11) else 31
        if min(days) >= 1 and max(days) <= longest:
            return f"FREQ=YEARLY;BYMONTH={month};BYMONTHDAY={','.join(map(str, days))}", matched.end()
    matched = _MONTH_DAYS.match(low, at)
    seconds = matched and matched[0] == "second"  # "every second" has none of a month
    if matched and not seconds and not re.match(rf" (?:{_UNIT}|time)\b", low[matched.end() :]):
        numbers = _numbers(matched["nth"])
        if matched["of"] == "year":
            return f"FREQ=YEARLY;BYYEARDAY={','.join(map(str, numbers))}{interval_of(matched)}", matched.end()
        if all(-31 <= number <= 31 for number in numbers) and (numbers != [-1] or matched["of"] == "month"):
            month = MONTHS.get(matched["month"] or "", 0)
            longest = 29 if month == 2 else 30 if month in (4, 6, 9, 11) else 31
            if min(numbers) <= longest:
                freq = f"FREQ=YEARLY;BYMONTH={month}" if month else "FREQ=MONTHLY"
                return f"{freq};BYMONTHDAY={','.join(map(str, numbers))}{interval_of(matched)}", matched.end()
    return None


def numbered_days(low: str, at: int, freq: str) -> tuple[str, int] | None:
    """ "the 4th day" of a month, "day 31" of a year: the rule and where it ends."""
    matched = _DAY_NUMBERS.match(low, at)
    part = {"FREQ=MONTHLY": "BYMONTHDAY", "FREQ=YEARLY": "BYYEARDAY"}.get(freq)
    if not matched or part is None:
        return None
    return f"{freq};{part}={','.join(map(str, _numbers_of(matched['plain'] or matched['nth'])))}", matched.end()


def in_weeks(low: str, at: int) -> tuple[str, int] | None:
    """ "in week 12 and 14": the numbers of the weeks (ISO 8601), and where that ends."""
    matched = _IN_WEEK.match(low, at)
    return (",".join(re.findall(r"[0-9]+", matched["weeks"])), matched.end()) if matched else None


def range_codes(matched: re.Match[str]) -> str:
    """The RFC 5545 codes of the weekdays of a range, Monday first."""
    first, last = WEEKDAYS[matched["from"]], WEEKDAYS[matched["to"]]
    return ",".join(sorted((CODES[(first + step) % 7] for step in range((last - first) % 7 + 1)), key=CODES.index))


def _numbers_of(text: str) -> list[int]:
    return sorted({ordinal_of(word) for word in re.findall(_NUMBER_OF_DAY, text)})


def interval_of(matched: re.Match[str]) -> str:
    """Of "every other month", "every 3rd month"."""
    if not (matched["other"] or matched["so_many"]):
        return ""
    return f";INTERVAL={2 if matched['other'] else ordinal_of(matched['so_many'])}"


def _nth_day(matched: re.Match[str]) -> str:
    numbers, word, month = _numbers(matched["nth"]), matched["day"], MONTHS.get(matched["month"] or "")
    freq = "FREQ=MONTHLY"
    if month:
        freq = f"FREQ=YEARLY;BYMONTH={month}"
    elif matched["of"] == "year":
        freq = "FREQ=YEARLY"
    elif matched["of"] == "quarter":
        freq = "FREQ=MONTHLY;BYMONTH=" + ("3,6,9,12" if numbers == [-1] else "1,4,7,10")
    listed = ",".join(map(str, numbers))
    if word == "day":
        part = "BYYEARDAY" if freq == "FREQ=YEARLY" else "BYMONTHDAY"
        return f"{freq};{part}={listed}"
    if word in WEEKDAYS:
        return f"{freq};BYDAY={','.join(f'{number}{CODES[WEEKDAYS[word]]}' for number in numbers)}"
    return f"{freq};BYDAY=MO,TU,WE,TH,FR;BYSETPOS={listed}"


def _numbers(text: str) -> list[int]:
    numbers = set()
    for word in re.findall(_NTH, text):
        from_end = 1 if word == "last" else ordinal_of(word.split()[0]) if word.endswith("last") else 0
        numbers.add(-from_end or ordinal_of(word))
    return sorted(numbers)


def codes(text: str) -> str:
    """The RFC 5545 codes of the weekdays in the text, Monday first."""
    days = {WEEKDAYS[word] for word in re.findall(rf"(?<![a-z]){WEEKDAY}(?=s?(?![a-z]))", text)}
    return ",".join(CODES[day] for day in sorted(days))
