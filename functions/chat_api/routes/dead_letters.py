"""/dead-letters: what functions could not handle, for operators. Nobody else is told of any."""

from operator import attrgetter, itemgetter
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query

from functions.chat_api import cursor as cursors
from functions.chat_api.access import Standing
from functions.chat_api.answers import declared
from functions.chat_api.context import Api
from functions.chat_api.fields import Moment, Name
from functions.chat_api.idempotency import IdempotentRoute
from functions.chat_api.models.dead_letters import (
    DeadLetterDeed,
    DeadLetterDeedPage,
    DeadLetterDetail,
    DeadLetterPage,
    DeadLetterRead,
)
from functions.chat_api.models.person import Person
from functions.kernel.domain.dead_letter import DeadLetter
from functions.kernel.errors import ConflictError, NotAllowedError, NotFoundError
from functions.kernel.storage import outbox
from functions.kernel.storage.database import Connection
from functions.kernel.storage.dead_letters import AUDIT, DROP, EVENT, FIND, LOGGED, REPLAY, Wanted

router = APIRouter(tags=["dead-letters"], route_class=IdempotentRoute)

Limit = Annotated[int, Query(ge=1, le=200)]
Cursor = Annotated[str | None, Query(description="The page after this one's `next_cursor`.")]


async def _operator(person: Standing) -> Person:
    """Who asks, if they may; the SQL functions see for themselves once more."""
    if not person.operator:
        raise NotAllowedError("this is for operators: `taskwake operator grant`, on the machine, makes somebody one")
    return person


Operator = Annotated[Person, Depends(_operator)]


@router.get("/dead-letters")
async def list_dead_letters(
    person: Operator,
    api: Api,
    function: Name | None = None,
    topic: Name | None = None,
    reason: Annotated[Name | None, Query(description="What the reason contains, in any case.")] = None,
    since: Moment | None = None,
    until: Moment | None = None,
    replayed: bool | None = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> DeadLetterPage:
    """The events that functions could not handle, newest first; by what they failed, and when."""
    wanted = Wanted(function, topic, reason, since, until, replayed)
    values = wanted.page(limit + 1, cursors.read(cursor) if cursor else None)
    rows = await api.database.fetch(FIND, values, user_id=person.id)
    page, more = cursors.cut(rows, limit, itemgetter("created_at", "id"))
    return DeadLetterPage(dead_letters=[DeadLetterRead.of(DeadLetter(**row)) for row in page], next_cursor=more)


@router.get("/dead-letters/audit")
async def list_dead_letter_deeds(
    person: Operator, api: Api, limit: Limit = 50, cursor: Cursor = None
) -> DeadLetterDeedPage:
    """Who replayed and dropped what, newest first, and what became of it. Nothing is ever taken out of this."""
    async with api.database.transaction(person.id) as connection:
        deeds = await _deeds(connection, limit + 1, cursors.read(cursor) if cursor else None)
    page, more = cursors.cut(deeds, limit, attrgetter("at", "id"))
    return DeadLetterDeedPage(deeds=page, next_cursor=more)


@router.get("/dead-letters/{letter_id}")
async def read_dead_letter(letter_id: UUID, person: Operator, api: Api) -> DeadLetterDetail:
    """All that is known of a dead letter, and what to do now."""
    async with api.database.transaction(person.id) as connection:
        rows = await (await connection.execute(FIND, Wanted(ids=[letter_id]).page(1))).fetchall()
        if not rows:
            raise _unknown(letter_id)
        events = await (await connection.execute(EVENT, (letter_id,))).fetchall()
        deeds = await _deeds(connection, 50, letter=letter_id)
    return DeadLetterDetail.whole(DeadLetter(**rows[0]), events[0]["event"] if events else "", deeds)


@router.post("/dead-letters/{letter_id}/replay", responses=declared(409))
async def replay_dead_letter(letter_id: UUID, person: Operator, api: Api) -> DeadLetterRead:
    """Hand its event on again, with the same id: whoever handled it already does nothing."""
    async with api.begin(person.id) as uow:
        done = await (await uow.connection.execute(REPLAY, ([letter_id], None))).fetchall()
        rows = await (await uow.connection.execute(FIND, Wanted(ids=[letter_id]).page(1))).fetchall()
        logged = await (await uow.connection.execute(LOGGED, ([letter_id],))).fetchall()
        uow.republish([outbox.event_of(row["event"]) for row in logged])
        uow.arm(outbox.check_moment(uow.now))
    if not rows:
        raise _unknown(letter_id)
    letter = DeadLetter(**rows[0])
    if [row["outcome"] for row in done] != ["handed on"]:
        raise ConflictError(letter.advice)
    return DeadLetterRead.of(letter)


@router.delete("/dead-letters/{letter_id}", status_code=204)
async def drop_dead_letter(letter_id: UUID, person: Operator, api: Api) -> None:
    """Delete a dead letter for good: nobody handles its event any more."""
    if not await api.database.fetch(DROP, ([letter_id], None), user_id=person.id):
        raise _unknown(letter_id)


async def _deeds(
    connection: Connection, limit: int, behind: cursors.Key | None = None, letter: UUID | None = None
) -> list[DeadLetterDeed]:
    at, deed_id = behind or (None, None)
    values = {"letter": letter, "behind_at": at, "behind_id": deed_id, "limit": limit}
    return [DeadLetterDeed(**row) for row in await (await connection.execute(AUDIT, values)).fetchall()]


def _unknown(letter_id: UUID) -> NotFoundError:
    return NotFoundError(f"there is no dead letter {letter_id} (any more)")
