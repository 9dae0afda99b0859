"""The parts of a sentence, found one by one from left to right, each with the span it came from."""

import re
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta

from functions.kernel.domain.phrases.calendar_days import Day
from functions.kernel.domain.phrases.dates import match_day
from functions.kernel.domain.phrases.durations import match_duration, match_from_now
from functions.kernel.domain.phrases.limits import (
    LeftOut,
    Limit,
    match_begin,
    match_exception,
    match_left_out,
    match_limit,
)
from functions.kernel.domain.phrases.quick_add import match_mark
from functions.kernel.domain.phrases.recurrences import match_repeat
from functions.kernel.domain.phrases.reminders import match_reminders
from functions.kernel.domain.phrases.repeat import Repeat
from functions.kernel.domain.phrases.times import Clock, match_part, match_time
from functions.kernel.domain.phrases.tokens import Doubt, Sentence, Setting, Span
from functions.kernel.domain.phrases.zones import match_zone
from functions.kernel.domain.recurrence import SUB_DAILY, parse_rule
from functions.kernel.domain.reminder import TaskReminder

_SIDE = re.compile(r" (?:(?P<before>before)|after|from) (?:next )?")
_EXCEPT = re.compile(r"(?:except|but not)\b")


@dataclass(slots=True)
class Parts:
    """What has been found so far. `days` tell where in the text each begins."""

    days: list[tuple[Day, int]] = field(default_factory=list)
    clock: Clock | None = None
    part: Clock | None = None
    moment: date | datetime | None = None
    repeat: Repeat | None = None
    limit: Limit | None = None
    left_out: list[LeftOut] = field(default_factory=list)
    zone: str | None = None
    reminders: list[TaskReminder] = field(default_factory=list)
    labels: list[str] = field(default_factory=list)
    priority: int | None = None
    list_name: str | None = None
    doubts: list[Doubt] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)


def read(sentence: Sentence, setting: Setting) -> Parts:
    """All parts of the sentence; their spans are in `sentence.understood`."""
    parts, end = Parts(), 0
    for at in sentence.starts:
        if at < end:
            continue
        if parts.repeat and _EXCEPT.match(sentence.low, at):
            excepted = _except(sentence, at, setting, parts, parts.repeat)
            if excepted is None:
                _take_back_repeat(sentence, at, parts)
                break
            end = excepted
            sentence.understood.append(Span(at, end, "recurrence"))
            continue
        found = (
            _mark(sentence, at, parts)
            or _around(sentence, at, setting, parts)
            or _reminders(sentence, at, parts)
            or _recurrence(sentence, at, setting, parts)
            or _from_now(sentence, at, setting, parts)
            or _time(sentence, at, parts)
            or _day(sentence, at, setting, parts)
            or _part_of_day(sentence, at, parts)
        )
        if found:
            end = found.end
            if found.kind == "date" and sentence.low[end : end + 1] == " " and sentence.text[end] in "Tt":
                end, found = end + 1, Span(at, end + 1, "date")  # the T of 2026-12-01T09:30
            sentence.understood.append(found)
            if found.kind == "time":
                end = _zone(sentence, end, parts)
    return parts


def _except(sentence: Sentence, at: int, setting: Setting, parts: Parts, repeat: Repeat) -> int | None:
    without = match_exception(sentence, at, repeat.rule)
    if without:
        parts.repeat = replace(repeat, rule=without[0])
        return without[1]
    sub_daily = parse_rule(repeat.rule).freq in SUB_DAILY
    left_out = None if repeat.completion else match_left_out(sentence, at, setting, sub_daily)
    if left_out is None:
        return None
    parts.left_out += left_out[0]
    parts.doubts += [each.doubt for each in left_out[0] if each.doubt]
    return left_out[1]


def _take_back_repeat(sentence: Sentence, at: int, parts: Parts) -> None:
    """A repetition with exceptions is not the one without them: none is read rather than a wrong one."""
    said = sentence.text[at:].strip()
    parts.remarks.append(f"“{said}” was not understood: only days, weekdays and months can be left out.")
    parts.repeat = parts.limit = None
    parts.days.clear()
    sentence.understood[:] = [span for span in sentence.understood if span.kind not in ("recurrence", "date")]


