"""The parts of a sentence, found one by one from left to right, each with the span it came from."""

import re
from dataclasses import dataclass, field
from datetime import date, datetime

from functions.kernel.domain.phrases.calendar_days import Day
from functions.kernel.domain.phrases.dates import match_day
from functions.kernel.domain.phrases.durations import match_duration, match_from_now
from functions.kernel.domain.phrases.quick_add import match_mark
from functions.kernel.domain.phrases.recurrences import Repeat, match_repeat
from functions.kernel.domain.phrases.reminders import match_reminders
from functions.kernel.domain.phrases.times import Clock, match_part, match_time
from functions.kernel.domain.phrases.tokens import Doubt, Sentence, Setting, Span
from functions.kernel.domain.phrases.zones import match_zone
from functions.kernel.domain.reminder import TaskReminder

_UNTIL = re.compile(r"(?:until|till|til|through|ending|to|up to) (?:the )?")
_FOR = re.compile(r"for (?:the next )?")
_TIMES = re.compile(r"(?:for )?(?:up to )?(?:(?P<n>[1-9][0-9]{0,3})(?: (?:times|occurrences)|x)|twice)(?![^\W_])")
_EXCEPT = re.compile(r"(?:except|but not)\b")


@dataclass(slots=True)
class Parts:
    """What has been found so far. `days` tell where in the text each begins."""

    days: list[tuple[Day, int]] = field(default_factory=list)
    clock: Clock | None = None
    part: Clock | None = None
    moment: date | datetime | None = None
    repeat: Repeat | None = None
    until: date | None = None
    count: int | None = None
    lasting: tuple[int, int] | None = None
    """Months and seconds that a recurrence goes on for."""
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
            _take_back_repeat(sentence, at, parts)
            break
        found = (
            _mark(sentence, at, parts)
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


def _take_back_repeat(sentence: Sentence, at: int, parts: Parts) -> None:
    """A repetition with exceptions is not the one without them: none is read rather than a wrong one."""
    parts.remarks.append(f"“{sentence.text[at:].strip()}” was not understood: a repetition has no exceptions.")
    parts.repeat = parts.until = parts.count = parts.lasting = None
    sentence.understood[:] = [span for span in sentence.understood if span.kind != "recurrence"]


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
    end = _end_of_recurrence(sentence, at, setting, parts)
    return Span(at, end, "recurrence") if end else None


def _end_of_recurrence(sentence: Sentence, at: int, setting: Setting, parts: Parts) -> int | None:
    """ "until 31 december", "for 2 weeks", "10 times"."""
    if parts.until or parts.count or parts.lasting:
        return None
    until = _UNTIL.match(sentence.low, at)
    day = match_day(sentence, until.end(), setting) if until else None
    if day:
        parts.until = day.on
        parts.doubts += [day.doubt] if day.doubt else []
        return day.end
    times = _TIMES.match(sentence.low, at)
    if times:
        parts.count = int(times["n"] or 2)
        return times.end()
    lasting = _FOR.match(sentence.low, at)
    duration = match_duration(sentence, lasting.end()) if lasting else None
    # "for 30 minutes" is how long it takes, not how long it repeats
    if duration and not duration.exact and sentence.ends_word(duration.end):
        parts.lasting = (duration.months, duration.seconds)
        return duration.end
    return None


def _from_now(sentence: Sentence, at: int, setting: Setting, parts: Parts) -> Span | None:
    if parts.moment is not None or parts.days:
        return None
    found = match_from_now(sentence, at, setting)
    if found is None:
        return None
    parts.moment = found[1]
    return Span(at, found[0], "date")


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
    day = match_day(sentence, at, setting)
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
