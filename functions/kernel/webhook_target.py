"""Where a webhook may call: decided alike by who takes its URL and by who calls it.

A webhook's URL is anybody's text. Without this guard it would make Taskwake ask what only Taskwake can reach: the
database beside it, the cloud's metadata service, a router's page (server-side request forgery).
"""

import socket
from collections.abc import Collection
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import TYPE_CHECKING
from urllib.parse import unquote

if TYPE_CHECKING:
    import httpx

    from functions.kernel.settings import Network

Address = IPv4Address | IPv6Address

NOT_PUBLIC = (
    "its host has an address that is not public; name one on the internet, or have the operator allow its network "
    "(TASKWAKE_WEBHOOK_NETWORKS)"
)
"""It does not say which address: who owns a webhook would learn by it what names inside stand for."""
IN_THE_CLEAR = "only https is spoken with the internet; begin its URL with https://"

_NAT64 = ip_network("64:ff9b::/96")
_UNICAST = ip_network("2000::/3")
"""All that is given out of IPv6 (RFC 4291 §2.4, IANA's registry); whatever else is global is of no server."""
_NEVER = tuple(map(ip_network, ("192.0.0.0/24", "192.88.99.0/24", "3fff::/20", "168.63.129.16/32")))
"""Protocol assignments (RFC 6890; Oracle's metadata is there), 6to4 relays (RFC 7526) and documentation (RFC 9637),
which `is_global` of some Python versions lets pass; and Azure's wire server, public by its number only."""
_LOCALHOST: tuple[Address, ...] = (IPv4Address("127.0.0.1"), IPv6Address("::1"))


def parsed(text: str) -> "httpx.URL":
    """The URL as it is called. Raises ValueError, whose text never holds it, as many a webhook's URL is its secret."""
    import httpx

    try:
        url = httpx.URL(text)
    except httpx.InvalidURL:
        raise ValueError("the webhook's URL is not valid; write it like https://example.org/hooks/taskwake") from None
    if url.scheme not in ("http", "https") or not url.host:
        raise ValueError("the webhook's URL is not an http or https URL")
    return url


def refusal_of_url(text: str, allowed: "Collection[Network]") -> str | None:
    """Why nothing at this URL can ever be called; null: it can be, or its host is a name, which only the call has
    resolved: nobody is asked here."""
    try:
        url = parsed(text)
    except ValueError as error:
        return str(error)
    encrypted = url.scheme == "https"
    addresses = _written(unquote(url.raw_host.decode()))
    if not addresses:
        return None if encrypted or allowed else IN_THE_CLEAR
    refusals = [refusal(address, allowed, encrypted=encrypted) for address in addresses]
    return None if None in refusals else refusals[0]


def refusal(address: Address, allowed: "Collection[Network]", *, encrypted: bool) -> str | None:
    """Why a webhook may not call this address, as its owner is told; null: it may. In the clear only the `allowed`
    networks are called."""
    if not may_call(address, allowed):
        return NOT_PUBLIC
    if not encrypted and not any(address in network for network in allowed):
        return IN_THE_CLEAR
    return None


def may_call(address: Address, allowed: "Collection[Network]") -> bool:
    """Whether a webhook may call this address: it is the internet's, or within an `allowed` network.

    An IPv6 address that carries an IPv4 one (mapped, NAT64, 6to4, Teredo) is judged by that, too.
    """
    carried = _carried(address)
    if any(one in network for network in allowed for one in (address, *carried)):
        return True
    return all(_is_public(one) for one in carried) and (_is_public(address) or _is_translated(address))


def _written(host: str) -> tuple[Address, ...]:
    """The addresses that a host is by how it is written, in any way that the system reads; none: it is a name."""
    host = host.rstrip(".").lower()
    if host == "localhost" or host.endswith(".localhost"):  # RFC 6761 §6.3
        return _LOCALHOST
    if ":" in host:
        host = host.partition("%")[0]  # a zone names an interface of this machine, which may not be there
    try:
        found = socket.getaddrinfo(host.encode(), None, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST)
    except OSError:
        return ()
    return tuple(ip_address(str(sockaddr[0])) for *_, sockaddr in found)


def _is_public(address: Address) -> bool:
    given_out = address.version == 4 or address in _UNICAST
    return given_out and address.is_global and not address.is_multicast and not any(address in one for one in _NEVER)


def _is_translated(address: Address) -> bool:
    """It is nothing but an IPv4 address in other clothes."""
    return address in _NAT64 or (isinstance(address, IPv6Address) and address.ipv4_mapped is not None)


def _carried(address: Address) -> list[Address]:
    if isinstance(address, IPv4Address):
        return []
    inner: list[Address | None] = [address.ipv4_mapped, address.sixtofour, *(address.teredo or ())]
    if address in _NAT64:
        inner.append(IPv4Address(int(address) & 0xFFFFFFFF))
    return [one for one in inner if one is not None]
