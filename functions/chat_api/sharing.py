"""Lists and invitations: each change is an event for all whom it concerns, also for those who see it no more."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from functions.chat_api.etags import Tags, matching
from functions.chat_api.models.lists import InvitationAbout, InvitationMade, NewInvitation, NewTaskList, TaskListRead
from functions.chat_api.models.person import Person
from functions.chat_api.room import check_room
from functions.kernel.credential import hashed, new_secret
from functions.kernel.errors import ConflictError, InvalidInputError, NotAllowedError, NotFoundError
from functions.kernel.events import ListChanged
from functions.kernel.storage.outbox import write
from functions.kernel.storage.unit_of_work import UnitOfWork

MOST_MEMBERS = 100
MOST_INVITATIONS = 100
INVITED_FOR, LONGEST_INVITED_FOR = timedelta(days=7), timedelta(days=30)


async def read(uow: UnitOfWork, person: Person, list_id: UUID, *, owned: bool = False) -> TaskListRead:
    """The list, as this person sees it. Raises NotFoundError for one they are no member of, and where it is to be
    theirs and is not, NotAllowedError."""
    rows = await _rows(
        uow,
        """
        SELECT lists.id, name, owner_id, role FROM lists JOIN list_members ON list_id = lists.id AND user_id = %s
        WHERE lists.id = %s
        """,
        (person.id, list_id),
    )
    if not rows:
        raise NotFoundError(f"there is no list {list_id}, or none that you are a member of")
    found = TaskListRead(**rows[0])
    if owned and found.owner_id != person.id:
        raise NotAllowedError("only the owner of a list may do this")
    return found


async def create(uow: UnitOfWork, person: Person, new: NewTaskList) -> TaskListRead:
    """Create a list of their own. Raises ConflictError for too many."""
    await check_room(uow.connection, person.id, "lists")
    return await make(uow, person, uuid4(), new.name)


async def make(uow: UnitOfWork, person: Person, list_id: UUID, name: str) -> TaskListRead:
    """Make a list of their own with this id, for which there must be room."""
    await uow.connection.execute(
        "INSERT INTO lists (id, owner_id, name) VALUES (%s, %s, %s)", (list_id, person.id, name)
    )
    await uow.connection.execute(
        "INSERT INTO list_members (list_id, user_id, role) VALUES (%s, %s, 'owner')", (list_id, person.id)
    )
    uow.emit(ListChanged(list_id=list_id, change="created", by=person.id, name=name))
    return TaskListRead(id=list_id, name=name, owner_id=person.id, role="owner")


async def rename(uow: UnitOfWork, person: Person, list_id: UUID, name: str, tags: Tags = None) -> TaskListRead:
    """Give the list this name; one that it has already is no event."""
    # One that is not theirs is not locked for them, and is refused by what follows.
    await uow.connection.execute("SELECT FROM lists WHERE id = %s FOR NO KEY UPDATE", (list_id,))
    found = matching(await read(uow, person, list_id, owned=True), tags)
    if found.name != name:
        await uow.connection.execute("UPDATE lists SET name = %s WHERE id = %s", (name, list_id))
        uow.emit(ListChanged(list_id=list_id, change="renamed", by=person.id, name=name, was=found.name))
    return found.model_copy(update={"name": name})


async def delete(uow: UnitOfWork, person: Person, list_id: UUID, tags: Tags = None) -> None:
    """Delete the list with all that is in it. Raises ConflictError for one's only one."""
    await read(uow, person, list_id, owned=True)
    await keep_one(uow, person)
    found = matching(await read(uow, person, list_id, owned=True), tags)

    def told(user_id: UUID) -> ListChanged:
        return ListChanged(list_id=list_id, change="deleted", user_id=user_id, by=person.id, name=found.name)

    # Each member is told as themselves, since afterwards nobody is a member; the others while the list is there, since
    # who may write to it may tell of it.
    members = await _rows(
        uow, "SELECT user_id FROM list_members WHERE list_id = %s AND user_id <> %s", (list_id, person.id)
    )
    events = [told(member["user_id"]) for member in members]
    await write(uow.connection, events, uow.now)
    uow.republish(events)
    await _rows(uow, "SELECT delete_list(%s)", (list_id,))
    uow.emit(told(person.id))


