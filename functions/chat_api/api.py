"""The application: its routes, errors and edge."""

from fastapi import FastAPI
from starlette.routing import Route

from functions.chat_api import openapi, problems
from functions.chat_api.context import ApiContext
from functions.chat_api.edge import Edge
from functions.chat_api.head import Head
from functions.chat_api.mcp.endpoint import McpEndpoint
from functions.chat_api.observed import Observed
from functions.chat_api.routes import (
    activity,
    calendars,
    chat,
    commands,
    dead_letters,
    export,
    filters,
    imports,
    labels,
    lists,
    live,
    members,
    notices,
    page,
    person,
    phrases,
    recurrences,
    reminders,
    sync,
    tasks,
    tokens,
    upcoming,
    webhooks,
)

DESCRIPTION = (
    "Tasks and reminders, by HTTP. Every time is RFC 3339; every error is application/problem+json. HEAD is answered "
    "as GET is, without the content."
)


def create_app(context: ApiContext | None = None) -> FastAPI:
    """The chat-api. Without a context it only knows its OpenAPI document; set `app.state.api` before it serves."""
    app = FastAPI(
        title="Taskwake",
        version="1",
        description=DESCRIPTION,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,  # an address with a slash too many is none, and no body is sent for nothing
        responses=openapi.RESPONSES,
        generate_unique_id_function=openapi.operation_id,
    )
    app.state.api = context
    for module in (
        tasks,
        upcoming,
        filters,
        commands,
        calendars,
        imports,
        recurrences,
        reminders,
        phrases,
        chat,
        person,
        tokens,
        lists,
        members,
        labels,
        notices,
        webhooks,
        live,
        sync,
        activity,
        export,
        dead_letters,
        page,
    ):
        app.include_router(module.router)
    if context and context.app_token:
        app.include_router(live.by_dapr)
    app.router.routes.append(Route("/mcp", McpEndpoint(), methods=["POST"], include_in_schema=False))
    problems.install(app)
    app.add_middleware(Head)
    app.add_middleware(Edge)
    app.add_middleware(Observed)

    @app.get("/healthz", include_in_schema=False)
    async def healthz() -> dict[str, str]:
        """200 as long as the process serves; it never wakes the database."""
        return {"status": "ok"}

    app.openapi = lambda: openapi.document(app)  # type: ignore[method-assign]
    return app
