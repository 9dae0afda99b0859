"""Writing what a file's items become: series, tasks, reminders, events, and what each UID is from now on."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from psycopg.types.json import Jsonb

from functions.chat_api import scope
from functions.chat_api.imports.finding import Known
from functions.chat_api.imports.preparing import By, Prepared, fingerprint
from functions.chat_api.models.person import Person
from functions.kernel.domain.task import Task
from functions.kernel.events import TaskCompleted, TaskCreated, TaskDeleted, TaskEvent, TaskReopened, TaskUpdated
from functions.kernel.storage import reminders, tasks
from functions.kernel.storage.unit_of_work import UnitOfWork

AT_ONCE = 1_000
_KEPT = frozenset({"id", "list_id", "version", "created_by", "created_at", "position", "assignee_id"})
"""Of a task that is imported again, what the file does not say."""


@dataclass(slots=True)
class Plan:
    new: list[Prepared] = field(default_factory=list)
    changed: list[tuple[Prepared, Task]] = field(default_factory=list)
    replaced: list[Known] = field(default_factory=list)
    parents: dict[str, Task] = field(default_factory=dict)
    """By UID, what a task can be a part of."""


async def write(uow: UnitOfWork, person: Person, plan: Plan) -> None:
    """Do what was planned."""
    for gone in plan.replaced:
        await _delete(uow, person, gone)
    for start in range(0, len(plan.new), AT_ONCE):
        await _create(uow, person, plan.new[start : start + AT_ONCE])
    for prepared, before in plan.changed:
        await _change(uow, person, prepared, before)


async def _create(uow: UnitOfWork, person: Person, new: Sequence[Prepared]) -> None:
    by = By(person.id, person.zone, uow.now, person.id)
    async with uow.connection.cursor() as cursor:
        await cursor.executemany(
            """
            INSERT INTO series (id, list_id, rrule, dtstart, all_day, zone, anchor, rdates, exdates, template, catch_up)
            VALUES (%s, %s, %s, %s::timestamp, %s, %s, %s, %s, %s, %s, %s)
            """,
            [
                (
                    one.id,
                    one.list_id,
                    one.rrule,
                    one.dtstart,
                    one.all_day,
                    one.zone,
                    one.anchor,
                    one.rdates,
                    one.exdates,
                    Jsonb(one.template.model_dump(mode="json")),
                    one.catch_up,
                )
                for one in (each.series for each in new)
                if one
            ],
        )
    made = [task for each in new for task in each.tasks]
    await tasks.insert_all(uow.connection, made)
    await reminders.write(uow, [ring for each in new for ring in each.rings(by)])
    for start in range(0, len(made), scope.BATCH):
        await scope.log(uow, [TaskCreated(task=task, by=person.id) for task in made[start : start + scope.BATCH]])
    await _note(uow, person, [(each, each.task.id, each.series.id if each.series else None) for each in new])


async def _change(uow: UnitOfWork, person: Person, prepared: Prepared, before: Task) -> None:
    said = {name: value for name, value in prepared.tasks[0].model_dump().items() if name not in _KEPT}
    said["reminders"] = prepared.task.reminders
    after = before.model_copy(update=said)
    changed = [name for name in Task.model_fields if getattr(before, name) != getattr(after, name)]
    await _note(uow, person, [(prepared, before.id, None)])
    if not changed:
        return
    after = after.model_copy(update={"version": before.version + 1})
    await tasks.update(uow.connection, after)
    prepared.tasks, prepared.dues = [after], {after.id: prepared.dues[prepared.task.id]}
    await reminders.write(uow, list(prepared.rings(By(person.id, person.zone, uow.now, after.list_id))))
    event: TaskEvent = TaskUpdated(task=after, by=person.id, changed=changed)
    if before.status != after.status:
        event = (TaskCompleted if after.status == "done" else TaskReopened)(task=after, by=person.id)
    await scope.log(uow, [event])


async def _delete(uow: UnitOfWork, person: Person, gone: Known) -> None:
    """Delete the tasks of a series that the file has in another form now."""
    deleted = [task.model_copy(update={"version": task.version + 1}) for task in gone.tasks]
    await uow.connection.execute(
        "UPDATE tasks SET deleted_at = %s, version = version + 1 WHERE id = ANY(%s)",
        (uow.now, [task.id for task in deleted]),
    )
    await reminders.write(uow, [(task, []) for task in deleted])
    await scope.log(uow, [TaskDeleted(task=task, by=person.id) for task in deleted])


async def _note(uow: UnitOfWork, person: Person, made: Iterable[tuple[Prepared, UUID, UUID | None]]) -> None:
    """What each UID has become."""
    rows = [
        (each.item.uid, None if series_id else task_id, series_id, fingerprint(each.item))
        for each, task_id, series_id in made
    ]
    await uow.connection.execute(
        """
        INSERT INTO imported_items (user_id, uid, task_id, series_id, fingerprint)
        SELECT %s, * FROM unnest(%s::text[], %s::uuid[], %s::uuid[], %s::bytea[])
        ON CONFLICT (user_id, uid) DO UPDATE SET task_id = excluded.task_id, series_id = excluded.series_id,
            fingerprint = excluded.fingerprint, imported_at = now()
        """,
        (person.id, *(list(column) for column in zip(*rows, strict=True))) if rows else (person.id, [], [], [], []),
    )
