"""/sync: for a client that keeps a copy."""

from typing import Annotated

from fastapi import APIRouter, Query

from functions.chat_api import sync as service
from functions.chat_api.access import Asking
from functions.chat_api.answers import declared
from functions.chat_api.context import Api
from functions.chat_api.models.sync import SyncPage

router = APIRouter(tags=["sync"])


@router.get("/sync", responses=declared(410))
async def sync(
    person: Asking,
    api: Api,
    cursor: Annotated[str | None, Query(max_length=200, description="Of your last answer, or an event's id.")] = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 500,
) -> SyncPage:
    """All of your lists and tasks, or with a cursor what changed since; gapless, however many write meanwhile.

    410 for a cursor of another database, of one that was restored since, or of before the event log begins.
    """
    begun = service.parse(cursor)
    async with api.database.transaction(person.id) as connection:
        return await service.page(connection, person.id, begun, limit)
