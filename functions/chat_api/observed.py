"""A request as an operator sees it: one span of its caller's trace, or of a new one, whose id the answer tells."""

import time

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from functions.kernel.telemetry import measures, trace
from functions.kernel.telemetry.spans import Span, Value, span

HEADER = "traceresponse"
"""Of the answer: the W3C's draft of it has the form of `traceparent`."""
_METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}
UNSEEN = "/healthz"
"""Asked every few seconds, by machines."""


class Observed:
    """Pure ASGI, around everything else. What it says of a request is its route, never its address, in which there may
    be a secret."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http" or scope["path"] == UNSEEN:
            await self._app(scope, receive, send)
            return
        began = time.monotonic()
        method = scope["method"] if scope["method"] in _METHODS else "_OTHER"
        status, streams, ended = 500, False, 0.0

        async def told(message: Message) -> None:
            nonlocal status, streams, ended
            if message["type"] == "http.response.start":
                status, ended = message["status"], time.monotonic()
                streams = (b"content-type", b"text/event-stream") in [
                    (name, value.partition(b";")[0]) for name, value in message["headers"]
                ]
                message["headers"] = [*message["headers"], (HEADER.encode(), request.context.traceparent.encode())]
            await send(message)

        try:
            with span(method, "server", _caller(scope), attributes={"http.request.method": method}) as request:
                try:
                    await self._app(scope, receive, told)
                finally:
                    # A stream is open until somebody hangs up: what it took is what its beginning took.
                    seconds = (ended if streams else time.monotonic()) - began
                    _tell(request, method, scope, status, seconds)
        except Exception:
            # Whoever logs it, or answers, out there, does so for this request.
            trace.enter(request.context)
            raise


def _caller(scope: Scope) -> trace.TraceContext | None:
    given = [value for name, value in scope["headers"] if name == b"traceparent"]
    return trace.parse(given[0].decode("latin-1")) if len(given) == 1 else None


def _tell(request: Span, method: str, scope: Scope, status: int, seconds: float) -> None:
    known: dict[str, Value] = {"http.request.method": method, "http.response.status_code": status}
    if route := getattr(scope.get("route"), "path", None):
        known["http.route"] = route
        request.name(f"{method} {route}")
    for name, value in known.items():
        request.tell(name, value)
    measures.measured(measures.REQUEST, seconds, known)
