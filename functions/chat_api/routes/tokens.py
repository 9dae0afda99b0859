"""/tokens and /sessions: what lets programs and browsers in."""

from operator import itemgetter
from typing import Annotated
from uuid import UUID, uuid4

from fastapi import APIRouter, Query, Request, Response

from functions.chat_api import cursor as cursors
from functions.chat_api.access import Asking, Shown, forget_session
from functions.chat_api.answers import declared
from functions.chat_api.context import Api
from functions.chat_api.idempotency import IdempotentRoute, ShownOnceRoute
from functions.chat_api.models.tokens import NewToken, SessionPage, SessionRead, TokenMade, TokenPage, TokenRead
from functions.chat_api.permissions import ALL, check
from functions.chat_api.room import check_room
from functions.kernel.credential import hashed, new_token
from functions.kernel.errors import InvalidInputError, NotFoundError

router = APIRouter()
tokens = APIRouter(tags=["tokens"], route_class=ShownOnceRoute)
sessions = APIRouter(tags=["sessions"], route_class=IdempotentRoute)

COLUMNS = "id, name, scopes, created_at, used_at AS last_used_at, expires_at"


@tokens.post("/tokens", status_code=201, responses=declared(409))
async def create_token(new: NewToken, person: Asking, shown: Shown, api: Api) -> TokenMade:
    """Make a token for a program; it may do no more than who asks. Its `secret` is shown this once."""
    scopes = [scope for scope in ALL if scope in new.scopes]
    check(shown.scopes, scopes, "making such a token")
    secret = new_token()
    async with api.begin(person.id) as uow:
        if new.expires_at and new.expires_at <= uow.now:
            raise InvalidInputError("expires_at", "has passed; give a moment to come, or leave it out")
        await check_room(uow.connection, person.id, "tokens")
        cursor = await uow.connection.execute(
            f"""
            INSERT INTO credentials (id, user_id, kind, hash, name, scopes, expires_at)
            VALUES (%s, %s, 'token', %s, %s, %s, %s) RETURNING {COLUMNS}
            """,  # noqa: S608 - a constant
            (uuid4(), person.id, hashed(secret), new.name, scopes, new.expires_at),
        )
        [row] = await cursor.fetchall()
    return TokenMade(**row, secret=secret)


@tokens.get("/tokens")
async def list_tokens(person: Asking, api: Api) -> TokenPage:
    """Your tokens, the latest first; of each all but its secret, which nobody has."""
    rows = await api.database.fetch(
        f"""
        SELECT {COLUMNS} FROM credentials WHERE user_id = %s AND kind = 'token'
        ORDER BY created_at DESC, id DESC LIMIT 1000
        """,  # noqa: S608 - a constant
        (person.id,),
        user_id=person.id,
    )
    return TokenPage(tokens=[TokenRead(**row | {"scopes": row["scopes"] or list(ALL)}) for row in rows])


@tokens.delete("/tokens/{token_id}", status_code=204)
async def revoke_token(token_id: UUID, person: Asking, api: Api) -> None:
    """Revoke a token: from now on it opens nothing."""
    await _revoke(api, person.id, token_id, "token")


@sessions.get("/sessions")
async def list_sessions(
    person: Asking,
    shown: Shown,
    api: Api,
    limit: Annotated[int, Query(ge=1, le=100)] = 50,
    cursor: Annotated[str | None, Query(description="The page after this one's `next_cursor`.")] = None,
) -> SessionPage:
    """The browsers that you are logged in with, the latest first."""
    before, below = cursors.read(cursor) if cursor else (None, None)
    rows = await api.database.fetch(
        f"""
        SELECT {COLUMNS} FROM credentials
        WHERE user_id = %(user)s AND kind = 'session' AND expires_at > now()
          AND (%(before)s::timestamptz IS NULL OR (created_at, id) < (%(before)s, %(below)s::uuid))
        ORDER BY created_at DESC, id DESC LIMIT %(limit)s
        """,  # noqa: S608 - a constant
        {"user": person.id, "before": before, "below": below, "limit": limit + 1},
        user_id=person.id,
    )
    page, more = cursors.cut(rows, limit, itemgetter("created_at", "id"))
    return SessionPage(sessions=[SessionRead(**row, current=row["id"] == shown.id) for row in page], next_cursor=more)


@sessions.delete("/sessions/{session_id}", status_code=204)
async def end_session(session_id: UUID, person: Asking, shown: Shown, api: Api, request: Request) -> Response:
    """Log a browser out; its session is over at once. This one, too, if it is this one's."""
    await _revoke(api, person.id, session_id, "session")
    answer = Response(status_code=204)
    if session_id == shown.id:
        forget_session(request, answer)
    return answer


async def _revoke(api: Api, user_id: UUID, credential_id: UUID, kind: str) -> None:
    rows = await api.database.fetch(
        "DELETE FROM credentials WHERE id = %s AND user_id = %s AND kind = %s RETURNING id",
        (credential_id, user_id, kind),
        user_id=user_id,
    )
    if not rows:
        raise NotFoundError(f"you have no {kind} {credential_id}")
    api.feed.look(user_id)


router.include_router(tokens)
router.include_router(sessions)
