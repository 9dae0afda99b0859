"""Any one function as a process of its own: `uvicorn functions_framework.aio:app`."""

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import psycopg
import pytest

from functions.kernel.cloudevent import render
from functions.kernel.storage import logins
from functions.operations import accounts
from tests.in_thread import in_thread
from tests.integration.kernel.rig import Rig
from tests.integration.world import NO_TLS, PATIENCE_SECONDS, World, until
from tests.otlp import collecting, known
from tests.served import address_said_by

pytestmark = pytest.mark.requirement("FLOW-024")

ROOT = Path(__file__).parents[2]


class SecretsOnly(ThreadingHTTPServer):
    """Of daprd only its secrets API: all that a cold function asks for."""

    def __init__(self, secrets: dict[str, str]) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.secrets = secrets
        self.asked: list[str] = []


class _Handler(BaseHTTPRequestHandler):
    server: SecretsOnly

    def do_GET(self) -> None:
        name = self.path.removeprefix("/v1.0/secrets/taskwake-secrets/")
        self.server.asked.append(name)
        body = json.dumps({name: self.server.secrets[name]}).encode() if name in self.server.secrets else b""
        self.send_response(200 if body else 404)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Quiet."""


@pytest.fixture
def daprd(taskwake: World, rig: Rig) -> Iterator[SecretsOnly]:
    name = rig.url.rpartition("/")[2]
    urls = {login.secret: taskwake.url(login.name, name) for login in (logins.API, logins.FUNCTIONS)}
    with in_thread(SecretsOnly(urls)) as daprd:
        yield daprd


@dataclass(frozen=True)
class Serving:
    """A function's process, and its address."""

    process: subprocess.Popen[str]
    url: str

    async def asked_to_end(self) -> None:
        """SIGTERM; returns when it takes no connections any more."""
        self.process.send_signal(signal.SIGTERM)
        parts = httpx.URL(self.url)

        async def closed() -> bool:
            try:
                _, writer = await asyncio.open_connection(parts.host, parts.port)
            except OSError:
                return True
            writer.close()
            return False

        await until(closed)


