"""Reminders as VALARM (RFC 5545 §3.6.6, RFC 9074), and back.

What a trigger cannot say, such as that a reminder goes by the time of day, stands beside it in X-TASKWAKE-REMINDER, and
counts as long as the trigger still is the one that was written for it.
"""

import json
from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID, uuid5

from pydantic import TypeAdapter, ValidationError

from functions.chat_api.calendars.item import State
from functions.chat_api.calendars.lines import Component, component, content_line, escaped
from functions.chat_api.calendars.values import duration_text, read_duration, read_moment
from functions.kernel.domain.due import ALL_DAY_RINGS_AT
from functions.kernel.domain.recurrence import recurrence_id
from functions.kernel.domain.reminder import MOST_MINUTES, MOST_REMINDERS, At, Before, Nag, OnDay, TaskReminder
from functions.kernel.domain.wall_time import as_time, to_utc
from functions.kernel.errors import InvalidInputError

_NAMESPACE = UUID("0b7c8f4e-6f0e-5f6e-9d0a-6a3f6a1c9b50")
_NAG_REPEATS = 9
"""So often an alarm of another program rings again; Taskwake's own does until the task is done."""
_REMINDER: TypeAdapter[TaskReminder] = TypeAdapter(TaskReminder)
_REMINDERS: TypeAdapter[list[TaskReminder]] = TypeAdapter(list[TaskReminder])
_EARLIEST_YEAR = 1980
"""Apple writes 1976 for alarms that go by a place."""
_MINUTE = timedelta(minutes=1)


def alarm_lines(uid: str, state: State, *, of_event: bool) -> Iterator[str]:
    """A VALARM for each reminder of a task, whose component has its due time at its end (an event: at its start)."""
    for reminder in state.reminders:
        trigger = _trigger(reminder, state, "START" if of_event else "END")
        if trigger is None:
            continue
        form = json.dumps(reminder.model_dump(mode="json"), separators=(",", ":"))
        lines = [
            content_line("UID", str(uuid5(_NAMESPACE, f"{uid}/{form}"))),
            content_line("ACTION", "DISPLAY"),
            content_line("DESCRIPTION", escaped(state.title)),
            trigger,
        ]
        if isinstance(reminder, Nag):
            lines.append(content_line("REPEAT", str(_NAG_REPEATS)))
            lines.append(content_line("DURATION", duration_text(timedelta(minutes=reminder.every_minutes))))
        lines.append(content_line("X-TASKWAKE-REMINDER", escaped(form)))
        yield component("VALARM", lines)


def unspoken(state: State) -> str | None:
    """All reminders as JSON, for those that no alarm can be written for, such as one before a start that is not there;
    null where alarms say it all."""
    if list(state.reminders) == _spoken(state.reminders, state):
        return None
    return json.dumps([reminder.model_dump(mode="json") for reminder in state.reminders], separators=(",", ":"))


def _spoken(reminders: Iterable[TaskReminder], state: State) -> list[TaskReminder]:
    return list(dict.fromkeys(one for one in reminders if _trigger(one, state, "END")))


def read_alarms(found: Component, state: State, zone: str) -> tuple[tuple[TaskReminder, ...], list[str]]:
    """The reminders that the alarms of a component ask for, and why some are left out. `zone` is the person's.

    One at the due moment is none: Taskwake reminds at it anyway.
    """
    found_once: dict[TaskReminder, None] = {}
    remarks: list[str] = []
    for alarm in found.children:
        if alarm.name != "VALARM" or alarm.text("ACTION").strip().upper() == "NONE":
            continue
        try:
            reminder = _exact(alarm, state) or _reminder(alarm, found, state, zone)
        except ValueError as error:
            remarks.append(f"an alarm is left out: {error}")
            continue
        if reminder is not None:
            found_once[reminder] = None
    reminders = list(found_once)
    with suppress(ValidationError):
        said = _REMINDERS.validate_json(found.text("X-TASKWAKE-REMINDERS") or "[]")
        reminders = said if said and _spoken(said, state) == reminders else reminders
    if len(reminders) > MOST_REMINDERS:
        remarks.append(f"{len(reminders)} alarms are more than {MOST_REMINDERS}; those behind them are left out")
    return tuple(reminders[:MOST_REMINDERS]), remarks


