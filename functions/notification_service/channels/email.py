"""Notices by e-mail, over SMTP."""

import re
from typing import TYPE_CHECKING, ClassVar

from functions.kernel.clock import Clock, system_clock
from functions.kernel.errors import RejectedError
from functions.kernel.ports import Message
from functions.kernel.telemetry import trace
from functions.kernel.telemetry.spans import span
from functions.notification_service.channels import one_line

if TYPE_CHECKING:
    from email.message import EmailMessage

_split_address = re.compile(r'([^\s@<>()\[\]\\,;:"]+)@([^\s@<>()\[\]\\,;:"]+)').fullmatch


class EmailNotifier:
    """Sends each message as a plain-text e-mail whose Message-ID is made of its delivery id.

    `sender` is the From address, `Taskwake <taskwake@example.org>` or bare. `tls` encrypts from the first
    byte (port 465). `starttls` upgrades: None does so where the server offers it, and insists on it when
    there is a username, so that no password travels in the clear unless `starttls=False` says so.
    `timeout_seconds` holds for connecting and for each command.
    """

    channel: ClassVar[str] = "email"

    def __init__(
        self,
        host: str,
        port: int,
        sender: str,
        *,
        username: str = "",
        password: str = "",
        starttls: bool | None = None,
        tls: bool = False,
        timeout_seconds: float = 10,
        clock: Clock = system_clock,
    ) -> None:
        self._clock = clock
        self._host = host
        self._port = port
        self._sender = sender
        self._username = username
        self._password = password
        self._starttls = False if tls else True if starttls is None and username else starttls
        self._tls = tls
        self._timeout_seconds = timeout_seconds

    async def send(self, message: Message) -> None:
        """Hand it to the SMTP server. RejectedError when the address is none or is refused for good (5xx)."""
        import socket

        import aiosmtplib

        recipient = _ascii_domain(message.to)
        email = self._compose(message, recipient)
        client = aiosmtplib.SMTP(
            hostname=self._host,
            port=self._port,
            username=self._username or None,
            password=self._password or None,
            use_tls=self._tls,
            start_tls=self._starttls,
            timeout=self._timeout_seconds,
            local_hostname=socket.gethostname(),  # the default asks the DNS, which may hang
        )
        try:
            with span("send", "client", trace.current(), attributes={"taskwake.channel": self.channel}):
                async with client:
                    await client.send_message(email, recipients=[recipient])
        except aiosmtplib.SMTPRecipientsRefused as refused:
            first = refused.recipients[0]
            if first.code >= 500:
                reason = one_line(first.message)[:200]
                raise RejectedError(f"the mail server refused the address: {first.code} {reason}") from None
            raise

    async def aclose(self) -> None:
        """Nothing to release: each message has a connection of its own, so that a stale one loses none."""

    def _compose(self, message: Message, recipient: str) -> "EmailMessage":
        from email.message import EmailMessage
        from email.utils import parseaddr

        domain = parseaddr(self._sender)[1].rpartition("@")[2] or "localhost"
        email = EmailMessage()
        email["From"] = self._sender
        email["To"] = recipient
        email["Subject"] = one_line(message.title)
        email["Date"] = self._clock()
        email["Message-ID"] = f"<{message.delivery_id}@{domain}>"
        email["Auto-Submitted"] = "auto-generated"  # RFC 3834: keeps vacation answers away
        email.set_content(message.body, cte="quoted-printable")
        return email


def _ascii_domain(address: str) -> str:
    """The address with its domain as the DNS knows it (IDNA)."""
    match = _split_address(address) if address.isprintable() else None
    if match is not None:
        try:
            return f"{match[1]}@{match[2].encode('idna').decode()}"
        except UnicodeError:
            pass
    raise RejectedError("the recipient's address is no e-mail address")
