"""Undoing what one did to a task, through what one could have done oneself."""

from uuid import UUID

from functions.chat_api import history, names, series, subtasks, wording
from functions.chat_api import tasks as doing
from functions.chat_api.history import SupersededError
from functions.chat_api.membership import ASSIGNEE, may_be_assigned
from functions.chat_api.models.activity import Undone
from functions.chat_api.models.person import Person
from functions.chat_api.placing import list_for, move_along
from functions.kernel.domain.task import Task
from functions.kernel.errors import ConflictError, InvalidInputError
from functions.kernel.events import TaskCompleted, TaskCreated, TaskDeleted, TaskEvent, TaskReopened, TaskUpdated
from functions.kernel.storage import tasks
from functions.kernel.storage.unit_of_work import UnitOfWork


async def undo(uow: UnitOfWork, person: Person, event: TaskEvent) -> Undone:
    """Take this person's event back. Raises SupersededError where it does not stand any more, ConflictError, which says
    what stands in the way, and what the deed that takes it back does."""
    found = await tasks.load(uow.connection, [event.task.id], seen_by=person.id, lock=True, deleted=True)
    if event.task.id not in found:
        raise SupersededError("the task of this event is gone, or you may not change it any more")
    task = found[event.task.id]
    # Asked under the lock of the task, so that of two at once the second one finds it.
    await history.check_not_undone(uow, event)
    match event:
        case TaskDeleted():
            await _restore(uow, person, event, task)
        case _ if await _is_deleted(uow, task):
            raise SupersededError("the task is deleted; undo that first")
        case TaskUpdated():
            await _change_back(uow, person, event, task)
        case TaskCreated():
            await _delete(uow, person, event, task)
        case TaskCompleted() if task.status == "done":
            await doing.reopen(uow, person, task.id)
        case TaskReopened() if task.status == "open":
            await _close_again(uow, person, event, task)
        case TaskCompleted() | TaskReopened():
            raise SupersededError(f"the task is {task.status} again, so there is nothing to undo")
        case _:
            raise ConflictError("a series went on; complete, skip or delete the occurrence that it brought")
    # Beside it there is what follows from it, such as that the next occurrence, or its subtasks, go with it.
    [at] = [n for n, each in enumerate(uow.emitted) if isinstance(each, TaskEvent) and each.task.id == task.id][-1:]
    done = uow.emitted[at].model_copy(update={"undoes": UUID(event.id)})
    assert isinstance(done, TaskEvent)  # noqa: S101 - see above
    uow.emitted[at] = done
    changes = wording.changes_of(done, task)
    known = {person.id: person.name} | await names.names_in(uow.connection, changes)
    text = wording.in_words(done, changes, known)
    now = await tasks.load(uow.connection, [task.id], seen_by=person.id)
    return Undone(undone=UUID(event.id), by_event=UUID(done.id), text=text, task=now.get(task.id))


async def _is_deleted(uow: UnitOfWork, task: Task) -> bool:
    cursor = await uow.connection.execute("SELECT 1 FROM tasks WHERE id = %s AND deleted_at IS NOT NULL", (task.id,))
    return await cursor.fetchone() is not None


async def _delete(uow: UnitOfWork, person: Person, event: TaskEvent, task: Task) -> None:
    """What was created, or restored, goes again, unless somebody else had a hand in it since."""
    for later in await history.later(uow, event):
        if later.by != person.id:
            who = await history.who(uow, later)
            raise ConflictError(f"{who} has done something to the task since; delete it instead")
    if task.series_id and task.status == "done":
        raise ConflictError("its series went on since; delete the open occurrence instead")
    await doing.delete(uow, person, task.id)


async def _close_again(uow: UnitOfWork, person: Person, event: TaskEvent, task: Task) -> None:
    """What was reopened is closed as it was; or, where that undid a deletion from a series, deleted from it."""
    before = await history.before(uow, event)
    if isinstance(before, TaskDeleted):
        await doing.delete(uow, person, task.id, "this")
        return
    closed = before.task if before and before.task.status == "done" else None
    await doing.close(
        uow, person, task, skipped=closed.skipped if closed else False, at=closed.completed_at if closed else None
    )


