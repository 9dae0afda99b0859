"""Who asks: a bearer token, an OpenID provider's, or the session cookie that a one-time login opened."""

from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends, Request, Response
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from starlette.datastructures import Headers

from functions.chat_api import oidc, permissions
from functions.chat_api.limits.limits import PEOPLE, Limits
from functions.chat_api.models.person import Person, PersonRead
from functions.chat_api.permissions import ALL, SAFE_METHODS
from functions.kernel.credential import hashed, new_secret
from functions.kernel.errors import NotAllowedError, UnauthenticatedError
from functions.kernel.storage.database import Database

COOKIE = "taskwake_session"
SECURE_COOKIE = "__Host-taskwake_session"
"""By TLS: a browser takes it from this host only, and only by TLS (RFC 6265bis §4.1.3.2)."""
SESSION_DAYS = 30
PERSON_COLUMNS = "id, name, email, zone, date_order, week_start, quiet_from, quiet_until, default_reminders"
"""Of `users`: what a Person is made from."""
OWN_PAGE = frozenset({"same-origin", "none"})
"""What Sec-Fetch-Site says of a request that no foreign page made."""


@dataclass(frozen=True, slots=True)
class Credential:
    """What was shown: a row of `credentials`, or an OpenID provider's token (no id)."""

    id: UUID | None
    kind: str
    scopes: tuple[str, ...] = ALL


async def authenticate(request: Request) -> Person:
    """The person behind the request, looked up once, and counted. Raises UnauthenticatedError, RateLimitedError;
    NotAllowedError for a foreign page's write, and InsufficientScopeError where the token's scopes do not reach."""
    if not hasattr(request.state, "person"):
        limits: Limits = request.app.state.api.limits
        shown = request.headers.get("authorization") or request.cookies.get(session_cookie(request), "")
        limits.guess(request, shown)
        try:
            person, request.state.credential = await _authenticated(request)
        except UnauthenticatedError:
            limits.was_wrong(request, shown)
            raise
        limits.was_right(request, shown)
        limits.take(request, PEOPLE, person.id)
        _check_scopes(request, request.state.credential)
        request.state.person = person
    asking: Person = request.state.person
    return asking


def asks_who(dependant: Dependant) -> bool:
    """Whether a route that depends on this serves only somebody who is known."""
    return dependant.call is authenticate or any(asks_who(each) for each in dependant.dependencies)


class AuthenticatedRoute(APIRoute):
    """A route that takes no body of anybody unknown: FastAPI by itself reads it all before it asks who sends it."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """FastAPI's own, which comes second."""
        handle = super().get_route_handler()
        if not asks_who(self.dependant):
            return handle

        async def authenticated(request: Request) -> Response:
            await authenticate(request)
            return await handle(request)

        return authenticated


async def _with_standing(request: Request, person: Annotated[Person, Depends(authenticate)]) -> PersonRead:
    database: Database = request.app.state.api.database
    [row] = await database.fetch("SELECT is_operator(%s) AS operator", (person.id,))
    return PersonRead(**dict(person), **row)


async def _credential(request: Request, _: Annotated[Person, Depends(authenticate)]) -> Credential:
    credential: Credential = request.state.credential
    return credential


def session_cookie(request: Request) -> str:
    """The name of the session's cookie on this line."""
    return SECURE_COOKIE if request.url.scheme == "https" else COOKIE


def check_own_page(request: Request) -> None:
    """Raise NotAllowedError for what a foreign page may have made this browser send."""
    if not _is_own(request.headers):
        raise NotAllowedError("another site's page may not write here")
    # A browser adds the cookie to whatever any page sends here, but lets only our own pages set this header.
    if "x-taskwake" not in request.headers:
        raise NotAllowedError("a write with the session cookie needs the header X-Taskwake")


def _is_own(headers: Headers) -> bool:
    """Whether no foreign page asks, as the browser says; an old one only tells whose page it is."""
    if site := headers.get("sec-fetch-site"):
        return site in OWN_PAGE
    origin = headers.get("origin")
    return origin is None or origin.partition("://")[2] == headers.get("host")


