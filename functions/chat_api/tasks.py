"""What a person may do with tasks. Each runs in one unit of work, and what it changed is an event."""

from datetime import datetime
from uuid import UUID, uuid4

from functions.chat_api import ordering, series, subtasks
from functions.chat_api import scope as scopes
from functions.chat_api.due_change import DUE_FIELDS, START_FIELDS, due_after, start_after
from functions.chat_api.due_input import due_of
from functions.chat_api.etags import Tags, matching
from functions.chat_api.membership import may_be_assigned, seen_only
from functions.chat_api.models.person import Person
from functions.chat_api.models.task import NewTask, Scope, TaskChange, TaskMove
from functions.chat_api.placing import NO_RULE, list_for, move_along, placed
from functions.chat_api.series_change import carry
from functions.chat_api.task_fields import changed_fields, check_assignee, new_fields, zone_of
from functions.kernel.domain.task import Task
from functions.kernel.errors import ConflictError, InvalidInputError, NotFoundError
from functions.kernel.events import TaskCompleted, TaskCreated, TaskDeleted, TaskReopened, TaskUpdated
from functions.kernel.storage import reminders, tasks
from functions.kernel.storage.unit_of_work import UnitOfWork

REMINDED_BY = DUE_FIELDS | START_FIELDS | {"reminders", "assignee_id"}


async def create(uow: UnitOfWork, person: Person, new: NewTask) -> Task:
    """Write a task with its reminders, and its series if it recurs. Raises InvalidInputError, NotFoundError, and
    NotAllowedError for a list that this person may only see."""
    series.check(new, repeats=False)
    if new.parent_id and new.rrule:
        raise InvalidInputError("rrule", NO_RULE)
    of_parent = await subtasks.check_parent(uow, person, new.parent_id, new.list_id) if new.parent_id else None
    list_id = of_parent or await list_for(uow, person, new.list_id)
    await check_assignee(uow, list_id, new.assignee_id)
    zone = await zone_of(uow, person, new.assignee_id or person.id)
    due = due_of(new, person.zone, floating_zone=zone).starting(new.start_on, new.start_local)
    usual = person.default_reminders if due.moment else []
    task = Task(
        id=uuid4(),
        list_id=list_id,
        reminders=usual if new.reminders is None else new.reminders,
        version=1,
        created_by=person.id,
        created_at=uow.now,
        parent_id=new.parent_id,
        position=await ordering.last_position(uow, list_id, new.parent_id),
        **new_fields(new),
        **due.fields(),
    )
    if repetition := series.repetition_of(new):
        task = await series.start(uow, task, repetition, zone)
    await tasks.insert(uow.connection, task)
    await reminders.plan(uow, task, due.moment, zone, is_new=True)
    uow.emit(TaskCreated(task=task, by=person.id))
    return task


