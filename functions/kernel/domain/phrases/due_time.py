"""From the parts of a sentence to one due time and one rule: which day, hour and first occurrence."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice

from functions.kernel.domain.phrases.calendar_days import Day
from functions.kernel.domain.phrases.limits import LeftOut, Limit
from functions.kernel.domain.phrases.reading import Parts
from functions.kernel.domain.phrases.times import PARTS
from functions.kernel.domain.phrases.tokens import WEEKDAYS, Doubt, Sentence, Setting, Span, add_months, spelled
from functions.kernel.domain.recurrence import SUB_DAILY, Rule, next_occurrence, occurrences, parse_rule
from functions.kernel.domain.wall_time import to_local, to_utc

MOST_EXCLUDED = 1_440
"""Of a day: each of its minutes."""


@dataclass(frozen=True, slots=True)
class DueTime:
    """At most one of a day and a local time, with the rule that starts there."""

    on: date | None = None
    local: datetime | None = None
    rrule: str | None = None
    excluded: tuple[date, ...] = ()


def choose_day(sentence: Sentence, parts: Parts) -> Day | None:
    """The day that is meant; the spans of the others are taken back, so their words stay in the title."""
    spans = {span.start: span for span in sentence.understood}
    days = [(day, spans[start]) for day, start in parts.days]
    if len(days) > 1 and _is_said_twice(sentence, *days[0], *days[1]):
        # "friday, may 3": one day said twice; its number decides
        if days[0][0].on.weekday() != days[1][0].on.weekday():
            words = spelled(days[1][0].on), spelled(days[0][0].on)
            parts.doubts.append(Doubt(days[0][1].start, days[1][1].end, words))
        days = days[1:]
    if not days:
        return None
    day, taken = next((pair for pair in days if pair[0].marked), days[0])
    for other, span in days:
        if span is not taken:
            sentence.understood.remove(span)
            if other.on != day.on:
                parts.doubts.append(_one_of_two(sentence.text, taken, span))
    if day.doubt:
        parts.doubts.append(day.doubt)
    return day


def _is_said_twice(sentence: Sentence, day: Day, span: Span, next_day: Day, next_span: Span) -> bool:
    """Whether the second of two days beside each other says which the first is; "3.4. tomorrow" are two."""
    beside = not sentence.low[span.end : next_span.start].strip(" ,")
    is_weekday = sentence.low[span.start : span.end].strip(" .").rpartition(" ")[2] in WEEKDAYS
    return beside and (is_weekday or day.on == next_day.on)


def _one_of_two(text: str, taken: Span, other: Span) -> Doubt:
    """Two days are named: in quotes, one of them is no more than text."""
    start, end = min(taken.start, other.start), max(taken.end, other.end)
    quoted = [
        f'{text[start : span.start]}"{text[span.start : span.end]}"{text[span.end : end]}' for span in (other, taken)
    ]
    return Doubt(start, end, (quoted[0], quoted[1]))


def due_time(parts: Parts, day: Day | None, setting: Setting) -> DueTime:
    """Put the parts together. Raises OverflowError beyond the year 9999."""
    at = _time_of_day(parts, day)
    now = setting.now.replace(microsecond=0)
    if parts.zone and setting.zone and at is not None:
        now = to_local(to_utc(now, setting.zone).astimezone(UTC), parts.zone)
    if parts.repeat is not None:
        return _repeating(parts, day, at, now, setting)
    if isinstance(parts.moment, datetime):
        return DueTime(local=parts.moment)
    on = parts.moment or (day.on if day else None)
    if at is None:
        return DueTime(on=on)
    midnight = parts.clock is not None and parts.clock.midnight
    if on is not None and parts.clock is not None and parts.clock.end_of_day:
        return DueTime(local=datetime.combine(on, at) + timedelta(days=1))
    if on is None:
        today = now.date()
        local = datetime.combine(today, at)
        past = local <= now and not (parts.part and parts.part.today)
        return DueTime(local=local + timedelta(days=1) if past else local)
    local = datetime.combine(on, at)
    if midnight and on == setting.now.date():
        return DueTime(local=local + timedelta(days=1))
    if midnight and parts.clock:
        parts.doubts.append(Doubt(parts.clock.start, parts.clock.end, ("00:00", "24:00")))
    elif local <= now and parts.clock is None and day is not None and day.part == "night":
        # "tonight", said late in the evening
        hour = (now + timedelta(hours=1)).replace(minute=0, second=0)
        local = hour if hour.date() == on else datetime.combine(on, time(23, 59))
    elif local <= now and on >= now.date():
        parts.remarks.append(f"{local:%H:%M} on {on} is already past.")
    return DueTime(local=local)


def _time_of_day(parts: Parts, day: Day | None) -> time | None:
    part = parts.part.part if parts.part else None
    part = part or (day.part if day else None) or (parts.repeat.part if parts.repeat else None)
    clock = parts.clock
    if clock is None:
        return PARTS[part] if part else None
    at = clock.at
    if clock.settled or clock.midnight:
        return at
    if part in ("afternoon", "evening", "night"):
        late = at.hour < 12 and not (part == "night" and at.hour < 5)
        return at.replace(hour=at.hour + 12) if late else at
    if part is None and 1 <= at.hour <= 7:
        evening = at.replace(hour=at.hour + 12)
        parts.doubts.append(Doubt(clock.start, clock.end, (f"{at:%H:%M}", f"{evening:%H:%M}")))
    return at


def _repeating(parts: Parts, day: Day | None, at: time | None, now: datetime, setting: Setting) -> DueTime:
    repeat = parts.repeat
    if repeat is None:
        raise ValueError("no recurrence")
    if repeat.doubt:
        parts.doubts.append(repeat.doubt)
    rule = parse_rule(repeat.rule)
    if setting.week_start and rule.freq == "WEEKLY" and rule.interval > 1 and rule.by_day:
        rule = replace(rule, week_start=setting.week_start)  # which days are in one week follows from it
    given = day.on if day else parts.moment
    start: date
    if isinstance(given, datetime):
        start = given
    elif rule.freq in SUB_DAILY and at is None:
        start = _after_now(rule, now) if given is None else datetime.combine(given, PARTS["morning"])
    elif at is None:
        start = given or now.date()
    else:
        start = datetime.combine(given or now.date(), at)
        if given is None and start <= now:
            start += timedelta(days=1)
    # The interval counts from the first occurrence, which is the next day that fits.
    first = next_occurrence(replace(rule, interval=1), start, start - timedelta(days=1, seconds=0))
    while first is not None and first < start:
        first = next_occurrence(replace(rule, interval=1), start, first)
    if first is None:
        return DueTime()
    rule = replace(rule, count=parts.limit.count if parts.limit else None, until=_until(parts.limit, first))
    excluded = _excluded(parts.left_out, rule, first)
    while first in excluded:
        first = next_occurrence(rule, first, first)
        if first is None:
            return DueTime()
    on, local = (None, first) if isinstance(first, datetime) else (first, None)
    return DueTime(on, local, str(rule), tuple(sorted(each for each in excluded if each > first)))


def _excluded(left_out: Sequence[LeftOut], rule: Rule, first: date) -> set[date]:
    """What the rule, which begins with `first`, does not give: whole days, or all times of them, or the one named."""
    if not isinstance(first, datetime):
        return {each.on for each in left_out}
    excluded: set[date] = set()
    for each in left_out:
        begin = datetime.combine(each.on, time())
        if each.at or rule.freq not in SUB_DAILY:
            excluded.add(datetime.combine(each.on, each.at or first.time()))
            continue
        from_then = islice(occurrences(rule, first, after=begin - timedelta(seconds=1)), MOST_EXCLUDED)
        excluded |= {at for at in (first, *from_then) if at.date() == each.on}
    return excluded


def _after_now(rule: Rule, now: datetime) -> datetime:
    seconds = {"HOURLY": 3_600, "MINUTELY": 60, "SECONDLY": 1}[rule.freq] * rule.interval
    return (now + timedelta(seconds=seconds)).replace(second=0 if seconds >= 60 else now.second)


def _until(limit: Limit | None, first: date) -> date | None:
    if limit is None:
        return None
    last, begin = limit.until, datetime(first.year, first.month, first.day)  # noqa: DTZ001
    if limit.lasting:
        months, seconds = limit.lasting
        last = (add_months(begin, months) + timedelta(seconds=seconds)).date() - timedelta(days=1)
    if last is not None and limit.yearly and last < begin.date():
        last = add_months(datetime.combine(last + timedelta(days=1), time()), 12).date() - timedelta(days=1)
    if last is None:
        return None
    return datetime.combine(last, time(23, 59, 59)) if isinstance(first, datetime) else last
