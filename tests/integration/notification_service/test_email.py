"""E-mail against a real SMTP server (aiosmtpd) on a free port of this machine."""

import asyncio
import email
import email.policy
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from typing import Any
from uuid import UUID

import aiosmtplib
import pytest
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from functions.kernel.errors import RejectedError
from functions.kernel.ports import Message
from functions.notification_service.channels.email import EmailNotifier

pytestmark = pytest.mark.requirement("FLOW-012")

DELIVERY = UUID("11111111-1111-4111-8111-111111111111")


def hang_up(server: SMTP) -> None:
    assert isinstance(server.transport, asyncio.Transport)
    server.transport.abort()


class Mailbox:
    """The server's side: keeps what it took, and refuses or goes away where the recipient's name says so."""

    def __init__(self) -> None:
        self.envelopes: list[Envelope] = []
        self.logins: list[LoginPassword] = []
        self.port = 0

    def authenticate(self, _server: SMTP, _session: Session, _envelope: Envelope, _how: str, login: Any) -> AuthResult:
        self.logins.append(login)
        return AuthResult(success=login.password == b"right", handled=False)

    async def handle_MAIL(
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address == "barred@example.org":
            return "550 5.7.1 sender barred"
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 OK"

    async def handle_RCPT(
        self, server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if address.startswith("unknown@"):
            return "550 5.1.1 no such\x07 person"
        if address.startswith("busy@"):
            return "451 4.3.0 try later"
        if address.startswith("gone@"):
            hang_up(server)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:
        if envelope.rcpt_tos == ["full@example.org"]:
            return "552 5.2.2 mailbox full"
        if envelope.rcpt_tos == ["lost@example.org"]:
            hang_up(server)
        self.envelopes.append(envelope)
        return "250 OK"

    def notifier(self, **options: Any) -> EmailNotifier:
        return EmailNotifier("127.0.0.1", self.port, **{"sender": "Taskwake <bot@example.org>", **options})

    def mail(self, position: int = -1) -> EmailMessage:
        content = self.envelopes[position].content
        assert isinstance(content, bytes)
        parsed = email.message_from_bytes(content, policy=email.policy.default)
        assert isinstance(parsed, EmailMessage)
        return parsed


@pytest.fixture
async def mailbox() -> AsyncIterator[Mailbox]:
    box = Mailbox()
    server = await asyncio.get_running_loop().create_server(
        lambda: SMTP(box, authenticator=box.authenticate, auth_require_tls=False, hostname="mail.test"),
        "127.0.0.1",
        0,
    )
    box.port = server.sockets[0].getsockname()[1]
    async with server:
        yield box


def message(to: str = "sam@example.org", title: str = "Due: report", body: str = "It is due.") -> Message:
    return Message(delivery_id=DELIVERY, to=to, title=title, body=body)


async def test_mail_arrives_as_plain_text(mailbox: Mailbox) -> None:
    body = "Fällig: 日本 😀\n.\nEnd" + "x" * 2000
    await mailbox.notifier().send(message(title="Fällig: Bericht 😀", body=body))
    mail = mailbox.mail()
    assert (mailbox.envelopes[-1].mail_from, mailbox.envelopes[-1].rcpt_tos) == (
        "bot@example.org",
        ["sam@example.org"],
    )
    assert (mail["From"], mail["To"]) == ("Taskwake <bot@example.org>", "sam@example.org")
    assert mail["Subject"] == "Fällig: Bericht 😀"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert abs(parsedate_to_datetime(mail["Date"]) - datetime.now(UTC)) < timedelta(minutes=1)
    assert (mail.get_content_type(), mail.get_content_charset()) == ("text/plain", "utf-8")
    assert mail.get_content().splitlines() == body.splitlines()


async def test_second_send_of_a_delivery_has_the_same_message_id(mailbox: Mailbox) -> None:
    for _ in range(2):
        await mailbox.notifier().send(message())
    first, second = mailbox.mail(0)["Message-ID"], mailbox.mail(1)["Message-ID"]
    assert first == second == f"<{DELIVERY}@example.org>"


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r", "\x0b", "\x0c", "\x1c", "\x85", "\u2028", "\x00"])
async def test_title_cannot_add_a_header(mailbox: Mailbox, line_end: str) -> None:
    await mailbox.notifier().send(message(title=f"Report{line_end}Bcc: eve@example.org{line_end}{line_end}Body"))
    assert mailbox.mail()["Subject"] == "Report Bcc: eve@example.org Body"
    assert mailbox.mail()["Bcc"] is None
    assert mailbox.envelopes[-1].rcpt_tos == ["sam@example.org"]


@pytest.mark.parametrize(
    "address",
    [
        "",
        "sam",
        "@example.org",
        "sam@",
        "sam@a@b",
        "sam@example.org\nBcc: eve@example.org",
        "sam@example.org, eve@example.org",
        "Sam <sam@example.org>",
        "sam@example.org> SIZE=1",
        "sam\x00@example.org",
        "sam@" + "x" * 64 + ".org",
        "sam@..",
    ],
)
async def test_what_is_no_address_is_rejected_before_anything_is_sent(mailbox: Mailbox, address: str) -> None:
    with pytest.raises(RejectedError, match="no e-mail address"):
        await mailbox.notifier().send(message(to=address))
    assert mailbox.envelopes == []


async def test_international_domain_is_sent_in_ascii(mailbox: Mailbox) -> None:
    await mailbox.notifier().send(message(to="sam@münchen.example"))
    assert mailbox.envelopes[-1].rcpt_tos == ["sam@xn--mnchen-3ya.example"]


async def test_recipient_refused_for_good_is_rejected_with_the_reason(mailbox: Mailbox) -> None:
    with pytest.raises(RejectedError, match=r"550 5\.1\.1 no such person"):
        await mailbox.notifier().send(message(to="unknown@example.org"))
    assert mailbox.envelopes == []


@pytest.mark.parametrize(
    ("to", "error"),
    [
        ("busy@example.org", aiosmtplib.SMTPRecipientsRefused),
        ("full@example.org", aiosmtplib.SMTPDataError),
        ("gone@example.org", aiosmtplib.SMTPServerDisconnected),
        ("lost@example.org", aiosmtplib.SMTPServerDisconnected),
    ],
)
async def test_what_may_pass_is_raised_for_a_retry(mailbox: Mailbox, to: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        await mailbox.notifier().send(message(to=to))


async def test_refused_sender_is_raised_for_a_retry(mailbox: Mailbox) -> None:
    """It is the installation's fault, not the recipient's: once mended, the mail goes out."""
    with pytest.raises(aiosmtplib.SMTPSenderRefused):
        await mailbox.notifier(sender="barred@example.org").send(message())


async def test_server_that_is_not_there_is_raised_for_a_retry(mailbox: Mailbox) -> None:
    server = await asyncio.start_server(lambda _reader, writer: writer.close(), "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    server.close()
    await server.wait_closed()
    with pytest.raises(aiosmtplib.SMTPConnectError):
        await EmailNotifier("127.0.0.1", port, "bot@example.org").send(message())


async def test_silent_server_times_out() -> None:
    open_writers: list[asyncio.StreamWriter] = []
    server = await asyncio.start_server(lambda _reader, writer: open_writers.append(writer), "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        with pytest.raises(TimeoutError):
            await EmailNotifier("127.0.0.1", port, "bot@example.org", timeout_seconds=0.05).send(message())
        for writer in open_writers:
            writer.close()


async def test_password_is_not_sent_in_the_clear_unless_told(mailbox: Mailbox) -> None:
    with pytest.raises(aiosmtplib.SMTPException):
        await mailbox.notifier(username="bot", password="right").send(message())
    assert mailbox.logins == []
    await mailbox.notifier(username="bot", password="right", starttls=False).send(message())
    assert [login.password for login in mailbox.logins] == [b"right"]


async def test_wrong_password_is_raised_for_a_retry(mailbox: Mailbox) -> None:
    with pytest.raises(aiosmtplib.SMTPAuthenticationError):
        await mailbox.notifier(username="bot", password="wrong", starttls=False).send(message())
    assert mailbox.envelopes == []


async def test_notifier_sends_again_after_it_was_closed(mailbox: Mailbox) -> None:
    notifier = mailbox.notifier()
    await notifier.aclose()
    await notifier.send(message())
    assert len(mailbox.envelopes) == 1
