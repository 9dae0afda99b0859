"""The relay: always awake beside chat-api's anchor, so that an event wakes no chat-api that sleeps at zero.

    POST /wake     Dapr: something happened (in bulk)
    GET  /wakes    a chat-api that somebody watches: a line for each time, until it hangs up
    GET  /healthz  200

Dapr delivers an event to one replica of an app, whether it sleeps or not. The relay takes all of them, tells every
replica that listens, and forgets them: a replica reads the event log when it begins to listen, so it misses nothing.
"""

import asyncio
from collections.abc import AsyncIterator

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

from functions.chat_api.edge import MAX_WAKE_BYTES
from functions.chat_api.wakes import take
from functions.kernel.dapr import app_token as dapr_token
from functions.kernel.host.bodies import BoundedRequest
from functions.kernel.settings import from_environment
from functions.kernel.telemetry import logs

PORT = 8081
HEARTBEAT_SECONDS = 15
WAKE, ALIVE = b"wake\n", b"alive\n"


class Relay:
    """Who listens, and the application that they and Dapr ask."""

    def __init__(self, app_token: str | None) -> None:
        self._app_token = app_token
        self._listeners: set[asyncio.Event] = set()
        self.app = Starlette(
            routes=[
                Route("/wake", self._wake, methods=["POST"]),
                Route("/wakes", self._wakes),
                Route("/healthz", _healthz),
                Route("/dapr/subscribe", _nothing),
                Route("/dapr/config", _nothing),
            ]
        )

    async def _wake(self, request: Request) -> Response:
        if not dapr_token.shown(request.headers, self._app_token):
            return PlainTextResponse("the header dapr-api-token is missing or wrong\n", 401)
        if int(request.headers.get("content-length") or 0) > MAX_WAKE_BYTES:
            return PlainTextResponse(f"larger than {MAX_WAKE_BYTES} bytes\n", 413)
        taken = take(await request.body())
        if taken is None:
            return PlainTextResponse("not Dapr's bulk envelope\n", 422)
        for listener in self._listeners:
            listener.set()
        return Response(taken, media_type="application/json")

    async def _wakes(self, request: Request) -> Response:
        if not dapr_token.shown(request.headers, self._app_token):
            return PlainTextResponse("the header dapr-api-token is missing or wrong\n", 401)
        return StreamingResponse(self._lines(), media_type="text/plain")

    async def _lines(self) -> AsyncIterator[bytes]:
        listener = asyncio.Event()
        self._listeners.add(listener)
        try:
            yield ALIVE
            while True:
                try:
                    async with asyncio.timeout(HEARTBEAT_SECONDS):
                        await listener.wait()
                except TimeoutError:
                    yield ALIVE
                else:
                    # However often it was set meanwhile, one look into the log sees it all.
                    listener.clear()
                    yield WAKE
        finally:
            self._listeners.discard(listener)


async def _healthz(_: Request) -> Response:
    return PlainTextResponse("ok\n")


async def _nothing(request: Request) -> Response:
    return Response("[]" if request.url.path.endswith("subscribe") else "{}", media_type="application/json")


def main() -> None:
    """Serve until SIGTERM."""
    relay = Relay(from_environment().app_token)
    logs.to_stdout(function="relay")
    uvicorn.run(
        relay.app,
        host="0.0.0.0",  # noqa: S104 - a pod's
        port=PORT,
        log_config=None,
        http=BoundedRequest,
        access_log=False,
        timeout_graceful_shutdown=1,
    )


if __name__ == "__main__":
    main()
