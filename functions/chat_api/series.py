"""Series: how one is asked for, begins and is read, and what it loses and gets back with an occurrence."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import uuid4

from psycopg.types.json import Jsonb

from functions.chat_api.models.task import DueInput, SeriesRead
from functions.kernel.domain.recurrence import (
    Anchor,
    CatchUp,
    Recurrence,
    parse_recurrence_id,
    parse_rule,
    recurrence_id,
)
from functions.kernel.domain.recurrence.recurrence_set import MAX_DATES
from functions.kernel.domain.task import Task
from functions.kernel.domain.template import Template
from functions.kernel.errors import ConflictError, InvalidInputError, NotFoundError
from functions.kernel.storage.database import Connection
from functions.kernel.storage.unit_of_work import UnitOfWork

_FIELDS = {"rdate": "rdates", "exdate": "exdates", "dtstart": "due_local"}


@dataclass(frozen=True, slots=True)
class Repetition:
    """What a series repeats by. `rdates` and `exdates` are days, or wall-clock times in the series' zone."""

    rrule: str
    anchor: Anchor
    rdates: Iterable[date] = ()
    exdates: Iterable[date] = ()
    catch_up: CatchUp = "latest"


def repetition_of(given: DueInput) -> Repetition | None:
    """The repetition that a body asks for, if it does."""
    if given.rrule is None:
        return None
    dates = given.rdates or (), given.exdates or ()
    return Repetition(given.rrule, given.anchor or "schedule", *dates, given.catch_up or "latest")


def check(given: DueInput, repeats: bool) -> None:
    """Raise InvalidInputError for what only goes with a rule, where the body gives none and the task has none."""
    if given.anchor is not None and given.rrule is None:
        raise InvalidInputError("anchor", "only goes with rrule; give the rule, too")
    for field in ("rdates", "exdates", "catch_up"):
        if getattr(given, field) and not repeats and given.rrule is None:
            raise InvalidInputError(field, "only goes with a rule; give rrule, too")


async def read(connection: Connection, task: Task) -> SeriesRead:
    """The series of this task. Raises NotFoundError when it has none."""
    query = "SELECT id, rrule, anchor, catch_up, dtstart, all_day, zone, rdates, exdates, template FROM series"
    cursor = await connection.execute(f"{query} WHERE id = %s", (task.series_id,))
    row = await cursor.fetchone()
    if row is None:
        raise NotFoundError("this task does not repeat, so it has no series")
    return SeriesRead(
        id=row["id"],
        rrule=row["rrule"],
        anchor=row["anchor"],
        catch_up=row["catch_up"],
        dtstart=first_date(row),
        zone=row["zone"],
        rdates=[parse_recurrence_id(name) for name in sorted(row["rdates"])],
        exdates=[parse_recurrence_id(name) for name in sorted(row["exdates"])],
        template=Template(**row["template"]) if row["template"] else Template.of(task),
    )


async def start(uow: UnitOfWork, task: Task, by: Repetition, user_zone: str, template: Template | None = None) -> Task:
    """Begin a series with this task as its first occurrence; those that follow are made from it, or the template."""
    rule = parse_rule(by.rrule)
    if rule.count is not None and by.anchor == "completion":
        raise InvalidInputError("rrule", "COUNT has no meaning for a task that repeats after each completion")
    first: date | None = task.due_local or task.due_on
    if first is None:
        raise InvalidInputError("rrule", "a recurring task needs a due time to start from: give due_on or due_local")
    names = checked_dates(Repetition(str(rule), by.anchor, by.rdates, by.exdates), first, task.zone or user_zone)
    series_id = uuid4()
    await uow.connection.execute(
        """
        INSERT INTO series (id, list_id, rrule, dtstart, all_day, zone, anchor, rdates, exdates, template, catch_up)
        VALUES (%s, %s, %s, %s::timestamp, %s, %s, %s, %s, %s, %s, %s)
        """,
        (
            series_id,
            task.list_id,
            str(rule),
            first,
            task.due_local is None,
            task.zone,
            by.anchor,
            names["rdates"],
            names["exdates"],
            template_json(template or Template.of(task)),
            by.catch_up,
        ),
    )
    update = {"series_id": series_id, "recurrence_id": recurrence_id(first), "rrule": str(rule)}
    return task.model_copy(update=update)


async def exclude(uow: UnitOfWork, task: Task) -> None:
    """Take this occurrence's date out of its series (EXDATE); of those by completion no date is to come yet."""
    await uow.connection.execute(
        """
        UPDATE series SET exdates = ARRAY(
            SELECT DISTINCT name FROM unnest(array_append(exdates, %s)) AS name ORDER BY name DESC LIMIT %s
        ) WHERE id = %s AND anchor = 'schedule'
        """,
        (task.recurrence_id, MAX_DATES, task.series_id),
    )


async def include(uow: UnitOfWork, task: Task) -> None:
    """Take what `exclude` did back."""
    await uow.connection.execute(
        "UPDATE series SET exdates = array_remove(exdates, %s) WHERE id = %s", (task.recurrence_id, task.series_id)
    )


async def shared(uow: UnitOfWork, task: Task) -> dict[str, Any]:
    """What a change may change of this task's series, as it is now; nothing, if it has none."""
    cursor = await uow.connection.execute(
        "SELECT rdates, exdates, template, catch_up FROM series WHERE id = %s", (task.series_id,)
    )
    return await cursor.fetchone() or {}


async def put_back(uow: UnitOfWork, task: Task, changes: dict[str, tuple[Any, Any]]) -> None:
    """Make these of the series what they were. Raises ConflictError where one is not any more what it became."""
    now = await shared(uow, task)
    for name, (_, became) in changes.items():
        if now.get(name) != became:
            raise ConflictError(f"{name} of its series changed since; change it back yourself")
    after = now | {name: was for name, (was, _) in changes.items()}
    template = Jsonb(after["template"]) if after["template"] else None
    await uow.connection.execute(
        """
        UPDATE series SET rdates = %(rdates)s, exdates = %(exdates)s, catch_up = %(catch_up)s, template = %(template)s
        WHERE id = %(id)s
        """,
        after | {"template": template, "id": task.series_id},
    )


def checked_dates(by: Repetition, first: date, zone: str) -> dict[str, list[str]]:
    """The names of the dates, once it is sure that the repetition gives any; `first` is its start."""
    added, excluded = tuple(by.rdates), tuple(by.exdates)
    for field, dates in (("rdates", added), ("exdates", excluded)):
        if dates and by.anchor == "completion":
            raise InvalidInputError(field, "has no meaning for a task that repeats after each completion")
    start = first.replace(microsecond=0) if isinstance(first, datetime) else first
    try:
        Recurrence(start, zone, parse_rule(by.rrule), added, excluded).check()
    except InvalidInputError as error:
        raise InvalidInputError(_FIELDS.get(error.field, error.field), error.message) from None
    return {
        "rdates": sorted({recurrence_id(value) for value in added}),
        "exdates": sorted({recurrence_id(value) for value in excluded}),
    }


def first_date(series: dict[str, Any]) -> date:
    """Where its rule starts: a day, or a wall-clock time in its zone."""
    first: datetime = series["dtstart"].replace(microsecond=0)
    return first.date() if series["all_day"] else first


def template_json(template: Template) -> Jsonb:
    """As it is kept."""
    return Jsonb(template.model_dump(mode="json"))
