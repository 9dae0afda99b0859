"""Webhooks against a real HTTP server on a free port; the standard's own library checks the signatures."""

import logging
from collections.abc import AsyncIterator, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event as Flag
from threading import Thread
from uuid import UUID

import httpx
import pytest
from standardwebhooks import Webhook

from functions.kernel.errors import RejectedError
from functions.kernel.ports import Message
from functions.notification_service.channels.webhook import WebhookAnswerError, WebhookNotifier

pytestmark = pytest.mark.requirement("FLOW-013")

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
DELIVERY = UUID("11111111-1111-4111-8111-111111111111")
EVENT = '{"specversion":"1.0","id":"1","data":{"title":"Fällig 日本"}}'.encode()


class Receiver(ThreadingHTTPServer):
    """Answers `/<status>` with that status and `answer`; `/hang` says nothing until it is released."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.requests: list[tuple[str, dict[str, str], bytes]] = []
        self.answer = b""
        self.released = Flag()

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.server_port}{path}"


class _Handler(BaseHTTPRequestHandler):
    server: Receiver
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        self.server.requests.append((self.path, {k.lower(): v for k, v in self.headers.items()}, body))
        if self.path == "/cut":
            self.close_connection = True
            return
        if self.path == "/hang":
            self.server.released.wait(20)
            self.close_connection = True
            return
        self.send_response(int(self.path[1:4]))
        self.send_header("location", "/200")
        self.send_header("content-length", str(len(self.server.answer)))
        self.end_headers()
        self.wfile.write(self.server.answer)

    def log_message(self, format: str, *args: object) -> None:
        """Quiet."""


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.released.set()
        server.shutdown()
        thread.join()


@pytest.fixture
async def notifier() -> AsyncIterator[WebhookNotifier]:
    notifier = WebhookNotifier()
    yield notifier
    await notifier.aclose()


def message(url: str, secret: str = SECRET) -> Message:
    return Message(delivery_id=DELIVERY, to=url, title="Due", body="It is due.", event=EVENT, signing_secret=secret)


async def test_event_arrives_with_a_signature_that_verifies(receiver: Receiver, notifier: WebhookNotifier) -> None:
    await notifier.send(message(receiver.url("/204?a=b")))
    [(path, headers, body)] = receiver.requests
    assert (path, body) == ("/204?a=b", EVENT)
    assert headers["content-type"] == "application/cloudevents+json"
    assert headers["webhook-id"] == str(DELIVERY)
    assert Webhook(SECRET).verify(body, headers)["id"] == "1"


async def test_second_send_of_a_delivery_has_the_same_id(receiver: Receiver, notifier: WebhookNotifier) -> None:
    for _ in range(2):
        await notifier.send(message(receiver.url("/200")))
    assert {headers["webhook-id"] for _, headers, _ in receiver.requests} == {str(DELIVERY)}


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 422])
async def test_refusal_that_will_not_pass_is_rejected(
    receiver: Receiver, notifier: WebhookNotifier, status: int
) -> None:
    receiver.answer = b"no\x00such\nhook \xff" + b"x" * 100_000
    with pytest.raises(RejectedError) as rejected:
        await notifier.send(message(receiver.url(f"/{status}/secret")))
    text = str(rejected.value)
    assert text.startswith(f"the webhook answered {status}: no such hook")
    assert len(text) <= 250
    assert text.isprintable()
    assert "secret" not in text


@pytest.mark.parametrize("status", [301, 302, 307, 308, 304, 408, 425, 429, 500, 502, 503])
async def test_answer_that_may_pass_is_raised_for_a_retry(
    receiver: Receiver, notifier: WebhookNotifier, status: int
) -> None:
    with pytest.raises(WebhookAnswerError, match=str(status)):
        await notifier.send(message(receiver.url(f"/{status}")))
    assert [path for path, _, _ in receiver.requests] == [f"/{status}"], "no redirect is followed"


async def test_connection_that_is_cut_is_raised_for_a_retry(receiver: Receiver, notifier: WebhookNotifier) -> None:
    with pytest.raises(httpx.TransportError):
        await notifier.send(message(receiver.url("/cut")))


async def test_receiver_that_is_not_there_is_raised_for_a_retry(notifier: WebhookNotifier) -> None:
    with Receiver() as gone:
        url = gone.url("/200")
    with pytest.raises(httpx.ConnectError):
        await notifier.send(message(url))


async def test_silent_receiver_times_out(receiver: Receiver) -> None:
    notifier = WebhookNotifier(timeout_seconds=0.1)
    with pytest.raises((TimeoutError, httpx.TimeoutException)):
        await notifier.send(message(receiver.url("/hang")))
    await notifier.aclose()


@pytest.mark.parametrize(
    "url",
    [
        "",
        "hook",
        "//example.org/hook",
        "ftp://example.org/",
        "file:///etc/passwd",
        "javascript:1",
        "http://",
        "http:///hook",
        "http://[::1/",
        "http://example.org:port/",
        "http://example.org/\n",
    ],
)
async def test_url_that_is_none_is_rejected(notifier: WebhookNotifier, url: str) -> None:
    with pytest.raises(RejectedError, match="URL"):
        await notifier.send(message(url))


@pytest.mark.parametrize("secret", ["", "whsec_", "whsec_a", "whsec_é"])
async def test_secret_that_is_none_is_rejected(receiver: Receiver, notifier: WebhookNotifier, secret: str) -> None:
    with pytest.raises(RejectedError, match="signing secret"):
        await notifier.send(message(receiver.url("/200"), secret))
    assert receiver.requests == []


@pytest.mark.requirement("FLOW-019")
async def test_url_is_not_logged(
    receiver: Receiver, notifier: WebhookNotifier, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    await notifier.send(message(receiver.url("/200/token")))
    assert "token" not in caplog.text


async def test_notifier_sends_again_after_it_was_closed(receiver: Receiver, notifier: WebhookNotifier) -> None:
    await notifier.aclose()
    await notifier.send(message(receiver.url("/200")))
    await notifier.aclose()
    await notifier.send(message(receiver.url("/200")))
    assert len(receiver.requests) == 2
