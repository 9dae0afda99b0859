"""What a program does that a schema can't say: it names what is there, and gives what goes together."""

import json
import os
import re
from collections.abc import Callable
from typing import Any
from uuid import uuid4
from zlib import crc32

import schemathesis
from hypothesis import strategies as st
from schemathesis import Case, GenerationMode, HookContext

KEY = "Idempotency-Key"
TAGS = ("If-Match", "If-None-Match")
THERE: dict[str, list[str]] = json.loads(os.environ["THERE"])
"""By the name of a parameter, ids of what there is."""
REFERENCES = {
    "list_id": "list_id",
    "list_ids": "list_id",
    "filter_id": "filter_id",
    "parent_id": "parent_id",
    "assignee_id": "assignee_id",
}
"""By the name of a member that is looked up: what it may name."""
FILES: dict[str, Any] = json.loads(os.environ["FILES"])
"""By media type: what is to be imported; of a zip its bytes in hexadecimal digits."""
LEAP_YEARS = ("2028", "2032", "2036", "2040")
"""Every date of the calendar is in each of them, and to come."""
URL = "https://taskwake.invalid/hook"

Body = dict[str, Any]

for name, values in {
    "iana-time-zone": ["Europe/Berlin", "America/New_York", "Asia/Kathmandu", "Pacific/Apia", "UTC"],
    "rrule": ["FREQ=DAILY", "FREQ=WEEKLY;BYDAY=MO,TH", "FREQ=MONTHLY;BYMONTHDAY=-1", "FREQ=YEARLY;INTERVAL=2;COUNT=9"],
    "task-filter": ["today | overdue", "(p1 | p2) & !@waiting", "no date", "search: milk & #Home"],
    "local-date-time": ["2028-02-29T09:00:00", "2032-03-28T02:30", "2036-10-31 23:59:59.5"],
    "local-time": ["00:00", "08:15:00", "23:59:59"],
}.items():
    schemathesis.openapi.format(name, st.sampled_from(values))


@schemathesis.hook
def before_call(_: HookContext, case: Case, kwargs: dict[str, Any]) -> None:
    """Make right what is meant to be right, and leave what is there as it is."""
    _spare(case.path_parameters or {}, THERE if case.method == "DELETE" else {"parent_id": THERE["parent_id"]})
    if case.meta and case.meta.generation.mode is not GenerationMode.POSITIVE:
        return
    for name in case.headers or {}:
        if name == KEY:
            case.headers[name] = f'"{uuid4()}"'
        # Its coverage phase (4.32) calls the number 0 right, whatever type and pattern the header's schema has.
        if name in TAGS and case.headers[name] == "0":
            case.headers[name] = '"0"'
    if case.query:
        case.query.pop("cursor", None)
        _name(case.query)
    if case.path_parameters and case.method != "DELETE":
        _visit(case.path_parameters)
    if isinstance(case.body, dict):
        _name(case.body)
    operation = case.operation.definition.raw["operationId"]
    if operation in RIGHT:
        RIGHT[operation](case)


def _chosen(among: list[str] | tuple[str, ...], by: object) -> str:
    """One of them, the same for the same."""
    return among[crc32(repr(by).encode()) % len(among)]


def _spare(path: dict[str, Any], what: dict[str, list[str]]) -> None:
    """What others look up later is not deleted, nor a parent done; schemathesis knows their ids from answers."""
    for name, value in path.items():
        if any(value in ids for ids in what.values()):
            path[name] = str(uuid4())


def _visit(path: dict[str, Any]) -> None:
    """Of two ids that nobody knows name one that is there."""
    for name, value in path.items():
        if name in THERE and crc32(repr(value).encode()) % 2:
            path[name] = _chosen(THERE[name], value)


def _name(fields: Body) -> None:
    """What is looked up is there."""
    for name, value in fields.items():
        if name in REFERENCES and value is not None:
            found = _chosen(THERE[REFERENCES[name]], value)
            fields[name] = [found] if isinstance(value, list) else found


def _to_come(moment: str) -> str:
    return _chosen(LEAP_YEARS, moment) + moment[4:]


