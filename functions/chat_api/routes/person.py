"""/me: who asks."""

from fastapi import APIRouter, Response

from functions.chat_api import leaving
from functions.chat_api import person as service
from functions.chat_api.access import Asking, Standing
from functions.chat_api.answers import declared
from functions.chat_api.context import Api
from functions.chat_api.etags import KNOWN, TAGGED, IfMatch, IfNoneMatch, tagged, unless_known
from functions.chat_api.idempotency import IdempotentRoute
from functions.chat_api.models.person import AccountRemoval, PersonChange, PersonChanged, PersonRead

router = APIRouter(tags=["me"], route_class=IdempotentRoute)


@router.get("/me", response_model=PersonRead, responses={200: TAGGED, 304: KNOWN})
async def read_me(person: Standing, response: Response, known: IfNoneMatch) -> PersonRead | Response:
    """Who you are here."""
    return unless_known(response, person, known)


@router.patch("/me", responses={200: TAGGED})
async def change_me(change: PersonChange, person: Asking, api: Api, response: Response, tags: IfMatch) -> PersonChanged:
    """Change your name, your zone, how you write dates, your quiet hours and default reminders, or where e-mail goes.

    A new zone moves what is due all day or at a time of no zone, and the answer says what.
    """
    async with api.begin(person.id) as uow:
        changed = await service.change(uow, person, change, tags)
    tagged(response, PersonRead(**changed.model_dump()))  # whom GET shows, which is not all that this answer says
    return changed


@router.delete("/me", status_code=204, responses=declared(409))
async def delete_me(asked: AccountRemoval, person: Asking, api: Api, tags: IfMatch) -> None:
    """Delete your account with all that is yours, at once and for good: lists, tasks, reminders, tokens, sessions.

    What you wrote in others' lists stays there, as the list's owner's. What still holds your id or e-mail address, such
    as the log of these lists, the hourly sweep erases: within an hour, and the time it takes to read the database.
    """
    async with api.begin(person.id) as uow:
        await leaving.remove(uow, person, asked, tags)
    await api.conversations.forget(person.id)
