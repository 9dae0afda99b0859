"""What the shell is offered: never a traceback, whatever the Taskwake that is asked makes of the question."""

import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from unittest.mock import Mock

import pytest

from functions.operations.commands import completion

pytestmark = pytest.mark.requirement("PROD-196")

REFUSED = {
    "type": "about:blank",
    "title": "Unprocessable",
    "status": 422,
    "detail": "search: no word",
    "errors": [{"field": "search", "message": "no word"}],
}


class _Handler(BaseHTTPRequestHandler):
    """Answers everything alike."""

    answer: tuple[int, str]

    def do_GET(self) -> None:
        """Answer."""
        status, body = self.answer
        self.send_response(status)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, *_: Any) -> None:
        """Say nothing of it."""


@pytest.fixture
def answering() -> Iterator[Any]:
    """Gives the address of a server that answers so."""
    servers = []

    def serve(status: int, body: str) -> str:
        handler = type("Handler", (_Handler,), {"answer": (status, body)})
        server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        servers.append(server)
        Thread(target=server.serve_forever, daemon=True).start()
        return f"http://127.0.0.1:{server.server_port}"

    yield serve
    for server in servers:
        server.shutdown()
        server.server_close()


def asked_at(url: str) -> Mock:
    return Mock(params={"url": url, "token": "secret", "data": ""})


@pytest.mark.parametrize("offer", [completion.open_tasks, completion.lists])
@pytest.mark.parametrize(
    ("status", "body"),
    [(422, json.dumps(REFUSED)), (401, "{}"), (503, "busy"), (200, "<html>another program</html>"), (200, "{}")],
)
def test_what_is_refused_or_makes_no_sense_offers_nothing(answering: Any, offer: Any, status: int, body: str) -> None:
    assert offer(asked_at(answering(status, body)), "!") == []


@pytest.mark.parametrize("offer", [completion.open_tasks, completion.lists])
@pytest.mark.parametrize("url", ["http://127.0.0.1:9", "nowhere", "http://[", "http://127.0.0.1:99999999"])
def test_where_nobody_answers_nothing_is_offered(offer: Any, url: str) -> None:
    assert offer(asked_at(url), "!") == []
