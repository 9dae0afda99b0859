"""The fields of a task that a body gives as they are kept, and what must hold of them."""

from typing import Any
from uuid import UUID

from functions.chat_api.membership import may_be_assigned, role_in
from functions.chat_api.models.person import Person
from functions.chat_api.models.task import NewTask, TaskChange
from functions.kernel.domain.task import LOWEST_PRIORITY
from functions.kernel.errors import InvalidInputError
from functions.kernel.storage.unit_of_work import UnitOfWork

PLAIN = ("title", "notes", "labels", "priority", "assignee_id", "deadline_on", "estimate_minutes")
_CLEARED: dict[str, Any] = {"notes": "", "reminders": [], "labels": [], "priority": LOWEST_PRIORITY}
"""What null makes of a field; of the others null."""


def new_fields(new: NewTask) -> dict[str, Any]:
    """Of a new task those that are kept as they are given."""
    return {name: getattr(new, name) for name in PLAIN}


def changed_fields(asked: TaskChange) -> dict[str, Any]:
    """Those that the change names, each with its new value."""
    names = [name for name in (*PLAIN, "reminders") if name in asked.model_fields_set]
    return {name: _CLEARED.get(name) if (value := getattr(asked, name)) is None else value for name in names}


async def check_assignee(uow: UnitOfWork, list_id: UUID, assignee_id: UUID | None) -> None:
    """Raise InvalidInputError unless this is nobody, or a member of the list who could complete the task."""
    if assignee_id is None or await may_be_assigned(uow, list_id, assignee_id):
        return
    if await role_in(uow, list_id, assignee_id) is None:
        raise InvalidInputError("assignee_id", f"{assignee_id} is no member of the task's list; share the list first")
    raise InvalidInputError(
        "assignee_id", f"{assignee_id} is a viewer of the task's list, and could not complete it; make them an editor"
    )


async def zone_of(uow: UnitOfWork, person: Person, reminded_id: UUID) -> str:
    """Where the one is whom a task reminds; its floating times and whole days are theirs."""
    if reminded_id == person.id:
        return person.zone
    rows = await (await uow.connection.execute("SELECT zone_of_member(%s) AS zone", (reminded_id,))).fetchall()
    return rows[0]["zone"] if rows else person.zone
