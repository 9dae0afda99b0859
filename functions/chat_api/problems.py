"""Errors at the HTTP edge: every one is application/problem+json (RFC 9457)."""

import logging
from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from psycopg import OperationalError
from psycopg_pool import PoolTimeout
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse

from functions.chat_api.models.problem import FieldProblem, Problem
from functions.kernel.domain.reminder import FORMS
from functions.kernel.errors import (
    AlarmUnavailableError,
    ConflictError,
    InvalidInputError,
    NotAllowedError,
    NotFoundError,
    OutdatedError,
    SecretMissingError,
    TaskwakeError,
    UnauthenticatedError,
)

log = logging.getLogger(__name__)

STATUS_OF: dict[type[TaskwakeError], int] = {
    InvalidInputError: 422,
    NotFoundError: 404,
    ConflictError: 409,
    OutdatedError: 412,
    NotAllowedError: 403,
    UnauthenticatedError: 401,
    SecretMissingError: 503,
    AlarmUnavailableError: 503,
}
HEADERS_OF: dict[int, dict[str, str]] = {401: {"www-authenticate": "Bearer"}, 503: {"retry-after": "1"}}


def problem(
    status: int, detail: str, errors: Sequence[FieldProblem] = (), headers: dict[str, str] | None = None
) -> JSONResponse:
    """The answer that tells of a problem."""
    content = Problem(title=HTTPStatus(status).phrase, status=status, detail=detail, errors=list(errors))
    return JSONResponse(content.model_dump(), status, headers, media_type="application/problem+json")


def install(app: FastAPI) -> None:
    """Let every error of this app be answered as a problem."""
    app.add_exception_handler(TaskwakeError, _taskwake_error)
    app.add_exception_handler(RequestValidationError, _invalid_request)
    app.add_exception_handler(HTTPException, _http_error)
    app.add_exception_handler(OperationalError, _unavailable)
    app.add_exception_handler(PoolTimeout, _unavailable)


async def _taskwake_error(_: Request, error: Exception) -> JSONResponse:
    status = next((code for kind, code in STATUS_OF.items() if isinstance(error, kind)), 500)
    errors = [FieldProblem(field=error.field, message=error.message)] if isinstance(error, InvalidInputError) else []
    return problem(status, str(error), errors, HEADERS_OF.get(status))


async def _invalid_request(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)  # noqa: S101 - installed for this class
    problems = [_field_problem(entry) for entry in error.errors()]
    status = 400 if any(entry["type"] == "json_invalid" for entry in error.errors()) else 422
    return problem(status, "; ".join(f"{p.field}: {p.message}" for p in problems), problems)


def _field_problem(entry: dict[str, Any]) -> FieldProblem:
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


async def _http_error(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)  # noqa: S101 - installed for this class
    errors = []
    if error.status_code == 400:
        # FastAPI's answer to a body that it cannot read, and to nothing else here.
        errors.append(FieldProblem(field="body", message=_unreadable(error.__cause__)))
    return problem(error.status_code, str(error.detail), errors, dict(error.headers or {}))


def _unreadable(cause: BaseException | None) -> str:
    match cause:
        case UnicodeDecodeError():
            return "not UTF-8"
        case RecursionError():
            return "objects or arrays lie too deep within each other"
    return "not JSON that can be read; look at its numbers"


async def _unavailable(request: Request, error: Exception) -> JSONResponse:
    log.warning("%s %s: %s: %s", request.method, request.url.path, type(error).__name__, error)
    detail = "the database does not answer now; nothing was changed, try again"
    return problem(503, detail, headers=HEADERS_OF[503])
