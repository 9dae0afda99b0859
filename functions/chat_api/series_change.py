"""What a change of a task means to its series: to its rule and dates, and to what those that follow are made from."""

from dataclasses import replace
from datetime import date
from typing import Any

from functions.chat_api.due_change import DUE_FIELDS, START_FIELDS
from functions.chat_api.models.task import TaskChange
from functions.chat_api.series import Repetition, checked_dates, first_date, repetition_of, start, template_json
from functions.kernel.domain.recurrence import Anchor, CatchUp, moved, parse_recurrence_id, parse_rule, shifted
from functions.kernel.domain.task import Task
from functions.kernel.domain.template import Template
from functions.kernel.storage.unit_of_work import UnitOfWork

_SERIES = """
    SELECT rrule, dtstart, all_day, zone, anchor, rdates, exdates, template, catch_up FROM series WHERE id = %s
    FOR UPDATE
"""


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
            "UPDATE series SET template = %s WHERE id = %s", (template_json(template), before.series_id)
        )
    changed = await _put_dates(uow, series, before, dates, user_zone) if dates else []
    if catch_up != series["catch_up"]:
        await uow.connection.execute("UPDATE series SET catch_up = %s WHERE id = %s", (catch_up, before.series_id))
        changed.append("catch_up")
    return after, changed


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
    begins = old if series["anchor"] == "completion" else first_date(series)
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
    names = checked_dates(by, first_date(series), series["zone"] or user_zone)
    changed = [name for name in dates if names[name] != sorted(series[name])]
    if changed:
        await uow.connection.execute(
            "UPDATE series SET rdates = %s, exdates = %s WHERE id = %s",
            (names["rdates"], names["exdates"], task.series_id),
        )
    return changed


def _is_moved(series: dict[str, Any], before: Task, after: Task, asked: TaskChange) -> bool:
    """Whether a due time is asked for that is not the one that the series gives this occurrence."""
    due: date | None = after.due_local or after.due_on
    there = due == parse_recurrence_id(before.recurrence_id or "") and after.zone == series["zone"]
    return bool(DUE_FIELDS & asked.model_fields_set) and not there


def _differs(asks_for: Repetition, series: dict[str, Any], anchor: Anchor | None) -> bool:
    return str(parse_rule(asks_for.rrule)) != series["rrule"] or anchor not in (None, series["anchor"])


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
