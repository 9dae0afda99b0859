"""What a webhook could be given to reach what only Taskwake reaches: the table TARGETS, by what each tries."""

from collections.abc import Iterator
from ipaddress import IPv4Address, IPv6Address, ip_network

SPECIAL_V4 = [
    *("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24"),
    *("192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24"),
    *("224.0.0.0/4", "240.0.0.0/4", "168.63.129.16/32"),
]
SPECIAL_V6 = [
    *("::/128", "::1/128", "::ffff:0:0:0/96", "::/96", "64:ff9b::/112", "64:ff9b:1::/48", "100::/64"),
    *("2001::/32", "2001:2::/48", "2001:10::/28", "2001:db8::/32", "2002:a00::/24", "2002:7f00::/24", "3fff::/20"),
    *("5f00::/16", "fc00::/7", "fe80::/10", "fec0::/10", "ff00::/8", "2002:c0a8::/32", "2002:a9fe::/32", "4000::/3"),
]
"""IANA's registries of special-purpose addresses, the forms that carry an IPv4 one, and what was never given out."""
INSIDE = {
    "loopback": "127.0.0.1",
    "the database's network": "10.0.0.5",
    "a home router": "192.168.1.1",
    "a container's host": "172.17.0.1",
    "metadata of AWS, Azure, Google and others": "169.254.169.254",
    "metadata of ECS": "169.254.170.2",
    "metadata of Alibaba": "100.100.100.200",
    "metadata of Oracle": "192.0.0.192",
    "Azure's wire server": "168.63.129.16",
    "this host": "0.0.0.0",  # noqa: S104 - not bound to
}
NAMES = {
    "localhost": ["127.0.0.1", "::1"],
    "localhost.": ["127.0.0.1"],
    "localhost.localdomain": ["127.0.0.1"],
    "ip6-localhost": ["::1"],
    "metadata.google.internal": ["169.254.169.254"],
    "metadata": ["169.254.169.254"],
    "instance-data": ["169.254.169.254"],
    "kubernetes.default.svc": ["10.96.0.1"],
    "kubernetes.default.svc.cluster.local.": ["10.96.0.1"],
    "host.docker.internal": ["192.168.65.2"],
    "alarm-dapr": ["10.96.4.4"],
    "postgres": ["10.0.0.5"],
    "127.0.0.1.nip.example": ["127.0.0.1"],
    "7f000001.rebind.example": ["127.0.0.1"],
    "only-v6.example": ["fd00:ec2::254"],
    "mapped.example": ["::ffff:10.0.0.5"],
    "translated.example": ["64:ff9b::a9fe:a9fe"],
    "all-inside.example": ["10.0.0.1", "192.168.0.1"],
}
"""Names, and what a resolver says of them."""
PUBLIC = {"example.org": ["93.184.215.14"], "public.example": ["93.184.215.14", "2606:4700::1111"]}

Cases = Iterator[tuple[str, str]]


def spellings(address: str) -> Iterator[tuple[str, str]]:
    """An IPv4 address as it can be written in a URL."""
    number, parts = int(IPv4Address(address)), [int(part) for part in address.split(".")]
    a, b, c, d = parts
    yield "dotted", address
    yield "with a dot behind", address + "."
    yield "decimal", str(number)
    yield "hexadecimal", hex(number)
    yield "HEXADECIMAL", f"0X{number:08X}"
    yield "octal", f"0{number:o}"
    yield "three parts", f"{a}.{b}.{c << 8 | d}"
    yield "two parts", f"{a}.{b << 16 | c << 8 | d}"
    yield "parts in octal", ".".join(f"0{part:o}" for part in parts)
    yield "parts in octal, padded", ".".join(f"0{part:010o}" for part in parts)
    yield "parts in hexadecimal", ".".join(map(hex, parts))
    yield "parts of all kinds", f"{a:#x}.0{b:o}.{c}.{d:#x}"
    yield "padded", ".".join(f"{part:03}" for part in parts)
    yield "percent-encoded", "".join(f"%{ord(char):02x}" for char in address)
    yield "full width", "".join(chr(ord(char) + 0xFEE0) if char.isdigit() else char for char in address)
    yield "circled", "".join("⓪①②③④⑤⑥⑦⑧⑨"[int(char)] if char.isdigit() else char for char in address)
    yield "ideographic stops", address.replace(".", "。")
    yield "decimal beyond 32 bits", str(number + (1 << 32))
    yield "mapped", f"[::ffff:{address}]"
    yield "mapped, in hexadecimal", f"[::ffff:{number >> 16:x}:{number & 0xFFFF:x}]"
    yield "mapped, in full", f"[{IPv6Address((0xFFFF << 32) | number).exploded}]"
    yield "compatible", f"[::{address}]"
    yield "translated (SIIT)", f"[::ffff:0:{address}]"
    yield "NAT64", f"[64:ff9b::{address}]"
    yield "NAT64 of the place", f"[64:ff9b:1::{address}]"
    yield "6to4", f"[{IPv6Address((0x2002 << 112) | (number << 80) | 1)}]"
    yield "Teredo's server", f"[{IPv6Address((0x20010000 << 96) | (number << 64))}]"
    yield "Teredo's client", f"[{IPv6Address((0x20010000 << 96) | (0x08080808 << 64) | (number ^ 0xFFFFFFFF))}]"


