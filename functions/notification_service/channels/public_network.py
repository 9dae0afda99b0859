"""The network as webhooks may use it: each address of a host is checked, and only a checked one is connected to."""

import asyncio
import socket
from collections.abc import Awaitable, Callable, Iterable, Sequence
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any

import httpcore

from functions.kernel.webhook_target import Address, refusal

if TYPE_CHECKING:
    from functions.kernel.settings import Network

Resolve = Callable[[str, int], Awaitable[Sequence[Address]]]
"""The addresses of a host, in the order in which they are to be tried. Raises OSError."""


class ForbiddenAddressError(Exception):
    """The host has an `address` that webhooks may not call. The text, which its webhook's owner reads, does not say
    which, and never the URL."""

    def __init__(self, why: str, address: Address | None = None) -> None:
        super().__init__(why)
        self.address = address


async def resolved(host: str, port: int) -> Sequence[Address]:
    """What the system's resolver says, each address once."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    # A link-local address may come with its interface, which is no part of the address.
    return list(dict.fromkeys(ip_address(str(sockaddr[0]).partition("%")[0]) for *_, sockaddr in found))


class PublicNetwork(httpcore.AsyncNetworkBackend):
    """Connects by TCP to public addresses, and to those of the networks that the operator `allowed`; what is not
    `encrypted` to these alone.

    A host is resolved once; with one address that may not be called it is not called at all, since which address is
    taken is not for its owner to choose. TLS and the Host header keep the host's name.
    """

    def __init__(
        self, allowed: "Sequence[Network]" = (), *, encrypted: bool = True, resolve: Resolve = resolved
    ) -> None:
        self._allowed = allowed
        self._encrypted = encrypted
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
            if why := refusal(address, self._allowed, encrypted=self._encrypted):
                raise ForbiddenAddressError(why, address)
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