async def change(uow: UnitOfWork, person: Person, task_id: UUID, asked: TaskChange, tags: Tags = None) -> Task:
    """Change the fields that were given, and plan the reminders anew. A change that changes nothing is no event.

    Raises InvalidInputError, NotFoundError, NotAllowedError for what this person may only see, and ConflictError for a
    scope that this task does not have.
    """
    scopes.check_change(asked)
    if asked.scope == "all":
        await scopes.lock_all(uow, task_id)
    before = await _locked(uow, person, task_id, tags)
    await scopes.check(uow, before, asked.scope)
    series.check(asked, repeats=before.series_id is not None)
    updates = await placed(uow, person, before, asked) | changed_fields(asked)
    list_id, assignee_id = (updates.get(name, getattr(before, name)) for name in ("list_id", "assignee_id"))
    if (list_id, assignee_id) != (before.list_id, before.assignee_id):
        await check_assignee(uow, list_id, assignee_id)
    if asked.scope == "all":
        text = {name: value for name, value in updates.items() if name in ("title", "notes")}
        await scopes.change_closed(uow, person, before.series_id, text)
    was = await series.shared(uow, before)
    reminded_id = updates.get("assignee_id", before.assignee_id) or before.created_by
    zone = await zone_of(uow, person, reminded_id)
    moves = before.zone is None and reminded_id != before.reminded_id  # to where another person is
    due = due_after(before.model_copy(update={"due_at": None}) if moves else before, asked, person.zone, zone)
    due = due.starting(*start_after(before, asked, due))
    after, changed = await carry(uow, before, before.model_copy(update=updates | due.fields()), asked, zone)
    changed += [name for name in Task.model_fields if getattr(before, name) != getattr(after, name)]
    if not changed:
        return before
    after = after.model_copy(update={"version": before.version + 1})
    await tasks.update(uow.connection, after)
    if after.list_id != before.list_id:
        await move_along(uow, person, before, after)
        gone = before.model_copy(update={"version": after.version})
        uow.emit(TaskDeleted(task=gone, by=person.id, moved_to=after.list_id))
    if REMINDED_BY.intersection(changed):
        await reminders.plan(uow, after, due.moment, zone)
    becomes = await series.shared(uow, before)
    turned = {name: (was[name], becomes[name]) for name in was if was[name] != becomes[name]}
    uow.emit(TaskUpdated(task=after, by=person.id, changed=changed, series=turned))
    return after


async def complete(uow: UnitOfWork, person: Person, task_id: UUID, tags: Tags = None) -> Task:
    """Complete a task; one that is done already stays as it is, and nothing happens twice."""
    before = await _locked(uow, person, task_id, tags)
    return before if before.status == "done" else await close(uow, person, before, skipped=False)


async def skip(uow: UnitOfWork, person: Person, task_id: UUID, tags: Tags = None) -> Task:
    """Let an occurrence pass: its series moves on as if it were done. One that is closed already stays as it is.

    Raises ConflictError for a task of no series.
    """
    before = await _locked(uow, person, task_id, tags)
    if before.series_id is None:
        raise ConflictError("only an occurrence of a recurring task can be skipped; complete or delete this task")
    return before if before.status == "done" else await close(uow, person, before, skipped=True)


async def close(uow: UnitOfWork, person: Person, before: Task, *, skipped: bool, at: datetime | None = None) -> Task:
    """Close an open task, which is locked: now, or as it was closed before."""
    update = {"status": "done", "completed_at": at or uow.now, "skipped": skipped, "version": before.version + 1}
    after = before.model_copy(update=update)
    await tasks.update(uow.connection, after)
    await reminders.write(uow, [(after, [])])
    uow.emit(TaskCompleted(task=after, by=person.id))
    await subtasks.close(uow, person, after)
    return after


async def reopen(uow: UnitOfWork, person: Person, task_id: UUID, tags: Tags = None) -> Task:
    """Take a completion or a skip back, and the occurrence that it brought; what was due meanwhile does not ring any
    more, what is still to come does.

    Subtasks closed with it are open again, too, and so is what it is a part of. Raises ConflictError when that next
    occurrence was touched since: nothing a person did is thrown away.
    """
    above = await subtasks.lock_line(uow, task_id)
    before = await _locked(uow, person, task_id, tags)
    if before.status == "open":
        return before
    for each in (await tasks.load(uow.connection, above)).values():
        if each.status == "done":
            await _reopen(uow, person, each)
    after = await _reopen(uow, person, before)
    await subtasks.reopen(uow, person, before)
    return after


async def _reopen(uow: UnitOfWork, person: Person, before: Task) -> Task:
    await _take_back_next(uow, person, before)
    update = {"status": "open", "completed_at": None, "skipped": False, "version": before.version + 1}
    if before.assignee_id and not await may_be_assigned(uow, before.list_id, before.assignee_id):
        update["assignee_id"] = None
    after = before.model_copy(update=update)
    await tasks.update(uow.connection, after)
    # Closed and reopened and nothing else: as untouched as it was, so that the one before can be reopened in turn.
    await uow.connection.execute(
        "UPDATE tasks SET first_version = version WHERE id = %s AND first_version = version - 2", (before.id,)
    )
    await subtasks.plan_what_is_to_come(uow, person, [after])
    uow.emit(TaskReopened(task=after, by=person.id))
    return after