def _mark(sentence: Sentence, at: int, parts: Parts) -> Span | None:
    mark = match_mark(sentence, at)
    if mark is None:
        return None
    if mark.kind == "label":
        parts.labels.append(mark.value)
    elif mark.kind == "priority" and parts.priority is None:
        parts.priority = int(mark.value)
    elif mark.kind == "list" and parts.list_name is None:
        parts.list_name = mark.value
    else:
        return None  # a second list or priority is no more than text
    return Span(at, mark.end, mark.kind)


def _reminders(sentence: Sentence, at: int, parts: Parts) -> Span | None:
    reminders = match_reminders(sentence, at)
    if reminders is None:
        return None
    parts.reminders += reminders[1]
    return Span(at, reminders[0], "reminder")


def _recurrence(sentence: Sentence, at: int, setting: Setting, parts: Parts) -> Span | None:
    if parts.repeat is None:
        parts.repeat = match_repeat(sentence, at)
        return Span(at, parts.repeat.end, "recurrence") if parts.repeat else None
    end = _limit(sentence, at, setting, parts)
    return Span(at, end, "recurrence") if end else None


def _limit(sentence: Sentence, at: int, setting: Setting, parts: Parts) -> int | None:
    limit = None if parts.limit else match_limit(sentence, at, setting)
    if limit is None:
        return None
    parts.limit = limit
    parts.doubts += [limit.doubt] if limit.doubt else []
    return limit.end


def _from_now(sentence: Sentence, at: int, setting: Setting, parts: Parts) -> Span | None:
    if parts.moment is not None or parts.days:
        return None
    found = match_from_now(sentence, at, setting)
    if found is None:
        return None
    parts.moment = found[1]
    return Span(at, found[0], "date")


def _around(sentence: Sentence, at: int, setting: Setting, parts: Parts) -> Span | None:
    """ "5 hours after noon", "10 minutes before 17:00", "an hour before thursday"."""
    duration = match_duration(sentence, at) if parts.moment is None and not parts.days and parts.clock is None else None
    side = _SIDE.match(sentence.low, duration.end) if duration and duration.exact and not duration.months else None
    if duration is None or side is None:
        return None
    by = timedelta(seconds=-duration.seconds if side["before"] else duration.seconds)
    clock = match_time(sentence, side.end())
    day = None if clock else match_day(sentence, side.end(), setting)
    if clock:
        moment = datetime.combine(setting.now.date(), clock.at) + by
        parts.moment = moment if moment > setting.now else moment + timedelta(days=1)
        return Span(at, clock.end, "date")
    if day:
        parts.moment = datetime.combine(day.on, time()) + by
        return Span(at, day.end, "date")
    return None


def _time(sentence: Sentence, at: int, parts: Parts) -> Span | None:
    clock = match_time(sentence, at) if parts.clock is None else None
    if clock is None:
        return None
    parts.clock = clock
    return Span(at, clock.end, "time")


def _zone(sentence: Sentence, at: int, parts: Parts) -> int:
    found = match_zone(sentence, at) if parts.zone is None else None
    if not found or not sentence.ends_word(found[0]):
        return at
    end, parts.zone, other = found
    start = end - len(sentence.low[at:end].lstrip())
    sentence.understood.append(Span(start, end, "zone"))
    if other:
        parts.doubts.append(Doubt(start, end, (parts.zone, other)))
    return end


def _day(sentence: Sentence, at: int, setting: Setting, parts: Parts) -> Span | None:
    day = match_begin(sentence, at, setting, parts.repeat is not None) or match_day(sentence, at, setting)
    if day is None:
        return None
    span = Span(at, day.end, "date")
    parts.days.append((day, at))
    return span


def _part_of_day(sentence: Sentence, at: int, parts: Parts) -> Span | None:
    parts_of_day = match_part(sentence, at) if parts.part is None else None
    if parts_of_day is None:
        return None
    parts.part = parts_of_day
    return Span(at, parts_of_day.end, "time")
