"""Webhooks against a real HTTP server on a free port; the standard's own library checks the signatures."""

import base64
import logging
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_network
from threading import Event as Flag
from uuid import UUID

import pytest
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from functions.kernel.errors import RejectedError
from functions.kernel.ports import Message
from functions.notification_service.channels.webhook import WebhookAnswerError, WebhookNotifier
from tests.in_thread import in_thread

pytestmark = pytest.mark.requirement("FLOW-013")

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
DELIVERY = UUID("11111111-1111-4111-8111-111111111111")
LOOPBACK = (ip_network("127.0.0.0/8"),)
EVENT = '{"specversion":"1.0","id":"1","data":{"title":"Fällig 日本"}}'.encode()


class Receiver(ThreadingHTTPServer):
    """Answers `/<status>` with that status and `answer`; `/hang` says nothing until it is released."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.requests: list[tuple[str, dict[str, str], bytes]] = []
        self.answer = b""
        self.retry_after = ""
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
        if self.server.retry_after:
            self.send_header("retry-after", self.server.retry_after)
        self.send_header("content-length", str(len(self.server.answer)))
        self.end_headers()
        self.wfile.write(self.server.answer)

    def log_message(self, format: str, *args: object) -> None:
        """Quiet."""


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with in_thread(Receiver()) as receiver:
        yield receiver
        receiver.released.set()


@pytest.fixture
async def notifier() -> AsyncIterator[WebhookNotifier]:
    notifier = WebhookNotifier(allowed=LOOPBACK)
    yield notifier
    await notifier.aclose()


def message(url: str, secret: str = SECRET) -> Message:
    return Message(delivery_id=DELIVERY, to=url, title="Due", body="It is due.", event=EVENT, signing_secrets=(secret,))


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


@pytest.mark.parametrize("status", [301, 302, 307, 308, 304, 400, 404, 408, 410, 429, 500, 503])
async def test_answer_that_is_no_success_is_raised(receiver: Receiver, notifier: WebhookNotifier, status: int) -> None:
    with pytest.raises(WebhookAnswerError, match=str(status)):
        await notifier.send(message(receiver.url(f"/{status}")))
    assert [path for path, _, _ in receiver.requests] == [f"/{status}"], "no redirect is followed"


async def test_of_an_answer_the_first_kilobyte_is_read_on_one_line(
    receiver: Receiver, notifier: WebhookNotifier
) -> None:
    receiver.answer = b"no\x00such\nhook \xff" + b"x" * 100_000
    answer = await notifier.post(message(receiver.url("/404/secret")))
    assert (answer.status, answer.taken) == (404, False)
    assert answer.body.startswith("no such hook")
    assert len(answer.body) <= 1024
    assert answer.body.isprintable()
    assert len(answer.error) <= 250
    assert "secret" not in answer.error


@pytest.mark.requirement("PROD-071")
@pytest.mark.parametrize(
    ("header", "pause"),
    [
        ("120", timedelta(seconds=120)),
        ("Thu, 01 Jan 2026 00:02:00 GMT", timedelta(seconds=120)),
        ("Wed, 31 Dec 2025 00:00:00 GMT", timedelta()),
        ("", None),
        ("-5", None),
        ("soon", None),
        ("1e9", None),
        ("9" * 400, None),
    ],
)
async def test_retry_after_is_read_as_seconds_or_as_a_date(
    receiver: Receiver, header: str, pause: timedelta | None
) -> None:
    notifier = WebhookNotifier(allowed=LOOPBACK, clock=lambda: datetime(2026, 1, 1, tzinfo=UTC))
    receiver.retry_after = header
    answer = await notifier.post(message(receiver.url("/503")))
    await notifier.aclose()
    assert answer.retry_after == pause


@pytest.mark.requirement("PROD-074")
async def test_each_secret_verifies_what_was_signed_with_several(receiver: Receiver, notifier: WebhookNotifier) -> None:
    old = "whsec_" + base64.b64encode(b"before").decode()
    await notifier.send(message(receiver.url("/200")).model_copy(update={"signing_secrets": (SECRET, old)}))
    [(_, headers, body)] = receiver.requests
    for secret in (SECRET, old):
        assert Webhook(secret).verify(body, headers)["id"] == "1"
    with pytest.raises(WebhookVerificationError):
        Webhook("whsec_" + base64.b64encode(b"another").decode()).verify(body, headers)


async def test_connection_that_is_cut_is_no_answer(receiver: Receiver, notifier: WebhookNotifier) -> None:
    with pytest.raises(WebhookAnswerError, match="did not answer"):
        await notifier.send(message(receiver.url("/cut")))


async def test_receiver_that_is_not_there_gives_no_answer(notifier: WebhookNotifier) -> None:
    with Receiver() as gone:
        url = gone.url("/hidden")
    with pytest.raises(WebhookAnswerError, match="did not answer") as raised:
        await notifier.send(message(url))
    assert "hidden" not in str(raised.value)


async def test_silent_receiver_times_out(receiver: Receiver) -> None:
    notifier = WebhookNotifier(allowed=LOOPBACK, timeout_seconds=0.1)
    with pytest.raises(TimeoutError):
        await notifier.send(message(receiver.url("/hang")))
    await notifier.aclose()


@pytest.mark.requirement("PROD-075")
@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]", "2130706433", "0", "0x7f.1"])
async def test_an_address_of_ones_own_is_not_called_unless_the_operator_allows_it(
    receiver: Receiver, host: str
) -> None:
    notifier = WebhookNotifier()
    for scheme in ("http", "https"):
        with pytest.raises(WebhookAnswerError, match="may not be called"):
            await notifier.send(message(f"{scheme}://{host}:{receiver.server_port}/200"))
    await notifier.aclose()
    assert receiver.requests == []


@pytest.mark.requirement("PROD-075")
async def test_the_proxy_of_the_environment_is_not_asked(
    receiver: Receiver, notifier: WebhookNotifier, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Receiver() as proxy:
        for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY"):
            monkeypatch.setenv(name, proxy.url(""))
        await notifier.send(message(receiver.url("/200")))
        assert proxy.requests == []
    assert len(receiver.requests) == 1


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
