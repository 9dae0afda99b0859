"""Which notifier serves a channel, set up from the secret store when it is first needed."""

from collections.abc import Sequence
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, unquote, urlsplit

from functions.kernel.errors import RejectedError
from functions.kernel.ports import Notifier, SecretStore
from functions.notification_service.channels.email import EmailNotifier
from functions.notification_service.channels.webhook import WebhookNotifier

if TYPE_CHECKING:
    from functions.kernel.settings import Network

SMTP_SECRET = "smtp-url"  # noqa: S105 - the secret's name
DEFAULT_SENDER = "Taskwake <taskwake@localhost>"


class Channels:
    """The notifiers of this process; each keeps its connections for the next message. `webhook_networks` may be called
    although they are not public."""

    def __init__(self, secrets: SecretStore, webhook_networks: "Sequence[Network]" = ()) -> None:
        self._secrets = secrets
        self._webhook_networks = webhook_networks
        self._notifiers: dict[str, Notifier] = {}

    async def notifier(self, channel: str) -> Notifier:
        """The notifier of this channel. SecretMissingError when the store does not say how to send e-mail."""
        if channel not in self._notifiers:
            self._notifiers[channel] = await self._open(channel)
        return self._notifiers[channel]

    def webhooks(self) -> WebhookNotifier:
        """The notifier that calls webhooks."""
        notifier = self._notifiers.setdefault(WebhookNotifier.channel, WebhookNotifier(allowed=self._webhook_networks))
        assert isinstance(notifier, WebhookNotifier)  # noqa: S101 - nothing else is kept under its channel
        return notifier

    async def _open(self, channel: str) -> Notifier:
        if channel == WebhookNotifier.channel:
            return self.webhooks()
        if channel == EmailNotifier.channel:
            return email_notifier(await self._secrets.get(SMTP_SECRET))
        raise RejectedError(f"there is no channel {channel!r}")


def email_notifier(url: str) -> EmailNotifier:
    """The notifier that `smtp://user:password@host:port/?from=Name <address>` describes (`smtps` is TLS from the
    first byte). RejectedError when it is no such address; the text never holds it."""
    parts = urlsplit(url)
    if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
        raise RejectedError(f"the secret {SMTP_SECRET} is no address like smtp://user:password@host:587/?from=…")
    tls = parts.scheme == "smtps"
    sender = parse_qs(parts.query).get("from", [DEFAULT_SENDER])[0]
    return EmailNotifier(
        parts.hostname,
        parts.port or (465 if tls else 587),
        sender,
        username=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        tls=tls,
    )
