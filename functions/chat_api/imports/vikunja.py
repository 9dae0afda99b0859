"""Vikunja's export: data.json. A project becomes a list."""

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from functions.chat_api.calendars.item import Item, Note, Reading, Repetition, Stamps, State, check_items
from functions.chat_api.calendars.markup import without_markup
from functions.chat_api.calendars.texts import storable, title_and_notes
from functions.chat_api.export import FORMAT
from functions.kernel.domain.labels import as_label, unique
from functions.kernel.domain.recurrence import parse_rule
from functions.kernel.domain.reminder import MOST_MINUTES, MOST_REMINDERS, At, Before, TaskReminder
from functions.kernel.domain.wall_time import to_local
from functions.kernel.errors import InvalidInputError

MOST_VALUES = 1_000_000
"""In data.json, its lists and objects among them: two bytes of JSON can be seventy in memory."""
_PRIORITIES = {0: 4, 1: 3, 2: 3, 3: 2, 4: 1, 5: 1}
"""Unset, low, medium, high, urgent, do now."""
_LEFT_OUT = {
    "attachments": "its attachments are left out",
    "assignees": "who it is assigned to is left out",
    "percent_done": "how much of it is done is left out",
    "is_favorite": "that it is a favorite is left out",
    "hex_color": "its color is left out",
}
_RELATED = {"parenttask", "subtask"}
_NEVER = "0001-01-01T00:00:00Z"
_UNITS = ((604_800, "WEEKLY"), (86_400, "DAILY"), (3_600, "HOURLY"), (60, "MINUTELY"), (1, "SECONDLY"))
_Json = dict[str, Any]


def read_vikunja(data: bytes, user_zone: str) -> Reading:
    """The tasks of data.json; its moments are times in `user_zone`. Raises InvalidInputError (field `body`)."""
    if sum(map(data.count, (b",", b"[", b"{"))) > MOST_VALUES:
        raise InvalidInputError("body", f"more than {MOST_VALUES:,} values in it; export fewer projects at once")
    try:
        given = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise InvalidInputError("body", f"not JSON: {error}") from None
    if not isinstance(given, list):
        if isinstance(given, dict) and given.get("format") == FORMAT:
            raise InvalidInputError(
                "body",
                "this is an export of Taskwake as JSON; one as iCalendar can be imported: "
                "`taskwake export --ics`, or GET /export.ics",
            )
        raise InvalidInputError("body", "Vikunja's data.json is a list of projects; this is none")
    items: list[Item] = []
    skipped: list[Note] = []
    remarks: list[Note] = []
    places: dict[str, str] = {}
    for project, task, where in _tasks(given):
        found: list[str] = []
        title = _text(task.get("title"))[:500] or None
        try:
            item = _item(_text(project), task, user_zone, found)
        except (ValueError, TypeError, KeyError, AttributeError, OverflowError, InvalidInputError) as error:
            skipped.append(Note(where, None, title, f"it cannot be read: {_text(str(error))[:500]}"))
            continue
        if item.uid in places:
            continue  # an old export has a task in each of its lists
        places[item.uid] = where
        items.append(item)
        check_items(len(items))
        remarks += [Note(where, item.uid, title, remark) for remark in found]
    return Reading(items, skipped, remarks, places)


def _tasks(given: list[Any]) -> Iterator[tuple[Any, _Json, str]]:
    """Each task, with the title of its project, and where it is. Older exports have lists in namespaces."""
    for number, top in enumerate(given):
        if not isinstance(top, dict):
            continue
        for project in _objects(top.get("lists")) or [top]:
            for index, task in enumerate(_objects(project.get("tasks"))):
                yield project.get("title"), task, f"project {number + 1}, task {index + 1}"


def _objects(given: Any) -> list[_Json]:
    return [each for each in given if isinstance(each, dict)] if isinstance(given, list) else []


def _text(given: Any) -> str:
    """A text that can be kept; empty for what is none."""
    return storable(given) if isinstance(given, str) else ""


