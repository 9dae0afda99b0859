"""Whatever serves has bounds on the heads and bodies of requests: a function as its image starts it, and the relay."""

import asyncio
import contextlib
import os
import re
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
import uvicorn

from functions.chat_api import relay
from functions.kernel.embedded import bus
from functions.kernel.host import server
from functions.kernel.host.bodies import BoundedRequest
from functions.kernel.host.drain import DRAIN_SECONDS
from functions.operations import serve
from infra.image.images import SERVE
from infra.local.functions import Ports, Tokens, function_process
from infra.local.ports import claim_block
from tests.integration.operations.test_garbage import GET, REFUSED, refuses, status_of
from tests.integration.world import PATIENCE_SECONDS
from tests.served import address_said_by

pytestmark = pytest.mark.requirement("TRUST-133")

ROOT = Path(__file__).parents[3]
GARBAGE = {name: (sent, status) for name, sent, status in REFUSED if name in ("tls", "one huge header", "two lengths")}


@pytest.fixture(scope="module", params=["task-due", "chat-api"])
def function(request: pytest.FixtureRequest) -> Iterator[int]:
    """The port of a function that is started as its image starts it."""
    process = subprocess.Popen(
        [sys.executable, *SERVE[1:], "--host", "127.0.0.1", "--port", "0"],
        cwd=ROOT,
        env={**os.environ, "FUNCTION_SOURCE": "functions/main.py", "FUNCTION_TARGET": request.param},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    yield int(address_said_by(process).rpartition(":")[2])
    process.terminate()
    process.communicate(timeout=PATIENCE_SECONDS)


@pytest.mark.parametrize("garbage", GARBAGE)
async def test_a_function_as_its_image_starts_it_refuses_what_is_no_request(function: int, garbage: str) -> None:
    await refuses(function, *GARBAGE[garbage])


async def test_a_function_answers_who_asks_beside_those_who_never_finish(function: int) -> None:
    waiting = [await asyncio.open_connection("127.0.0.1", function) for _ in range(50)]
    for _, writer in waiting:
        writer.write(GET + b"X: a")
    async with asyncio.timeout(PATIENCE_SECONDS):
        reader, writer = await asyncio.open_connection("127.0.0.1", function)
        writer.write(GET + b"\r\n")
        assert await status_of(reader) == 200
    for _, each in [*waiting, (reader, writer)]:
        each.close()


@pytest.mark.parametrize("garbage", GARBAGE)
async def test_the_relay_refuses_what_is_no_request(served_relay: int, garbage: str) -> None:
    await refuses(served_relay, *GARBAGE[garbage])


@pytest.mark.requirement("TRUST-140")
async def test_the_relay_gives_up_a_body_that_does_not_come(served_relay: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(BoundedRequest, "max_body_seconds", 0.05)
    await refuses(served_relay, b"POST /wake HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\n{", 408)


@pytest.fixture
async def served_relay(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[int]:
    """The port of a relay with what its `main` asks Uvicorn for, in this process."""
    asked: dict[str, Any] = {}
    monkeypatch.setattr(uvicorn, "run", lambda app, **settings: asked.update(settings, app=app))
    relay.main()
    listening = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(**asked | {"host": "127.0.0.1", "log_config": None}))
    server.capture_signals = contextlib.nullcontext
    serving = asyncio.create_task(server.serve(sockets=[listening]))
    yield listening.getsockname()[1]
    server.should_exit = True
    await serving


def test_the_dapr_way_serves_functions_as_their_images_do() -> None:
    with claim_block() as block:
        spec = function_process("task-due", Ports(block), Tokens("api", "app"))
    assert spec.argv[1:3] == list(SERVE[1:3])


def starts() -> dict[str, list[str]]:
    """Where a server is started, by file."""
    start = re.compile(r"uvicorn\.(?:run|Config)\((.*?)\n    *\)\n|uvicorn\.run\((.*)\)|-m\", \"uvicorn", re.DOTALL)
    places = {
        str(path.relative_to(ROOT)): [found[0] for found in start.finditer(path.read_text())]
        for folder in ("functions", "infra")
        for path in (ROOT / folder).rglob("*.py")
    }
    return {path: found for path, found in places.items() if found}


def test_nothing_that_serves_people_or_programs_is_without_the_bounds() -> None:
    assert set(starts()) == {
        "functions/kernel/host/server.py",
        "functions/operations/serve.py",
        "functions/chat_api/relay.py",
    }
    for path, found in starts().items():
        assert all("http=BoundedRequest" in each for each in found), path


@pytest.mark.requirement("TRUST-043")
def test_requests_have_the_same_ten_seconds_to_end_in_each_way() -> None:
    given = {path: re.findall(r"timeout_graceful_shutdown=([\w.]+)", found[0]) for path, found in starts().items()}
    assert given == {
        "functions/kernel/host/server.py": ["asked.drain_seconds"],
        "functions/operations/serve.py": ["DRAIN_SECONDS"],
        "functions/chat_api/relay.py": ["1"],  # what takes longer is a stream, which would never end
    }
    assert (server.DRAIN_SECONDS, serve.DRAIN_SECONDS, bus.DRAIN_SECONDS, DRAIN_SECONDS) == (10, 10, 10, 10)
