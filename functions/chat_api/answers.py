"""What every operation may be answered besides its success: which errors, by its shape, and each with examples."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

_JSON = "application/json"
PROBLEM = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}

_DESCRIPTIONS = {
    400: "The body is not JSON.",
    401: "Nobody knows who asks.",
    403: "Who asks may not do this.",
    404: "No such thing, or none that you may see or change.",
    409: "The present state forbids it.",
    410: "The cursor is of another database, or of before the event log begins.",
    412: "It was changed meanwhile; nothing was done.",
    413: "The body is too large.",
    414: "Path and query are too long.",
    415: "The body is of another type than this takes.",
    422: "A field is wrong; nothing was done.",
    429: "You asked too often.",
    431: "The headers are too large.",
    503: "Not now: nothing was changed, try again; or, if the detail says so, it may have been done.",
}
_ALIKE: dict[int, tuple[str, str]] = {
    400: ("NotJson", "body: not JSON: Expecting value"),
    401: ("Unauthenticated", "log in with the printed one-time address, or send Authorization: Bearer <token>"),
    413: ("TooLarge", "the body is larger than 1048576 bytes"),
    414: ("AddressTooLong", "path and query are longer than 16384 bytes"),
    415: ("NotJsonType", "body: send JSON, with Content-Type: application/json"),
    429: ("TooMany", "more requests than 600 a minute; try again in 1 s"),
    431: ("HeadersTooLarge", "the headers are larger than 32768 bytes together"),
    503: ("NotNow", "the database does not answer now; nothing was changed, try again"),
}
"""What every operation says alike: the component's name, and the detail of its example. Of the others each has examples
of its own (`refusals`)."""

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
_RENAMED = {413: "Content Too Large", 414: "URI Too Long", 422: "Unprocessable Content"}


def title(status: int) -> str:
    """What RFC 9110 calls it; Python does so from 3.13 on."""
    return _RENAMED.get(status) or HTTPStatus(status).phrase


def declared(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The errors of a route that do not follow from its shape, for its `responses`: `declared(409)`."""
    return {status: {"description": _DESCRIPTIONS[status]} for status in statuses}


def components() -> dict[str, Any]:
    """The components/responses of the document, by name."""
    return {name: _answer(status, {"problem": {"value": _alike(status)}}) for status, (name, _) in _ALIKE.items()}


def of(method: str, operation: dict[str, Any], own: Mapping[int, dict[str, Any]], *, secured: bool) -> dict[str, Any]:
    """The errors that an operation can be answered with, by what it takes; `own`: examples of its own, by status."""
    where = {parameter["in"] for parameter in operation.get("parameters", [])}
    body = "requestBody" in operation
    json = list(operation.get("requestBody", {}).get("content", ())) == [_JSON]
    given = {
        400: json,
        401: secured,
        403: 403 in own,
        404: "path" in where,
        412: any(parameter["name"] == "If-Match" for parameter in operation.get("parameters", [])),
        413: method != "get",
        414: True,
        415: body,
        422: body or bool(where),
        429: secured,
        431: True,
        503: True,
    }
    statuses = {status for status, is_given in given.items() if is_given}
    statuses |= {int(status) for status in operation["responses"] if status >= "4"}
    return {
        str(status): _answer(status, own.get(status, {}))
        if status in own or status not in _ALIKE
        else {"$ref": f"#/components/responses/{_ALIKE[status][0]}"}
        for status in sorted(statuses)
    }


def _alike(status: int) -> dict[str, Any]:
    detail = _ALIKE[status][1]
    field, _, message = detail.partition(": ")
    errors = [{"field": field, "message": message}] if field == "body" else []
    return {"type": "about:blank", "title": title(status), "status": status, "detail": detail, "errors": errors}


def _answer(status: int, examples: dict[str, Any]) -> dict[str, Any]:
    [(media_type, media)] = PROBLEM.items()
    component: dict[str, Any] = {
        "description": _DESCRIPTIONS[status],
        "content": {media_type: {**media, "examples": examples}},
    }
    if status in _HEADERS:
        component["headers"] = {
            name: {"description": text, "schema": {"type": "string"}, "required": True}
            for name, text in _HEADERS[status].items()
        }
    return component
