"""How one sees from outside that a process is ready: a connection, an HTTP answer or a log line."""

import asyncio
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from infra.local.ports import LOOPBACK

ANSWER_SECONDS = 2.0


class Readiness(Protocol):
    async def reached(self, log: Path, log_start: int) -> bool:
        """Whether the process is ready now. Its log is `log` from byte `log_start` on."""

    def __str__(self) -> str:
        """What is waited for, for the message of a time-out."""


@dataclass(frozen=True)
class PortOpen:
    """Something accepts TCP connections on the loopback `port`."""

    port: int

    async def reached(self, log: Path, log_start: int) -> bool:
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                _, writer = await asyncio.open_connection(LOOPBACK, self.port)
        except (OSError, TimeoutError):
            return False
        writer.close()
        return True

    def __str__(self) -> str:
        return f"a listener on port {self.port}"


@dataclass(frozen=True)
class HttpOk:
    """`GET path` on the loopback `port` answers 2xx."""

    port: int
    path: str
    headers: Mapping[str, str] = field(default_factory=dict)

    async def reached(self, log: Path, log_start: int) -> bool:
        head = "".join(f"{name}: {value}\r\n" for name, value in self.headers.items())
        request = f"GET {self.path} HTTP/1.1\r\nHost: {LOOPBACK}\r\nConnection: close\r\n{head}\r\n"
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                reader, writer = await asyncio.open_connection(LOOPBACK, self.port)
                try:
                    writer.write(request.encode())
                    status = await reader.readline()
                finally:
                    writer.close()
        except (OSError, TimeoutError):
            return False
        return re.match(rb"HTTP/1\.[01] 2\d\d ", status) is not None

    def __str__(self) -> str:
        return f"GET {self.path} on port {self.port} to answer 2xx"


@dataclass(frozen=True)
class LogLine:
    """A line that the process has written since its start matches the regular expression `pattern`."""

    pattern: str

    async def reached(self, log: Path, log_start: int) -> bool:
        with log.open("rb") as file:
            file.seek(log_start)
            text = file.read().decode(errors="replace")
        return re.search(self.pattern, text) is not None

    def __str__(self) -> str:
        return f"a log line that matches {self.pattern!r}"


@dataclass(frozen=True)
class AllOf:
    """Each of `conditions` holds."""

    conditions: tuple[Readiness, ...]

    async def reached(self, log: Path, log_start: int) -> bool:
        for condition in self.conditions:
            if not await condition.reached(log, log_start):
                return False
        return True

    def __str__(self) -> str:
        return " and ".join(map(str, self.conditions))
