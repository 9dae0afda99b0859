"""What arrives on its own while the demo plays: server-sent events, webhook calls, e-mails."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Generic, TypeVar

import httpx

from functions.kernel.clock import system_clock

T = TypeVar("T")


@dataclass
class Arrivals(Generic[T]):
    """Things in the order in which they came, and the moment of each."""

    items: list[tuple[T, datetime]] = field(default_factory=list)
    _news: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def add(self, item: T) -> None:
        """One more came just now."""
        async with self._news:
            self.items.append((item, system_clock()))
            self._news.notify_all()

    async def first(self, wanted: Callable[[T], bool], limit_seconds: float) -> tuple[T, datetime] | None:
        """The first that is wanted, come already or still to come; null after the limit."""
        found: list[tuple[T, datetime]] = []

        def look() -> bool:
            found[:] = [arrival for arrival in self.items if wanted(arrival[0])]
            return bool(found)

        try:
            async with asyncio.timeout(limit_seconds), self._news:
                await self._news.wait_for(look)
        except TimeoutError:
            return None
        return found[0]


@asynccontextmanager
async def live_events(client: httpx.AsyncClient) -> AsyncIterator[Arrivals[dict[str, Any]]]:
    """The CloudEvents of GET /events from now on; the stream is open when this is entered."""
    arrivals: Arrivals[dict[str, Any]] = Arrivals()
    opened = asyncio.get_running_loop().create_future()

    async def listen() -> None:
        last_id = ""
        while True:
            headers = {"last-event-id": last_id} if last_id else {}
            try:
                async with client.stream("GET", "/events", headers=headers, timeout=60) as answer:
                    answer.raise_for_status()
                    async for line in answer.aiter_lines():
                        if not opened.done():
                            opened.set_result(None)
                        name, _, value = line.partition(": ")
                        if name == "id":
                            last_id = value
                        elif name == "data":
                            await arrivals.add(json.loads(value))
            except httpx.TransportError:
                await asyncio.sleep(1)  # as the stream itself asks a client to: retry: 1000
            except httpx.HTTPStatusError as error:
                opened.set_exception(error)
                return

    listening = asyncio.create_task(listen())
    try:
        await opened
        yield arrivals
    finally:
        listening.cancel()


@dataclass(frozen=True)
class Call:
    """One call of a webhook, as it came."""

    headers: dict[str, str]
    body: bytes


@asynccontextmanager
async def webhook_receiver(answer: str = "200 OK") -> AsyncIterator[tuple[str, Arrivals[Call]]]:
    """A small HTTP server of this machine that keeps what is posted to it: its address, and what came."""
    arrivals: Arrivals[Call] = Arrivals()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                lines = head.decode("latin-1").split("\r\n")[1:]
                headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
                body = await reader.readexactly(int(headers.get("content-length", "0")))
                writer.write(f"HTTP/1.1 {answer}\r\ncontent-length: 0\r\n\r\n".encode())
                await writer.drain()
                await arrivals.add(Call(headers, body))
        except (asyncio.IncompleteReadError, ConnectionError):
            pass  # it hung up, which ends the connection
        finally:
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/hook", arrivals
    finally:
        server.close()


@asynccontextmanager
async def mail_sink() -> AsyncIterator[tuple[str, Arrivals[str]] | None]:
    """A mail server of this machine: its address, and the texts of what came; null where aiosmtpd is not installed."""
    try:
        from aiosmtpd.smtp import SMTP, Envelope, Session
    except ImportError:
        yield None
        return
    arrivals: Arrivals[str] = Arrivals()

    class Sink:
        async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
            content = envelope.content or b""
            await arrivals.add(content if isinstance(content, str) else content.decode("utf-8", "replace"))
            return "250 kept"

    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(Sink(), loop=loop, hostname="localhost"), "127.0.0.1", 0)
    try:
        yield f"smtp://127.0.0.1:{server.sockets[0].getsockname()[1]}", arrivals
    finally:
        server.close()
