"""Who asks: a bearer token, or the session cookie that a one-time login opened."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends, Request

from functions.chat_api.limits.limits import PEOPLE, Limits
from functions.chat_api.models.person import Person
from functions.kernel.credential import hashed, new_secret
from functions.kernel.errors import NotAllowedError, UnauthenticatedError
from functions.kernel.storage.database import Database

COOKIE = "taskwake_session"
SESSION_DAYS = 30
PERSON_COLUMNS = "id, name, email, zone, date_order, week_start, quiet_from, quiet_until, default_reminders"
"""Of `users`: what a Person is made from."""
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


async def authenticate(request: Request) -> Person:
    """The person behind the request, looked up once, and counted. Raises UnauthenticatedError, RateLimitedError, or
    NotAllowedError for a foreign page's write."""
    if not hasattr(request.state, "person"):
        limits: Limits = request.app.state.api.limits
        shown = request.headers.get("authorization") or request.cookies.get(COOKIE, "")
        limits.guess(request, shown)
        request.state.person = await _authenticated(request)
        limits.was_right(request, shown)
        limits.take(request, PEOPLE, request.state.person.id)
    person: Person = request.state.person
    return person


async def _authenticated(request: Request) -> Person:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if token:
        if scheme.lower() != "bearer":
            raise UnauthenticatedError("send the header Authorization: Bearer <token>")
        return await _look_up(request, token.strip(), ["token"])
    session = request.cookies.get(COOKIE)
    if not session:
        raise UnauthenticatedError("log in with the printed one-time address, or send Authorization: Bearer <token>")
    # A browser adds the cookie to whatever any page sends here, but lets only our own pages set this header.
    if request.method not in SAFE_METHODS and "x-taskwake" not in request.headers:
        raise NotAllowedError("a write with the session cookie needs the header X-Taskwake")
    return await _look_up(request, session, ["session"])


async def _look_up(request: Request, secret: str, kinds: list[str]) -> Person:
    database: Database = request.app.state.api.database
    rows = await database.fetch(
        f"SELECT {PERSON_COLUMNS} FROM authenticate(%s, %s)",  # noqa: S608 - a constant
        (hashed(secret), kinds),
    )
    if not rows:
        raise UnauthenticatedError("this token or session is not valid (any more); log in again")
    return Person(**rows[0])


async def open_session(database: Database, login: str) -> tuple[UUID, str] | None:
    """Turn a one-time login into a session: (user id, the session's secret), or null when it was used or is old."""
    session = new_secret()
    rows = await database.fetch(
        "SELECT open_session(%s, %s, make_interval(days => %s)) AS user_id",
        (hashed(login), hashed(session), SESSION_DAYS),
    )
    return (rows[0]["user_id"], session) if rows else None


Asking = Annotated[Person, Depends(authenticate)]
