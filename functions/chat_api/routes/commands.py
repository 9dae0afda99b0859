"""/commands: many writes in one request."""

from fastapi import APIRouter, Request

from functions.chat_api import commands
from functions.chat_api.access import Asking
from functions.chat_api.answers import declared
from functions.chat_api.context import Api
from functions.chat_api.idempotency import IdempotentRoute
from functions.chat_api.limits.limits import PEOPLE
from functions.chat_api.models.commands import Commands, CommandsDone

router = APIRouter(tags=["commands"], route_class=IdempotentRoute)


@router.post("/commands", responses=declared(404, 409, 412))
async def run_commands(asked: Commands, person: Asking, api: Api, request: Request) -> CommandsDone:
    """Run up to 100 writes in their order, in one transaction; one that is refused is taken back alone.

    With `atomic` all are done or none: the answer is then the problem of the first that was refused. A command is run
    once, however often its `uuid` is sent within 90 days. Each command counts as a request.
    """
    api.limits.take(request, PEOPLE, person.id, len(asked.commands) - 1)
    return await commands.run(api, person, asked)
