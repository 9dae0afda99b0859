"""What every operation may be answered besides its success: which errors by its shape, and each with an example."""

from http import HTTPStatus
from typing import Any

PROBLEM = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}

_SOMEBODY = "1ca9ab3d-14d1-4b15-9a30-7d4cb3aeefcd"
_TOLD: dict[int, tuple[str, str, str]] = {
    400: ("NotJson", "The body is not JSON.", "body: not JSON: Expecting value"),
    401: (
        "Unauthenticated",
        "Nobody knows who asks.",
        "log in with the printed one-time address, or send Authorization: Bearer <token>",
    ),
    403: ("NotAllowed", "Who asks may not do this.", "a write with the session cookie needs the header X-Taskwake"),
    404: (
        "NotFound",
        "No such thing, or none that you may see or change.",
        f"there is no task {_SOMEBODY}, or none that you may see",
    ),
    409: (
        "Conflict",
        "The present state forbids it.",
        "only an occurrence of a recurring task can be skipped; complete or delete this task",
    ),
    410: (
        "Expired",
        "The cursor is of another database, or of before the event log begins.",
        "this cursor is of another database than the one that is here now; begin anew, without a cursor",
    ),
    412: (
        "Outdated",
        "It was changed meanwhile; nothing was done.",
        'the task was changed meanwhile: it is at version 2 now, its ETag is "2"; nothing was done, read it again',
    ),
    413: ("TooLarge", "The body is too large.", "the body is larger than 1048576 bytes"),
    414: ("AddressTooLong", "Path and query are too long.", "path and query are longer than 16384 bytes"),
    415: (
        "NotJsonType",
        "The body is of another type than JSON.",
        "body: send JSON, with Content-Type: application/json",
    ),
    422: ("Invalid", "A field is wrong; nothing was done.", "title: Field required"),
    429: ("TooMany", "You asked too often.", "more requests than 600 a minute; try again in 3 s"),
    431: ("HeadersTooLarge", "The headers are too large.", "the headers are larger than 32768 bytes together"),
    503: (
        "NotNow",
        "Not now: nothing was changed, try again; or, if the detail says so, it may have been done.",
        "the database does not answer now; nothing was changed, try again",
    ),
}
"""By status: the component's name, when it is given, and the detail of its example."""

_HEADERS: dict[int, dict[str, str]] = {
    401: {"WWW-Authenticate": "`Bearer`."},
    415: {"Accept": "What this operation takes."},
    429: {
        "Retry-After": "After so many seconds it may be asked again.",
        "RateLimit": "What is left (`r`), and in how many seconds all of it is there again (`t`).",
        "RateLimit-Policy": "How much there is (`q`) in so many seconds (`w`).",
    },
    503: {"Retry-After": "After so many seconds it may be asked again."},
}
_FIELDS = {
    400: ("body", "not JSON: Expecting value"),
    415: ("body", "send JSON, with Content-Type: application/json"),
    422: ("title", "Field required"),
}


_RENAMED = {413: "Content Too Large", 414: "URI Too Long", 422: "Unprocessable Content"}


def title(status: int) -> str:
    """What RFC 9110 calls it; Python does so from 3.13 on."""
    return _RENAMED.get(status) or HTTPStatus(status).phrase


def declared(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The errors of a route that do not follow from its shape, for its `responses`: `declared(409)`."""
    return {status: {"$ref": _reference(status)} for status in statuses}


def components() -> dict[str, Any]:
    """The components/responses of the document, by name."""
    return {name: _component(status) for status, (name, _, _) in _TOLD.items()}


def of(method: str, operation: dict[str, Any], *, secured: bool) -> dict[str, Any]:
    """The errors that an operation can be answered with, by what it takes."""
    where = {parameter["in"] for parameter in operation.get("parameters", [])}
    body = "requestBody" in operation
    conditional = any(parameter["name"] == "If-Match" for parameter in operation.get("parameters", []))
    given = {
        400: body,
        401: secured,
        403: secured,
        404: "path" in where,
        412: conditional,
        413: method != "get",
        414: True,
        415: body,
        422: body or bool(where),
        429: secured,
        431: True,
        503: True,
    }
    return {str(status): {"$ref": _reference(status)} for status, is_given in given.items() if is_given}


def _reference(status: int) -> str:
    return f"#/components/responses/{_TOLD[status][0]}"


def _component(status: int) -> dict[str, Any]:
    _, description, detail = _TOLD[status]
    field = _FIELDS.get(status)
    example = {
        "type": "about:blank",
        "title": title(status),
        "status": status,
        "detail": detail,
        "errors": [{"field": field[0], "message": field[1]}] if field else [],
    }
    [(media_type, media)] = PROBLEM.items()
    component: dict[str, Any] = {
        "description": description,
        "content": {media_type: {**media, "examples": {"problem": {"value": example}}}},
    }
    if status in _HEADERS:
        component["headers"] = {
            name: {"description": text, "schema": {"type": "string"}, "required": True}
            for name, text in _HEADERS[status].items()
        }
    return component