def _uid(task: _Json) -> str:
    number, created = task["id"], task.get("created")
    if not isinstance(number, int) or not isinstance(created, str | None):
        raise TypeError("its id is no number, or its time of creation no text")
    return storable(f"vikunja-{number}-{created}")[:1000]


def _item(project: str, task: _Json, zone: str, remarks: list[str]) -> Item:
    said = [task.get("description"), *(each.get("comment") for each in task.get("comments") or ())]
    notes = "\n\n".join(text for text in (without_markup(_text(each)) for each in said) if text)
    title, notes, cut = title_and_notes(_text(task["title"]), notes)
    remarks += cut
    remarks += [said for name, said in _LEFT_OUT.items() if task.get(name)]
    if set(task.get("related_tasks") or ()) - _RELATED:
        remarks.append("what it is related to in other ways than as a part is left out")
    due = _moment(task.get("due_date")) or _moment(task.get("end_date"))
    start = _moment(task.get("start_date"))
    if start and (due is None or start > due):
        remarks.append("it starts, and is not due, or due before that; it is due when it starts")
        due, start = (start, None) if due is None else (due, None)
    done = bool(task.get("done"))
    done_at = _moment(task.get("done_at"))
    state = State(
        title=title,
        notes=notes,
        labels=tuple(unique(filter(None, (as_label(_text(one["title"])) for one in task.get("labels") or ())))),
        priority=_PRIORITIES.get(int(task.get("priority") or 0), 4),
        due_local=to_local(due, zone).replace(microsecond=0) if due else None,
        zone=zone if due else None,
        start_local=to_local(start, zone).replace(microsecond=0) if start else None,
        reminders=_reminders(task, remarks),
        done=done,
        completed_at=done_at if done else None,
    )
    created = _moment(task.get("created"))
    return Item(
        uid=_uid(task),
        state=state,
        parent=_parent(task),
        list_name=project.strip()[:200] or None,
        repetition=None if done else _repetition(task, state, remarks),
        stamps=Stamps(created_at=created),
    )


def _parent(task: _Json) -> str | None:
    above = (task.get("related_tasks") or {}).get("parenttask") or ()
    return next(map(_uid, above), None)


def _moment(text: Any) -> datetime | None:
    if not text or text == _NEVER:
        return None
    moment = datetime.fromisoformat(str(text))
    return moment.replace(microsecond=0) if moment.year > 1 and moment.tzinfo else None


def _repetition(task: _Json, state: State, remarks: list[str]) -> Repetition | None:
    """`repeat_mode` 0: every so many seconds from the due time, 1: monthly, 2: so many seconds after it was done."""
    seconds, mode = int(task.get("repeat_after") or 0), int(task.get("repeat_mode") or 0)
    if not seconds and mode != 1:
        return None
    if state.due is None:
        remarks.append("it repeats, and is never due; it is taken over as a task that does not repeat")
        return None
    if mode == 1:
        return Repetition(rrule="FREQ=MONTHLY")
    size, unit = next((size, unit) for size, unit in _UNITS if seconds % size == 0)
    rule = parse_rule(f"FREQ={unit};INTERVAL={seconds // size}")
    return Repetition(rrule=str(rule), anchor="completion" if mode == 2 else "schedule")


def _reminders(task: _Json, remarks: list[str]) -> tuple[TaskReminder, ...]:
    found: list[TaskReminder] = []
    for given in [*(task.get("reminder_dates") or ()), *(task.get("reminders") or ())]:
        moment = _moment(given.get("reminder") if isinstance(given, dict) else given)
        relative = given.get("relative_to") if isinstance(given, dict) else None
        minutes = -int(given.get("relative_period") or 0) // 60 if isinstance(given, dict) else 0
        if relative in ("due_date", "start_date") and 0 < minutes <= MOST_MINUTES:
            found.append(Before(minutes_before=minutes, related="due" if relative == "due_date" else "start"))
        elif moment and not (relative == "due_date" and minutes == 0):
            found.append(At(at=moment))
    if len(found) > MOST_REMINDERS:
        remarks.append(f"of its {len(found)} reminders {MOST_REMINDERS} are taken over")
    return tuple(dict.fromkeys(found))[:MOST_REMINDERS]
