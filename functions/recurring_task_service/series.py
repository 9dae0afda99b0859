"""Series: what comes after an occurrence."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from functions.kernel.domain.due import Ring, resolve, rings_of
from functions.kernel.domain.recurrence import (
    Anchor,
    CatchUp,
    following,
    parse_recurrence_id,
    parse_rule,
    recurrence_id,
)
from functions.kernel.domain.task import Task
from functions.kernel.domain.template import Template
from functions.kernel.domain.wall_time import as_time, to_utc
from functions.kernel.identity import occurrence_id
from functions.kernel.storage import reminders, tasks
from functions.kernel.storage.unit_of_work import UnitOfWork

_BRING = """
    INSERT INTO tasks (id, list_id, title, notes, due_on, due_local, zone, due_at, start_on, start_local,
                       series_id, recurrence_id, reminders, created_by, created_at, previous_id, labels, priority,
                       parent_id, assignee_id, deadline_on, estimate_minutes, position)
    VALUES (%(id)s, %(list_id)s, %(title)s, %(notes)s, %(due_on)s, %(due_local)s, %(zone)s, %(due_at)s,
            %(start_on)s, %(start_local)s, %(series_id)s, %(recurrence_id)s, %(reminders)s, %(created_by)s,
            %(created_at)s, %(previous_id)s, %(labels)s, %(priority)s, %(parent_id)s, %(assignee_id)s,
            %(deadline_on)s, %(estimate_minutes)s, %(position)s)
    ON CONFLICT (id) DO UPDATE SET list_id = excluded.list_id, title = excluded.title, notes = excluded.notes,
        status = 'open', due_on = excluded.due_on, due_local = excluded.due_local, zone = excluded.zone,
        due_at = excluded.due_at,
        start_on = excluded.start_on, start_local = excluded.start_local,
        reminders = excluded.reminders, created_at = excluded.created_at, previous_id = excluded.previous_id,
        labels = excluded.labels, priority = excluded.priority, parent_id = excluded.parent_id,
        assignee_id = excluded.assignee_id, deadline_on = excluded.deadline_on,
        estimate_minutes = excluded.estimate_minutes, position = excluded.position,
        deleted_at = NULL, version = tasks.version + 1, first_version = tasks.version + 1
    WHERE tasks.first_version = 0
    RETURNING version
"""


@dataclass(frozen=True, slots=True)
class Series:
    """A recurring task's rule, and `user_zone`: the zone of the person who made it, for floating and all-day times.

    `rdates` and `exdates` name dates as RECURRENCE-ID does. `template` is what its occurrences are made from; null:
    each from the one before it.
    """

    id: UUID
    rrule: str
    dtstart: datetime
    all_day: bool
    zone: str | None
    anchor: Anchor
    user_zone: str
    rdates: Sequence[str] = ()
    exdates: Sequence[str] = ()
    template: Template | None = None
    catch_up: CatchUp = "latest"


@dataclass(frozen=True, slots=True)
class NextTask:
    """The next occurrence, and the UTC moment at which it is due."""

    task: Task
    due_moment: datetime | None


async def load(uow: UnitOfWork, series_id: UUID, created_by: UUID) -> Series:
    """The series; it is there as long as one of its tasks is."""
    return (await load_all(uow, [(series_id, created_by)]))[series_id, created_by]


async def load_all(uow: UnitOfWork, wanted: Collection[tuple[UUID, UUID]]) -> dict[tuple[UUID, UUID], Series]:
    """These series, each with whom a task of it was created by: `user_zone` is where the one is whom those to come
    remind. An assignee who could not complete them any more is none."""
    rows = await (
        await uow.connection.execute(
            """
            SELECT created_by, assigned.user_id AS assignee_id, series.id, rrule, dtstart, all_day, series.zone, anchor,
                   users.zone AS user_zone, rdates, exdates, template, catch_up
            FROM unnest(%s::uuid[], %s::uuid[]) AS wanted (series_id, created_by)
            JOIN series ON series.id = wanted.series_id
            LEFT JOIN list_members AS assigned ON assigned.list_id = series.list_id
                AND assigned.user_id = (template ->> 'assignee_id')::uuid AND assigned.role <> 'viewer'
            JOIN users ON users.id = COALESCE(assigned.user_id, created_by)
            """,
            ([series_id for series_id, _ in wanted], [created_by for _, created_by in wanted]),
        )
    ).fetchall()
    found = {}
    for row in rows:
        template, created_by, assignee_id = row.pop("template"), row.pop("created_by"), row.pop("assignee_id")
        made_from = Template(**template | {"assignee_id": assignee_id}) if template else None
        found[row["id"], created_by] = Series(**row, template=made_from)
    return found


async def has_moved_on(uow: UnitOfWork, task: Task) -> bool:
    """Whether completing this occurrence has brought the next one already."""
    cursor = await uow.connection.execute("SELECT 1 FROM tasks WHERE previous_id = %s", (task.id,))
    return await cursor.fetchone() is not None


async def names_of(uow: UnitOfWork, series: Series) -> set[str]:
    """The RECURRENCE-IDs of the occurrences that there are, or were until somebody deleted them."""
    cursor = await uow.connection.execute(
        "SELECT recurrence_id FROM tasks WHERE series_id = %s AND first_version > 0", (series.id,)
    )
    return {row["recurrence_id"] for row in await cursor.fetchall()}


async def bring(uow: UnitOfWork, task: Task, previous_id: UUID) -> Task | None:
    """Write the next occurrence; null, and nothing written, when it is there already.

    One that was taken back with the completion that brought it comes again as it would anew, under its next version.
    """
    cursor = await uow.connection.execute(_BRING, tasks.parameters(task) | {"previous_id": previous_id})
    row = await cursor.fetchone()
    return task.model_copy(update={"version": row["version"]}) if row else None


async def bring_all(uow: UnitOfWork, found: Sequence[Task]) -> list[Task]:
    """Write what comes with an occurrence, as bring does, each after what it is a part of; those that were written."""
    brought = []
    async with uow.connection.cursor() as cursor:
        given = [tasks.parameters(task) | {"previous_id": None} for task in found]
        await cursor.executemany(_BRING, given, returning=True)
        for task in found:
            row = await cursor.fetchone()
            brought += [task.model_copy(update={"version": row["version"]})] if row else []
            cursor.nextset()
    return brought


async def plan(uow: UnitOfWork, brought: Sequence[tuple[Task, datetime | None, str]]) -> None:
    """Plan the reminders of occurrences that were just brought, each with its due moment and its person's zone."""
    rings = [(task, rings_when_brought(task, due, uow.now, zone)) for task, due, zone in brought]
    await reminders.write(uow, rings)
    were_due = [task.id for task, due, _ in brought if due and due <= uow.now]
    if were_due:
        await uow.connection.execute(
            "UPDATE reminders SET planned_at = remind_at WHERE task_id = ANY(%s) AND kind = 'due'", (were_due,)
        )


