"""HEAD: what GET would say, without what it would send (RFC 9110 §9.3.2)."""

from starlette.types import ASGIApp, Receive, Scope, Send

GET_ONLY = frozenset({"/login", "/events"})
"""A login is used up by opening it, and a stream would not end."""


class Head:
    """Pure ASGI: answers HEAD as GET, wherever that is. The server, which knows what it was asked, leaves the content
    out."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http" or scope["method"] != "HEAD" or scope["path"] in GET_ONLY:
            await self._app(scope, receive, send)
            return
        asked = {**scope, "method": "GET"}
        try:
            await self._app(asked, receive, send)
        finally:
            scope["route"] = asked.get("route")  # by which it is counted outside


def with_head(methods: set[str], path: str) -> set[str]:
    """The methods that a path takes, of those that its routes name."""
    return methods | {"HEAD"} if "GET" in methods and path not in GET_ONLY else methods
