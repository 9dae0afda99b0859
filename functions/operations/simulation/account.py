"""An account as a file: what GET /tasks answers, one page or several one after the other.

Its form is promised in specs/003-time/contracts/simulation.md.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, time
from pathlib import Path
from uuid import UUID

from pydantic import BaseModel, ConfigDict, ValidationError

from functions.kernel.domain.recurrence import parse_recurrence_id, parse_rule
from functions.kernel.domain.task import Task
from functions.kernel.domain.wall_time import check_zone
from functions.kernel.errors import InvalidInputError
from functions.recurring_task_service.series import Series


class Page(BaseModel):
    """One page of an account. `series` tells what a task does not: where its rule began, and its anchor."""

    model_config = ConfigDict(frozen=True)

    tasks: list[Task]
    series: list[Series] = []
    next_cursor: str | None = None


@dataclass(frozen=True, slots=True)
class Account:
    """Tasks, and the series of those that recur. `complete` is false when the last page says that more follow."""

    tasks: list[Task]
    series: Mapping[UUID, Series]
    complete: bool = True


def read_account(path: Path, zone: str) -> Account:
    """The account in this file; `zone` is where its owner is, for floating and all-day times.

    Raises InvalidInputError that names the file, and the field.
    """
    check_zone(zone)
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise InvalidInputError(str(path), f"is no UTF-8 text: {error}") from None
    except OSError as error:
        raise InvalidInputError(str(path), f"cannot be read: {error.strerror}") from None
    pages = [_page(document, number, path) for number, document in enumerate(_documents(text, path), 1)]
    if not pages:
        raise InvalidInputError(str(path), "is empty; it should be what GET /tasks answers")
    tasks = list({task.id: task for page in pages for task in page.tasks}.values())
    series = {found.id: found for page in pages for found in page.series}
    for task in tasks:
        try:
            check_zone(task.zone or zone)
            if task.series_id and task.series_id not in series:
                series[task.series_id] = _series_of(task, zone, task.series_id)
        except InvalidInputError as error:
            raise InvalidInputError(str(path), f"the task “{task.title}” ({task.id}): {error}") from None
    return Account(tasks, series, pages[-1].next_cursor is None)


def _page(document: object, number: int, path: Path) -> Page:
    try:
        return Page.model_validate(document)
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(map(str, first["loc"])) or "all of it"
        where = f"page {number}, {field}"
        raise InvalidInputError(str(path), f"{where}: {first['msg']}; it should be what GET /tasks answers") from None


def _documents(text: str, path: Path) -> Iterator[object]:
    decoder, at = json.JSONDecoder(), 0
    while text[at:].strip():
        at += len(text[at:]) - len(text[at:].lstrip())
        try:
            document, at = decoder.raw_decode(text, at)
        except ValueError as error:
            raise InvalidInputError(str(path), f"is no JSON: {error}") from None
        yield document


def _series_of(task: Task, zone: str, series_id: UUID) -> Series:
    """A series as far as one of its tasks tells: it begins there, and repeats by schedule."""
    start = parse_recurrence_id(task.recurrence_id or "")
    return Series(
        id=series_id,
        rrule=str(parse_rule(task.rrule or "")),
        dtstart=start if isinstance(start, datetime) else datetime.combine(start, time()),
        all_day=not isinstance(start, datetime),
        zone=task.zone,
        anchor="schedule",
        user_zone=zone,
    )
