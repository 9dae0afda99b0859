"""Tasks as iCalendar text (RFC 5545): VTODO, or VEVENT for calendars that show nothing else.

What iCalendar has no word for is an X-TASKWAKE- property, so that reading the text gives the same tasks.
"""

import json
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta

from functions.chat_api.calendars.alarms import alarm_lines, unspoken
from functions.chat_api.calendars.item import Item, Occurrence, Repetition, Stamps, State
from functions.chat_api.calendars.lines import component, content_line, escaped
from functions.chat_api.calendars.until import conforming, ended_by
from functions.chat_api.calendars.values import duration_text, moment_text
from functions.chat_api.calendars.zones import timezone_text
from functions.kernel.domain.recurrence import parse_recurrence_id, parse_rule, recurrence_id
from functions.kernel.domain.wall_time import as_time

PRODUCT = "-//Taskwake//Taskwake 1//EN"
PRIORITIES = {1: 1, 2: 5, 3: 9, 4: 0}
"""Taskwake's, and RFC 5545's high, medium, low and undefined (§3.8.1.9)."""
SHORTEST_EVENT = timedelta(minutes=15)
"""An event of no length is a line that nobody can touch, or not shown at all."""
EVENT = "-event"
"""Ends the UID of the VEVENT of a task: its VTODO may stand in the same calendar."""


def calendar_head(name: str, items: Iterable[Item]) -> str:
    """What stands before the components: the calendar's name, and each zone that they use."""
    zones = {state.zone for item in items for state in _states(item) if state.zone not in (None, "UTC")}
    lines = [
        "BEGIN:VCALENDAR\r\n",
        content_line("VERSION", "2.0"),
        content_line("PRODID", PRODUCT),
        content_line("CALSCALE", "GREGORIAN"),
        content_line("NAME", escaped(name)),
        content_line("X-WR-CALNAME", escaped(name)),
        content_line("REFRESH-INTERVAL", "PT15M", VALUE="DURATION"),
        content_line("X-PUBLISHED-TTL", "PT15M"),
    ]
    return "".join([*lines, *(timezone_text(zone) for zone in sorted(filter(None, zones)))])


CALENDAR_END = "END:VCALENDAR\r\n"


def todos(item: Item) -> str:
    """The VTODO of a task; of a series its own, and one for each occurrence that it names."""
    by = item.repetition
    if by is None:
        return component("VTODO", _todo(item, item.state, item.stamps, _times(item.state)))
    master = component("VTODO", _todo(item, item.state, item.stamps, [*_first(item.state), *_recurrence(item, by)]))
    return master + "".join(component("VTODO", _occurrence(item, one)) for one in by.occurrences)


def events(item: Item) -> str:
    """The VEVENT of a task with a due time, as `todos` has its VTODO; empty for one without."""
    by = item.repetition
    if item.state.due is None:
        return ""
    if by is None:
        return component("VEVENT", _event(item, item.state, item.stamps, []))
    master = component("VEVENT", _event(item, item.state, item.stamps, _recurrence(item, by)))
    named = ((one, [_recurrence_name(item, one)]) for one in by.occurrences if one.state.due)
    return master + "".join(component("VEVENT", _event(item, one.state, one.stamps, line)) for one, line in named)


def _occurrence(item: Item, one: Occurrence) -> Iterator[str]:
    yield from _todo(item, one.state, one.stamps, [_recurrence_name(item, one), *_first(one.state)])


def _todo(item: Item, state: State, stamps: Stamps, times: Iterable[str]) -> Iterator[str]:
    yield from _head(item.uid, stamps)
    yield from times
    yield from _text(state)
    if state.done:
        yield content_line("STATUS", "CANCELLED" if state.skipped else "COMPLETED")
        if state.completed_at:
            yield content_line("COMPLETED", moment_text(state.completed_at))
        if not state.skipped:
            yield content_line("PERCENT-COMPLETE", "100")
    else:
        yield content_line("STATUS", "NEEDS-ACTION")
    yield from _own(item, state)
    yield from alarm_lines(item.uid, state, of_event=False)


def _event(item: Item, state: State, stamps: Stamps, recurrence: Iterable[str]) -> Iterator[str]:
    yield from _head(item.uid + EVENT, stamps)
    due = state.due
    assert due is not None  # noqa: S101 - its callers see to it
    yield when("DTSTART", due, state.zone)
    if isinstance(due, datetime):
        length = max(timedelta(minutes=state.estimate_minutes or 0), SHORTEST_EVENT)
        yield content_line("DURATION", duration_text(length))
    yield from recurrence
    yield from _text(state, prefix="✓ " if state.done else "")
    yield content_line("STATUS", "CANCELLED" if state.skipped else "CONFIRMED")
    yield content_line("TRANSP", "TRANSPARENT")
    yield from _own(item, state)
    if not state.done:
        yield from alarm_lines(item.uid, state, of_event=True)