def _trigger(reminder: TaskReminder, state: State, related: str) -> str | None:
    if isinstance(reminder, At):
        at = recurrence_id(reminder.at.astimezone(UTC).replace(tzinfo=None, microsecond=0)) + "Z"
        return content_line("TRIGGER", at, VALUE="DATE-TIME")
    offset = _offset(reminder, state)
    return None if offset is None else content_line("TRIGGER", duration_text(offset), RELATED=related)


def _offset(reminder: TaskReminder, state: State) -> timedelta | None:
    """How far from the due time, or from the beginning of the due day, it rings by the clocks on the wall."""
    due = state.due
    if due is None:
        return None
    # The moment that rings for a whole day is some time after its beginning.
    rings = timedelta() if state.due_local else _since_midnight(ALL_DAY_RINGS_AT)
    match reminder:
        case Before(related="due", minutes_before=minutes):
            return rings - timedelta(minutes=minutes)
        case Before(minutes_before=minutes) if state.start is not None:
            start = as_time(state.start, time.min if state.start_local else ALL_DAY_RINGS_AT)
            return start - as_time(due) - timedelta(minutes=minutes)
        case OnDay(time=at_time, days_before=days):
            midnight = as_time(due) - datetime.combine(as_time(due).date(), time.min)
            return _since_midnight(at_time) - midnight - timedelta(days=days)
        case Nag(every_minutes=minutes):
            return rings + timedelta(minutes=minutes)
    return None


def _exact(alarm: Component, state: State) -> TaskReminder | None:
    """The reminder that was written as this alarm, if that was not changed since."""
    form = alarm.text("X-TASKWAKE-REMINDER")
    trigger = alarm.get("TRIGGER")
    if not form or trigger is None:
        return None
    try:
        reminder = _REMINDER.validate_json(form)
    except ValidationError:
        return None
    written = _trigger(reminder, state, trigger.parameters.get("RELATED", "START").upper())
    return reminder if written and written.rpartition(":")[2].strip() == trigger.value.strip() else None


def _reminder(alarm: Component, found: Component, state: State, zone: str) -> TaskReminder | None:
    trigger = alarm.get("TRIGGER")
    if trigger is None:
        raise ValueError("it has no TRIGGER")
    if trigger.parameters.get("VALUE", "").upper() == "DATE-TIME" or "T" in trigger.value.upper().split("P")[0]:
        return _absolute(read_moment(trigger.value), found, state, zone)
    offset = read_duration(trigger.value)
    by_start = trigger.parameters.get("RELATED", "START").upper() == "START" and found.name == "VTODO"
    if by_start and state.start is not None:
        if offset > timedelta() or -offset > MOST_MINUTES * _MINUTE:
            return _at(state.start, offset, state, zone)
        return Before(minutes_before=-(offset // _MINUTE), related="start")
    if state.due is None:
        raise ValueError("it rings by a due time, and there is none")
    before = -offset if state.due_local else _since_midnight(ALL_DAY_RINGS_AT) - offset
    if before == timedelta():
        return None
    if timedelta() < before <= MOST_MINUTES * _MINUTE:
        return Before(minutes_before=-(-before // _MINUTE))
    return _at(state.due, offset, state, zone)


def _absolute(at: datetime, found: Component, state: State, zone: str) -> TaskReminder | None:
    """A moment; of what repeats it is one of the first occurrence, and means as long before each."""
    if at.year < _EARLIEST_YEAR:
        return None
    if state.due_local is None:
        return At(at=at)
    before = to_utc(state.due_local, state.zone or zone) - at
    if before == timedelta():
        return None
    if found.get("RRULE") and timedelta() < before <= MOST_MINUTES * _MINUTE:
        return Before(minutes_before=-(-before // _MINUTE))
    return At(at=at)


def _at(base: date, offset: timedelta, state: State, zone: str) -> TaskReminder:
    """As a moment, for what no other form can say."""
    try:
        return At(at=to_utc(as_time(base) + offset, state.zone or zone))
    except (OverflowError, InvalidInputError) as error:
        raise ValueError(str(error)) from None


def _since_midnight(at: time) -> timedelta:
    return timedelta(hours=at.hour, minutes=at.minute, seconds=at.second)
