"""/chat: say it in plain words."""

from fastapi import APIRouter

from functions.chat_api import chat
from functions.chat_api.access import Asking, Shown
from functions.chat_api.context import Api
from functions.chat_api.idempotency import IdempotentRoute
from functions.chat_api.models.chat import Answer, Said

router = APIRouter(tags=["chat"], route_class=IdempotentRoute)


@router.post("/chat")
async def say(said: Said, person: Asking, api: Api, shown: Shown) -> Answer:
    """Create, list, complete, skip, reopen, change or delete tasks by a sentence; the answer says what was done."""
    return await chat.respond(api, person, said, shown.id)