def rings_when_brought(task: Task, due_moment: datetime | None, now: datetime, user_zone: str) -> list[Ring]:
    """When an occurrence that comes now rings (see rings_of). If it was due already, its due moment was missed, and
    rings late, that of a whole day, too."""
    rings = rings_of(task, due_moment, now, user_zone)
    if due_moment is None or due_moment > now:
        return rings
    return [Ring("due", "due", due_moment), *(ring for ring in rings if ring.kind != "due")]


def next_task(series: Series, done: Task, now: datetime, taken: Collection[str] = ()) -> NextTask | None:
    """The occurrence that follows the completed or skipped one, or null when the series has ended.

    `taken` are the names the series has used: after completions the rule starts anew, and may come to one of them.
    """
    zone = series.zone or series.user_zone
    completed_at = done.completed_at or now
    start: date = series.dtstart.date() if series.all_day else series.dtstart
    current = done.recurrence_id or recurrence_id(start)
    if done.skipped:  # nothing was done at that time: an early skip goes on from the occurrence
        completed_at = max(completed_at, to_utc(as_time(parse_recurrence_id(current)), zone))
    rule = parse_rule(series.rrule)
    # What has passed decides nothing any more; most series then have none.
    added, excluded = (
        tuple(parse_recurrence_id(name) for name in names if name > current)
        for names in (series.rdates, series.exdates)
    )
    value = following(rule, start, current, completed_at, zone, series.anchor, added, excluded)
    while series.anchor == "completion" and value is not None and recurrence_id(value) in taken:
        value = following(rule, value, recurrence_id(value), to_utc(as_time(value), zone), zone)
    return occurrence(series, done, value, now) if value is not None else None


def occurrence(series: Series, like: Task, value: date, now: datetime) -> NextTask:
    """The occurrence that the series' rule gives at this day or wall-clock time, open, and otherwise like that one."""
    due_on = value if series.all_day else None
    due_local = value if isinstance(value, datetime) else None
    due_moment = resolve(due_on, due_local, series.zone, series.user_zone)
    template = series.template or Template.of(like)
    name = recurrence_id(value)
    task = like.model_copy(
        update={
            "id": occurrence_id(series.id, name),
            "status": "open",
            "due_on": due_on,
            "due_local": due_local,
            "zone": series.zone,
            "due_at": None if series.all_day else due_moment,
            "recurrence_id": name,
            "version": 1,
            "created_at": now,
            "completed_at": None,
            "skipped": False,
        }
        | template.fields(value)
    )
    return NextTask(task, due_moment)
