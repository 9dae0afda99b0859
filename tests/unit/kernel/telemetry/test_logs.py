"""Logs for machines: one JSON object a line, with the trace, whatever somebody wrote into a title."""

import json
import logging
import sys
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from uvicorn import Config

from functions.kernel.telemetry import trace
from functions.kernel.telemetry.logs import JsonLines, about, to_file

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


@pytest.fixture
def loggers() -> Iterator[None]:
    """What a test does with these is undone."""
    loggers = [logging.getLogger(name) for name in ("", "uvicorn", "uvicorn.access", "uvicorn.error")]
    before = [(logger, logger.handlers[:], logger.level, logger.propagate) for logger in loggers]
    logging.getLogger().handlers = []
    yield
    for handler in logging.getLogger().handlers:
        handler.close()
    for logger, handlers, level, propagate in before:
        logger.handlers, logger.level, logger.propagate = handlers, level, propagate


@pytest.mark.usefixtures("loggers")
@pytest.mark.parametrize("access_log", [False, True])
def test_what_uvicorn_says_is_a_line_like_others_and_its_access_log_only_where_it_is_switched_on(
    tmp_path: Path, access_log: bool
) -> None:
    async def app(*_: object) -> None:
        """Serves nothing."""

    Config(app, access_log=access_log)
    to_file(tmp_path / "log")
    for name in ("uvicorn.error", "uvicorn.access"):
        logging.getLogger(name).info("said")

    said = [json.loads(text)["logger"] for text in (tmp_path / "log").read_text().splitlines()]
    assert said == ["uvicorn.error", *(["uvicorn.access"] if access_log else [])]
    assert logging.getLogger("uvicorn.access").hasHandlers() is access_log
