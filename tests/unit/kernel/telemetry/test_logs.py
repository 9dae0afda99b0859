"""Logs for machines: one JSON object a line, with the trace, whatever somebody wrote into a title."""

import json
import logging
import sys
from datetime import datetime, timedelta

import pytest

from functions.kernel.telemetry import trace
from functions.kernel.telemetry.logs import JsonLines, about

pytestmark = pytest.mark.requirement("TRUST-113")


def line(message: str, *args: object, exc_info: object = None, formatter: JsonLines | None = None, **extra: str) -> str:
    record = logging.makeLogRecord(
        {"name": "a.b", "levelname": "WARNING", "msg": message, "args": args, "exc_info": exc_info} | extra
    )
    return (formatter or JsonLines()).format(record)


def test_a_line_says_when_how_bad_who_and_what() -> None:
    said = json.loads(line("%d of %s", 2, "3"))

    assert (said["level"], said["logger"], said["message"]) == ("WARNING", "a.b", "2 of 3")
    assert said["time"].endswith("Z")
    assert datetime.fromisoformat(said["time"]).utcoffset() == timedelta()
    assert "trace_id" not in said


@pytest.mark.parametrize("evil", ["a\nb", "a\r\nb", "a\u2028b", "a\u0085b", "a\x1b[2Jb", "a\x9bb", "\ud800", '"}\n{"'])
def test_nothing_that_a_message_holds_ends_its_line_or_commands_a_terminal(evil: str) -> None:
    said = line("title: %s", evil, event_id=evil)

    assert said.isascii()
    assert said.isprintable()
    assert json.loads(said)["message"] == f"title: {evil}"
    assert json.loads(said)["event_id"] == evil


def test_a_line_names_its_trace_and_what_it_is_about() -> None:
    context = trace.begin()
    token = trace.enter(context)
    with about(function="task-due", topic="task.due.v1"), about(event_id="7"):
        inside = json.loads(line("x"))
    trace.leave(token)
    outside = json.loads(line("x"))

    known = {"trace_id": context.trace_id, "span_id": context.span_id}
    known |= {"function": "task-due", "topic": "task.due.v1", "event_id": "7"}
    assert known.items() <= inside.items()
    assert not known.keys() & outside.keys()


def test_what_one_line_says_goes_before_what_all_say() -> None:
    formatter = JsonLines(function="task-due")

    assert json.loads(line("x", formatter=formatter))["function"] == "task-due"
    assert json.loads(line("x", formatter=formatter, function="alarm"))["function"] == "alarm"


def test_a_traceback_is_one_field() -> None:
    try:
        int("a\nb")
    except ValueError:
        said = line("failed", exc_info=sys.exc_info())

    assert "\n" not in said
    assert json.loads(said)["exception"].startswith("Traceback")
    assert json.loads(said)["exception"].endswith("'a\\nb'")
