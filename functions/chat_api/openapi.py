"""The OpenAPI document: what FastAPI says of the routes, put right where it would say something else than they do."""

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute, iter_route_contexts
from starlette.routing import Route

from functions.chat_api import answers
from functions.chat_api.access import COOKIE, asks_who
from functions.chat_api.models.problem import Problem
from functions.chat_api.parameters import described

RESPONSES: dict[int | str, dict[str, Any]] = {"4XX": {"description": "Replaced by `answers`."}}
"""Naming 4XX keeps FastAPI from promising a 422 of its own shape; in its place come the errors of each operation."""

SECURITY_SCHEMES = {
    "token": {
        "type": "http",
        "scheme": "bearer",
        "description": "Of `taskwake token`, of POST /tokens, or of your OpenID provider.",
    },
    "session": {
        "type": "apiKey",
        "in": "cookie",
        "name": COOKIE,
        "description": "Of the web page's login; a write also needs the header X-Taskwake.",
    },
}
_TIME = r"([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d{1,6})?)?"
LOCAL = {
    "date-time": {"format": "local-date-time", "pattern": rf"^\d{{4}}-\d{{2}}-\d{{2}}[Tt ]{_TIME}$"},
    "time": {"format": "local-time", "pattern": rf"^{_TIME}$"},
}
"""What stands for these formats of RFC 3339, which ask for an offset, where a time is one by the clocks on a wall."""


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
        components["responses"] = answers.components()
        components["schemas"] |= _problem_schemas()
        for name, model in components["schemas"].items():
            _put_local_times_right(model.get("properties", {}))
            if name.endswith("Change"):
                _drop_defaults(model["properties"])
        _complete(schema, _public(app))
        app.openapi_schema = schema
    return app.openapi_schema


def _complete(schema: dict[str, Any], public: set[str]) -> None:
    """Give each operation its errors, a summary in a sentence's case, and examples."""
    from functions.chat_api.examples import example
    from functions.chat_api.refusals import examples_of

    schemas = schema["components"]["schemas"]
    for path, methods in schema["paths"].items():
        for method, operation in methods.items():
            secured = operation["operationId"] not in public
            if not secured:
                operation["security"] = []
            responses = operation["responses"]
            del responses["4XX"]
            responses |= answers.of(method, operation, examples_of(method, path, operation), secured=secured)
            operation["summary"] = operation["summary"].capitalize()
            for parameter in operation.get("parameters", []):
                parameter |= described(parameter) | {"schema": _without_null(parameter["schema"])}
            bodies = [operation["requestBody"]] if "requestBody" in operation else []
            for body in [*bodies, *responses.values()]:
                media = body.get("content", {}).get("application/json")
                if media and "examples" not in media:
                    media["examples"] = {"example": {"value": example(media["schema"], schemas)}}


def _without_null(schema: dict[str, Any]) -> dict[str, Any]:
    """A parameter is text: there is no null in a query or a header, it is left out instead."""
    choices = [choice for choice in schema.get("anyOf", []) if choice != {"type": "null"}]
    if len(choices) != 1:
        return schema
    return {**choices[0], **{name: value for name, value in schema.items() if name != "anyOf"}}


def routes_of(app: FastAPI) -> list[Route]:
    """Each route of the app, those of its routers too."""
    routes = [context.original_route for context in iter_route_contexts(app.routes)]
    return [route for route in routes if isinstance(route, Route)]


def _public(app: FastAPI) -> set[str]:
    """The operations that ask nobody who they are."""
    routes = [route for route in routes_of(app) if isinstance(route, APIRoute)]
    return {operation_id(route) for route in routes if not asks_who(route.dependant)}


def _problem_schemas() -> dict[str, Any]:
    problem = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    return {**problem.pop("$defs"), "Problem": problem}


def _put_local_times_right(properties: dict[str, Any]) -> None:
    """A wall-clock time has no offset; every time of day is one, and each member that is called so."""
    for name, schema in properties.items():
        for choice in [schema, *schema.get("anyOf", [])]:
            given = choice.get("format")
            if given == "time" or (given == "date-time" and name.endswith("_local")):
                choice |= LOCAL[given]


def _drop_defaults(properties: dict[str, Any]) -> None:
    """A field that a change does not name stays as it is: no default stands for it."""
    for schema in properties.values():
        schema.pop("default", None)
