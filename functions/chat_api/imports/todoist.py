"""Todoist's CSV (the template that a project is exported as): rows of tasks, their notes, and sections.

A section becomes a label of its tasks; a date is a phrase, and read as one typed here.
"""

import csv
import io
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from hashlib import sha256

from functions.chat_api.calendars.item import Item, Note, Reading, Repetition, State, check_items, check_lines
from functions.chat_api.calendars.texts import storable, title_and_notes
from functions.kernel.domain.labels import as_label, unique
from functions.kernel.domain.phrases import Habits, parse
from functions.kernel.domain.recurrence import parse_rule, recurrence_id
from functions.kernel.domain.wall_time import as_day, is_zone
from functions.kernel.errors import InvalidInputError

_NEEDED = ("TYPE", "CONTENT")
_FILE = re.compile(r"\[\[file ")
_DEEPEST = 10
"""Todoist's tasks have five levels."""


@dataclass(slots=True)
class _Rows:
    """What was read so far: `parents` are the UIDs above the next task, by depth; `notes` belong to the last task;
    `alike` counts the tasks of one path."""

    items: list[Item] = field(default_factory=list)
    skipped: list[Note] = field(default_factory=list)
    remarks: list[Note] = field(default_factory=list)
    places: dict[str, str] = field(default_factory=dict)
    parents: list[str] = field(default_factory=list)
    section: str | None = None
    notes: list[str] = field(default_factory=list)
    alike: Counter[str] = field(default_factory=Counter)


def read_todoist(data: bytes, now: datetime, habits: Habits) -> Reading:
    """The tasks of a file; `now` is the person's wall-clock time, which a phrase such as "tomorrow" goes by.

    Raises InvalidInputError (field `body`) for what is no such file.
    """
    check_lines(data)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InvalidInputError("body", "not UTF-8") from None
    rows, found = csv.DictReader(io.StringIO(text, newline=""), restkey="", restval=""), _Rows()
    try:
        columns = [(name or "").strip().upper() for name in rows.fieldnames or ()]
        missing = [name for name in _NEEDED if name not in columns]
        if missing:
            raise InvalidInputError(
                "body", f"no column {missing[0]}: the first line of Todoist's CSV is TYPE,CONTENT,DESCRIPTION,…"
            )
        rows.fieldnames = columns
        for row in rows:
            _take(row, f"line {rows.line_num}", found, now, habits)
        _end_notes(found)
    except csv.Error as error:
        raise InvalidInputError("body", f"line {rows.line_num}: {error}") from None
    return Reading(found.items, found.skipped, found.remarks, found.places)


def _take(row: dict[str, str], where: str, found: _Rows, now: datetime, habits: Habits) -> None:
    kind, content = storable(row["TYPE"]).strip().lower(), storable(row["CONTENT"]).strip()
    if kind == "section":
        found.section, found.parents = content, []
    elif kind == "note":
        _note(content, where, found)
    elif kind == "task":
        try:
            _task(row, where, found, now, habits)
        except ValueError as error:
            found.skipped.append(Note(where, None, content[:500] or None, str(error)))
    elif kind not in ("", "meta"):
        found.skipped.append(Note(where, None, content[:500] or None, f"a row of the type {kind[:40]} is no task"))


def _note(content: str, where: str, found: _Rows) -> None:
    if not found.items:
        found.skipped.append(Note(where, None, content[:500] or None, "it is a note, and there is no task before it"))
        return
    if _FILE.search(content):
        item = found.items[-1]
        found.remarks.append(Note(where, item.uid, item.state.title, "a file of its comments is left out"))
    found.notes.append(content)


def _end_notes(found: _Rows) -> None:
    """Put what was noted since under the last task."""
    if not found.notes:
        return
    item = found.items[-1]
    notes = "\n\n".join([item.state.notes, *found.notes]).strip()
    title, notes, _ = title_and_notes(item.state.title, notes)
    found.items[-1] = replace(item, state=replace(item.state, title=title, notes=notes))
    found.notes.clear()


def _task(row: dict[str, str], where: str, found: _Rows, now: datetime, habits: Habits) -> None:
    words = row["CONTENT"].strip().removeprefix("* ").split(" ")
    named = [word[1:] for word in words if word.startswith("@") and len(word) > 1]
    labels = [as_label(name) for name in (*named, found.section or "")]
    title = " ".join(word for word in words if not (word.startswith("@") and len(word) > 1))
    title, notes, remarks = title_and_notes(title or " ".join(words), row.get("DESCRIPTION", ""))
    depth = min(max(_number(row.get("INDENT", ""), 1), 1), _DEEPEST) - 1
    del found.parents[depth:]
    parent = found.parents[-1] if found.parents else None
    state = State(
        title=title,
        notes=notes,
        labels=tuple(unique(label for label in labels if label)),
        priority=min(max(_number(row.get("PRIORITY", ""), 4), 1), 4),
        deadline_on=_deadline(row.get("DEADLINE", ""), now, habits),
        estimate_minutes=_minutes(row.get("DURATION", ""), row.get("DURATION_UNIT", "")),
    )
    if row.get("RESPONSIBLE", "").strip():
        remarks.append("who it is assigned to is left out")
    state, repetition = _due(state, row, now, habits, remarks)
    uid = _uid([found.section or "", *found.parents, title], found)
    found.places[uid] = where
    _end_notes(found)
    found.items.append(Item(uid=uid, state=state, parent=parent, repetition=repetition))
    check_items(len(found.items))
    found.parents.append(uid)
    found.remarks += [Note(where, uid, title, remark) for remark in remarks]


def _due(
    state: State, row: dict[str, str], now: datetime, habits: Habits, remarks: list[str]
) -> tuple[State, Repetition | None]:
    said = row.get("DATE", "").strip()
    if not said:
        return state, None
    phrase = parse(said, now, habits)
    first: date | None = phrase.due_local or phrase.due_on
    if first is None or phrase.title or not phrase.is_settled:
        remarks.append(f"its date, {said[:200]!r}, was not understood, and stands in the notes")
        notes = f"{state.notes}\n\nDate: {said}".strip()
        return replace(state, notes=title_and_notes(state.title, notes)[1]), None
    zone = phrase.zone or _zone(row.get("TIMEZONE", "")) if phrase.due_local else None
    state = replace(state, due_on=phrase.due_on, due_local=phrase.due_local, zone=zone, reminders=phrase.reminders)
    if phrase.rrule is None:
        return state, None
    excluded = tuple(sorted(map(recurrence_id, phrase.exdates)))
    return state, Repetition(rrule=str(parse_rule(phrase.rrule)), anchor=phrase.anchor, exdates=excluded)


def _zone(name: str) -> str | None:
    return name.strip() if is_zone(name.strip()) else None


def _deadline(said: str, now: datetime, habits: Habits) -> date | None:
    phrase = parse(said.strip(), now, habits) if said.strip() else None
    found: date | None = (phrase.due_local or phrase.due_on) if phrase else None
    return as_day(found) if found else None


def _minutes(size: str, unit: str) -> int | None:
    minutes = _number(size, 0) * (1440 if unit.strip().lower() == "day" else 1)
    return minutes if 0 < minutes <= 527_040 else None


def _number(text: str, default: int) -> int:
    text = text.strip()
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else default


def _uid(path: Iterable[str], found: _Rows) -> str:
    """A task has no id there: it is known again by its place among the others."""
    said = "\n".join(path)
    while True:
        uid = f"todoist-{sha256(f'{said}{found.alike[said]}'.encode()).hexdigest()[:32]}"
        found.alike[said] += 1
        if uid not in found.places:
            return uid
