"""Errors at the HTTP edge: every one is application/problem+json (RFC 9457)."""

import logging
from collections.abc import Mapping, Sequence
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from psycopg import OperationalError
from psycopg.errors import DiskFull, TransactionTimeout
from psycopg_pool import PoolTimeout, TooManyRequests
from pydantic import ValidationError
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.responses import JSONResponse
from starlette.routing import Match

from functions.chat_api.answers import title
from functions.chat_api.head import with_head
from functions.chat_api.models.problem import FieldProblem, Problem
from functions.chat_api.observed import HEADER
from functions.chat_api.openapi import routes_of
from functions.chat_api.permissions import SAFE_METHODS
from functions.kernel.domain.reminder import FORMS
from functions.kernel.errors import (
    AlarmUnavailableError,
    ConflictError,
    ExpiredError,
    InsufficientScopeError,
    InvalidInputError,
    IssuerUnavailableError,
    NotAllowedError,
    NotFoundError,
    OutdatedError,
    RateLimitedError,
    SecretMissingError,
    TaskwakeError,
    UnauthenticatedError,
)
from functions.kernel.storage.database import TRANSACTION_TIMEOUT_SECONDS
from functions.kernel.telemetry import trace

log = logging.getLogger(__name__)

JSON = "application/json"

STATUS_OF: dict[type[TaskwakeError], int] = {
    InvalidInputError: 422,
    NotFoundError: 404,
    ConflictError: 409,
    ExpiredError: 410,
    OutdatedError: 412,
    InsufficientScopeError: 403,
    NotAllowedError: 403,
    UnauthenticatedError: 401,
    RateLimitedError: 429,
    SecretMissingError: 503,
    AlarmUnavailableError: 503,
    IssuerUnavailableError: 503,
}
NOT_NOW = (OperationalError, PoolTimeout, TransactionTimeout)
"""What psycopg raises where the database does not answer, or not in time."""
HEADERS_OF: dict[int, dict[str, str]] = {401: {"www-authenticate": "Bearer"}, 503: {"retry-after": "1"}}


def problem(
    status: int, detail: str, errors: Sequence[FieldProblem] = (), headers: dict[str, str] | None = None
) -> JSONResponse:
    """The answer that tells of a problem."""
    return _answer(Problem(title=title(status), status=status, detail=detail, errors=list(errors)), headers)


def _answer(content: Problem, headers: dict[str, str] | None) -> JSONResponse:
    said = content.model_dump(exclude_none=True)
    return JSONResponse(said, content.status, headers, media_type="application/problem+json")


def install(app: FastAPI) -> None:
    """Let every error of this app be answered as a problem."""
    app.add_exception_handler(TaskwakeError, _taskwake_error)
    app.add_exception_handler(ProblemError, _problem_error)
    app.add_exception_handler(RequestValidationError, _invalid_request)
    app.add_exception_handler(HTTPException, _http_error)
    app.add_exception_handler(ClientDisconnect, _gone)
    for away in NOT_NOW:
        app.add_exception_handler(away, _unavailable)
    app.add_exception_handler(Exception, _unexpected)


