"""/reminders: what became of them."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from functions.chat_api import cursor as cursors
from functions.chat_api import ledger, misses
from functions.chat_api.access import Asking
from functions.chat_api.context import Api
from functions.chat_api.models.ledger import LedgerPage, MissPage

router = APIRouter(tags=["reminders"])


@router.get("/reminders/ledger")
async def read_ledger(
    person: Asking,
    api: Api,
    task_id: UUID | None = None,
    fired: bool | None = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 50,
    cursor: Annotated[str | None, Query(max_length=200)] = None,
) -> LedgerPage:
    """Your reminders, those set for the latest moments first: when each rang, was sent and was delivered, and how late.

    With `fired=true` only those that rang, with `fired=false` only those that wait.
    """
    after = cursors.read(cursor) if cursor else None
    async with api.database.transaction(person.id) as connection:
        entries, more = await ledger.read(connection, person.id, limit, after=after, task_id=task_id, fired=fired)
    return LedgerPage(entries=entries, next_cursor=more)


@router.get("/reminders/misses")
async def read_misses(
    person: Asking,
    api: Api,
    limit: Annotated[int, Query(ge=1, le=500)] = 50,
    cursor: Annotated[str | None, Query(max_length=200)] = None,
) -> MissPage:
    """What your series left out while the service was off, the last first: how often each was missed, and when."""
    after = cursors.read(cursor) if cursor else None
    async with api.database.transaction(person.id) as connection:
        found, more = await misses.read(connection, person.id, limit, after=after)
    return MissPage(misses=found, next_cursor=more)
