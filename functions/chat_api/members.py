"""Who is what in a list: roles, removing and leaving, and the way back from each. Every change is an event."""

from uuid import UUID

from functions.chat_api import sharing, subtasks, tasks
from functions.chat_api.membership import role_in
from functions.chat_api.models.lists import Role
from functions.chat_api.models.person import Person
from functions.chat_api.models.task import TaskChange
from functions.kernel.domain.task import Task
from functions.kernel.errors import ConflictError, NotFoundError
from functions.kernel.events import ListChanged, TaskUpdated
from functions.kernel.storage.outbox import write
from functions.kernel.storage.tasks import TASKS
from functions.kernel.storage.unit_of_work import UnitOfWork


async def change_role(uow: UnitOfWork, person: Person, list_id: UUID, user_id: UUID, role: Role) -> None:
    """Make a member an editor or a viewer, or the list theirs. Who becomes a viewer is assigned nothing in it any more.
    Raises NotFoundError, NotAllowedError, ConflictError."""
    found = await sharing.read(uow, person, list_id, owned=True)
    before = await _role_of(uow, list_id, user_id)
    if before == role:
        return
    if user_id == person.id:
        raise ConflictError("a list has one owner: hand it over to another member by making them the owner")
    if role == "owner":
        await sharing.keep_one(uow, person)
        await uow.connection.execute("SELECT hand_over(%s, %s)", (list_id, user_id))
    else:
        if role == "viewer":
            await _unassign(uow, person, list_id, user_id)
        await uow.connection.execute(
            "UPDATE list_members SET role = %s WHERE list_id = %s AND user_id = %s", (role, list_id, user_id)
        )
    # Of a list that is handed over the former owner is an editor, who may still tell of it.
    uow.emit(
        ListChanged(
            list_id=list_id, change="role", user_id=user_id, by=person.id, name=found.name, role=role, role_was=before
        )
    )


async def remove(uow: UnitOfWork, person: Person, list_id: UUID, user_id: UUID) -> None:
    """Remove a member, or leave. What they were assigned in the list, and their reminders of it, go with them. Raises
    NotFoundError, NotAllowedError, ConflictError."""
    found = await sharing.read(uow, person, list_id, owned=user_id != person.id)
    role = await _role_of(uow, list_id, user_id)
    if role == "owner":
        raise ConflictError(
            "the owner can't leave: hand the list over first (PATCH the role of a member), or delete it"
        )
    if role == "editor":
        begun = len(uow.emitted)
        await _unassign(uow, person, list_id, user_id)
        # Written while this person may tell of it: who leaves may not afterwards.
        told, uow.emitted[begun:] = uow.emitted[begun:], []
        uow.republish(told + await write(uow.connection, told, uow.now))
    await uow.connection.execute("DELETE FROM list_members WHERE list_id = %s AND user_id = %s", (list_id, user_id))
    change = "left" if user_id == person.id else "removed"
    uow.emit(ListChanged(list_id=list_id, change=change, user_id=user_id, by=person.id, name=found.name, role_was=role))


async def readmit(uow: UnitOfWork, person: Person, departed: ListChanged) -> bool:
    """Make whom this event took out of the list its member again, as they were, and remind them of what is to come.
    False, and nothing done, where that is not this person's to do, or not any more."""
    cursor = await uow.connection.execute("SELECT readmit(%s, %s) AS role", (departed.id, sharing.MOST_MEMBERS))
    row = await cursor.fetchone()
    if row is None:
        return False
    list_id, user_id = departed.list_id, departed.user_id
    found = await sharing.read(uow, person, list_id)
    uow.emit(
        ListChanged(list_id=list_id, change="joined", user_id=user_id, by=person.id, name=found.name, role=row["role"])
    )
    await remind(uow, person, list_id, whom=user_id)
    await assign_again(uow, person, departed)
    return True


async def remind(uow: UnitOfWork, person: Person, list_id: UUID, *, whom: UUID | None = None) -> None:
    """Plan the reminders to come of what is open in a list that is, or whose member is, there again; what was due
    meanwhile does not ring any more."""
    # Who writes reminders locks their tasks first; a viewer, who may lock none, writes their own only.
    lock = "" if await role_in(uow, list_id, person.id) == "viewer" else "FOR UPDATE OF tasks"
    cursor = await uow.connection.execute(
        f"""
        {TASKS} WHERE tasks.list_id = %(list)s AND tasks.status = 'open' AND tasks.deleted_at IS NULL
            AND (tasks.due_on IS NOT NULL OR tasks.due_local IS NOT NULL OR tasks.reminders <> '[]')
            AND (%(whom)s::uuid IS NULL OR COALESCE(tasks.assignee_id, tasks.created_by) = %(whom)s)
        ORDER BY tasks.id {lock}
        """,
        {"list": list_id, "whom": whom},
    )
    await subtasks.plan_what_is_to_come(uow, person, [Task(**row) for row in await cursor.fetchall()])


async def assign_again(uow: UnitOfWork, person: Person, event: ListChanged) -> None:
    """Assign the member again what this event took from them, of what is still open and nobody else's."""
    cursor = await uow.connection.execute(
        """
        SELECT id FROM tasks WHERE list_id = %(list)s AND assignee_id IS NULL AND status = 'open' AND deleted_at IS NULL
          AND id IN (
            SELECT task_id FROM events WHERE tx = (SELECT tx FROM events WHERE id = %(event)s) AND list_id = %(list)s
              AND topic = 'task.updated.v1' AND event -> 'data' ->> 'along_with' = %(list)s::text
          )
        ORDER BY id
        """,
        {"list": event.list_id, "event": event.id},
    )
    for row in await cursor.fetchall():
        await _assign(uow, person, event.list_id, row["id"], event.user_id)


async def _unassign(uow: UnitOfWork, person: Person, list_id: UUID, user_id: UUID) -> None:
    cursor = await uow.connection.execute(
        """
        SELECT id FROM tasks WHERE list_id = %s AND assignee_id = %s AND status = 'open' AND deleted_at IS NULL
        ORDER BY id
        """,
        (list_id, user_id),
    )
    for row in await cursor.fetchall():
        await _assign(uow, person, list_id, row["id"], None)


async def _assign(uow: UnitOfWork, person: Person, list_id: UUID, task_id: UUID, user_id: UUID | None) -> None:
    """Along with what becomes of a member of the list, and to be undone with that."""
    await tasks.change(uow, person, task_id, TaskChange(assignee_id=user_id))
    changed = uow.emitted[-1]
    assert isinstance(changed, TaskUpdated)  # noqa: S101 - as it had another assignee
    uow.emitted[-1] = changed.model_copy(update={"along_with": list_id})


async def _role_of(uow: UnitOfWork, list_id: UUID, user_id: UUID) -> Role:
    role = await role_in(uow, list_id, user_id)
    if role is None:
        raise NotFoundError(f"{user_id} is no member of this list")
    return role