async def _take_back_next(uow: UnitOfWork, person: Person, done: Task) -> None:
    """Delete the occurrence that completing this one brought, if it did already; task-completed waits for this lock
    and then finds the task open. One that came before it was completed, to catch up with its series, stays."""
    rows = await (
        await uow.connection.execute(
            """
            SELECT id, status, skipped, deleted_at, version <> first_version AS changed
            FROM tasks WHERE previous_id = %s AND created_at >= %s FOR UPDATE
            """,
            (done.id, done.completed_at),
        )
    ).fetchall()
    if not rows:
        return
    [row] = rows
    alone = row["deleted_at"] and row["status"] == "done"
    for touched, what in (
        (alone, "deleted, and the series went on; go on from its open occurrence"),
        (row["deleted_at"], "deleted, which ended the series; create the task anew"),
        (row["skipped"], "skipped; reopen that one first"),
        (row["status"] == "done", "completed; reopen that one first"),
        (row["changed"], "changed, so taking it back would lose that; go on from it"),
    ):
        if touched:
            raise ConflictError(f"the next occurrence, {row['id']}, has since been {what}")
    following = (await tasks.load(uow.connection, [row["id"]]))[row["id"]]
    if await subtasks.any_touched(uow, following):
        raise ConflictError(f"a subtask of the next occurrence, {row['id']}, has since been changed; go on from it")
    await uow.connection.execute(
        """
        UPDATE tasks SET deleted_at = %s, previous_id = NULL, version = version + 1, first_version = 0 WHERE id = %s
        """,
        (uow.now, following.id),
    )
    await reminders.write(uow, [(following, [])])
    uow.emit(TaskDeleted(task=following.model_copy(update={"version": following.version + 1}), by=person.id))
    await subtasks.delete(uow, person, [following.id], brought=True)


async def delete(uow: UnitOfWork, person: Person, task_id: UUID, scope: Scope | None = None, tags: Tags = None) -> None:
    """Delete a task. By its scope this occurrence alone, and the next one comes; this and the following; or all of its
    series. Without one, an open occurrence goes with those that would follow, a closed one alone.

    Raises NotFoundError, and ConflictError for a scope that this task does not have.
    """
    if scope == "all":
        await scopes.lock_all(uow, task_id)
    before = await _locked(uow, person, task_id, tags)
    await scopes.check(uow, before, scope)
    if scope == "this" and before.status == "open":
        # Skipped, so that the series moves on; then gone.
        before = await close(uow, person, before, skipped=True)
        await series.exclude(uow, before)
    if scope == "all":
        await scopes.delete_closed(uow, person, before.series_id)
    await uow.connection.execute("UPDATE tasks SET deleted_at = %s WHERE id = %s", (uow.now, task_id))
    await reminders.write(uow, [(before, [])])
    uow.emit(TaskDeleted(task=before.model_copy(update={"version": before.version + 1}), by=person.id, scope=scope))
    await subtasks.delete(uow, person, [task_id])


async def move(uow: UnitOfWork, person: Person, task_id: UUID, to: TaskMove, tags: Tags = None) -> Task:
    """Give a task another place among its siblings. Raises InvalidInputError, NotFoundError."""
    return await ordering.move(uow, person, await _locked(uow, person, task_id, tags), to)


async def _locked(uow: UnitOfWork, person: Person, task_id: UUID, tags: Tags) -> Task:
    found = await tasks.load(uow.connection, [task_id], seen_by=person.id, lock=True)
    if task_id not in found:
        # A row that one may not change is not locked for one, but is there to be seen.
        if await tasks.load(uow.connection, [task_id], seen_by=person.id):
            raise seen_only(f"the task {task_id}")
        raise NotFoundError(f"there is no task {task_id}, or none that you may see")
    return matching(found[task_id], tags)
