"""An item as the rows that it becomes: a task; or a series, its closed occurrences and the open one. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from hashlib import sha256
from uuid import UUID, uuid4

from functions.chat_api.calendars.item import Item, Repetition, Stamps, State
from functions.chat_api.due_input import Due, due_at_wall_time
from functions.kernel.domain.due import Ring, rings_of
from functions.kernel.domain.recurrence import Recurrence, parse_recurrence_id, parse_rule, recurrence_id
from functions.kernel.domain.recurrence.recurrence_set import Entry
from functions.kernel.domain.task import Task
from functions.kernel.domain.template import Template
from functions.kernel.domain.wall_time import as_time, to_local
from functions.kernel.identity import occurrence_id


@dataclass(frozen=True, slots=True)
class By:
    """Who imports, where they are, when, and into which list."""

    user_id: UUID
    zone: str
    now: datetime
    list_id: UUID


@dataclass(frozen=True, slots=True)
class Series:
    """A row of `series`."""

    id: UUID
    list_id: UUID
    rrule: str
    dtstart: date
    all_day: bool
    zone: str | None
    anchor: str
    rdates: list[str]
    exdates: list[str]
    template: Template
    catch_up: str


@dataclass(slots=True)
class Prepared:
    """What an item becomes. `task` is the one that others can be a part of: of a series the open occurrence."""

    item: Item
    task: Task
    tasks: list[Task]
    series: Series | None = None
    dues: dict[UUID, datetime | None] = field(default_factory=dict)

    def rings(self, by: By) -> Iterator[tuple[Task, list[Ring]]]:
        """Each task with the moments at which it is to ring; those that have passed do not ring for an import."""
        for task in self.tasks:
            rings = rings_of(task, self.dues[task.id], by.now, by.zone)
            yield task, [ring for ring in rings if ring.at > by.now]


def fingerprint(item: Item) -> bytes:
    """SHA-256 of what the file says of it, but for when it was written."""
    return sha256(repr(item).encode("utf-8", "replace")).digest()


def prepare(item: Item, by: By) -> Prepared:
    """The rows. Raises ValueError or InvalidInputError for what the tables cannot hold, or has passed whole."""
    if item.repetition is None:
        state = _over(item.state, by) if item.is_event else item.state
        task, due = _task(uuid4(), state, item.stamps, by)
        return Prepared(item, task, [task], dues={task.id: due})
    return _series(item, item.repetition, by)


def _task(task_id: UUID, state: State, stamps: Stamps, by: By) -> tuple[Task, datetime | None]:
    due = _due(state, by)
    created = min(stamps.created_at or by.now, by.now)
    done_at = min(state.completed_at or by.now, by.now) if state.done else None
    values = {
        name: getattr(state, name)
        for name in ("title", "notes", "priority", "deadline_on", "estimate_minutes", "skipped")
    }
    task = Task(
        id=task_id,
        list_id=by.list_id,
        status="done" if state.done else "open",
        completed_at=done_at,
        labels=list(state.labels),
        reminders=list(state.reminders),
        version=1,
        created_by=by.user_id,
        created_at=created,
        position=created.timestamp() if stamps.position is None else stamps.position,
        **values,
        **due.fields(),
    )
    return task, due.moment


def _due(state: State, by: By) -> Due:
    due = due_at_wall_time(state.due_on, state.due_local, state.zone, by.zone)
    return due.starting(state.start_on, state.start_local)


def _over(state: State, by: By) -> State:
    """An appointment that has passed is done: it waits for nobody."""
    moment = _due(state, by).moment
    if state.done or moment is None or moment >= by.now:
        return state
    return replace(state, done=True, completed_at=moment)


def _series(item: Item, repetition: Repetition, by: By) -> Prepared:
    first = item.state.due
    assert first is not None  # noqa: S101 - an item that repeats is due
    series_id = uuid4()
    like, _ = _task(uuid4(), item.state, item.stamps, by)
    template = Template.of(like)
    of_series = {"series_id": series_id, "rrule": repetition.rrule}
    tasks: list[Task] = []
    dues: dict[UUID, datetime | None] = {}
    for one in repetition.occurrences:
        state = _over(one.state, by) if item.is_event else one.state
        task_id = occurrence_id(series_id, one.name)
        task, due = _task(task_id, state, replace(one.stamps, created_at=one.stamps.created_at or by.now), by)
        tasks.append(task.model_copy(update=of_series | {"recurrence_id": one.name}))
        dues[task_id] = due
    value = None if repetition.listed else _open(item, repetition, first, tasks, by)
    if value is not None:
        name = recurrence_id(value)
        state = _state_at(item.state, template, value)
        task, due = _task(occurrence_id(series_id, name), state, item.stamps, by)
        tasks.append(task.model_copy(update=of_series | {"recurrence_id": name}))
        dues[task.id] = due
    if not tasks:
        raise ValueError("all of its dates have passed")
    series = Series(
        id=series_id,
        list_id=by.list_id,
        rrule=repetition.rrule,
        dtstart=first,
        all_day=not isinstance(first, datetime),
        zone=item.state.zone,
        anchor=repetition.anchor,
        rdates=list(repetition.rdates),
        exdates=sorted({*repetition.exdates, *(_closed_ahead(tasks) if item.is_event else ())}),
        template=template,
        catch_up=repetition.catch_up,
    )
    main = next((task for task in tasks if task.status == "open"), tasks[-1])
    return Prepared(item, main, tasks, series, dues)


def _state_at(state: State, template: Template, value: date) -> State:
    """What the series gives at this day or time."""
    made = {name: given for name, given in template.fields(value).items() if name in State.__dataclass_fields__}
    lists = {"labels": tuple(template.labels), "reminders": tuple(template.reminders)}
    due = {"due_local": value, "due_on": None} if isinstance(value, datetime) else {"due_on": value, "due_local": None}
    return replace(state, **made | lists | due, done=False, completed_at=None)  # type: ignore[arg-type]


def _open(item: Item, repetition: Repetition, first: date, tasks: list[Task], by: By) -> date | None:
    """The occurrence that is to be done now, if none of the tasks is it: the first after all that are closed; of an
    appointment, the first to come. Null: there is none, or it is there."""
    named = {task.recurrence_id: task for task in tasks}
    if repetition.anchor == "completion":
        return first if recurrence_id(first) not in named else None
    closed = [name for name, task in named.items() if task.status == "done" and name]
    # One appointment may be over before those that come earlier, having been put forward; a task that is done says
    # that those before it are.
    last = as_time(parse_recurrence_id(max(closed))) if closed and not item.is_event else None
    for entry in _entries(item, repetition, first, by):
        name = recurrence_id(entry.nominal)
        if entry.excluded or name in repetition.passed or name in closed or (last and as_time(entry.nominal) <= last):
            continue
        return entry.nominal if name not in named else None
    return None


def _closed_ahead(tasks: list[Task]) -> Iterator[str]:
    """The occurrences that are over already and come after an open one: the series is to pass over them."""
    first = min((task.recurrence_id for task in tasks if task.status == "open" and task.recurrence_id), default=None)
    for task in tasks:
        if first and task.recurrence_id and task.status == "done" and task.recurrence_id > first:
            yield task.recurrence_id


def _entries(item: Item, repetition: Repetition, first: date, by: By) -> Iterator[Entry]:
    dates = (tuple(map(parse_recurrence_id, names)) for names in (repetition.rdates, repetition.exdates))
    zone = (item.state.zone or by.zone) if isinstance(first, datetime) else None
    recurrence = Recurrence(first, zone, parse_rule(repetition.rrule), *dates)
    if not item.is_event:
        return recurrence.entries()
    if zone is not None:
        return recurrence.entries(by.now.replace(microsecond=0) - timedelta(seconds=1))
    return recurrence.entries(to_local(by.now, by.zone).date() - timedelta(days=1))
