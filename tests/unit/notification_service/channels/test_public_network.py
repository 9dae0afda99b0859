"""The guard against server-side request forgery: which addresses may be called, and that no other is connected to."""

from collections.abc import Sequence
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Any

import httpcore
import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.notification_service.channels.public_network import (
    Address,
    ForbiddenAddressError,
    PublicNetwork,
    may_call,
)

pytestmark = pytest.mark.requirement("PROD-075")

PRIVATE = [
    *("0.0.0.0", "0.1.2.3", "10.0.0.1", "100.64.0.1", "100.127.255.254", "127.0.0.1", "127.255.255.254"),  # noqa: S104 - not bound to
    *("169.254.169.254", "169.254.170.2", "172.16.0.1", "172.31.255.255", "192.0.0.1", "192.0.2.1", "192.88.99.1"),
    *("192.168.1.1", "198.18.0.1", "198.51.100.1", "203.0.113.1", "224.0.0.1", "239.1.1.1", "240.0.0.1"),
    "255.255.255.255",
    *("::", "::1", "::127.0.0.1", "::ffff:127.0.0.1", "::ffff:169.254.169.254", "::ffff:0:10.0.0.1"),
    *("64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::1", "100::1", "2001:db8::1", "2001:10::1", "3fff::1"),
    *("2002:7f00:1::", "2002:a9fe:a9fe::1", "2002:c0a8:101::", "2001:0:7f00:1::", "2001:0:0:0:0:0:80ff:fffe"),
    *("fc00::1", "fd00:ec2::254", "fe80::1", "fec0::1", "5f00::1", "ff02::1", "ff0e::1"),
]
PUBLIC = [
    *("1.1.1.1", "8.8.8.8", "93.184.215.14", "100.63.255.255", "100.128.0.1", "172.32.0.1", "192.169.0.1"),
    *("2606:4700:4700::1111", "2a00:1450:4001:800::200e", "::ffff:8.8.8.8", "64:ff9b::808:808"),
]


@pytest.mark.parametrize("text", PRIVATE)
def test_address_that_is_not_the_internets_may_not_be_called(text: str) -> None:
    assert not may_call(ip_address(text), [])


@pytest.mark.parametrize("text", PUBLIC)
def test_public_address_may_be_called(text: str) -> None:
    assert may_call(ip_address(text), [])


@given(st.ip_addresses(v=4))
def test_an_address_is_judged_alike_in_every_dress(address: IPv4Address) -> None:
    for dressed in (f"::ffff:{address}", f"64:ff9b::{address}"):
        assert may_call(IPv6Address(dressed), []) == may_call(address, [])


@given(st.ip_addresses(v=4))
def test_a_6to4_address_is_called_no_sooner_than_the_one_it_carries(address: IPv4Address) -> None:
    dressed = IPv6Address((0x2002 << 112) | (int(address) << 80) | 1)
    assert may_call(address, []) or not may_call(dressed, [])


@given(st.ip_addresses())
def test_what_the_operator_allows_may_be_called(address: Address) -> None:
    assert may_call(address, [ip_network(f"{address}/{address.max_prefixlen}")])
    if not address.is_private:
        return
    assert not may_call(address, [ip_network("203.0.113.77/32")]) or str(address) == "203.0.113.77"


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
    resolver: Resolver, *, allowed: Sequence[str] = (), public: bool = True, down: Sequence[str] = ()
) -> PublicNetwork:
    made = PublicNetwork([ip_network(one) for one in allowed], public=public, resolve=resolver)
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
    with pytest.raises(ForbiddenAddressError, match=r"127\.0\.0\.1 is not a public one"):
        await checked.connect_tcp("rebind.example", 443)


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
    plain = network(Resolver(["192.168.1.7"], ["1.1.1.1"]), allowed=["192.168.0.0/16"], public=False)
    with pytest.raises(Connected):
        await plain.connect_tcp("home.example", 80)
    with pytest.raises(ForbiddenAddressError, match="https"):
        await plain.connect_tcp("public.example", 80)


async def test_no_socket_of_the_machine_is_opened() -> None:
    with pytest.raises(ForbiddenAddressError):
        await network(Resolver()).connect_unix_socket("/var/run/docker.sock")
