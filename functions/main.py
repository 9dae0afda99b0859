"""The source file that functions-framework loads; FUNCTION_TARGET names the function.

FUNCTION_SOURCE=functions/main.py FUNCTION_TARGET=task-due uvicorn functions_framework.aio:app
"""

from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.types import ASGIApp

from functions.bootstrap.dapr import DaprTaskwake
from functions.catalogue import BY_NAME
from functions.kernel.host.http import answer
from functions.kernel.settings import from_environment

Target = Callable[[Request], Awaitable[ASGIApp]]


def __getattr__(name: str) -> Target:
    """The HTTP function of this name in the catalogue (PEP 562), made when the framework asks for it."""
    if name not in BY_NAME:
        raise AttributeError(f"no function is called {name!r}; there are {', '.join(BY_NAME)}")
    function = BY_NAME[name]
    taskwake = DaprTaskwake(from_environment())

    async def event_function(request: Request) -> ASGIApp:
        return await answer(request, lambda: taskwake.host(function), taskwake.settings.app_token)

    async def chat_api(_: Request) -> ASGIApp:
        # What a Starlette endpoint returns is called as an ASGI app: here, the whole application.
        return await taskwake.chat_api()

    target = chat_api if function.name == "chat-api" else event_function
    globals()[name] = target
    return target
