"""The network as webhooks may use it: each address of a host is checked, and only a checked one is connected to.

A webhook's URL is anybody's text. Without this guard it would make Taskwake ask what only Taskwake can reach: the
database beside it, the cloud's metadata service, a router's page (server-side request forgery).
"""

import asyncio
import socket
from collections.abc import Awaitable, Callable, Iterable, Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Any

import httpcore

Network = IPv4Network | IPv6Network
Address = IPv4Address | IPv6Address
Resolve = Callable[[str, int], Awaitable[Sequence[Address]]]
"""The addresses of a host, in the order in which they are to be tried. Raises OSError."""

_NAT64 = ip_network("64:ff9b::/96")
_UNICAST = ip_network("2000::/3")
"""All that is given out of IPv6 (RFC 4291 §2.4, IANA's registry); whatever else is global is of no server."""
_NEVER = tuple(map(ip_network, ("192.0.0.0/24", "192.88.99.0/24", "3fff::/20", "168.63.129.16/32")))
"""Protocol assignments (RFC 6890; Oracle's metadata is there), 6to4 relays (RFC 7526) and documentation (RFC 9637),
which `is_global` of some Python versions lets pass; and Azure's wire server, public by its number only."""


class ForbiddenAddressError(Exception):
    """The host has an address that webhooks may not call; the text says which, never the URL."""


def may_call(address: Address, allowed: Iterable[Network]) -> bool:
    """Whether a webhook may call this address: it is the internet's, or within an `allowed` network.

    An IPv6 address that carries an IPv4 one (mapped, NAT64, 6to4, Teredo) is judged by that, too.
    """
    carried = _carried(address)
    if any(one in network for network in allowed for one in (address, *carried)):
        return True
    return all(_is_public(one) for one in carried) and (_is_public(address) or _is_translated(address))


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


async def resolved(host: str, port: int) -> Sequence[Address]:
    """What the system's resolver says, each address once."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    # A link-local address may come with its interface, which is no part of the address.
    return list(dict.fromkeys(ip_address(str(sockaddr[0]).partition("%")[0]) for *_, sockaddr in found))


class PublicNetwork(httpcore.AsyncNetworkBackend):
    """Connects by TCP to public addresses, and to those of the networks that the operator `allowed`; not `public`: to
    these alone.

    A host is resolved once; with one address that may not be called it is not called at all, since which address is
    taken is not for its owner to choose. TLS and the Host header keep the host's name.
    """

    def __init__(self, allowed: Sequence[Network] = (), *, public: bool = True, resolve: Resolve = resolved) -> None:
        self._allowed = allowed
        self._public = public
        self._resolve = resolve
        self._network = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - httpcore's interface
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """A connection to the first address that answers. Raises ForbiddenAddressError, httpcore.ConnectError."""
        for address in (addresses := await self._checked(host, port)):
            try:
                return await self._network.connect_tcp(str(address), port, timeout, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                if address == addresses[-1]:
                    raise
        raise httpcore.ConnectError("its host has no address")

    async def _checked(self, host: str, port: int) -> Sequence[Address]:
        try:
            addresses = await self._resolve(host, port)
        except OSError as error:
            raise httpcore.ConnectError(f"its host could not be resolved: {error.strerror or error}") from None
        for address in addresses:
            if not may_call(address, self._allowed):
                raise ForbiddenAddressError(f"its host's address {address} is not a public one")
            if not (self._public or any(address in network for network in self._allowed)):
                raise ForbiddenAddressError("only https is spoken with the internet; begin its URL with https://")
        return addresses

    async def connect_unix_socket(
        self,
        path: str,
        timeout: float | None = None,  # noqa: ASYNC109 - httpcore's interface
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Never: raises ForbiddenAddressError."""
        raise ForbiddenAddressError("a webhook calls no socket of this machine")

    async def sleep(self, seconds: float) -> None:
        """Between httpcore's own attempts."""
        await self._network.sleep(seconds)
