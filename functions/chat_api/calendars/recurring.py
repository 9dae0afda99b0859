"""Series read from RRULE, RDATE, EXDATE and RECURRENCE-ID (RFC 5545 §3.8.5, §3.8.4.4).

A rule counts from DTSTART there, and from the due time here; where the two differ, it is moved.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime

from functions.chat_api.calendars.item import Item, Occurrence, Repetition, Stamps, State
from functions.chat_api.calendars.lines import Component, Property
from functions.chat_api.calendars.properties import is_cancelled, position_of
from functions.chat_api.calendars.times import Setting, When, dates_of, one_when, read_when
from functions.chat_api.calendars.until import conforming
from functions.chat_api.calendars.values import read_date
from functions.kernel.domain.recurrence import (
    Anchor,
    CatchUp,
    Recurrence,
    Rule,
    moved,
    parse_rule,
    recurrence_id,
    shifted,
)
from functions.kernel.domain.recurrence.recurrence_set import MAX_DATES
from functions.kernel.errors import InvalidInputError

_CATCH_UP: dict[str, CatchUp] = {"ALL": "all", "NONE": "none"}
_ONCE = "FREQ=DAILY;COUNT=1"
"""The rule of a set that has dates (RDATE) and no rule: its start, once."""


@dataclass(frozen=True, slots=True)
class Group:
    """The components of one UID: that of the task or the series, and those of single occurrences."""

    master: Component | None
    overrides: list[Component]

    @property
    def first(self) -> Component:
        """The one that stands for all."""
        return self.master or self.overrides[0]


Skipped = list[tuple[Component, str]]
ReadState = Callable[[Component, Setting, list[str]], State]


@dataclass(frozen=True, slots=True)
class _Names:
    """From the dates of a file to those of the series: from its DTSTART to its first due time."""

    dtstart: date
    first: date
    zone: str | None
    user_zone: str

    def of(self, given: When) -> date:
        """The date of the series. Raises ValueError outside the calendar."""
        value = given.in_zone(self.zone, self.user_zone) if isinstance(self.dtstart, datetime) else given.value
        if isinstance(value, datetime) and not isinstance(self.dtstart, datetime):
            value = value.date()
        elif not isinstance(value, datetime) and isinstance(self.dtstart, datetime):
            value = datetime.combine(value, self.dtstart.time())
        return value if self.dtstart == self.first else moved(value, self.dtstart, self.first)


def read_series(
    item: Item, group: Group, setting: Setting, remarks: list[str], read_state: ReadState
) -> tuple[Item, Skipped]:
    """The item as a series, with its occurrences, and which of these were left out; as it is, with a remark, where the
    file's rule is none that a task can have. An occurrence that another program has cancelled is none, as an EXDATE
    says; Taskwake writes one that was skipped so."""
    found = group.first
    cancelled = [] if setting.own else [each for each in group.overrides if is_cancelled(each)]
    group = Group(group.master, [each for each in group.overrides if each not in cancelled])
    try:
        state, rule, names = _first(item.state, found, setting, remarks)
        by = _repetition(found, rule, names, setting, remarks, cancelled)
    except (ValueError, InvalidInputError) as error:
        remarks.append(f"it is taken over as a task that does not repeat: {error}")
        return item, [(each, "its series does not repeat here") for each in group.overrides]
    occurrences, skipped = _occurrences(group, names, setting, remarks, read_state)
    return replace(item, state=state, repetition=replace(by, occurrences=occurrences)), skipped


def _first(state: State, found: Component, setting: Setting, remarks: list[str]) -> tuple[State, Rule, _Names]:
    """The task, due when the series begins; its rule from there; and how the dates of the file are read."""
    if state.due is None:
        raise ValueError("it has no date to begin at")
    if state.done:
        raise ValueError("it was completed as a whole")
    zone, first = state.zone, state.due
    begin = one_when(found.get("DTSTART"), setting, remarks, recurs=True)
    dtstart = begin.in_zone(zone, setting.user_zone) if begin else first
    rule = _rule(found, dtstart, zone, remarks)
    if dtstart != first:
        try:
            rule = shifted(rule, dtstart, dtstart, first, zone or setting.user_zone, zone or setting.user_zone)
        except InvalidInputError:
            remarks.append("it is due when it starts: its rule cannot be moved to when it is due")
            first = dtstart
            at = {"due_on": None, "due_local": dtstart} if isinstance(dtstart, datetime) else {"due_on": dtstart}
            state = replace(state, **({"due_local": None} | at), start_on=None, start_local=None)
    return state, rule, _Names(dtstart, first, zone, setting.user_zone)


def _rule(found: Component, dtstart: date, zone: str | None, remarks: list[str]) -> Rule:
    given = list(found.all("RRULE"))
    if len(given) > 1:
        remarks.append("of its rules only the first is taken over")
    if found.get("EXRULE"):
        remarks.append("an EXRULE is left out; its dates would have to be EXDATE")
    rule = parse_rule(given[0].value.strip() if given else _ONCE)
    written = found.text("X-TASKWAKE-RRULE")
    if written:
        exact = parse_rule(written)
        if found.get("X-TASKWAKE-LISTED") or str(conforming(exact, dtstart, zone)) == str(rule):
            return exact
    return rule


def _repetition(
    found: Component, rule: Rule, names: _Names, setting: Setting, remarks: list[str], cancelled: list[Component]
) -> Repetition:
    added, excluded = (
        [name for given in dates_of(found, kind) for name in _named(given, names, setting, remarks)]
        for kind in ("RDATE", "EXDATE")
    )
    for each in cancelled:
        excluded += [name for given in each.all("RECURRENCE-ID") for name in _named(given, names, setting, remarks)]
    passed = [
        name
        for given in found.all("EXDATE")
        if "X-TASKWAKE-PASSED" in given.parameters
        for name in _named(given, names, setting, remarks)
    ]
    anchor: Anchor = "completion" if found.text("X-TASKWAKE-ANCHOR") == "COMPLETION" else "schedule"
    catch_up = _CATCH_UP.get(found.text("X-TASKWAKE-CATCH-UP"), "latest")
    if anchor == "completion":
        added, excluded = [], []
    added = added[:MAX_DATES]
    zone = names.zone or names.user_zone
    Recurrence(names.first, zone, rule, tuple(added), tuple(excluded)).check()
    return Repetition(
        rrule=str(rule),
        anchor=anchor,
        catch_up=catch_up,
        rdates=_sorted(added),
        exdates=_sorted(excluded),
        passed=_sorted(passed),
        listed=found.get("X-TASKWAKE-LISTED") is not None,
    )


def _named(given: Property, names: _Names, setting: Setting, remarks: list[str]) -> list[date]:
    try:
        return [names.of(one) for one in read_when(given, setting, remarks, recurs=True)]
    except ValueError as error:
        remarks.append(f"of its {given.name} some are left out: {error}")
        return []


def _occurrences(
    group: Group, names: _Names, setting: Setting, remarks: list[str], read_state: ReadState
) -> tuple[tuple[Occurrence, ...], Skipped]:
    found: dict[str, Occurrence] = {}
    skipped: Skipped = []
    for each in group.overrides:
        if not each.text("SUMMARY").strip():
            each.properties.extend(group.first.all("SUMMARY"))
        try:
            one = _occurrence(each, names, setting, remarks, read_state)
        except (ValueError, OverflowError, InvalidInputError) as error:
            skipped.append((each, str(error)))
            continue
        if one.name in found:
            skipped.append((each, "another one stands for the same occurrence"))
        else:
            found[one.name] = one
    return tuple(found[name] for name in sorted(found)), skipped


def _occurrence(
    each: Component, names: _Names, setting: Setting, remarks: list[str], read_state: ReadState
) -> Occurrence:
    given = one_when(each.get("RECURRENCE-ID"), setting, remarks, recurs=True)
    if given is None:
        raise ValueError("its RECURRENCE-ID is empty")
    named = each.get("RECURRENCE-ID")
    if named and named.parameters.get("RANGE"):
        remarks.append("what changes from one occurrence on (RANGE) is taken for that one alone")
    value = names.of(given)
    state = read_state(each, setting, remarks)
    if state.due is None:
        at = {"due_local": value, "zone": names.zone} if isinstance(value, datetime) else {"due_on": value}
        state = replace(state, **at)
    created = each.get("CREATED")
    stamps = Stamps(created_at=_moment(created) if created else None, position=position_of(each))
    return Occurrence(name=recurrence_id(value), state=state, stamps=stamps)


def _moment(given: Property) -> datetime | None:
    try:
        value = read_date(given.value)
    except ValueError:
        return None
    return value if isinstance(value, datetime) and value.tzinfo else None


def _sorted(dates: list[date]) -> tuple[str, ...]:
    return tuple(sorted({recurrence_id(value) for value in dates}))
