"""iCalendar text read as tasks: VTODO and VEVENT, of whatever program wrote them.

A component that cannot be a task is skipped, alone; a part of one that a task cannot have is left out, with a remark.
"""

from collections import defaultdict
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from functions.chat_api.calendars.alarms import read_alarms
from functions.chat_api.calendars.foreign import notes_of, remarks_of
from functions.chat_api.calendars.item import Item, Note, Reading, State, check_items
from functions.chat_api.calendars.lines import Component, read_components
from functions.chat_api.calendars.markup import without_markup
from functions.chat_api.calendars.properties import (
    closed,
    deadline_of,
    estimate_of,
    labels_of,
    parent_of,
    priority_of,
    stamps_of,
)
from functions.chat_api.calendars.recurring import Group, read_series
from functions.chat_api.calendars.texts import exact_text, storable, title_and_notes
from functions.chat_api.calendars.times import Setting, When, length, one_when
from functions.chat_api.calendars.values import read_date, read_duration
from functions.chat_api.calendars.writing import EVENT, PRODUCT
from functions.chat_api.calendars.zones import iana_zone
from functions.kernel.domain.wall_time import as_time
from functions.kernel.errors import InvalidInputError

TASKS = ("VTODO", "VEVENT")
OTHERS = frozenset({"VTIMEZONE", "VALARM"})


@dataclass(slots=True)
class _Report:
    skipped: list[Note] = field(default_factory=list)
    remarks: list[Note] = field(default_factory=list)

    def skip(self, found: Component, reason: str) -> None:
        self.skipped.append(Note(place(found), uid_of(found), found.text("SUMMARY") or None, reason))

    def remark(self, found: Component, reasons: list[str]) -> None:
        for reason in dict.fromkeys(reasons):
            self.remarks.append(Note(place(found), uid_of(found), found.text("SUMMARY") or None, reason))


def read_calendar(data: bytes, user_zone: str) -> Reading:
    """What the file says; `user_zone` is where a moment in UTC is shown, and what an unknown zone is taken for.

    Raises InvalidInputError (field `body`) for what is no iCalendar file, or ends too early.
    """
    calendars = read_components(data)
    if not any(calendar.name == "VCALENDAR" for calendar in calendars):
        raise InvalidInputError("body", "there is no BEGIN:VCALENDAR in it, so this is no iCalendar file")
    report = _Report()
    items: list[Item] = []
    places: dict[str, str] = {}
    for calendar in calendars:
        setting = _setting(calendar, user_zone)
        for group in _groups(calendar, report):
            item = _item(group, setting, report)
            if item is None:
                continue
            if item.uid in places:
                report.skip(group.first, f"the same task stands at {places[item.uid]}")
                continue
            places[item.uid] = place(group.first)
            items.append(item)
            check_items(len(items))
    return Reading(items, report.skipped, report.remarks, places)


def place(found: Component) -> str:
    """Where a component is."""
    return f"{found.name}, line {found.line}"


def uid_of(found: Component) -> str | None:
    """Its UID, which its VEVENT and its VTODO have in common where Taskwake wrote both."""
    uid = storable(found.text("UID")).strip()
    return (uid.removesuffix(EVENT) if found.name == "VEVENT" else uid)[:1000] or None


def _setting(calendar: Component, user_zone: str) -> Setting:
    definitions = {found.text("TZID"): found for found in calendar.children if found.name == "VTIMEZONE"}
    named = calendar.text("X-WR-TIMEZONE")
    own = calendar.text("PRODID") == PRODUCT
    return Setting(user_zone, definitions, iana_zone(named) if named else None, own)


def _groups(calendar: Component, report: _Report) -> Iterator[Group]:
    """The components that are one task, or one series: those of one UID. VTODO go first."""
    found: dict[tuple[str, str], list[Component]] = defaultdict(list)
    for number, each in enumerate(calendar.children):
        if each.name not in TASKS:
            if each.name not in OTHERS:
                report.skip(each, f"a {each.name[:40]} is no task")
        elif each.broken:
            report.skip(each, each.broken)
        else:
            found[each.name, uid_of(each) or f"\0{number}"].append(each)
    for name in TASKS:
        for (kind, _), components in found.items():
            if kind != name:
                continue
            masters = [each for each in components if each.get("RECURRENCE-ID") is None]
            overrides = [each for each in components if each.get("RECURRENCE-ID") is not None]
            for again in masters[1:]:
                report.skip(again, f"its UID stands for another one, {place(masters[0])}")
            yield Group(masters[0] if masters else None, overrides)