def _head(uid: str, stamps: Stamps) -> Iterator[str]:
    created = stamps.created_at or datetime(1970, 1, 1, tzinfo=UTC)
    changed = moment_text(stamps.changed_at or created)
    yield content_line("UID", escaped(uid))
    yield content_line("DTSTAMP", changed)
    yield content_line("CREATED", moment_text(created))
    yield content_line("LAST-MODIFIED", changed)
    yield content_line("SEQUENCE", str(stamps.version))
    if stamps.position is not None:
        yield content_line("X-TASKWAKE-POSITION", repr(stamps.position))


def _text(state: State, prefix: str = "") -> Iterator[str]:
    yield content_line("SUMMARY", escaped(prefix + state.title))
    if state.notes:
        yield content_line("DESCRIPTION", escaped(state.notes))
    for name, text in (("SUMMARY", state.title), ("DESCRIPTION", state.notes)):
        if "\r" in text:  # iCalendar knows one kind of line break
            yield content_line(f"X-TASKWAKE-{name}", escaped(json.dumps(text)))
    if state.labels:
        yield content_line("CATEGORIES", ",".join(map(escaped, state.labels)))
    if state.priority != 4:
        yield content_line("PRIORITY", str(PRIORITIES[state.priority]))


def _own(item: Item, state: State) -> Iterator[str]:
    if item.parent:
        yield content_line("RELATED-TO", escaped(item.parent), RELTYPE="PARENT")
    if item.list_name:
        yield content_line("X-TASKWAKE-LIST", escaped(item.list_name))
    if state.deadline_on:
        yield when("X-TASKWAKE-DEADLINE", state.deadline_on, None)
    if state.estimate_minutes is not None:
        yield content_line("X-TASKWAKE-ESTIMATE", f"PT{state.estimate_minutes}M")
    if reminders := unspoken(state):
        yield content_line("X-TASKWAKE-REMINDERS", escaped(reminders))


def _times(state: State) -> Iterator[str]:
    """DTSTART and DUE of one that does not repeat."""
    if state.due is None:
        return
    start = _like(state.start, state.due) if state.start else None
    spoken = start is not None and start < state.due
    if start and spoken:
        yield when("DTSTART", start, state.zone)
    yield when("DUE", state.due, state.zone)
    if state.start and not (spoken and start == state.start):
        yield _start(state.start)


def _first(state: State) -> Iterator[str]:
    """DTSTART and DUE of what belongs to a series, where DTSTART is what the rule counts from."""
    if state.due is None:
        return
    yield when("DTSTART", state.due, state.zone)
    yield when("DUE", state.due, state.zone)
    if state.start:
        yield _start(state.start)


def _start(start: date) -> str:
    return content_line("X-TASKWAKE-START", recurrence_id(start))


def _recurrence(item: Item, by: Repetition) -> Iterator[str]:
    dtstart, zone = item.state.due, item.state.zone
    assert dtstart is not None  # noqa: S101 - a series has a start
    rule = parse_rule(by.rrule)
    written = conforming(rule, dtstart, zone)
    if by.ended:
        last = max((parse_recurrence_id(one.name) for one in by.occurrences), key=as_time, default=dtstart)
        written = ended_by(rule, max(last, dtstart, key=as_time), dtstart, zone)
    if by.listed:
        yield content_line("X-TASKWAKE-LISTED", "TRUE")
    yield content_line("RRULE", str(written))
    if str(written) != by.rrule:
        yield content_line("X-TASKWAKE-RRULE", escaped(by.rrule))
    for name, dates in (("RDATE", by.rdates), ("EXDATE", by.exdates)):
        if dates:
            yield when(name, [parse_recurrence_id(date) for date in dates], zone)
    if by.passed:
        yield when("EXDATE", [parse_recurrence_id(date) for date in by.passed], zone, {"X-TASKWAKE-PASSED": "TRUE"})
    if by.anchor != "schedule":
        yield content_line("X-TASKWAKE-ANCHOR", by.anchor.upper())
    if by.catch_up != "latest":
        yield content_line("X-TASKWAKE-CATCH-UP", by.catch_up.upper())


def _recurrence_name(item: Item, one: Occurrence) -> str:
    return when("RECURRENCE-ID", parse_recurrence_id(one.name), item.state.zone)


def when(name: str, value: date | list[date], zone: str | None, more: dict[str, str] | None = None) -> str:
    """A property of a day, or of a wall-clock time in a zone (null: floating), or of several."""
    values = value if isinstance(value, list) else [value]
    parameters, text = dict(more or {}), ",".join(map(recurrence_id, values))
    if not isinstance(values[0], datetime):
        parameters["VALUE"] = "DATE"
    elif zone == "UTC":
        text = text.replace(",", "Z,") + "Z"
    elif zone:
        parameters["TZID"] = zone
    return content_line(name, text, **parameters)


def _like(start: date, due: date) -> date:
    """The start as a day, if the due time is one, or as a time."""
    if isinstance(due, datetime):
        return as_time(start, time.min)
    return start.date() if isinstance(start, datetime) else start


def _states(item: Item) -> Iterator[State]:
    yield item.state
    yield from (one.state for one in item.repetition.occurrences) if item.repetition else ()
