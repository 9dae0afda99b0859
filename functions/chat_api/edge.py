"""What stands before every request: a cap on bodies, and the headers that keep a browser safe and a program patient."""

from fastapi import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from functions.chat_api.limits import STATE

MAX_BODY_BYTES = 1024 * 1024
MAX_IMPORT_BYTES = 10 * 1024 * 1024
MAX_WAKE_BYTES = 64 * 1024 * 1024
"""Of Dapr's bulk, which has no limit of its own: 200 events of 256 KiB."""
_LIMITS = {"/wake": MAX_WAKE_BYTES, "/import": MAX_IMPORT_BYTES}

SECURITY_HEADERS = [
    (
        b"content-security-policy",
        b"default-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    ),
    (b"referrer-policy", b"no-referrer"),
    (b"x-content-type-options", b"nosniff"),
]


class Edge:
    """Pure ASGI, so that a stream is passed on as it comes."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        size = 0
        state = scope.setdefault("state", {})
        limit = _LIMITS.get(scope["path"], MAX_BODY_BYTES)

        async def counted() -> Message:
            nonlocal size
            message = await receive()
            size += len(message.get("body", b""))
            if size > limit:
                # FastAPI passes its own exception on; any other would be taken for a body that is no JSON. The
                # connection is closed, since what is left of the body would have to be read first.
                raise HTTPException(413, f"the body is larger than {limit} bytes", {"connection": "close"})
            return message

        async def secured(message: Message) -> None:
            if message["type"] == "http.response.start":
                standing = state.get(STATE, ())
                message["headers"] = [*message.get("headers", []), *SECURITY_HEADERS, *standing]
            await send(message)

        await self._app(scope, counted, secured)
