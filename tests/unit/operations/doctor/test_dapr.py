"""The doctor asks daprd for its health, its components and the secrets it hands out."""

import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from functions.operations.doctor import examination
from functions.operations.doctor.finding import Finding
from tests.in_thread import in_thread

pytestmark = pytest.mark.requirement("TRUST-035")


class Daprd(ThreadingHTTPServer):
    """As daprd answers; what is wrong with it is set by the test."""

    health = 204
    metadata = 200
    app_id = "chat-api"
    components: tuple[str, ...] = ("taskwake-secrets", "pubsub", "conversations")
    secrets: tuple[str, ...] = ("database-url-api", "webhook-signing-key")

    class Handler(BaseHTTPRequestHandler):
        server: "Daprd"

        def do_GET(self) -> None:
            daprd, body = self.server, b""
            if self.path == "/v1.0/healthz/outbound":
                status = daprd.health
            elif self.path == "/v1.0/metadata":
                components = [{"name": name} for name in daprd.components]
                status = daprd.metadata
                body = json.dumps({"id": daprd.app_id, "runtimeVersion": "1.16.0", "components": components}).encode()
            else:
                name = self.path.removeprefix("/v1.0/secrets/taskwake-secrets/")
                status = 200 if name in daprd.secrets else 403
            self.send_response(status)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            pass


@pytest.fixture
def daprd() -> Iterator[Daprd]:
    with in_thread(Daprd(("127.0.0.1", 0), Daprd.Handler)) as daprd:
        yield daprd


def examined(daprd: Daprd) -> list[Finding]:
    return list(examination.examine_dapr({"DAPR_HTTP_ENDPOINT": f"http://127.0.0.1:{daprd.server_port}"}))


def test_without_a_daprd_in_the_environment_none_is_asked() -> None:
    assert list(examination.examine_dapr({})) == []


def test_a_ready_daprd_with_all_that_its_function_needs_is_well(daprd: Daprd) -> None:
    assert [(found.check, found.state) for found in examined(daprd)] == [
        ("daprd", "well"),
        ("components", "well"),
        ("secrets", "well"),
    ]


def test_a_daprd_that_does_not_answer_is_found() -> None:
    [found] = examination.examine_dapr({"DAPR_HTTP_PORT": "9"})

    assert found.state == "wrong"
    assert "DAPR_HTTP_PORT" in found.todo


@pytest.mark.parametrize(
    ("changes", "check", "said"),
    [
        ({"health": 500}, "daprd", "not ready: 500"),
        ({"health": 401}, "daprd", "another token"),
        ({"components": ("taskwake-secrets", "conversations")}, "components", "chat-api has no pubsub"),
        ({"secrets": ("database-url-api",)}, "secrets", "chat-api gets no webhook-signing-key"),
    ],
)
def test_what_a_daprd_lacks_is_named(daprd: Daprd, changes: dict[str, object], check: str, said: str) -> None:
    for name, value in changes.items():
        setattr(daprd, name, value)

    [found] = [found for found in examined(daprd) if found.state == "wrong"]

    assert found.check == check
    assert said in found.what
    assert found.todo


def test_a_secret_that_only_e_mail_needs_may_be_missing(daprd: Daprd) -> None:
    daprd.app_id, daprd.secrets = "delivery-requested", ("database-url-functions", "webhook-signing-key")

    assert [found.state for found in examined(daprd)] == ["well", "well", "well"]


def test_the_daprd_of_another_program_is_said(daprd: Daprd) -> None:
    daprd.app_id = "checkout"

    assert examined(daprd)[1].what == "checkout is no function of Taskwake"
