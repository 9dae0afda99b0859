"""The head of an HTTP request, and all else that is no body: how large it may be, and how long it may take to come.

Uvicorn's parser takes heads of any size and for any time, so that a sender of noise could fill the memory, or keep a
connection for nothing. What is refused here never was a request; an answer that names its limit is for who reads it.
"""

import asyncio
import json

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

MAX_HEAD_BYTES = 64 * 1024
MAX_HEAD_SECONDS = 30.0


class BoundedHead(HttpToolsProtocol):
    """Uvicorn's protocol, with bounds: 431 for a head that is too large, and for what is too large beside a body
    (extensions of chunks, trailers); 408 for a head that does not come."""

    max_seconds = MAX_HEAD_SECONDS
    _in_head = True
    _head_bytes = 0
    _waiting: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """A sender is there, and is to say what it wants."""
        super().connection_made(transport)
        self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        """It is gone."""
        self._wait_no_more()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Hand on no more of a head than one may be."""
        self._wait()
        while data and not self.transport.is_closing():
            room = MAX_HEAD_BYTES - self._head_bytes
            if room <= 0:
                return self._refuse("431 Request Header Fields Too Large", f"at most {MAX_HEAD_BYTES} bytes are taken")
            piece, data = data[:room], data[room:]
            self._head_bytes += len(piece)
            super().data_received(piece)
        return None

    def on_headers_complete(self) -> None:
        """The head is there."""
        self._in_head, self._head_bytes = False, 0
        self._wait_no_more()
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """A part of the body is there."""
        self._head_bytes = 0
        super().on_body(body)

    def on_message_complete(self) -> None:
        """The next request may begin; a connection that is kept for it is Uvicorn's to close."""
        super().on_message_complete()
        self._in_head, self._head_bytes = True, 0

    def _wait(self) -> None:
        if self._in_head and self._waiting is None:
            self._waiting = self.loop.call_later(self.max_seconds, self._is_late)

    def _wait_no_more(self) -> None:
        if self._waiting:
            self._waiting.cancel()
            self._waiting = None

    def _is_late(self) -> None:
        self._refuse("408 Request Timeout", f"its headers must come within {self.max_seconds:g} seconds")

    def _refuse(self, status: str, detail: str) -> None:
        if not self._in_head and self.cycle.response_started:
            self.transport.close()  # there is one answer to a request, and it has begun
            return
        code, title = status.split(" ", 1)
        body = json.dumps({"title": title, "status": int(code), "detail": detail, "errors": []}).encode()
        if not self.transport.is_closing():
            self.transport.write(
                f"HTTP/1.1 {status}\r\ncontent-type: application/problem+json\r\ncontent-length: {len(body)}\r\n"
                "connection: close\r\n\r\n".encode()
                + body
            )
            self.transport.close()