def _item(group: Group, setting: Setting, report: _Report) -> Item | None:
    if group.master is None:
        # An occurrence whose series is not in the file is a task of its own.
        first, *others = group.overrides
        for other in others:
            report.skip(other, "its series is not in the file, and another occurrence of it was taken over")
        group = Group(first, [])
    found = group.first
    remarks: list[str] = []
    try:
        state = read_state(found, setting, remarks)
        item = Item(
            uid=uid_of(found) or f"{found.name}-{state.title}-{state.due}"[:1000],
            state=state,
            parent=parent_of(found),
            list_name=storable(found.text("X-TASKWAKE-LIST")).strip()[:200] or None,
            stamps=stamps_of(found),
            is_event=found.name == "VEVENT",
        )
        if group.master and any(found.get(name) for name in ("RRULE", "RDATE")):
            item, skipped = read_series(item, group, setting, remarks, read_state)
            for each, reason in skipped:
                report.skip(each, reason)
        else:
            for each in group.overrides:
                report.skip(each, "it is an occurrence of what does not repeat")
    except (ValueError, OverflowError, InvalidInputError) as error:
        report.skip(found, str(error))
        return None
    report.remark(found, remarks)
    return item


def read_state(found: Component, setting: Setting, remarks: list[str]) -> State:
    """What a VTODO or VEVENT says of the task itself. Raises ValueError for what cannot be one."""
    notes = exact_text(found, "DESCRIPTION")
    if not setting.own:
        notes = notes_of(found, without_markup(notes))
        remarks += remarks_of(found, setting)
    title, notes, cut = title_and_notes(exact_text(found, "SUMMARY"), notes)
    remarks += cut
    recurs = found.get("RRULE") is not None or found.get("RECURRENCE-ID") is not None
    due, start, estimate = (_times if found.name == "VTODO" else _event_times)(found, setting, remarks, recurs)
    done, skipped, completed_at = closed(found)
    if found.name == "VEVENT" and setting.own and done is False and title.startswith("✓ "):
        title = title[2:]
        done = True
    value, begin = (due.value if due else None), (start if due else None)
    state = State(
        title=title,
        notes=notes,
        labels=labels_of(found),
        priority=priority_of(found),
        deadline_on=deadline_of(found),
        estimate_minutes=estimate_of(found, estimate),
        due_on=None if value is None or isinstance(value, datetime) else value,
        due_local=value if isinstance(value, datetime) else None,
        zone=due.zone if due else None,
        start_on=None if begin is None or isinstance(begin, datetime) else begin,
        start_local=begin if isinstance(begin, datetime) else None,
        done=done,
        skipped=skipped,
        completed_at=completed_at,
    )
    reminders, left_out = read_alarms(found, state, setting.user_zone)
    remarks += left_out
    return replace(state, reminders=reminders)


def _times(
    found: Component, setting: Setting, remarks: list[str], recurs: bool
) -> tuple[When | None, date | None, timedelta | None]:
    begin = one_when(found.get("DTSTART"), setting, remarks, recurs=recurs)
    due = one_when(found.get("DUE"), setting, remarks, recurs=recurs)
    start = begin.in_zone(due.zone, setting.user_zone) if begin and due else None
    if begin and due is None:
        duration = found.get("DURATION")
        due, start = (begin + read_duration(duration.value), begin.value) if duration else (begin, None)
    if due is None:
        return None, None, None
    if start is not None and start == due.value:
        start = None  # as many write it who mean no start
    exact = found.text("X-TASKWAKE-START")
    if exact:
        with suppress(ValueError):
            start = read_date(exact)
    if start is not None and as_time(start) > as_time(due.value, datetime.max.time()):
        remarks.append(f"its start, {start.isoformat()}, is after it is due; it is left out")
        start = None
    return due, start, None


def _event_times(
    found: Component, setting: Setting, remarks: list[str], recurs: bool
) -> tuple[When | None, date | None, timedelta | None]:
    begin = one_when(found.get("DTSTART"), setting, remarks, recurs=recurs)
    if begin is None:
        raise ValueError("an event needs a DTSTART")
    size = length(found, begin, setting, remarks)
    exact = found.text("X-TASKWAKE-START")
    start = read_date(exact) if exact else None
    return begin, start, size if isinstance(begin.value, datetime) else None
