"""A person's tasks as items to be written: one-off tasks, and series with their occurrences."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from functions.chat_api.calendars.item import Item, Occurrence, Repetition, Stamps, State
from functions.kernel.domain.recurrence import Recurrence, parse_recurrence_id, parse_rule, recurrence_id
from functions.kernel.domain.task import Task
from functions.kernel.domain.template import Template
from functions.kernel.domain.wall_time import as_time
from functions.kernel.storage.database import Connection
from functions.kernel.storage.tasks import SEEN_BY, TASK_COLUMNS

MOST_PASSED = 1_000
"""Of a series, dates that are gone; of one that has more, the others show as not done."""
_STATE = tuple(name for name in State.__dataclass_fields__ if name not in ("labels", "reminders", "done"))


@dataclass(frozen=True, slots=True)
class Found:
    """A task, the name of its list, and when it last changed."""

    task: Task
    list_name: str
    changed_at: datetime

    @property
    def stamps(self) -> Stamps:
        task = self.task
        return Stamps(
            created_at=task.created_at, changed_at=self.changed_at, version=task.version, position=task.position
        )


@dataclass(frozen=True, slots=True)
class Gathered:
    """The tasks as rows, and the series that they are of."""

    rows: Sequence[dict[str, Any]]
    series: dict[UUID, dict[str, Any]]


async def gather(
    connection: Connection, user_id: UUID, list_ids: Sequence[UUID] | None = None, *, done: bool
) -> Gathered:
    """Those of these lists (null: all) that the person sees; with those that are done, or without."""
    found = await connection.execute(
        f"""
        SELECT {TASK_COLUMNS}, lists.name AS list_name, tasks.changed_at
        FROM tasks JOIN lists ON lists.id = tasks.list_id LEFT JOIN series ON series.id = tasks.series_id
        WHERE tasks.deleted_at IS NULL AND {SEEN_BY} AND (%(lists)s::uuid[] IS NULL OR tasks.list_id = ANY(%(lists)s))
          AND (%(done)s OR tasks.status = 'open')
        ORDER BY tasks.created_at, tasks.id
        """,  # noqa: S608 - constants
        {"seen_by": user_id, "lists": list_ids, "done": done},
    )
    rows = await found.fetchall()
    ids = list({row["series_id"] for row in rows if row["series_id"]})
    series = await connection.execute(
        "SELECT id, rrule, anchor, catch_up, dtstart, all_day, zone, rdates, exdates, template FROM series"
        " WHERE id = ANY(%s)",
        (ids,),
    )
    return Gathered(rows, {row["id"]: row for row in await series.fetchall()})


def items_of(gathered: Gathered) -> Iterator[Item]:
    """What they say, in the order in which they were created. Pure."""
    found = [Found(Task(**row), row["list_name"], row["changed_at"]) for row in map(dict, gathered.rows)]
    uids = {each.task.id: str(each.task.series_id or each.task.id) for each in found}
    of_series: dict[UUID, list[Found]] = defaultdict(list)
    for each in found:
        if each.task.series_id:
            of_series[each.task.series_id].append(each)
    for each in found:
        series_id = each.task.series_id
        if series_id is None:
            yield Item(uid=str(each.task.id), state=state_of(each.task), **_others(each, uids))
        elif of_series[series_id]:
            yield _series(gathered.series[series_id], of_series.pop(series_id), uids)
            of_series[series_id] = []


def state_of(task: Task) -> State:
    """What a task says."""
    values = {name: getattr(task, name) for name in _STATE}
    for name in ("completed_at",):
        values[name] = values[name] and values[name].replace(microsecond=0)
    if task.due_local:
        values["due_local"] = task.due_local.replace(microsecond=0)
    return State(**values, labels=tuple(task.labels), reminders=tuple(task.reminders), done=task.status == "done")


def _others(found: Found, uids: dict[UUID, str]) -> dict[str, Any]:
    parent = found.task.parent_id
    uid = uids.get(parent, str(parent)) if parent else None
    return {"parent": uid, "list_name": found.list_name, "stamps": found.stamps}


def _series(row: dict[str, Any], found: list[Found], uids: dict[UUID, str]) -> Item:
    found = sorted(found, key=_name)
    is_open = [each for each in found if each.task.status == "open"]
    like = (is_open or found)[-1]
    first = _first(row, like.task)
    template = Template(**row["template"]) if row["template"] else Template.of(like.task)
    named = {_name(each): each for each in found}
    passed = _passed(row, first, named, _name(like))
    shown = found
    if len(is_open) == 1 and passed is not None and _is_plain(like.task, template, row):
        shown = [each for each in found if each is not like]
    by = Repetition(
        rrule=row["rrule"],
        anchor=row["anchor"],
        catch_up=row["catch_up"],
        rdates=tuple(sorted(row["rdates"])),
        exdates=tuple(sorted(row["exdates"])),
        passed=tuple(passed or ()),
        listed=shown is found,
        occurrences=tuple(
            Occurrence(name=_name(each), state=state_of(each.task), stamps=each.stamps) for each in shown
        ),
    )
    state = state_of(made(like.task, template, first, row["zone"]))
    return Item(uid=str(row["id"]), state=state, repetition=by, **_others(like, uids))


def _name(found: Found) -> str:
    return found.task.recurrence_id or ""


def made(like: Task, template: Template, value: date, zone: str | None) -> Task:
    """The occurrence that a series gives at this day or wall-clock time, open."""
    timed = isinstance(value, datetime)
    due = {"due_on": None if timed else value, "due_local": value if timed else None, "zone": zone}
    closed = {"status": "open", "completed_at": None, "skipped": False}
    return like.model_copy(update=closed | due | template.fields(value))


def _first(row: dict[str, Any], task: Task) -> date:
    """Where its rule counts from; after completions, that is where it is now."""
    if row["anchor"] == "completion" and task.recurrence_id:
        return parse_recurrence_id(task.recurrence_id)
    first: datetime = row["dtstart"].replace(microsecond=0)
    return first.date() if row["all_day"] else first


def _is_plain(task: Task, template: Template, row: dict[str, Any]) -> bool:
    """Whether an occurrence is as its series has it."""
    value = parse_recurrence_id(task.recurrence_id or "")
    return state_of(task) == state_of(made(task, template, value, row["zone"]))


def _passed(row: dict[str, Any], first: date, named: dict[str, Found], upto: str) -> list[str] | None:
    """The dates of a series before this one that no task is of; null, when they are too many to be told."""
    if row["anchor"] == "completion":
        return []
    last = as_time(parse_recurrence_id(upto))
    dates = {name: tuple(map(parse_recurrence_id, row[name])) for name in ("rdates", "exdates")}
    recurrence = Recurrence(first, row["zone"], parse_rule(row["rrule"]), dates["rdates"], dates["exdates"])
    passed: list[str] = []
    for count, entry in enumerate(recurrence.entries()):
        if as_time(entry.nominal) >= last:
            return passed
        if count >= 10 * MOST_PASSED or len(passed) >= MOST_PASSED:
            return None
        name = recurrence_id(entry.nominal)
        if not entry.excluded and name not in named:
            passed.append(name)
    return passed
