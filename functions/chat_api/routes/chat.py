"""/chat: say it in plain words."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from pydantic import ValidationError

from functions.chat_api import chat
from functions.chat_api.access import Asking, Shown
from functions.chat_api.context import Api
from functions.chat_api.idempotency import IdempotentRoute
from functions.chat_api.models.chat import Answer, Said


async def _sentences(request: Request) -> list[str]:
    """What a language model makes of the sentence, asked once a request."""
    if not hasattr(request.state, "sentences"):
        try:
            said = Said.model_validate_json(await request.body())
        except ValidationError:
            return []  # which is refused
        request.state.sentences = await chat.sentences_of(request.app.state.api, said.text)
    sentences: list[str] = request.state.sentences
    return sentences


class ChatRoute(IdempotentRoute):
    """Of a sentence that a language model may put into other words, before any transaction."""

    async def ahead(self, request: Request) -> None:
        """See IdempotentRoute.ahead."""
        await _sentences(request)


router = APIRouter(tags=["chat"], route_class=ChatRoute)


@router.post("/chat")
async def say(
    said: Said, person: Asking, api: Api, shown: Shown, sentences: Annotated[list[str], Depends(_sentences)]
) -> Answer:
    """Create, list, complete, skip, reopen, change or delete tasks by a sentence; the answer says what was done."""
    return await chat.respond(api, person, said, shown.id, sentences)
