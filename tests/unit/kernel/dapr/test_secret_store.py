import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

from functions.kernel.dapr import secret_store
from functions.kernel.dapr.http_api import DaprHttp
from functions.kernel.dapr.secret_store import DaprSecretStore
from functions.kernel.errors import SecretMissingError

pytestmark = pytest.mark.requirement("CLUSTER-016")


class Daprd(ThreadingHTTPServer):
    """Answers with these statuses, one after the other, and with the last one from then on."""

    def __init__(self, *statuses: int) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.statuses = list(statuses)
        self.asked = 0

    def next_status(self) -> int:
        self.asked += 1
        return self.statuses.pop(0) if len(self.statuses) > 1 else self.statuses[0]

    def store(self) -> DaprSecretStore:
        return DaprSecretStore(DaprHttp(f"http://127.0.0.1:{self.server_port}", None))


class _Handler(BaseHTTPRequestHandler):
    server: Daprd

    def do_GET(self) -> None:
        body = json.dumps({self.path.rpartition("/")[2]: "swordfish"}).encode()
        self.send_response(self.server.next_status())
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Quiet."""


@pytest.fixture
def serve() -> Iterator[list[Daprd]]:
    servers: list[Daprd] = []
    yield servers
    for server in servers:
        server.shutdown()
        server.server_close()


def started(serve: list[Daprd], *statuses: int) -> Daprd:
    server = Daprd(*statuses)
    Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    serve.append(server)
    return server


async def test_a_daprd_that_is_starting_is_asked_again_until_it_answers(serve: list[Daprd]) -> None:
    daprd = started(serve, 500, 500, 200)

    assert await daprd.store().get("smtp-url") == "swordfish"
    assert daprd.asked == 3


async def test_a_secret_that_is_not_there_is_said_at_once(serve: list[Daprd]) -> None:
    daprd = started(serve, 404)

    with pytest.raises(SecretMissingError, match="smtp-url"):
        await daprd.store().get("smtp-url")
    assert daprd.asked == 1


async def test_patience_with_a_daprd_that_never_answers_ends(
    serve: list[Daprd], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(secret_store, "PATIENCE_SECONDS", 0)

    with pytest.raises(ConnectionError, match="answered 500"):
        await started(serve, 500).store().get("smtp-url")