async def restore(uow: UnitOfWork, person: Person, list_id: UUID) -> TaskListRead | None:
    """Restore a list that this person deleted, for all its members, with all that was in it; null where there is none.
    Raises ConflictError when they have too many."""
    await check_room(uow.connection, person.id, "lists")
    if not await _rows(uow, "SELECT restore_list(%s)", (list_id,)):
        return None
    found = await read(uow, person, list_id)
    # To them themselves, too, who know of it by that when they have deleted it again.
    uow.emit(ListChanged(list_id=list_id, change="restored", user_id=person.id, by=person.id, name=found.name))
    return found


async def keep_one(uow: UnitOfWork, person: Person) -> None:
    """Raise ConflictError if this person has one list only, where their new tasks go; two requests wait for each
    other."""
    own = await _rows(uow, "SELECT id FROM lists WHERE owner_id = %s ORDER BY id FOR UPDATE", (person.id,))
    if len(own) < 2:
        raise ConflictError("this is the only list of your own, where new tasks go; create another one first")


async def invite(uow: UnitOfWork, person: Person, list_id: UUID, new: NewInvitation) -> InvitationMade:
    """Make an invitation. Raises InvalidInputError for a moment that has passed or is too far away."""
    await read(uow, person, list_id, owned=True)
    expires_at = new.expires_at or uow.now + INVITED_FOR
    if not uow.now < expires_at <= uow.now + LONGEST_INVITED_FOR:
        raise InvalidInputError("expires_at", f"must be within the next {LONGEST_INVITED_FOR.days} days")
    await uow.connection.execute(
        "DELETE FROM list_invitations WHERE list_id = %s AND expires_at <= %s", (list_id, uow.now)
    )
    if len(await _rows(uow, "SELECT id FROM list_invitations WHERE list_id = %s", (list_id,))) >= MOST_INVITATIONS:
        raise ConflictError(f"{MOST_INVITATIONS} invitations to this list are open; revoke some")
    secret = new_secret()
    made = InvitationMade(id=uuid4(), role=new.role, created_at=uow.now, expires_at=expires_at, secret=secret)
    await uow.connection.execute(
        """
        INSERT INTO list_invitations (id, list_id, role, hash, created_by, created_at, expires_at)
        VALUES (%s, %s, %s, %s, %s, %s, %s)
        """,
        (made.id, list_id, new.role, hashed(secret), person.id, made.created_at, expires_at),
    )
    return made


async def about(uow: UnitOfWork, secret: str) -> InvitationAbout:
    """What the invitation of this secret is to. Raises NotFoundError."""
    return InvitationAbout(**await _invitation(uow, secret))


async def accept(uow: UnitOfWork, person: Person, secret: str) -> TaskListRead:
    """Become a member; the invitation is used then. Who is one already stays what they are, and uses none."""
    invitation = await _invitation(uow, secret)
    list_id = invitation["list_id"]
    if not invitation["is_member"]:
        _check_room(invitation["members"])
        if not await _rows(uow, "SELECT accept_invitation(%s)", (hashed(secret),)):
            raise _no_invitation()  # another was quicker
        found = await read(uow, person, list_id)
        uow.emit(
            ListChanged(
                list_id=list_id, change="joined", user_id=person.id, by=person.id, name=found.name, role=found.role
            )
        )
        return found
    return await read(uow, person, list_id)


def _check_room(members: int) -> None:
    if members >= MOST_MEMBERS:
        raise ConflictError(f"the list has {MOST_MEMBERS} members, and that is all it may have")


async def _invitation(uow: UnitOfWork, secret: str) -> dict[str, Any]:
    rows = await _rows(uow, "SELECT * FROM invitation_of(%s)", (hashed(secret),))
    if not rows:
        raise _no_invitation()
    return rows[0]


def _no_invitation() -> NotFoundError:
    return NotFoundError("this invitation was used, was revoked, or is too old; ask for a new one")


async def _rows(uow: UnitOfWork, query: str, parameters: tuple[Any, ...]) -> list[dict[str, Any]]:
    return await (await uow.connection.execute(query, parameters)).fetchall()