async def _restore(uow: UnitOfWork, person: Person, event: TaskDeleted, task: Task) -> None:
    cursor = await uow.connection.execute(
        "SELECT deleted_at, first_version, version FROM tasks WHERE id = %s", (task.id,)
    )
    [row] = await cursor.fetchall()
    if not row["deleted_at"] or any(isinstance(later, TaskDeleted) for later in await history.later(uow, event)):
        raise SupersededError("the task was restored since, so there is nothing to undo")
    if event.moved_to:
        raise ConflictError("the task has moved to another list; move it back yourself")
    if task.parent_id and task.parent_id not in await tasks.load(uow.connection, [task.parent_id]):
        raise ConflictError("what it is a part of is deleted; undo that first")
    if row["first_version"] == 0:
        raise SupersededError("this occurrence went when the one before it was reopened; complete that one again")
    if event.scope != "this" and task.series_id and task.status == "open":
        await _check_alone(uow, task.series_id, task.id)
    version = max(row["version"], event.task.version) + 1
    cursor = await uow.connection.execute(
        f"""
        UPDATE tasks SET deleted_at = NULL, version = %(version)s, assignee_id = {ASSIGNEE},
            first_version = CASE first_version WHEN version THEN %(version)s ELSE first_version END
        WHERE id = %(id)s RETURNING assignee_id
        """,  # noqa: S608 - a constant
        {"version": version, "id": task.id},
    )
    [assigned] = await cursor.fetchall()
    if event.scope == "this" and task.status == "done":
        await series.include(uow, task)
        await doing.reopen(uow, person, task.id)
        return
    after = task.model_copy(update=assigned | {"version": version})
    await subtasks.plan_what_is_to_come(uow, person, [after])
    uow.emit(TaskUpdated(task=after, by=person.id, changed=["deleted_at"]))
    await subtasks.restore(uow, person, task.id, row["deleted_at"])


async def _change_back(uow: UnitOfWork, person: Person, event: TaskUpdated, task: Task) -> None:
    """The fields that were changed, and only those, as they were; the series, where it was changed, too."""
    if "deleted_at" in event.changed:
        await _delete(uow, person, event, task)
        return
    if event.changed == ["due_at"]:
        raise SupersededError("this followed from a change of your zone; change that back")
    before = await history.before(uow, event)
    if before is None:
        raise ConflictError("the log does not know what the task was before; change it back yourself")
    if event.along_with:
        raise SupersededError("this followed from something else that was done; undo that")
    fields = [name for name in event.changed if name in Task.model_fields]
    moved = {"list_id", "parent_id"}.intersection(fields)
    for name in fields:
        # Where it moved to, the others' order is none of its own.
        if getattr(task, name) != getattr(event.task, name) and not (moved and name == "position"):
            raise ConflictError(await history.changed_since(uow, event, name))
    if moved:
        await _check_place(uow, person, before.task)
    if before.task.assignee_id and not await may_be_assigned(uow, before.task.list_id, before.task.assignee_id):
        raise ConflictError("the one that it was assigned to is no member of the list any more who could complete it")
    if "series_id" in fields:
        await _check_series_back(uow, event, before.task)
    if event.series:
        await series.put_back(uow, task, event.series)
    update = {name: getattr(before.task, name) for name in fields} | {"version": task.version + 1}
    after = task.model_copy(update=update)
    await tasks.update(uow.connection, after)
    if after.list_id != task.list_id:
        await move_along(uow, person, task, after)
        gone = task.model_copy(update={"version": after.version})
        uow.emit(TaskDeleted(task=gone, by=person.id, moved_to=after.list_id))
    # Changed and changed back and nothing else: as untouched as it was, see tasks.reopen.
    await uow.connection.execute(
        "UPDATE tasks SET first_version = version WHERE id = %s AND first_version = version - 2", (task.id,)
    )
    if doing.REMINDED_BY.intersection(fields):
        await subtasks.plan_what_is_to_come(uow, person, [after])
    turned = {name: (becomes, was) for name, (was, becomes) in event.series.items()}
    uow.emit(TaskUpdated(task=after, by=person.id, changed=event.changed, series=turned))


async def _check_place(uow: UnitOfWork, person: Person, before: Task) -> None:
    """Raise ConflictError where the task may not be put back to where it was."""
    try:
        await list_for(uow, person, before.list_id)
        if before.parent_id:
            await subtasks.check_parent(uow, person, before.parent_id, before.list_id, before.id)
    except InvalidInputError as error:
        raise ConflictError(f"it cannot go back to where it was: {error.message}") from None


async def _check_series_back(uow: UnitOfWork, event: TaskUpdated, before: Task) -> None:
    if event.task.series_id:
        # But for what a completion brought that was taken back, as if it had never been.
        cursor = await uow.connection.execute(
            "SELECT 1 FROM tasks WHERE series_id = %s AND id <> %s AND first_version > 0",
            (event.task.series_id, event.task.id),
        )
        if await cursor.fetchone():
            raise ConflictError("the series that this began went on since; change its open occurrence instead")
    if before.series_id:
        await _check_alone(uow, before.series_id, before.id)


async def _check_alone(uow: UnitOfWork, series_id: UUID, task_id: UUID) -> None:
    cursor = await uow.connection.execute(
        "SELECT id FROM tasks WHERE series_id = %s AND id <> %s AND status = 'open' AND deleted_at IS NULL",
        (series_id, task_id),
    )
    if row := await cursor.fetchone():
        raise ConflictError(f"its series goes on with another occurrence, {row['id']}; of a series only one is open")
