"""No target of the table is connected to, however its address is written and whatever a resolver says."""

import asyncio
import socket
from collections.abc import Callable, Sequence
from ipaddress import ip_address
from itertools import permutations
from typing import Any
from uuid import UUID

import httpcore
import pytest

from functions.kernel.errors import RejectedError
from functions.kernel.ports import Message
from functions.kernel.webhook_target import Address
from functions.notification_service.channels.public_network import PublicNetwork
from functions.notification_service.channels.webhook import WebhookAnswerError, WebhookNotifier
from tests.unit.notification_service.channels.forbidden_targets import INSIDE, NAMES, PUBLIC, TARGETS

pytestmark = pytest.mark.requirement("TRUST-071")

ASKED = Callable[[str], Sequence[str]]


def of_the_table(host: str) -> Sequence[str]:
    """What is said of a name; a number is read as the system reads it, without asking anybody."""
    known = NAMES | PUBLIC
    if host in known:
        return known[host]
    found = socket.getaddrinfo(host, 443, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST)
    return [str(sockaddr[0]) for *_, sockaddr in found]


class Wire(httpcore.AsyncNetworkBackend):
    """Notes whom it was to connect to, and does not."""

    def __init__(self) -> None:
        self.connected: list[str] = []

    async def connect_tcp(self, host: str, port: int, *_: Any) -> httpcore.AsyncNetworkStream:
        self.connected.append(host)
        raise httpcore.ConnectError("this is as far as it goes")


def notifier(wire: Wire, asked: ASKED = of_the_table) -> WebhookNotifier:
    async def resolve(host: str, port: int) -> Sequence[Address]:
        return [ip_address(text.partition("%")[0]) for text in asked(host)]

    made = WebhookNotifier()
    for scheme in (b"http", b"https"):
        network = PublicNetwork(encrypted=scheme == b"https", resolve=resolve)
        network._network = wire
        made._pools[scheme] = httpcore.AsyncConnectionPool(network_backend=network)
    return made


async def call(url: str, asked: ASKED = of_the_table) -> tuple[list[str], str]:
    """Whom a call of this URL connects to, and why it failed."""
    wire = Wire()
    sender = notifier(wire, asked)
    event, secret = b"{}", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    message = Message(
        delivery_id=UUID(int=1), to=url, title="Due", body="It is due.", event=event, signing_secrets=(secret,)
    )
    with pytest.raises((RejectedError, WebhookAnswerError)) as raised:
        await sender.post(message)
    await sender.aclose()
    return wire.connected, str(raised.value)


@pytest.mark.parametrize("name", TARGETS)
async def test_target_is_not_connected_to(name: str) -> None:
    connected, why = await call(TARGETS[name])
    assert connected == []
    assert why.startswith(("the webhook may not be called", "the webhook's URL is not", "the webhook did not answer"))


@pytest.mark.parametrize("host", PUBLIC)
async def test_a_public_name_is_connected_to(host: str) -> None:
    assert (await call(f"https://{host}/"))[0] == PUBLIC[host]


@pytest.mark.parametrize("inside", INSIDE.values())
async def test_one_address_inside_among_public_ones_forbids_them_all(inside: str) -> None:
    for addresses in permutations(["93.184.215.14", "2606:4700::1111", inside]):
        connected, why = await call("https://mixed.example/", lambda _, found=addresses: found)
        assert connected == []
        assert "may not be called" in why


@pytest.mark.requirement("PROD-431")
async def test_the_operators_log_names_the_address_and_the_webhooks_owner_is_not_told(
    caplog: pytest.LogCaptureFixture,
) -> None:
    _, why = await call("https://postgres/")
    assert "10.0.0.5" in caplog.text
    assert "10.0.0.5" not in why


async def test_a_name_that_turns_between_two_questions_is_asked_once_a_call() -> None:
    answers = [["93.184.215.14"], ["127.0.0.1"], ["93.184.215.14"]]

    def asked(_: str) -> Sequence[str]:
        return answers.pop(0)

    assert (await call("https://rebind.example/", asked))[0] == ["93.184.215.14"]
    assert (await call("https://rebind.example/", asked))[0] == []
    assert len(answers) == 1


async def test_a_name_that_is_asked_by_many_calls_at_once_reaches_nobody_inside() -> None:
    turn = iter(["93.184.215.14", "169.254.169.254"] * 10)
    calls = [call("https://rebind.example/", lambda _: [next(turn)]) for _ in range(20)]
    assert [host for connected, _ in await asyncio.gather(*calls) for host in connected] == ["93.184.215.14"] * 10


def test_the_table_is_long() -> None:
    assert len(set(TARGETS.values())) > 450
