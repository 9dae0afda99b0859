"""Notices calls by gRPC that nobody answered. Imports the SDK's gRPC, so it is imported with the first client."""

import asyncio
from collections.abc import Callable
from typing import Any

from grpc import StatusCode
from grpc.aio import UnaryUnaryClientInterceptor


class Unanswered(UnaryUnaryClientInterceptor):
    """Says `tell` of each call that had no answer within its time, or that its caller gave up."""

    def __init__(self, tell: Callable[[], None]) -> None:
        self._tell = tell

    async def intercept_unary_unary(self, continuation: Any, client_call_details: Any, request: Any) -> Any:
        """The call, once it has ended."""
        call = await continuation(client_call_details, request)
        try:
            code = await call.code()
        except asyncio.CancelledError:
            call.cancel()
            self._tell()
            raise
        if code is StatusCode.DEADLINE_EXCEEDED:
            self._tell()
        return call
