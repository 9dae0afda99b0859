"""A lean HTTP/1.1 client: on few cores, a client's own work must not be what is measured."""

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Self, cast

import httptools

ANSWER_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Answer:
    """What the server answered."""

    status: int
    body: bytes

    def json(self) -> Any:
        """The body, decoded."""
        return json.loads(self.body)


class Connection(asyncio.Protocol):
    """One connection, one request at a time. `on_body` sees each part of a body as it comes, for streams."""

    def __init__(self, on_body: Callable[[bytes], None] | None = None) -> None:
        self._on_part = on_body
        self._transport: asyncio.Transport | None = None
        self._parser: httptools.HttpResponseParser | None = None
        self._parts: list[bytes] = []
        self._answer: asyncio.Future[Answer] | None = None

    @classmethod
    async def open(cls, port: int, on_body: Callable[[bytes], None] | None = None) -> Self:
        """A connection to this port of 127.0.0.1, and to no other machine."""
        _, protocol = await asyncio.get_running_loop().create_connection(lambda: cls(on_body), "127.0.0.1", port)
        return protocol

    @property
    def closed(self) -> bool:
        """Whether either side hung up."""
        return self._transport is None or self._transport.is_closing()

    async def send(self, request: bytes) -> Answer:
        """Send a whole request; the whole answer. Raises ConnectionError when the server hangs up first."""
        if self._transport is None or self.closed:
            raise ConnectionError("the connection is closed")
        self._parts = []
        self._parser = httptools.HttpResponseParser(self)
        self._answer = asyncio.get_running_loop().create_future()
        self._transport.write(request)
        return await asyncio.wait_for(self._answer, ANSWER_SECONDS)

    def start_stream(self, request: bytes) -> None:
        """Send a request whose answer does not end; `on_body` gets it."""
        assert self._transport is not None
        self._parser = httptools.HttpResponseParser(self)
        self._transport.write(request)

    def close(self) -> None:
        """Hang up."""
        if self._transport:
            self._transport.close()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """See asyncio.Protocol."""
        self._transport = cast(asyncio.Transport, transport)  # a stream's, whichever loop made it

    def data_received(self, data: bytes) -> None:
        """See asyncio.Protocol."""
        if self._parser is None:
            self.close()  # asked nothing yet: a server says 408 to who has been silent for too long
        else:
            self._parser.feed_data(data)

    def connection_lost(self, exc: Exception | None) -> None:
        """See asyncio.Protocol."""
        if self._answer and not self._answer.done():
            self._answer.set_exception(ConnectionError("the server hung up before it answered"))

    def on_body(self, body: bytes) -> None:
        """See httptools."""
        if self._on_part:
            self._on_part(body)
        else:
            self._parts.append(body)

    def on_message_complete(self) -> None:
        """See httptools."""
        if self._answer and not self._answer.done():
            assert self._parser is not None
            self._answer.set_result(Answer(self._parser.get_status_code(), b"".join(self._parts)))


class Connections:
    """Some connections that take turns; who finds none free waits for one."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._free: asyncio.LifoQueue[Connection] = asyncio.LifoQueue()
        self._all: list[Connection] = []

    async def open(self, count: int) -> Self:
        """Open so many."""
        for _ in range(count):
            connection = await Connection.open(self._port)
            self._all.append(connection)
            self._free.put_nowait(connection)
        return self

    async def send(self, request: bytes) -> Answer:
        """Send over a free one; one that was idle for so long that the server hung up is replaced first."""
        connection = await self._free.get()
        try:
            if connection.closed:
                connection = await Connection.open(self._port)
                self._all.append(connection)
            return await connection.send(request)
        except TimeoutError:
            connection.close()  # its answer may still come, and would be taken for the next one's
            raise
        finally:
            self._free.put_nowait(connection)

    def close(self) -> None:
        """Hang all up."""
        for connection in self._all:
            connection.close()


def request(method: str, path: str, token: str | None = None, body: Any = None) -> bytes:
    """A request's bytes to Taskwake; `body` is sent as JSON."""
    headers = {"authorization": f"Bearer {token}"} if token else {}
    if body is None:
        return request_of(method, path, b"", **headers)
    return request_of(method, path, json.dumps(body).encode(), content_type="application/json", **headers)


def request_of(method: str, path: str, body: bytes, **headers: str) -> bytes:
    """A request's bytes; a header's underscores are dashes."""
    lines = [f"{method} {path} HTTP/1.1", "host: 127.0.0.1"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    if body or method not in ("GET", "DELETE"):
        lines.append(f"content-length: {len(body)}")
    return "\r\n".join([*lines, "", ""]).encode() + body