def written_otherwise() -> Cases:
    for what, address in INSIDE.items():
        for how, host in spellings(address):
            yield f"{what}, {how}", f"https://{host}/"


def special_networks() -> Cases:
    for text in (*SPECIAL_V4, *SPECIAL_V6):
        network = ip_network(text)
        for where, at in (("first", 0), ("middle", network.num_addresses // 2), ("last", network.num_addresses - 1)):
            host = f"[{network[at]}]" if network.version == 6 else str(network[at])
            yield f"{where} of {text}", f"https://{host}/"


def names_inside() -> Cases:
    for name in NAMES:
        yield f"name {name}", f"https://{name}/"
        yield f"name {name.upper()}", f"https://{name.upper()}:8443/"


def other_schemes() -> Cases:
    schemes = ("file", "ftp", "gopher", "dict", "ldap", "ldaps", "tftp", "sftp", "ws", "wss", "unix", "jar", "netdoc")
    for scheme in (*schemes, "http+unix", "data", "javascript", "view-source", "HTTPX"):
        yield f"scheme {scheme}", f"{scheme}://127.0.0.1:6379/x"
    yield "a file without a host", "file:///etc/passwd"
    yield "a socket", "http+unix://%2Fvar%2Frun%2Fdocker.sock/info"


def in_the_clear() -> Cases:
    for name in PUBLIC:
        yield f"http to {name}", f"http://{name}/"
    for what, address in INSIDE.items():
        yield f"http to {what}", f"http://{address}/latest/meta-data/"


def read_otherwise() -> Cases:
    """What one program reads as a host that may be called, and another as one that may not."""
    yield "as user", "https://example.org@127.0.0.1/"
    yield "as user and password", "https://example.org:443@127.0.0.1:8443/"
    yield "as user, encoded", "https://example.org%2f@127.0.0.1/"
    yield "two signs @", "https://a@example.org@127.0.0.1/"
    yield "in the fragment", "https://127.0.0.1#@example.org/"
    yield "in the query", "https://127.0.0.1?@example.org/"
    yield "in the path", "https://127.0.0.1/@example.org/"
    yield "a name below", "https://127.0.0.1%00.example.org/"
    yield "a line below", "https://127.0.0.1%0d%0aHost:%20example.org/"
    yield "one slash", "https:/127.0.0.1/"
    yield "no slash", "https:127.0.0.1/"
    yield "three slashes", "https:///127.0.0.1/"
    yield "backslashes", "https:\\\\127.0.0.1\\"
    yield "no scheme", "//127.0.0.1/"
    yield "a space before", " https://127.0.0.1/"
    yield "a tab within", "https://127.0.\t0.1/"
    yield "a line end within", "https://127.0.0.\n1/"
    yield "port 0", "https://127.0.0.1:0/"
    yield "port 22", "https://127.0.0.1:22/"
    yield "port 65536", "https://127.0.0.1:65536/"
    yield "port of another's", "https://127.0.0.1:443:80/"
    yield "a zone", "https://[fe80::1%25eth0]/"
    yield "a zone of loopback", "https://[::1%lo]/"
    yield "a bracket left open", "https://[::1/"
    yield "an address in brackets", "https://[127.0.0.1]/"
    yield "IPvFuture", "https://[v1.127.0.0.1]/"
    yield "no host", "https:///"
    yield "a port alone", "https://:443/"
    for name in ("ｌocalhost", "ⓛⓞⓒⓐⓛⓗⓞⓢⓣ", "localho\u017ft", "\u217cocalhost", "loc\u00adalhost", "local\u200dhost"):
        yield f"look-alike {name!a}", f"https://{name}/"


KINDS = (special_networks, written_otherwise, names_inside, other_schemes, in_the_clear, read_otherwise)
TARGETS: dict[str, str] = {f"{kind.__name__}: {what}": url for kind in KINDS for what, url in kind()}
