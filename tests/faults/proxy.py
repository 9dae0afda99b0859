"""A proxy between two parts, whose weather a test makes. It does what Toxiproxy does, also over Unix sockets, and
it stops a connection to PostgreSQL at one statement, before it or after it."""

import asyncio
import contextlib
import socket
import struct
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

Address = Path | tuple[str, int]
"""A Unix socket, or a host and a port of TCP."""

READ_BYTES = 65536
_RESET = struct.pack("ii", 1, 0)
"""SO_LINGER on, of 0 seconds: a close is then a reset."""


@dataclass
class Stop:
    """Where one connection stands still: when its client has said all of these words since its last BEGIN. The words
    are then not passed on; if `answered`, they are, and what answers them is not."""

    words: tuple[bytes, ...]
    answered: bool
    reached: asyncio.Event = field(default_factory=asyncio.Event)
    _released: asyncio.Event = field(default_factory=asyncio.Event)

    def release(self) -> None:
        """Let the connection go on."""
        self._released.set()

    async def stand(self) -> None:
        """Say that it is reached, until it is released."""
        self.reached.set()
        await self._released.wait()


class _Line:
    """One connection through the proxy: both its ends, and what its client said since its last BEGIN."""

    def __init__(self, client: asyncio.StreamWriter, server: asyncio.StreamWriter) -> None:
        self.ends = (client, server)
        self.said = b""
        self.silent = False
        self.stop: Stop | None = None

    def reset(self) -> None:
        for end in self.ends:
            reset(end)


class Proxy:
    """Passes what comes in at its own address on to `upstream`, until a test makes other weather."""

    def __init__(self, upstream: Address) -> None:
        self.upstream = upstream
        self.latency_seconds = 0.0
        """How long each chunk takes, either way."""
        self.refuses = False
        """Whether a new connection is reset at once."""
        self.connections = 0
        """So many came so far."""
        self._flows = asyncio.Event()
        self._flows.set()
        self._stops: list[Stop] = []
        self._lines: dict[_Line, list[asyncio.Task[None]]] = {}
        self._waiting: set[asyncio.Task[None]] = set()

    @contextlib.asynccontextmanager
    async def at(self, address: Address = ("127.0.0.1", 0)) -> AsyncIterator[Address]:
        """Listen there; gives the address, with the port that a 0 became. Every connection ends with it."""
        if isinstance(address, Path):
            server = await asyncio.start_unix_server(self._accept, address)
        else:
            server = await asyncio.start_server(self._accept, *address)
            address = server.sockets[0].getsockname()[:2]
        try:
            yield address
        finally:
            server.close()
            self.reset()
            for task in self._waiting:
                task.cancel()
            await asyncio.gather(*self._waiting, return_exceptions=True)

    def stop_at(self, *words: bytes, answered: bool = False) -> Stop:
        """Stop the first connection whose client says all of these; the others go on."""
        stop = Stop(words, answered)
        self._stops.append(stop)
        return stop

    def reset(self) -> None:
        """Cut every connection."""
        for line, pumps in list(self._lines.items()):
            for pump in pumps:
                pump.cancel()
            line.reset()

    def blackhole(self) -> None:
        """From now on nothing passes, either way; new connections are taken, and nothing said."""
        self._flows.clear()

    def half_open(self) -> None:
        """The other end of every connection is gone, and this one is never told; new connections pass."""
        for line in self._lines:
            line.silent = True
            reset(line.ends[1])

    def clear(self) -> None:
        """Fair weather: what was held back passes, but for what is silent."""
        self.latency_seconds = 0.0
        self.refuses = False
        self._flows.set()

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        if self.refuses:
            reset(writer)
            return
        task = asyncio.current_task()
        assert task is not None
        self._waiting.add(task)
        try:
            await self._flows.wait()
            opened = (
                asyncio.open_unix_connection(self.upstream)
                if isinstance(self.upstream, Path)
                else asyncio.open_connection(*self.upstream)
            )
            server_reader, server_writer = await opened
        except OSError:
            reset(writer)
            return
        finally:
            self._waiting.discard(task)
        line = _Line(writer, server_writer)
        to_server = asyncio.create_task(self._pump(line, reader, server_writer, from_client=True))
        to_client = asyncio.create_task(self._pump(line, server_reader, writer, from_client=False))
        self._lines[line] = [to_server, to_client]
        await asyncio.wait(self._lines[line], return_when=asyncio.FIRST_COMPLETED)
        while line.silent and not to_server.done():
            await asyncio.wait([to_server])
        for pump in self._lines.pop(line):
            pump.cancel()
        for end in line.ends:
            end.close()

    async def _pump(
        self, line: _Line, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, from_client: bool
    ) -> None:
        with contextlib.suppress(ConnectionError):
            while chunk := await reader.read(READ_BYTES):
                if self.latency_seconds:
                    await asyncio.sleep(self.latency_seconds)
                await self._flows.wait()
                if from_client:
                    await self._heard(line, chunk)
                elif line.stop:
                    await line.stop.stand()
                    line.stop = None
                if not line.silent:
                    writer.write(chunk)
                    await writer.drain()

    async def _heard(self, line: _Line, chunk: bytes) -> None:
        """Stop before what the client says goes on, or note that its answer is to stop."""
        line.said = chunk if b"BEGIN" in chunk else line.said + chunk
        for stop in self._stops:
            if all(word in line.said for word in stop.words):
                self._stops.remove(stop)
                if stop.answered:
                    line.stop = stop
                else:
                    await stop.stand()
                return


def reset(end: asyncio.StreamWriter) -> None:
    """Close one end of a connection at once, by a reset where it is TCP."""
    found = end.get_extra_info("socket")
    if found is not None and found.family in (socket.AF_INET, socket.AF_INET6):
        with contextlib.suppress(OSError):
            found.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
    end.transport.abort()
