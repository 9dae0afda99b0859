"""Who shares a list: its members, and invitations to become one."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path

from functions.chat_api import members as service
from functions.chat_api import sharing
from functions.chat_api.access import Asking
from functions.chat_api.answers import declared
from functions.chat_api.context import Api
from functions.chat_api.idempotency import IdempotentRoute, ShownOnceRoute
from functions.chat_api.models.lists import (
    InvitationAbout,
    InvitationMade,
    InvitationPage,
    InvitationRead,
    MemberChange,
    MemberPage,
    MemberRead,
    NewInvitation,
    TaskListRead,
)
from functions.kernel.errors import NotFoundError

router = APIRouter()
members = APIRouter(tags=["members"], route_class=IdempotentRoute)
invitations = APIRouter(tags=["invitations"], route_class=ShownOnceRoute)

Secret = Annotated[str, Path(max_length=100)]


@members.get("/lists/{list_id}/members")
async def list_members(list_id: UUID, person: Asking, api: Api) -> MemberPage:
    """Who sees a list that you see: at most 100, its owner first."""
    async with api.begin(person.id) as uow:
        await sharing.read(uow, person, list_id)
        cursor = await uow.connection.execute("SELECT * FROM members_of(%s)", (list_id,))
        return MemberPage(members=[MemberRead(**row) for row in await cursor.fetchall()])


@members.patch("/lists/{list_id}/members/{user_id}", status_code=204, responses=declared(409))
async def change_member(list_id: UUID, user_id: UUID, change: MemberChange, person: Asking, api: Api) -> None:
    """Change the role of a member of your list. `owner` hands the list over to them, and you are an editor of it."""
    async with api.begin(person.id) as uow:
        await service.change_role(uow, person, list_id, user_id, change.role)


@members.delete("/lists/{list_id}/members/{user_id}", status_code=204, responses=declared(409))
async def remove_member(list_id: UUID, user_id: UUID, person: Asking, api: Api) -> None:
    """Remove a member of your list; or yourself, which is to leave.

    What they were assigned in the list is nobody's then, and none of its tasks reminds them any more. The owner stays.
    """
    async with api.begin(person.id) as uow:
        await service.remove(uow, person, list_id, user_id)


@invitations.post("/lists/{list_id}/invitations", status_code=201, responses=declared(409))
async def create_invitation(list_id: UUID, new: NewInvitation, person: Asking, api: Api) -> InvitationMade:
    """Invite to a list of your own: whoever has the `secret`, which is shown this once, may accept, once."""
    async with api.begin(person.id) as uow:
        return await sharing.invite(uow, person, list_id, new)


@invitations.get("/lists/{list_id}/invitations")
async def list_invitations(list_id: UUID, person: Asking, api: Api) -> InvitationPage:
    """The open invitations to a list of your own, the latest first: at most 100."""
    async with api.begin(person.id) as uow:
        await sharing.read(uow, person, list_id, owned=True)
        cursor = await uow.connection.execute(
            """
            SELECT id, role, created_at, expires_at FROM list_invitations
            WHERE list_id = %s AND expires_at > %s ORDER BY created_at DESC, id DESC LIMIT 1000
            """,
            (list_id, uow.now),
        )
        return InvitationPage(invitations=[InvitationRead(**row) for row in await cursor.fetchall()])


@invitations.delete("/lists/{list_id}/invitations/{invitation_id}", status_code=204)
async def revoke_invitation(list_id: UUID, invitation_id: UUID, person: Asking, api: Api) -> None:
    """Revoke an invitation that nobody accepted yet."""
    async with api.begin(person.id) as uow:
        await sharing.read(uow, person, list_id, owned=True)
        gone = await uow.connection.execute(
            "DELETE FROM list_invitations WHERE id = %s AND list_id = %s", (invitation_id, list_id)
        )
        if not gone.rowcount:
            raise NotFoundError(f"this list has no open invitation {invitation_id}")


@invitations.get("/invitations/{secret}")
async def read_invitation(secret: Secret, person: Asking, api: Api) -> InvitationAbout:
    """What an invitation is to, for who was given its secret."""
    async with api.begin(person.id) as uow:
        return await sharing.about(uow, secret)


@invitations.post("/invitations/{secret}/accept", responses=declared(409))
async def accept_invitation(secret: Secret, person: Asking, api: Api) -> TaskListRead:
    """Become a member of the list. The invitation is used then; who is a member already uses none."""
    async with api.begin(person.id) as uow:
        return await sharing.accept(uow, person, secret)


router.include_router(members)
router.include_router(invitations)
