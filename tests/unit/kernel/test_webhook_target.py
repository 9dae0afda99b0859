"""Which addresses webhooks may call, and which URLs are refused before they are."""

import socket
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.kernel.webhook_target import IN_THE_CLEAR, NOT_PUBLIC, Address, may_call, refusal_of_url
from tests.unit.notification_service.channels import forbidden_targets as table

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


def only_a_resolver_knows(what: str) -> bool:
    """A name is refused when it is called; so is a number that is no address, which is a name nobody has."""
    kind, _, how = what.partition(": ")
    return how.endswith("decimal beyond 32 bits") or (
        kind == "names_inside" and how.lower() not in ("name localhost", "name localhost.")
    )


@pytest.mark.requirement("PROD-430")
def test_no_url_of_the_table_is_taken_but_those_of_which_only_a_resolver_knows() -> None:
    taken = {what for what, url in table.TARGETS.items() if refusal_of_url(url, ()) is None}
    assert taken == {what for what in table.TARGETS if only_a_resolver_knows(what)}


@pytest.mark.requirement("PROD-430")
@pytest.mark.parametrize("url", ["https://8.8.8.8/", "https://[2606:4700::1111]/x", "https://[::ffff:8.8.8.8]:8443/"])
def test_a_public_address_is_taken(url: str) -> None:
    assert refusal_of_url(url, ()) is None


@pytest.mark.requirement("PROD-430")
def test_no_name_is_resolved_before_it_is_called(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []
    getaddrinfo = socket.getaddrinfo

    def noting(*arguments: Any, flags: int, **more: Any) -> Any:
        asked.append(flags)
        return getaddrinfo(*arguments, flags=flags, **more)

    monkeypatch.setattr(socket, "getaddrinfo", noting)
    assert refusal_of_url("https://hooks.example/x", ()) is None
    assert asked == [socket.AI_NUMERICHOST]


@pytest.mark.requirement("PROD-430")
@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("http://127.0.0.1:9/", None),
        ("https://localhost/", None),
        ("http://hooks.localhost./", None),
        ("http://home.example/", None),
        ("http://8.8.8.8/", IN_THE_CLEAR),
        ("https://10.0.0.5/", NOT_PUBLIC),
        ("https://[::1]/", NOT_PUBLIC),
    ],
)
def test_what_the_operator_allows_is_taken_and_nothing_else_inside(url: str, why: str | None) -> None:
    assert refusal_of_url(url, [ip_network("127.0.0.0/8")]) == why