async def _authenticated(request: Request) -> tuple[Person, Credential]:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if token := token.strip():
        if scheme.lower() != "bearer":
            raise UnauthenticatedError("send the header Authorization: Bearer <token>")
        issuer: oidc.Issuer | None = request.app.state.api.oidc
        if issuer and oidc.looks_like_jwt(token):
            return await _known_by(issuer, token, request.app.state.api.database)
        return await _look_up(request, token, "token")
    session = request.cookies.get(session_cookie(request))
    if not session:
        raise UnauthenticatedError("log in with the printed one-time address, or send Authorization: Bearer <token>")
    if request.method not in SAFE_METHODS:
        check_own_page(request)
    return await _look_up(request, session, "session")


async def _look_up(request: Request, secret: str, kind: str) -> tuple[Person, Credential]:
    database: Database = request.app.state.api.database
    digest = hashed(secret)
    rows = await database.fetch(
        f"SELECT {PERSON_COLUMNS}, credential_id, scopes, unnoted "  # noqa: S608 - constants
        "FROM authenticate(%(hash)s, %(kinds)s), credential_of(%(hash)s, %(kinds)s)",
        {"hash": digest, "kinds": [kind]},
    )
    if not rows:
        raise UnauthenticatedError("this token or session is not valid (any more); log in again", shown=True)
    row = rows[0]
    credential_id, scopes, unnoted = row.pop("credential_id"), row.pop("scopes"), row.pop("unnoted")
    if unnoted:
        await database.fetch("SELECT note_use(%s)", (digest,))
    return Person(**row), Credential(credential_id, kind, ALL if scopes is None else tuple(scopes))


async def _known_by(issuer: oidc.Issuer, token: str, database: Database) -> tuple[Person, Credential]:
    """Who the provider says it is: by issuer and subject only. Somebody new gets an account of their own."""
    claims = await issuer.verify(token)
    query = f"SELECT {PERSON_COLUMNS} FROM user_of_identity(%s, %s)"  # noqa: S608 - constants
    known = (claims.issuer, claims.subject)
    if not (rows := await database.fetch(query, known)):
        await database.fetch("SELECT add_identity(%s, %s, %s, %s)", (*known, claims.name, claims.zone))
        rows = await database.fetch(query, known)
    return Person(**rows[0]), Credential(None, "oidc", claims.scopes)


def _check_scopes(request: Request, credential: Credential) -> None:
    route = request.scope.get("route")
    path = getattr(route, "path", request.url.path)
    wanted = permissions.needed(request.method, path, getattr(route, "tags", ()))
    permissions.check(credential.scopes, wanted, f"{request.method} {path}")


async def open_session(database: Database, login: str, browser: str) -> tuple[UUID, str] | None:
    """Turn a one-time login into a session of this browser, as it calls itself: (user id, the session's secret), or
    null when the login was used or is old."""
    session = new_secret()
    rows = await database.fetch(
        "SELECT open_session(%s, %s, make_interval(days => %s), %s) AS user_id",
        (hashed(login), hashed(session), SESSION_DAYS, browser),
    )
    return (rows[0]["user_id"], session) if rows else None


def set_session(request: Request, answer: Response, session: str) -> None:
    """Let the browser keep the session, out of reach of any page's script."""
    secure = request.url.scheme == "https"
    answer.set_cookie(
        session_cookie(request), session, max_age=SESSION_DAYS * 86_400, httponly=True, samesite="lax", secure=secure
    )


def forget_session(request: Request, answer: Response) -> None:
    """Let the browser forget it."""
    secure = request.url.scheme == "https"
    answer.delete_cookie(session_cookie(request), httponly=True, samesite="lax", secure=secure)


Asking = Annotated[Person, Depends(authenticate)]
Standing = Annotated[PersonRead, Depends(_with_standing)]
"""Who asks, and whether they are an operator: looked up only for who needs to know."""
Shown = Annotated[Credential, Depends(_credential)]
