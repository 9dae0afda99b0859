"""Notices by webhook, signed as Standard Webhooks (standardwebhooks.com) asks."""

import asyncio
import logging
from datetime import datetime
from typing import TYPE_CHECKING, ClassVar

from functions.kernel.clock import Clock, system_clock
from functions.kernel.errors import RejectedError
from functions.kernel.ports import Message
from functions.notification_service.channels import one_line

if TYPE_CHECKING:
    import httpx

_MAY_PASS = (408, 425, 429)
_SHOWN_CHARACTERS = 200


class WebhookAnswerError(Exception):
    """The receiver answered with a status that may pass: try again later."""


class WebhookNotifier:
    """Posts each message's CloudEvent to its URL, signed with its secret; `webhook-id` is its delivery id.

    `timeout_seconds` is for the whole exchange. Redirects are not followed; neither proxies nor credentials
    are taken from the environment.
    """

    channel: ClassVar[str] = "webhook"

    def __init__(self, *, timeout_seconds: float = 15, clock: Clock = system_clock) -> None:
        self._clock = clock
        self._timeout_seconds = timeout_seconds
        self._client: httpx.AsyncClient | None = None

    async def send(self, message: Message) -> None:
        """Deliver it: any 2xx. RejectedError for an invalid URL or secret, and for a 4xx that will not pass.

        Errors and their text never hold the URL, as many a webhook's URL is its secret.
        """
        import httpx

        try:
            url = httpx.URL(message.to)
        except httpx.InvalidURL:
            raise RejectedError("the webhook's URL is not valid") from None
        if url.scheme not in ("http", "https") or not url.host:
            raise RejectedError("the webhook's URL is not an http or https URL")
        headers = {"content-type": "application/cloudevents+json", **_signature(message, self._clock())}
        async with (
            asyncio.timeout(self._timeout_seconds),
            self._opened().stream("POST", url, content=message.event, headers=headers) as response,
        ):
            status = response.status_code
            if 200 <= status < 300:
                return
            if 400 <= status < 500 and status not in _MAY_PASS:
                raise RejectedError(f"the webhook answered {status}: {await _start(response)}")
            raise WebhookAnswerError(f"the webhook answered {status}")

    async def aclose(self) -> None:
        """Close the connections that are kept open; a later message opens new ones."""
        client, self._client = self._client, None
        if client is not None:
            await client.aclose()

    def _opened(self) -> "httpx.AsyncClient":
        if self._client is None:
            import httpx

            logging.getLogger("httpx").setLevel(logging.WARNING)  # it logs every URL at INFO
            self._client = httpx.AsyncClient(
                follow_redirects=False,
                trust_env=False,
                timeout=self._timeout_seconds,
                headers={"user-agent": "Taskwake", "accept-encoding": "identity"},
            )
        return self._client


def _signature(message: Message, now: datetime) -> dict[str, str]:
    from standardwebhooks import Webhook
    from standardwebhooks.webhooks import EmptyWebhookSecretError

    identifier = str(message.delivery_id)
    try:
        signature = Webhook(message.signing_secret).sign(identifier, now, message.event.decode())
    except (ValueError, EmptyWebhookSecretError):
        raise RejectedError("the webhook's signing secret is not valid: it must be whsec_ and base64") from None
    return {
        "webhook-id": identifier,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": signature,
    }


async def _start(response: "httpx.Response") -> str:
    """The first characters of an answer on one line; what follows is never read."""
    start = b""
    async for chunk in response.aiter_raw():
        start += chunk
        if len(start) >= 4 * _SHOWN_CHARACTERS:
            break
    return one_line(start.decode(errors="replace"))[:_SHOWN_CHARACTERS]
