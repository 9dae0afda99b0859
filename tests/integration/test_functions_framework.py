"""Any one function as a process of its own: `uvicorn functions_framework.aio:app`."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import httpx
import pytest

from functions.kernel.cloudevent import render
from functions.kernel.storage import logins
from tests.integration.kernel.rig import Rig
from tests.integration.world import NO_TLS, World, until

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
    with SecretsOnly(urls) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def function(daprd: SecretsOnly, request: pytest.FixtureRequest) -> Iterator[str]:
    """The address of task-due, or of the function it is parametrized with, served as its image serves it."""
    process = subprocess.Popen(
        [sys.executable, "-m", "uvicorn", "functions_framework.aio:app", "--port", "0"],
        cwd=ROOT,
        env={
            **os.environ,
            "FUNCTION_SOURCE": "functions/main.py",
            "FUNCTION_TARGET": getattr(request, "param", "task-due"),
            "DAPR_HTTP_PORT": str(daprd.server_port),
            "APP_API_TOKEN": "only-daprd-knows",
        },
        stderr=subprocess.PIPE,
        text=True,
    )
    said = ""
    while (found := re.search(r"running on (http://\S+)", said)) is None:
        line = process.stderr.readline()
        assert line, said
        said += line
    yield found[1]
    process.terminate()
    process.communicate(timeout=20)


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
@pytest.mark.parametrize("function", ["chat-api"], indirect=True)
async def test_chat_api_is_connected_to_the_database_before_the_first_request_asks(rig: Rig, function: str) -> None:
    asked = "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND usename = %s"

    async def connected() -> bool:
        return len(await rig.execute(asked, logins.API.name)) == 1

    await until(connected)
