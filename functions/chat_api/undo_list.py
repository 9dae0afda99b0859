"""Undoing what one did to a list: a new name is taken back; the rest is told to be what it is."""

from uuid import UUID

from functions.chat_api import sharing
from functions.chat_api.history import SupersededError
from functions.chat_api.models.activity import Undone
from functions.chat_api.models.person import Person
from functions.kernel.errors import ConflictError
from functions.kernel.events import ListChanged
from functions.kernel.storage.unit_of_work import UnitOfWork

_LASTING = {
    "deleted": "you deleted the list{name} with all that was in it, and that can't be undone",
    "role": "you changed who may do what in the list{name}; change it back yourself",
    "joined": "somebody joined the list{name}; remove them yourself, or leave it",
    "left": "you left the list{name}; who owns it can invite you again",
    "removed": "you removed somebody from the list{name}; invite them again",
}


async def undo(uow: UnitOfWork, person: Person, event: ListChanged) -> Undone:
    """Give the list its name again. Raises ConflictError for what is no name, or was renamed since, NotFoundError and
    NotAllowedError where the list is gone, or not this person's any more."""
    if event.change != "renamed" or event.was is None:
        reason = _LASTING.get(event.change, "the log does not know what it was called before")
        name = f" “{event.name}”" if event.name else ""
        raise ConflictError(f"{reason.format(name=name)}; what you did before it you find under activity")
    found = await sharing.read(uow, person, event.list_id, owned=True)
    if found.name != event.name:
        raise SupersededError(f"the list is called “{found.name}” since, so there is nothing to undo")
    await sharing.rename(uow, person, event.list_id, event.was)
    done = uow.emitted[-1].model_copy(update={"undoes": UUID(event.id)})
    uow.emitted[-1] = done
    text = f"{person.name} renamed the list “{event.name}” to “{event.was}”"
    return Undone(undone=UUID(event.id), by_event=UUID(done.id), text=text, task=None)
