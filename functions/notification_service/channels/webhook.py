"""Notices by webhook, signed as Standard Webhooks (standardwebhooks.com) asks."""

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, ClassVar

from functions.kernel.clock import Clock, system_clock
from functions.kernel.errors import RejectedError
from functions.kernel.ports import Message
from functions.kernel.telemetry import trace
from functions.kernel.telemetry.spans import span
from functions.kernel.webhook_secret import signed_headers
from functions.notification_service.channels import one_line

if TYPE_CHECKING:
    import httpcore

    from functions.kernel.settings import Network

log = logging.getLogger(__name__)

GONE = 410
KEPT_BYTES = 1024
"""Of an answer's body; what follows is never read."""
_SHOWN_CHARACTERS = 200
_CALL = {"http.request.method": "POST", "taskwake.channel": "webhook"}
"""Not where it goes to, which is its owner's own affair."""


class WebhookAnswerError(Exception):
    """The receiver did not take the message; the text says what it answered."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the receiver answered: its status, how the body begins, on one line, and how long it wants to be left alone
    (Retry-After)."""

    status: int
    body: str = ""
    retry_after: timedelta | None = None

    @property
    def taken(self) -> bool:
        """Any 2xx."""
        return 200 <= self.status < 300

    @property
    def error(self) -> str:
        """Why the message was not taken, for a person."""
        return f"the webhook answered {self.status}: {self.body[:_SHOWN_CHARACTERS]}".rstrip(": ")


class WebhookNotifier:
    """Posts each message's CloudEvent to its URL, signed with its secrets; `webhook-id` is its delivery id.

    `timeout_seconds` is for the whole exchange. Redirects are not followed; neither proxies nor credentials
    are taken from the environment. Only the internet is called, by https, and the networks that the operator `allowed`.
    """

    channel: ClassVar[str] = "webhook"

    def __init__(
        self,
        *,
        allowed: "Sequence[Network]" = (),
        timeout_seconds: float = 15,
        clock: Clock = system_clock,
    ) -> None:
        self._allowed = allowed
        self._clock = clock
        self._timeout_seconds = timeout_seconds
        self._pools: dict[bytes, httpcore.AsyncConnectionPool] = {}

    async def send(self, message: Message) -> None:
        """Deliver it. Raises as `post` does, and WebhookAnswerError for an answer that is no 2xx."""
        answer = await self.post(message)
        if not answer.taken:
            raise WebhookAnswerError(answer.error)

    async def post(self, message: Message) -> Answer:
        """What the receiver answered, whatever it is. RejectedError for an invalid URL or secret, WebhookAnswerError
        where there was no answer, TimeoutError.

        Errors and their text never hold the URL, as many a webhook's URL is its secret.
        """
        import httpcore

        from functions.kernel.webhook_target import parsed
        from functions.notification_service.channels.public_network import ForbiddenAddressError

        try:
            url = parsed(message.to)
        except ValueError as error:
            raise RejectedError(str(error)) from None
        now = self._clock()
        try:
            signed = signed_headers(message.signing_secrets, message.delivery_id, now, message.event)
        except ValueError:
            raise RejectedError("the webhook's signing secret is not valid: it must be whsec_ and base64") from None
        headers: list[tuple[bytes | str, bytes | str]] = [
            ("content-type", "application/cloudevents+json"),
            ("user-agent", "Taskwake"),
            ("accept-encoding", "identity"),
            *signed.items(),
        ]
        target = httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path)
        try:
            with span("POST", "client", trace.current(), attributes=_CALL) as call:
                headers.append(("traceparent", call.context.traceparent))
                async with (
                    asyncio.timeout(self._timeout_seconds),
                    self._pool(url.raw_scheme).stream(
                        "POST", target, headers=headers, content=message.event
                    ) as response,
                ):
                    call.tell("http.response.status_code", response.status)
                    sent = {name.lower(): value for name, value in response.headers}
                    return Answer(response.status, await _start(response), _retry_after(sent.get(b"retry-after"), now))
        except ForbiddenAddressError as error:
            log.warning(
                "delivery %s is not sent: its webhook's host has the address %s", message.delivery_id, error.address
            )
            raise WebhookAnswerError(f"the webhook may not be called: {error}") from None
        except (httpcore.NetworkError, httpcore.TimeoutException, httpcore.ProtocolError) as error:
            what = one_line(f"{type(error).__name__} {error}")[:_SHOWN_CHARACTERS]
            raise WebhookAnswerError(f"the webhook did not answer: {what}") from None

    async def aclose(self) -> None:
        """Close the connections that are kept open; a later message opens new ones."""
        pools, self._pools = self._pools, {}
        for pool in pools.values():
            await pool.aclose()

    def _pool(self, scheme: bytes) -> "httpcore.AsyncConnectionPool":
        if scheme not in self._pools:
            import httpcore

            from functions.notification_service.channels.public_network import PublicNetwork

            network = PublicNetwork(self._allowed, encrypted=scheme == b"https")
            self._pools[scheme] = httpcore.AsyncConnectionPool(
                max_connections=100, keepalive_expiry=5, network_backend=network
            )
        return self._pools[scheme]


def _retry_after(value: bytes | None, now: datetime) -> timedelta | None:
    """What Retry-After (RFC 9110 §10.2.3) says, in seconds or as a date; null for anything else."""
    text = (value or b"").decode("ascii", "replace").strip()
    if text.isdecimal() and len(text) <= 9:
        return timedelta(seconds=int(text))
    try:
        return max(parsedate_to_datetime(text) - now, timedelta())
    except (TypeError, ValueError):  # no date, or one without a zone
        return None


async def _start(response: "httpcore.Response") -> str:
    """The first bytes of an answer on one line; what follows is never read."""
    start = b""
    async for chunk in response.aiter_stream():
        start += chunk
        if len(start) >= KEPT_BYTES:
            break
    return one_line(start[:KEPT_BYTES].decode(errors="replace"))