@contextmanager
def served(daprd: SecretsOnly, function: str, **environment: str) -> Iterator[Serving]:
    """A function, served as its image serves it, but as patient as can be."""
    process = subprocess.Popen(
        [sys.executable, "-m", "uvicorn", "functions_framework.aio:app", "--port", "0"],
        cwd=ROOT,
        env={
            **os.environ,
            "FUNCTION_SOURCE": "functions/main.py",
            "FUNCTION_TARGET": function,
            "DAPR_HTTP_PORT": str(daprd.server_port),
            "APP_API_TOKEN": "only-daprd-knows",
            **environment,
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    yield Serving(process, address_said_by(process))
    process.terminate()
    process.communicate(timeout=20)


@pytest.fixture
def serving(daprd: SecretsOnly, request: pytest.FixtureRequest) -> Iterator[Serving]:
    """task-due, or the function it is parametrized with."""
    with served(daprd, getattr(request, "param", "task-due")) as serving:
        yield serving


@pytest.fixture
def function(serving: Serving) -> str:
    """Its address."""
    return serving.url


async def test_function_prepares_while_nobody_asks_and_handles_each_event_once(
    rig: Rig, daprd: SecretsOnly, function: str
) -> None:
    headers = {"dapr-api-token": "only-daprd-knows"}
    async with httpx.AsyncClient(base_url=function, headers=headers, timeout=20, verify=NO_TLS) as http:
        assert (await http.get("/healthz")).status_code == 200
        assert (await http.get("/dapr/subscribe")).json() == []
        refused = await http.post("/events", json={}, headers={"dapr-api-token": "guess"})
        assert refused.status_code == 401

        async def prepared() -> bool:
            return daprd.asked == [logins.FUNCTIONS.secret]

        await until(prepared)
        event = render(await rig.due())
        for _ in range(2):
            got = await http.post(
                "/events", content=json.dumps(event), headers={"content-type": "application/cloudevents+json"}
            )
            assert got.json() == {"status": "SUCCESS"}
        entries = [{"entryId": str(n), "event": render(await rig.due())} for n in range(100)]
        got = await http.post("/events", json={"id": "b", "entries": entries})
        assert {status["status"] for status in got.json()["statuses"]} == {"SUCCESS"}
    assert daprd.asked == [logins.FUNCTIONS.secret]
    assert await rig.count("notices") == 101


@pytest.mark.requirement("CLUSTER-016")
@pytest.mark.parametrize("serving", ["chat-api"], indirect=True)
async def test_chat_api_is_connected_to_the_database_before_the_first_request_asks(rig: Rig, function: str) -> None:
    asked = "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND usename = %s"

    async def connected() -> bool:
        return len(await rig.execute(asked, logins.API.name)) == 1

    await until(connected)


@pytest.mark.requirement("TRUST-046")
@pytest.mark.parametrize("serving", ["chat-api"], indirect=True)
async def test_chat_api_that_is_asked_to_end_ends_its_streams_which_say_when_to_come_again(
    rig: Rig, serving: Serving
) -> None:
    token = await asyncio.to_thread(accounts.issue, rig.url, rig.user_id, "token")
    headers = {"authorization": f"Bearer {token}"}
    async with (
        httpx.AsyncClient(base_url=serving.url, headers=headers, timeout=PATIENCE_SECONDS, verify=NO_TLS) as http,
        http.stream("GET", "/events") as stream,
    ):
        lines = stream.aiter_lines()
        assert await anext(lines) == "retry: 1000"
        serving.process.send_signal(signal.SIGTERM)
        async with asyncio.timeout(PATIENCE_SECONDS):
            rest = [line async for line in lines]  # to a proper end: a cut raises
    assert [line for line in rest if line and not line.startswith("id: ")] == []
    await asyncio.to_thread(serving.process.wait, PATIENCE_SECONDS)


@pytest.mark.requirement("TRUST-043")
async def test_a_function_that_is_asked_to_end_handles_what_it_was_given(rig: Rig, serving: Serving) -> None:
    headers = {"dapr-api-token": "only-daprd-knows", "content-type": "application/cloudevents+json"}
    event = render(await rig.due())
    async with (
        httpx.AsyncClient(base_url=serving.url, headers=headers, timeout=PATIENCE_SECONDS, verify=NO_TLS) as http,
        await psycopg.AsyncConnection.connect(rig.url) as holder,
    ):
        await holder.execute("LOCK TABLE notices")
        handling = asyncio.create_task(http.post("/events", content=json.dumps(event)))

        async def begun() -> bool:
            return bool(
                await rig.execute("SELECT 1 FROM pg_locks WHERE NOT granted AND relation = 'notices'::regclass")
            )

        await until(begun)
        await serving.asked_to_end()
        await holder.rollback()
        answer = await handling

    assert answer.json() == {"status": "SUCCESS"}
    assert await rig.count("notices") == 1


@pytest.mark.requirement("TRUST-117")
async def test_what_was_recorded_is_sent_before_a_function_ends(rig: Rig, daprd: SecretsOnly) -> None:
    event = await rig.due()
    headers = {"dapr-api-token": "only-daprd-knows", "content-type": "application/cloudevents+json"}
    with collecting() as collector:
        # Spans would be sent in ten minutes.
        asked = {"OTEL_EXPORTER_OTLP_ENDPOINT": collector.endpoint, "OTEL_METRIC_EXPORT_INTERVAL": "200"}
        with served(daprd, "task-due", OTEL_BSP_SCHEDULE_DELAY="600000", **asked) as serving:
            async with httpx.AsyncClient(base_url=serving.url, headers=headers, timeout=20, verify=NO_TLS) as http:
                for _ in range(2):
                    answer = await http.post("/events", json=render(event))
                    assert answer.json() == {"status": "SUCCESS"}

            async def ready() -> bool:
                return bool(collector.points("taskwake.cold_start.duration"))

            await until(ready)
            assert collector.spans() == []
            await serving.asked_to_end()

        handled = [known(span.attributes) for span in collector.spans()]
        assert [span["messaging.consumer.group.name"] for span in handled] == ["task-due", "task-due"]
        assert collector.services() == {"task-due"}
        assert collector.points("taskwake.inbox.duplicates")["task-due",].as_int == 1


@pytest.mark.requirement("TRUST-117")
async def test_a_collector_that_is_away_holds_no_end_up(daprd: SecretsOnly) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        endpoint = f"http://127.0.0.1:{silent.getsockname()[1]}"
        with served(daprd, "task-due", OTEL_EXPORTER_OTLP_ENDPOINT=endpoint) as serving:
            async with httpx.AsyncClient(base_url=serving.url, timeout=20, verify=NO_TLS) as http:
                assert (await http.get("/healthz")).status_code == 200
            began = time.monotonic()
            await serving.asked_to_end()
            assert await asyncio.to_thread(serving.process.wait, 15) == -signal.SIGTERM
            assert time.monotonic() - began < 12
