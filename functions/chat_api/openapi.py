"""The OpenAPI document: what FastAPI says of the routes, put right where it would say something else than they do."""

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute

from functions.chat_api.access import COOKIE
from functions.chat_api.models.problem import Problem

PROBLEM = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
RESPONSES: dict[int | str, dict[str, Any]] = {
    "4XX": {"description": "What is wrong, and in which field.", "content": PROBLEM},
    "503": {"description": "Not now: nothing was changed, try again.", "content": PROBLEM},
}
"""The errors of every route. Naming 4XX also keeps FastAPI from promising a 422 of its own shape."""

SECURITY_SCHEMES = {
    "token": {"type": "http", "scheme": "bearer", "description": "Of `taskwake token`."},
    "session": {
        "type": "apiKey",
        "in": "cookie",
        "name": COOKIE,
        "description": "Of the web page's login; a write also needs the header X-Taskwake.",
    },
}
LOCAL_TIME = {"type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?$"}


def operation_id(route: APIRoute) -> str:
    """The route's function name: a client's method is then called like it."""
    return route.name


def document(app: FastAPI) -> dict[str, Any]:
    """The OpenAPI document of this app; made once."""
    if app.openapi_schema is None:
        schema = get_openapi(title=app.title, version=app.version, description=app.description, routes=app.routes)
        schema["security"] = [{name: []} for name in SECURITY_SCHEMES]
        components = schema["components"]
        components["securitySchemes"] = SECURITY_SCHEMES
        components["schemas"] |= _problem_schemas()
        for name, model in components["schemas"].items():
            _put_local_time_right(model.get("properties", {}))
            if name.endswith("Change"):
                _drop_defaults(model["properties"])
        app.openapi_schema = schema
    return app.openapi_schema


def _problem_schemas() -> dict[str, Any]:
    problem = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    return {**problem.pop("$defs"), "Problem": problem}


def _put_local_time_right(properties: dict[str, Any]) -> None:
    """A wall-clock time has no offset, which the format date-time (RFC 3339) asks for."""
    choices = properties.get("due_local", {}).get("anyOf", [])
    for index, choice in enumerate(choices):
        if choice.get("format") == "date-time":
            choices[index] = LOCAL_TIME


def _drop_defaults(properties: dict[str, Any]) -> None:
    """A field that a change does not name stays as it is: no default stands for it."""
    for schema in properties.values():
        schema.pop("default", None)
