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
_DAY_RANGE = re.compile(rf"(?P<from>{WEEKDAY})\s?(?:-|–|to|through|thru)\s?(?P<to>{WEEKDAY})(?![^\W_])")
_GROUP = re.compile(rf"(?P<work>{_WORKDAY})s?\b|(?P<end>weekend)s?\b")
_NTH = rf"(?:{ORDINAL} to (?:the )?last|last|{ORDINAL})"
_NTH_LIST = rf"{_NTH}(?:{GLUE}(?:the )?{_NTH})*"
EACH_SO_MANY = rf"(?:(?P<other>other) |(?P<so_many>[2-9]|1[0-9]|{ORDINAL}) )?"
_OF = rf"(?: (?:of|in) (?:(?P<month>{MONTH})|(?:the|each|every|a) {EACH_SO_MANY}(?P<of>month|quarter|year)s?))?"
_NTH_DAY = re.compile(rf"(?:the )?(?P<nth>{_NTH_LIST}) (?P<day>{WEEKDAY}|{_WORKDAY}|day){_OF}(?![^\W_])")
_MONTH_DAYS = re.compile(rf"(?:the )?(?P<nth>{_NTH_LIST}){_OF}(?![^\W_])")
_YEAR_DAY = re.compile(
    rf"(?:(?P<m1>{MONTH})\b\.? (?:the )?(?P<d1>{ORDINAL}|[0-3]?[0-9])|(?:the )?(?P<d2>{ORDINAL}"
    rf"|[0-3]?[0-9]\.?)(?: of)? (?P<m2>{MONTH}))(?![^\W_])"
)


def on_days(low: str, at: int) -> tuple[str, int] | None:
    """Weekdays, numbered weekdays, days of the month or of the year: the rule and where it ends."""
    matched = _DAY_RANGE.match(low, at)
    if matched:
        first, last = WEEKDAYS[matched["from"]], WEEKDAYS[matched["to"]]
        days = [CODES[(first + step) % 7] for step in range((last - first) % 7 + 1)]
        return f"FREQ=WEEKLY;BYDAY={','.join(sorted(days, key=CODES.index))}", matched.end()
    matched = _DAYS.match(low, at)
    if matched:
        return f"FREQ=WEEKLY;BYDAY={codes(matched['all'])}", matched.end()
    matched = _GROUP.match(low, at)
    if matched:
        return f"FREQ=WEEKLY;BYDAY={'MO,TU,WE,TH,FR' if matched['work'] else 'SA,SU'}", matched.end()
    matched = _NTH_DAY.match(low, at)
    if matched and not (
        matched["day"] == "day"
        and not matched["of"]
        and not matched["month"]
        and "last" not in matched["nth"]
        and "first" not in matched["nth"]
    ):
        return _nth_day(matched) + _interval(matched), matched.end()
    matched = _YEAR_DAY.match(low, at)
    if matched:
        day, month = ordinal_of(matched["d1"] or matched["d2"]), MONTHS[matched["m1"] or matched["m2"]]
        longest = 29 if month == 2 else 30 if month in (4, 6, 9, 11) else 31
        if 1 <= day <= longest:
            return f"FREQ=YEARLY;BYMONTH={month};BYMONTHDAY={day}", matched.end()
    matched = _MONTH_DAYS.match(low, at)
    if matched and not re.match(rf" (?:{_UNIT}|time)\b", low[matched.end() :]):
        numbers = _numbers(matched["nth"])
        if all(-31 <= number <= 31 for number in numbers) and (numbers != [-1] or matched["of"] == "month"):
            month = MONTHS.get(matched["month"] or "", 0)
            longest = 29 if month == 2 else 30 if month in (4, 6, 9, 11) else 31
            if min(numbers) <= longest:
                freq = f"FREQ=YEARLY;BYMONTH={month}" if month else "FREQ=MONTHLY"
                return f"{freq};BYMONTHDAY={','.join(map(str, numbers))}{_interval(matched)}", matched.end()
    return None


def _interval(matched: re.Match[str]) -> str:
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
