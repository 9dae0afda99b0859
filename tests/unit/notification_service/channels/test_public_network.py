"""The guard against server-side request forgery: nothing but an address that may be called is connected to."""

from collections.abc import Sequence
from ipaddress import ip_address, ip_network
from typing import Any

import httpcore
import pytest

from functions.kernel.webhook_target import Address
from functions.notification_service.channels.public_network import ForbiddenAddressError, PublicNetwork

pytestmark = pytest.mark.requirement("PROD-075")


class Connected(Exception):  # noqa: N818 - no error
    """To this address, if the guard had let it."""


class NoNetwork(httpcore.AsyncNetworkBackend):
    """Says whom it was to connect to; those that are `down` do not answer."""

    def __init__(self, down: Sequence[str] = ()) -> None:
        self.down = down

    async def connect_tcp(self, host: str, port: int, *_: Any) -> httpcore.AsyncNetworkStream:
        if host in self.down:
            raise httpcore.ConnectError("down")
        raise Connected(host, port)


class Resolver:
    """Answers with one list of addresses after the other."""

    def __init__(self, *answers: Sequence[str] | OSError) -> None:
        self.answers = list(answers)

    async def __call__(self, host: str, port: int) -> Sequence[Address]:
        answer = self.answers.pop(0)
        if isinstance(answer, OSError):
            raise answer
        return [ip_address(text) for text in answer]


def network(
    resolver: Resolver, *, allowed: Sequence[str] = (), encrypted: bool = True, down: Sequence[str] = ()
) -> PublicNetwork:
    made = PublicNetwork([ip_network(one) for one in allowed], encrypted=encrypted, resolve=resolver)
    made._network = NoNetwork(down)
    return made


async def test_the_checked_address_is_connected_to_and_the_name_not_resolved_again() -> None:
    rebinding = Resolver(["93.184.215.14"], ["127.0.0.1"])
    with pytest.raises(Connected) as connected:
        await network(rebinding).connect_tcp("rebind.example", 443)
    assert connected.value.args == ("93.184.215.14", 443)
    assert len(rebinding.answers) == 1


async def test_a_name_that_answers_otherwise_at_the_next_call_is_checked_again() -> None:
    checked = network(Resolver(["93.184.215.14"], ["127.0.0.1"]))
    with pytest.raises(Connected):
        await checked.connect_tcp("rebind.example", 443)
    with pytest.raises(ForbiddenAddressError, match="not public"):
        await checked.connect_tcp("rebind.example", 443)


@pytest.mark.requirement("PROD-431")
async def test_what_a_name_inside_stands_for_is_not_told_to_who_names_it() -> None:
    with pytest.raises(ForbiddenAddressError) as raised:
        await network(Resolver(["10.96.4.4"])).connect_tcp("postgres.internal", 5432)
    assert "10.96" not in str(raised.value)
    assert raised.value.address == ip_address("10.96.4.4")


@pytest.mark.parametrize("addresses", [["1.1.1.1", "10.0.0.1"], ["10.0.0.1", "1.1.1.1"], ["2606:4700::1", "::1"]])
async def test_one_forbidden_address_among_several_forbids_the_host(addresses: list[str]) -> None:
    with pytest.raises(ForbiddenAddressError):
        await network(Resolver(addresses)).connect_tcp("mixed.example", 443)


async def test_the_next_address_is_tried_when_one_does_not_answer() -> None:
    with pytest.raises(Connected) as connected:
        await network(Resolver(["1.1.1.1", "1.0.0.1"]), down=["1.1.1.1"]).connect_tcp("two.example", 443)
    assert connected.value.args[0] == "1.0.0.1"


async def test_when_none_answers_the_last_failure_is_raised() -> None:
    with pytest.raises(httpcore.ConnectError, match="down"):
        await network(Resolver(["1.1.1.1", "1.0.0.1"]), down=["1.1.1.1", "1.0.0.1"]).connect_tcp("two.example", 443)


@pytest.mark.parametrize("answer", [OSError(-2, "Name or service not known"), []])
async def test_a_name_without_an_address_is_no_answer(answer: Any) -> None:
    with pytest.raises(httpcore.ConnectError):
        await network(Resolver(answer)).connect_tcp("nowhere.example", 443)


async def test_in_the_clear_only_allowed_networks_are_spoken_with() -> None:
    plain = network(Resolver(["192.168.1.7"], ["1.1.1.1"]), allowed=["192.168.0.0/16"], encrypted=False)
    with pytest.raises(Connected):
        await plain.connect_tcp("home.example", 80)
    with pytest.raises(ForbiddenAddressError, match="https"):
        await plain.connect_tcp("public.example", 80)


async def test_no_socket_of_the_machine_is_opened() -> None:
    with pytest.raises(ForbiddenAddressError):
        await network(Resolver()).connect_unix_socket("/var/run/docker.sock")
