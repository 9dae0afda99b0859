"""What stands before every request: a cap on bodies, and the headers that keep a browser safe and a program patient."""

from collections.abc import Iterator

from fastapi import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from functions.chat_api.limits import STATE

Header = tuple[bytes, bytes]

MAX_BODY_BYTES = 1024 * 1024
MAX_IMPORT_BYTES = 10 * 1024 * 1024
MAX_WAKE_BYTES = 64 * 1024 * 1024
"""Of Dapr's bulk, which has no limit of its own: 200 events of 256 KiB."""
MAX_URL_BYTES = 16 * 1024
"""Path and query: the longest of ours has 4,096 characters percent-encoded."""
MAX_HEADER_BYTES = 32 * 1024
"""All names and values together."""
_LIMITS = {"/wake": MAX_WAKE_BYTES, "/import": MAX_IMPORT_BYTES}

PAGE_POLICY = (
    b"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; manifest-src 'self'"
    b"; worker-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    b"; require-trusted-types-for 'script'; trusted-types worker"
)
"""The page's own files and API, and no script or style within the page; no text ever becomes HTML, and one address that
of a worker."""
DATA_POLICY = b"default-src 'none'; frame-ancestors 'none'"
"""What is no page does nothing, should a browser be made to show it."""
SECURITY_HEADERS = [
    (b"referrer-policy", b"no-referrer"),
    (b"x-content-type-options", b"nosniff"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
]
BY_TLS = (b"strict-transport-security", b"max-age=31536000")


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
                message["headers"] = [*_guarded(message, scope["scheme"]), *standing]
            await send(message)

        await (_too_large(scope) or self._app)(scope, counted, secured)


def _guarded(start: Message, scheme: str) -> Iterator[Header]:
    """The headers of an answer with those that guard it; what says nothing of caches is kept by none."""
    given: dict[bytes, bytes] = dict(start.get("headers", []))
    yield from start.get("headers", [])
    yield from SECURITY_HEADERS
    if b"cache-control" not in given:
        yield b"cache-control", b"no-store"
    if start["status"] != 304:  # which would give what a browser has already a policy that is not its own
        is_page = given.get(b"content-type", b"").startswith(b"text/html")
        yield b"content-security-policy", PAGE_POLICY if is_page else DATA_POLICY
    if scheme == "https":
        yield BY_TLS


def _too_large(scope: Scope) -> ASGIApp | None:
    """The answer to a request whose address or headers are larger than any that is meant."""
    from functions.chat_api.problems import problem  # the relay has only the limits from here

    if len(scope["raw_path"]) + len(scope["query_string"]) > MAX_URL_BYTES:
        return problem(414, f"path and query are longer than {MAX_URL_BYTES} bytes")
    if sum(len(name) + len(value) for name, value in scope["headers"]) > MAX_HEADER_BYTES:
        return problem(431, f"the headers are larger than {MAX_HEADER_BYTES} bytes together")
    return None
