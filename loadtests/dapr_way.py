"""The Dapr way under test: real daprd, scheduler, Kafka and PostgreSQL, over a folder that is thrown away."""

import asyncio
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from functions.operations import accounts
from infra.local.stack import DaprStack
from loadtests.machine import describe as describe_machine


@dataclass(frozen=True, slots=True)
class Running:
    """A stack that runs: chat-api's port on 127.0.0.1, a token of its first person, its database for the owner."""

    stack: DaprStack
    port: int
    token: str
    owner_url: str


@asynccontextmanager
async def dapr_way() -> AsyncIterator[Running]:
    """Run until the block ends; nothing is left behind."""
    with tempfile.TemporaryDirectory(prefix="taskwake-load-") as name:
        async with DaprStack(Path(name), say=lambda _: None) as stack:
            user = await asyncio.to_thread(accounts.first_user, stack.owner_url)
            token = await asyncio.to_thread(accounts.issue, stack.owner_url, user, "token", "benchmark")
            port = urlsplit(stack.url).port
            assert port is not None
            yield Running(stack, port, token, stack.owner_url)


def describe() -> str:
    """The machine and the versions, and what stands in for what."""
    return f"Dapr 1.16.0, Apache Kafka (in Redpanda's place), a process and a daprd per function; {describe_machine()}"
