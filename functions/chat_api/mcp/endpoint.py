"""/mcp: streamable HTTP without sessions, so that any pod answers any request and none has to stay awake."""

from fastapi import Request
from starlette.types import Receive, Scope, Send

from functions.chat_api.access import authenticate
from functions.chat_api.edge import MAX_BODY_BYTES
from functions.kernel.errors import UnauthenticatedError


class McpEndpoint:
    """An ASGI application for POST requests; who asks shows a bearer token, as everywhere."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request. Raises UnauthenticatedError."""
        request = Request(scope, receive)
        if "authorization" not in request.headers:
            raise UnauthenticatedError(
                "send the header Authorization: Bearer <token>; a browser's session is not for this"
            )
        await authenticate(request)
        # Takes longer to import than all the rest of chat-api, and most pods never need it.
        from mcp.server.transport_security import TransportSecuritySettings

        from functions.chat_api.mcp.server import server

        mcp = server()
        # A foreign page that has another name stand for this address has no token to show.
        any_host = TransportSecuritySettings(enable_dns_rebinding_protection=False)
        mcp.streamable_http_app(
            json_response=True,
            stateless_http=True,
            max_request_body_size=MAX_BODY_BYTES,
            transport_security=any_host,
        )
        manager = mcp.session_manager  # which that made, and which runs once
        async with manager.run():
            await manager.handle_request(scope, receive, send)