class ProblemError(Exception):
    """To be answered with this problem."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.detail)
        self.problem = problem


def described(error: TaskwakeError | ValidationError) -> Problem:
    """The problem of an error that a person can meet."""
    if isinstance(error, ValidationError):
        errors = [_field_problem({**entry, "loc": ("body", *entry["loc"])}) for entry in error.errors()]
        status, detail = 422, "; ".join(f"{each.field}: {each.message}" for each in errors)
    else:
        status = next((code for kind, code in STATUS_OF.items() if isinstance(error, kind)), 500)
        detail = str(error)
        errors = []
        if isinstance(error, InvalidInputError):
            start, end = error.span or (None, None)
            errors = [FieldProblem(field=error.field, message=error.message, start=start, end=end)]
    return Problem(title=title(status), status=status, detail=detail, errors=errors)


async def _taskwake_error(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, TaskwakeError)  # noqa: S101 - installed for this class
    content = described(error)
    if content.status >= 500:
        log.warning("%s: %s", type(error).__name__, error)
    return _answer(content, _headers(error) or HEADERS_OF.get(content.status))


def _headers(error: TaskwakeError) -> dict[str, str]:
    """When to come again, or what RFC 6750 §3.1 has said of a token that is not enough."""
    match error:
        case RateLimitedError():
            return {"retry-after": str(error.seconds)}
        case InsufficientScopeError():
            return {"www-authenticate": f'Bearer error="insufficient_scope", scope="{" ".join(error.missing)}"'}
        case UnauthenticatedError(shown=True):
            return {"www-authenticate": 'Bearer error="invalid_token"'}
    return {}


async def _problem_error(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, ProblemError)  # noqa: S101 - installed for this class
    return _answer(error.problem, HEADERS_OF.get(error.problem.status))


async def _invalid_request(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)  # noqa: S101 - installed for this class
    if _is_of_another_type(request) and any(entry["loc"] == ("body",) for entry in error.errors()):
        # FastAPI reads no body but JSON, and takes another for a text.
        wrong = FieldProblem(field="body", message=f"send JSON, with Content-Type: {JSON}")
        return problem(415, f"{wrong.field}: {wrong.message}", [wrong], {"accept": JSON})
    problems = [_field_problem(entry) for entry in error.errors()]
    status = 400 if any(entry["type"] == "json_invalid" for entry in error.errors()) else 422
    return problem(status, "; ".join(f"{p.field}: {p.message}" for p in problems), problems)


def _is_of_another_type(request: Request) -> bool:
    given = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    return bool(given) and given != JSON and not given.endswith("+json")


def _field_problem(entry: Mapping[str, Any]) -> FieldProblem:
    if entry["type"] == "json_invalid":
        return FieldProblem(field="body", message=f"not JSON: {entry['ctx']['error']}")
    loc = entry["loc"]
    # Behind its place in the list Pydantic names the form that it took a reminder for, which is no member.
    path = [
        str(part)
        for before, part in zip((None, *loc), loc, strict=False)
        if not isinstance(before, int) or part not in FORMS.values()
    ]
    # "body", "query" or "path" says where FastAPI looked; the field itself is what follows.
    return FieldProblem(field=".".join(path[1:]) or path[0], message=entry["msg"].removeprefix("Value error, "))


async def _http_error(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)  # noqa: S101 - installed for this class
    errors = []
    headers = {name.lower(): value for name, value in (error.headers or {}).items()}
    if error.status_code == 405:
        headers["allow"] = ", ".join(sorted(_methods_of(request)))
    if error.status_code == 400:
        # FastAPI's answer to a body that it cannot read, and to nothing else here.
        errors.append(FieldProblem(field="body", message=_unreadable(error.__cause__)))
    return problem(error.status_code, str(error.detail), errors, headers)


def _methods_of(request: Request) -> set[str]:
    """What the path takes: Starlette names but those of the first route of it. A path of its own, as
    /dead-letters/audit, is not also one of those with an id in that place."""
    partial = [route for route in routes_of(request.app) if route.matches(request.scope)[0] is Match.PARTIAL]
    methods = {method for route in partial if route.path == partial[0].path for method in route.methods or ()}
    return with_head(methods, request.url.path)


def _unreadable(cause: BaseException | None) -> str:
    match cause:
        case UnicodeDecodeError():
            return "not UTF-8"
        case RecursionError():
            return "objects or arrays lie too deep within each other"
    return "not JSON that can be read; look at its numbers"


async def _gone(_: Request, __: Exception) -> JSONResponse:
    """Nobody is there to be answered: no fault of ours, to be counted and logged as one."""
    return problem(400, "the connection ended before the body did")


async def _unexpected(_: Request, __: Exception) -> JSONResponse:
    """Of ours; who asks about it names its trace, by which it is found in the log."""
    here = trace.current()
    detail = "this went wrong in Taskwake itself; its log says why" + (f", under {here.trace_id}" if here else "")
    return problem(500, detail, headers={HEADER: here.traceparent} if here else None)


async def _unavailable(request: Request, error: Exception) -> JSONResponse:
    # The route, not the path: in a calendar's there is its secret.
    route = getattr(request.scope.get("route"), "path", "")
    log.warning("%s %s: %s: %s", request.method, route, type(error).__name__, error)
    detail = not_now(error, changes=request.method not in SAFE_METHODS)
    return problem(503, detail, headers=HEADERS_OF[503])


def not_now(error: Exception, *, changes: bool) -> str:
    """What to say when the database failed; `changes`: what was asked for would have changed something. A connection
    that broke may have done so as the commit was on its way, and nobody knows whether it arrived."""
    if isinstance(error, DiskFull):
        return "the disk of the database is full, so nothing was changed; this works again once there is space on it"
    if isinstance(error, TransactionTimeout):
        return (
            f"this took longer than {TRANSACTION_TIMEOUT_SECONDS} s, so nothing was changed; try again, or ask for "
            "less at once"
        )
    if isinstance(error, TooManyRequests):
        return "too many wait for the database; nothing was changed, try again"
    if not changes or isinstance(error, PoolTimeout):  # there was not even a connection
        return "the database does not answer now; nothing was changed, try again"
    return (
        "the database was cut off in the middle: this may have been done; look, or send it again with the "
        "Idempotency-Key that it had"
    )
