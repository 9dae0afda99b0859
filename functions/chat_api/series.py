"""Series: how one begins, and what a change of an occurrence means to those that follow it."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import uuid4

from psycopg.types.json import Jsonb

from functions.chat_api.models.task import DueInput, SeriesRead, TaskChange
from functions.kernel.domain.recurrence import (
    Anchor,
    CatchUp,
    Recurrence,
    moved,
    parse_recurrence_id,
    parse_rule,
    recurrence_id,
    shifted,
)
from functions.kernel.domain.recurrence.recurrence_set import MAX_DATES
from functions.kernel.domain.task import Task
from functions.kernel.domain.template import Template
from functions.kernel.errors import ConflictError, InvalidInputError, NotFoundError
from functions.kernel.storage.database import Connection
from functions.kernel.storage.unit_of_work import UnitOfWork

DUE_FIELDS = frozenset({"due_on", "due_local", "due_at", "zone"})
START_FIELDS = frozenset({"start_on", "start_local"})
_FIELDS = {"rdate": "rdates", "exdate": "exdates", "dtstart": "due_local"}
_SERIES = """
    SELECT rrule, dtstart, all_day, zone, anchor, rdates, exdates, template, catch_up FROM series WHERE id = %s
    FOR UPDATE
"""


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
        dtstart=_first(row),
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
    names = _checked(Repetition(str(rule), by.anchor, by.rdates, by.exdates), first, task.zone or user_zone)
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
            _json(template or Template.of(task)),
            by.catch_up,
        ),
    )
    update = {"series_id": series_id, "recurrence_id": recurrence_id(first), "rrule": str(rule)}
    return task.model_copy(update=update)


async def carry(
    uow: UnitOfWork, before: Task, after: Task, asked: TaskChange, user_zone: str
) -> tuple[Task, list[str]]:
    """What a change means to the task's series, by its scope; without one, a new text is for those that follow too, a
    new due time for this one only, and a new rule begins a new series here.

    Returns the task, in the series that it is in then, and the names of what changed of the series alone.
    """
    if "rrule" in asked.model_fields_set and asked.rrule is None:
        return after.model_copy(update={"series_id": None, "recurrence_id": None, "rrule": None}), []
    asks_for = repetition_of(asked)
    if before.series_id is None:
        return (await start(uow, after, asks_for, user_zone) if asks_for else after), []
    series: dict[str, Any] = (await (await uow.connection.execute(_SERIES, (before.series_id,))).fetchall())[0]
    alone = asked.scope == "this" or before.status == "done"
    template = _template_after(series, before, before if alone else after, asked)
    moves = asked.scope not in (None, "this") and _is_moved(series, before, after, asked)
    catch_up: CatchUp = (asked.catch_up or "latest") if "catch_up" in asked.model_fields_set else series["catch_up"]
    if asks_for and (moves or _differs(asks_for, series, asked.anchor)):
        return await start(uow, after, replace(asks_for, catch_up=catch_up), user_zone, template), []
    dates: dict[str, Any] = {
        name: getattr(asked, name) or () for name in ("rdates", "exdates") if name in asked.model_fields_set
    }
    if moves:
        return await _move(uow, series | {"catch_up": catch_up}, before, after, dates, user_zone, template), []
    if before.status == "open" and template.model_dump(mode="json") != series["template"]:
        await uow.connection.execute(
            "UPDATE series SET template = %s WHERE id = %s", (_json(template), before.series_id)
        )
    changed = await _put_dates(uow, series, before, dates, user_zone) if dates else []
    if catch_up != series["catch_up"]:
        await uow.connection.execute("UPDATE series SET catch_up = %s WHERE id = %s", (catch_up, before.series_id))
        changed.append("catch_up")
    return after, changed


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


async def _move(
    uow: UnitOfWork,
    series: dict[str, Any],
    before: Task,
    after: Task,
    dates: dict[str, Any],
    user_zone: str,
    template: Template,
) -> Task:
    """This occurrence and those to come, at another due time: a series of their own, which begins here."""
    old = parse_recurrence_id(before.recurrence_id or "")
    new: date = after.due_local or after.due_on or old
    zones = series["zone"] or user_zone, after.zone or user_zone
    begins = old if series["anchor"] == "completion" else _first(series)
    rule = shifted(parse_rule(series["rrule"]), begins, old, new, *zones)
    to_come = {
        name: [moved(value, old, new) for value in map(parse_recurrence_id, series[name]) if value > old]
        for name in ("rdates", "exdates")
    }
    by = Repetition(str(rule), series["anchor"], **(to_come | dates), catch_up=series["catch_up"])
    return await start(uow, after, by, user_zone, template)


async def _put_dates(
    uow: UnitOfWork, series: dict[str, Any], task: Task, dates: dict[str, Any], user_zone: str
) -> list[str]:
    """Replace the dates added and taken out; returns which of the two changed."""
    kept = {name: list(map(parse_recurrence_id, series[name])) for name in ("rdates", "exdates")}
    by = Repetition(series["rrule"], series["anchor"], **(kept | dates))
    names = _checked(by, _first(series), series["zone"] or user_zone)
    changed = [name for name in dates if names[name] != sorted(series[name])]
    if changed:
        await uow.connection.execute(
            "UPDATE series SET rdates = %s, exdates = %s WHERE id = %s",
            (names["rdates"], names["exdates"], task.series_id),
        )
    return changed


def _checked(by: Repetition, first: date, zone: str) -> dict[str, list[str]]:
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


def _first(series: dict[str, Any]) -> date:
    first: datetime = series["dtstart"].replace(microsecond=0)
    return first.date() if series["all_day"] else first


def _is_moved(series: dict[str, Any], before: Task, after: Task, asked: TaskChange) -> bool:
    """Whether a due time is asked for that is not the one that the series gives this occurrence."""
    due: date | None = after.due_local or after.due_on
    there = due == parse_recurrence_id(before.recurrence_id or "") and after.zone == series["zone"]
    return bool(DUE_FIELDS & asked.model_fields_set) and not there


def _differs(asks_for: Repetition, series: dict[str, Any], anchor: Anchor | None) -> bool:
    return str(parse_rule(asks_for.rrule)) != series["rrule"] or anchor not in (None, series["anchor"])


def _json(template: Template) -> Jsonb:
    return Jsonb(template.model_dump(mode="json"))


def _template_after(series: dict[str, Any], before: Task, after: Task, asked: TaskChange) -> Template:
    """What those that follow are made from: as before, but for what changes of this one."""
    was, becomes = Template.of(before), Template.of(after)
    names = {"title", "notes", "reminders", "labels", "priority", "assignee_id", "estimate_minutes"}
    if START_FIELDS & asked.model_fields_set:  # a new due time leaves the start where it was, of this one only
        names |= {"start_days", "start_seconds"}
    if "deadline_on" in asked.model_fields_set:
        names.add("deadline_days")
    changed = {name: getattr(becomes, name) for name in names if getattr(was, name) != getattr(becomes, name)}
    return (Template(**series["template"]) if series["template"] else was).model_copy(update=changed)
