"""The source file that functions-framework loads; FUNCTION_TARGET names the function.

FUNCTION_SOURCE=functions/main.py FUNCTION_TARGET=task-due python -m functions.kernel.host.server
"""

import gc
from collections.abc import Awaitable, Callable
from contextlib import suppress

from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp

Target = Callable[[Request], Awaitable[ASGIApp]]


def __getattr__(name: str) -> Target:
    """The HTTP function of this name in the catalogue (PEP 562), made when the framework asks for it."""
    # What imports make is there to stay: to search it for garbage again and again is a fifth of a cold start.
    gc.disable()
    try:
        return _target(name)
    finally:
        gc.freeze()
        gc.enable()


def _target(name: str) -> Target:
    from functions.bootstrap.dapr import DaprTaskwake
    from functions.catalogue import BY_NAME
    from functions.kernel.errors import SecretMissingError
    from functions.kernel.host.http import answer
    from functions.kernel.settings import from_environment
    from functions.kernel.telemetry import logs, switch

    if name not in BY_NAME:
        raise AttributeError(f"no function is called {name!r}; there are {', '.join(BY_NAME)}")
    function = BY_NAME[name]
    logs.to_stdout(function=name)
    observed = switch.switch_on(name)
    taskwake = DaprTaskwake(from_environment())

    async def event_function(request: Request) -> ASGIApp:
        return await answer(request, lambda: taskwake.host(function), taskwake.settings.app_token)

    async def chat_api(request: Request) -> ASGIApp:
        if request.url.path == "/healthz":
            # Before the application is made, which takes a secret: without its daprd, the process is well all the same.
            return PlainTextResponse("ok\n")
        # What a Starlette endpoint returns is called as an ASGI app: here, the whole application.
        try:
            return await taskwake.chat_api()
        except (OSError, SecretMissingError) as error:
            return PlainTextResponse(f"not now: {error}\n", 503, headers={"retry-after": "1"})

    with suppress(RuntimeError):  # without an event loop, nothing is served yet
        taskwake.prepare(function)
    target: Target = chat_api if function.name == "chat-api" else event_function
    if observed:
        target = _to_the_last(target)
    globals()[name] = target
    return target


def _to_the_last(target: Target) -> Target:
    """The same function, of which an observer loses nothing when its process is ended."""
    from functions.bootstrap.last_words import LastWords

    last_words = LastWords()

    async def observed(request: Request) -> ASGIApp:
        return last_words.after(await target(request))

    return observed
