"""Undoing what one did to a list, or to who shares it, through what one could have done oneself."""

from collections.abc import Awaitable, Callable, Collection
from uuid import UUID

from functions.chat_api import history, members, names, permissions, sharing, wording
from functions.chat_api.history import SupersededError
from functions.chat_api.membership import role_in
from functions.chat_api.models.activity import Undone
from functions.chat_api.models.person import Person
from functions.kernel.errors import ConflictError
from functions.kernel.events import ListChanged
from functions.kernel.storage.unit_of_work import UnitOfWork


def check_scopes(event: ListChanged, scopes: Collection[str]) -> None:
    """To take this event back takes what the deed took: who may not let anybody in does not by undo. Raises
    InsufficientScopeError."""
    if event.change in ("role", "joined", "left", "removed"):
        permissions.check(scopes, {"account"}, "to undo what became of a list's members")


async def undo(uow: UnitOfWork, person: Person, event: ListChanged) -> Undone:
    """Take this person's event back. Raises SupersededError where it does not stand any more, or the list is not theirs
    to change; ConflictError, which says what stands in the way; and what the deed that takes it back does."""
    # Of two at once the second one finds it done.
    await uow.connection.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", (str(event.list_id),))
    await history.check_not_undone(uow, event)
    people = [event.user_id] if event.user_id else []
    known = {person.id: person.name} | await names.names_of(uow.connection, people)
    begun = len(uow.emitted)
    await INVERSES[event.change](uow, person, event)
    [at] = [n for n, each in enumerate(uow.emitted) if n >= begun and isinstance(each, ListChanged)]
    done = uow.emitted[at].model_copy(update={"undoes": UUID(event.id)})
    assert isinstance(done, ListChanged)  # noqa: S101 - see above
    uow.emitted[at] = done
    known |= await names.names_of(uow.connection, people)  # who was let in again is known by name now
    return Undone(undone=UUID(event.id), by_event=UUID(done.id), text=wording.of_list(done, known), task=None)


async def _name_back(uow: UnitOfWork, person: Person, event: ListChanged) -> None:
    if event.was is None:
        raise ConflictError("the log does not know what the list was called before; rename it yourself")
    await _check_owned(uow, person, event)
    found = await sharing.read(uow, person, event.list_id)
    if found.name != event.name:
        raise SupersededError(f"the list is called “{found.name}” since, so there is nothing to undo")
    await sharing.rename(uow, person, event.list_id, event.was)


async def _restore(uow: UnitOfWork, person: Person, event: ListChanged) -> None:
    if await role_in(uow, event.list_id, person.id):
        raise SupersededError("the list was restored since, so there is nothing to undo")
    if not await sharing.restore(uow, person, event.list_id):
        raise ConflictError(f"{_called(event)} is gone for good: it was deleted before deleted lists were kept")
    await members.remind(uow, person, event.list_id)


async def _delete_again(uow: UnitOfWork, person: Person, event: ListChanged) -> None:
    """It goes again, unless somebody else had a hand in it since; one that was made, while no task is in it."""
    await _check_owned(uow, person, event)
    if event.change == "created" and await _holds_tasks(uow, event):
        raise ConflictError(f"there are tasks in {_called(event)}; delete it instead")
    if by := await history.others_since(uow, event):
        who = (await names.names_of(uow.connection, [by])).get(by, "somebody")
        raise ConflictError(f"{who} has done something in the list since; delete it instead")
    await sharing.delete(uow, person, event.list_id)


async def _change_role_back(uow: UnitOfWork, person: Person, event: ListChanged) -> None:
    user_id, was = event.user_id, event.role_was
    if event.role == "owner":
        raise ConflictError(
            f"you handed {_called(event)} over, so it is not yours to take back; its owner can hand it back"
        )
    if user_id is None or was is None:
        raise ConflictError(f"the log does not know what they might do in {_called(event)} before; change it yourself")
    await _check_owned(uow, person, event)
    if await role_in(uow, event.list_id, user_id) != event.role:
        raise SupersededError("they have another role in the list since, or are no member of it any more")
    await members.change_role(uow, person, event.list_id, user_id, was)
    if was == "editor":
        await members.assign_again(uow, person, event)


async def _remove_again(uow: UnitOfWork, person: Person, event: ListChanged) -> None:
    """Who joined leaves; whom one had let in again is removed again."""
    user_id = event.user_id
    if user_id is None or await role_in(uow, event.list_id, user_id) is None:
        raise SupersededError("who joined is no member of the list any more, or you are not")
    if user_id != person.id:
        await _check_owned(uow, person, event)
    await members.remove(uow, person, event.list_id, user_id)


async def _return(uow: UnitOfWork, person: Person, event: ListChanged) -> None:
    await _check_no_member(uow, event)
    if not await members.readmit(uow, person, event):
        raise ConflictError(
            f"you left {_called(event)}, and it is gone or full now, or something was done in it since, which was not "
            "for you; who owns it can invite you again"
        )


async def _let_in_again(uow: UnitOfWork, person: Person, event: ListChanged) -> None:
    await _check_owned(uow, person, event)
    await _check_no_member(uow, event)
    if not await members.readmit(uow, person, event):
        raise ConflictError(
            f"whom you removed from {_called(event)} has no account any more, or has left it themselves since, or it "
            "is full; invite them"
        )


async def _holds_tasks(uow: UnitOfWork, event: ListChanged) -> bool:
    cursor = await uow.connection.execute(
        "SELECT FROM tasks WHERE list_id = %s AND deleted_at IS NULL LIMIT 1", (event.list_id,)
    )
    return bool(cursor.rowcount)


async def _check_owned(uow: UnitOfWork, person: Person, event: ListChanged) -> None:
    if await role_in(uow, event.list_id, person.id) != "owner":
        raise SupersededError("the list is gone, or is not yours any more")


async def _check_no_member(uow: UnitOfWork, event: ListChanged) -> None:
    if event.user_id and await role_in(uow, event.list_id, event.user_id):
        raise SupersededError("who left is a member of the list again, so there is nothing to undo")


def _called(event: ListChanged) -> str:
    return f"the list “{event.name}”" if event.name else "the list"


INVERSES: dict[str, Callable[[UnitOfWork, Person, ListChanged], Awaitable[None]]] = {
    "created": _delete_again,
    "renamed": _name_back,
    "deleted": _restore,
    "restored": _delete_again,
    "role": _change_role_back,
    "joined": _remove_again,
    "left": _return,
    "removed": _let_in_again,
}
"""How each change of a list is taken back; specs/004-product/data-model.md has it as a table."""
