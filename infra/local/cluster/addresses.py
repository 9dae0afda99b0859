"""Which addresses a copy of the cluster has: a block of its own, so that copies run side by side."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network
from pathlib import Path

SPACE = IPv4Network("10.192.0.0/10")
BLOCK_PREFIX = 20
BLOCKS = 2 ** (BLOCK_PREFIX - SPACE.prefixlen)


@dataclass(frozen=True)
class Addresses:
    """The addresses of block `number`, and the names of what it has on this machine, which hold the same number."""

    number: int

    @property
    def block(self) -> IPv4Network:
        """All of them."""
        return IPv4Network((int(SPACE.network_address) + self.number * 2 ** (32 - BLOCK_PREFIX), BLOCK_PREFIX))

    @property
    def link(self) -> IPv4Network:
        """Between this machine and the node."""
        return self._part(24, 0)

    @property
    def machine(self) -> IPv4Address:
        """This machine's end of the link."""
        return self.link[1]

    @property
    def node(self) -> IPv4Address:
        """The node's end of the link, where its API server listens."""
        return self.link[2]

    @property
    def pods(self) -> IPv4Network:
        return self._part(22, 1)

    @property
    def services(self) -> IPv4Network:
        return self._part(21, 1)

    @property
    def api_service(self) -> IPv4Address:
        """Where pods find the API server: the first address of the services, by Kubernetes' rule."""
        return self.services[1]

    @property
    def dns_service(self) -> IPv4Address:
        return self.services[10]

    @property
    def name(self) -> str:
        """Of the network namespace, and of the control group."""
        return f"taskwake-{self.number}"

    @property
    def interface(self) -> str:
        """This machine's end of the link, as an interface."""
        return f"twk{self.number}"

    def _part(self, prefix: int, index: int) -> IPv4Network:
        return list(self.block.subnets(new_prefix=prefix))[index]


def candidates(folder: Path) -> Iterator[Addresses]:
    """Every block there is, first the one that the folder's path leads to."""
    first = int.from_bytes(hashlib.sha256(str(folder).encode()).digest()[:4])
    for offset in range(BLOCKS):
        yield Addresses((first + offset) % BLOCKS)
