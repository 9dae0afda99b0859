"""What stands before every request: a cap on bodies, and the headers that keep a browser safe."""

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from functions.chat_api.problems import problem

MAX_BODY_BYTES = 1024 * 1024

SECURITY_HEADERS = [
    (
        b"content-security-policy",
        b"default-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    ),
    (b"referrer-policy", b"no-referrer"),
    (b"x-content-type-options", b"nosniff"),
]


class _BodyTooLargeError(Exception):
    pass


class Edge:
    """Pure ASGI, so that a stream is passed on as it comes."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        size, started = 0, False

        async def counted() -> Message:
            nonlocal size
            message = await receive()
            size += len(message.get("body", b""))
            if size > MAX_BODY_BYTES:
                raise _BodyTooLargeError
            return message

        async def secured(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                message["headers"] = [*message.get("headers", []), *SECURITY_HEADERS]
            await send(message)

        try:
            await self._app(scope, counted, secured)
        except _BodyTooLargeError:
            if started:
                raise
            answer = problem(413, f"the body is larger than {MAX_BODY_BYTES} bytes")
            await answer(scope, receive, secured)
