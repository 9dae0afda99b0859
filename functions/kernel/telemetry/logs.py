"""Logs for machines: a JSON object a line, whatever a message holds.

{"time": "2026-11-27T09:00:00.123456Z", "level": "WARNING", "logger": "functions.kernel.host.deliver",
 "message": "…", "trace_id": "…", "span_id": "…", "function": "task-due", "topic": "task.due.v1", …}
"""

import io
import json
import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from logging.handlers import RotatingFileHandler
from pathlib import Path

from functions.kernel.telemetry import trace

FILE_BYTES, OLDER_FILES = 10 * 1024**2, 4
"""How long a log file becomes, and how many of those before it are kept beside it."""
ABOUT = ("trace_id", "span_id", "function", "topic", "event_id", "task_id", "route", "status")
"""What a line says besides, where it is known; `extra` of a logging call says it of that line alone."""

_about: ContextVar[dict[str, str] | None] = ContextVar("about", default=None)


@contextmanager
def about(**known: str) -> Iterator[None]:
    """Every line that is written in the block is about this."""
    token = _about.set({**(_about.get() or {}), **known})
    try:
        yield
    finally:
        _about.reset(token)


class JsonLines(logging.Formatter):
    """`always` is what every line of this process says."""

    def __init__(self, **always: str) -> None:
        super().__init__()
        self._always = always

    def format(self, record: logging.LogRecord) -> str:
        """The line. JSON escapes whatever could end it, or command a terminal."""
        line: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="microseconds")[:-6] + "Z",
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        if context := trace.current():
            line |= {"trace_id": context.trace_id, "span_id": context.span_id}
        line |= self._always
        line |= _about.get() or {}
        line |= {name: record.__dict__[name] for name in ABOUT if name in record.__dict__}
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        if record.stack_info:
            line["stack"] = record.stack_info
        return json.dumps(line, default=str)


class _OwnersFile(RotatingFileHandler):
    """Only its owner reads it, also the one that is begun anew."""

    def _open(self) -> io.TextIOWrapper:
        Path(self.baseFilename).touch(mode=0o600)
        return super()._open()


def to_file(path: Path) -> None:
    """Write the log of this process to a file, which only its owner reads; full, it becomes `path`.1, and so on."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    _to(_OwnersFile(path, maxBytes=FILE_BYTES, backupCount=OLDER_FILES, encoding="utf-8"), JsonLines())


def to_stdout(**always: str) -> None:
    """Write it where a container's log is taken from; a person who looks at a terminal gets it as it was."""
    if not sys.stdout.isatty():
        _to(logging.StreamHandler(sys.stdout), JsonLines(**always))


def _to(handler: logging.Handler, formatter: logging.Formatter) -> None:
    handler.setFormatter(formatter)
    logging.basicConfig(handlers=[handler], level=logging.INFO, force=True)
    for name in ("uvicorn", "uvicorn.access"):
        logger = logging.getLogger(name)
        if logger.handlers:  # of its own; one without is switched off, such as that of addresses, which hold secrets
            logger.handlers.clear()
            logger.propagate = True
    for name in ("httpx", "alembic"):
        logging.getLogger(name).setLevel(logging.WARNING)
