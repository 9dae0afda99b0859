"""Where webhooks and e-mails arrive: both keep what came, and hold their answers back while a test wants it."""

import asyncio
import contextlib
import email
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.policy import default

from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.faults.history import Arrival


@dataclass
class Receiver:
    """What arrived, and whether it is answered."""

    arrivals: list[Arrival] = field(default_factory=list)
    answers: asyncio.Event = field(default_factory=asyncio.Event)
    address: tuple[str, int] = ("", 0)
    _news: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def take(self, title: str, topic: str, delivery: str) -> None:
        """Keep one that came now, then wait until it may be answered."""
        async with self._news:
            self.arrivals.append(Arrival(title, topic, delivery, datetime.now(UTC)))
            self._news.notify_all()
        await self.answers.wait()

    async def has(self, title: str, topic: str) -> None:
        """Wait until this one came."""
        async with self._news:
            await self._news.wait_for(lambda: any((a.title, a.topic) == (title, topic) for a in self.arrivals))


@contextlib.asynccontextmanager
async def webhooks() -> AsyncIterator[Receiver]:
    """A small HTTP server that takes webhook calls."""
    receiver = Receiver()
    receiver.answers.set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            while head := await reader.readuntil(b"\r\n\r\n"):
                lines = head.decode("latin-1").split("\r\n")[1:]
                headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
                event = json.loads(await reader.readexactly(int(headers["content-length"])))
                title = event["data"].get("title") or event["data"]["task"]["title"]
                await receiver.take(title, event["type"].removeprefix("dev.taskwake."), headers["webhook-id"])
                writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n")
                await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    receiver.address = server.sockets[0].getsockname()[:2]
    try:
        yield receiver
    finally:
        server.close()


@contextlib.asynccontextmanager
async def mailbox() -> AsyncIterator[Receiver]:
    """A mail server; an e-mail's topic is `e-mail`, its title its subject."""
    receiver = Receiver()
    receiver.answers.set()

    class Sink:
        async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
            message = email.message_from_bytes(envelope.original_content, policy=default)
            await receiver.take(message["Subject"], "e-mail", message["Message-ID"])
            return "250 kept"

    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(Sink(), loop=loop, hostname="localhost"), "127.0.0.1", 0)
    receiver.address = server.sockets[0].getsockname()[:2]
    try:
        yield receiver
    finally:
        server.close()