def _planned(case: Case) -> None:
    """One due time, in a year to come; what goes with it only with it; what goes with a rule only with that."""
    body = case.body
    if not isinstance(body, dict):
        return
    forms = [name for name in ("due_on", "due_local", "due_at") if body.get(name)]
    for name in forms[1:]:
        del body[name]
    due = forms[0] if forms else None
    if due:
        body[due] = _to_come(body[due])
    if due in (None, "due_on"):
        body.pop("zone", None)
    starts = [name for name in ("start_on", "start_local") if body.get(name)]
    for name in starts[1:] if due else starts:
        del body[name]
    for name in starts[:1] if due else []:
        body[name] = "2020" + body[name][4:]
    if not due or body.get("parent_id"):
        body.pop("rrule", None)
    if not body.get("rrule"):
        for name in ("anchor", "rdates", "exdates", "catch_up"):
            body.pop(name, None)
    if body.get("anchor") == "completion":
        body["rrule"] = "FREQ=DAILY"
    for name in ("rdates", "exdates"):
        if body.get(name):
            body[name] = ["2041-03-01" if due == "due_on" else "2041-03-01T09:00:00"]
    if body.get("reminders"):
        body["reminders"] = [each for each in body["reminders"] if _goes_by(each, due, bool(starts and due))]


def _goes_by(reminder: Body, due: str | None, starts: bool) -> bool:
    """Whether a reminder has something to go by."""
    if "at" in reminder:
        reminder["at"] = _to_come(reminder["at"])
        return True
    if reminder.get("related") == "start":
        return starts
    if reminder.get("minutes_before") == 0:
        reminder["minutes_before"] = 1
    return bool(due)


def _of_me(case: Case) -> None:
    """Quiet hours have two ends, and usual reminders go by the due time."""
    body = case.body
    if "quiet_from" in body or "quiet_until" in body:
        body |= {"quiet_from": "22:00", "quiet_until": "07:00"}
    if body.get("default_reminders"):
        given = body["default_reminders"]
        body["default_reminders"] = [each for each in given if "at" not in each and _goes_by(each, "due_on", False)]


def _called(case: Case) -> None:
    """A host that a webhook may be at, and nobody ever finds."""
    if "url" in case.body:
        case.body["url"] = URL


def _expiring(case: Case) -> None:
    if case.body.get("expires_at"):
        case.body["expires_at"] = _to_come(case.body["expires_at"])


def _invited(case: Case) -> None:
    """For the time that an invitation lasts if nobody says how long."""
    case.body.pop("expires_at", None)


def _later(case: Case) -> None:
    """By minutes, or until a moment to come."""
    if case.body.get("until") and not case.body.get("minutes"):
        case.body = {"until": _to_come(case.body["until"])}
    else:
        case.body = {"minutes": case.body.get("minutes") or 10}


def _placed(case: Case) -> None:
    """At one end: who its siblings are changes all the time."""
    case.body = {_chosen(("first", "last"), case.body): True}


def _alone(case: Case) -> None:
    """Each command for itself: of all or none, the first that is refused is the answer."""
    case.body["atomic"] = False


def _from_a_file(case: Case) -> None:
    file = FILES[case.media_type]
    case.body = bytes.fromhex(file) if case.media_type == "application/zip" else file


def _since_then(case: Case) -> None:
    case.body["since"] = "2026-01-01T00:00:00Z"


def _searched(case: Case) -> None:
    """Words that say something; without any nothing fits best."""
    if "search" in case.query:
        case.query["search"] = "call -milk"
    elif str(case.query.get("sort", "")).endswith("relevance"):
        del case.query["sort"]


def _previewed(case: Case) -> None:
    """Dates of one kind."""
    day = crc32(repr(case.query).encode()) % 2
    for name, month in {"start": "01", "after": "02"}.items():
        if name in case.query:
            case.query[name] = f"2028-{month}-29" + ("" if day else "T09:00:00")
    for name in ("rdate", "exdate"):
        if name in case.query:
            case.query[name] = ["2041-03-01" if day else "2041-03-01T09:00:00"]


def _from_then_on(case: Case) -> None:
    if "from" in case.query:
        case.query["from"] = re.sub(r"^\d+", LEAP_YEARS[0], str(case.query["from"]))


RIGHT: dict[str, Callable[[Case], None]] = {
    "change_me": _of_me,
    "change_task": _planned,
    "change_webhook": _called,
    "create_invitation": _invited,
    "create_task": _planned,
    "create_token": _expiring,
    "create_webhook": _called,
    "import_file": _from_a_file,
    "list_tasks": _searched,
    "move_task": _placed,
    "preview_recurrence": _previewed,
    "read_upcoming": _from_then_on,
    "redeliver_since": _since_then,
    "run_commands": _alone,
    "snooze_notice": _later,
}
