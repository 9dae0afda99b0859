"""What the environment tells a function: where its daprd is, and whose tokens are believed. Everything else is a
secret, or a constant."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from ipaddress import IPv4Network, IPv6Network

    Network = IPv4Network | IPv6Network

WEBHOOK_NETWORKS = "TASKWAKE_WEBHOOK_NETWORKS"
DEFAULT_REQUESTS_PER_MINUTE = 600
DEFAULT_ALARM_LEAD_SECONDS, MAX_ALARM_LEAD_SECONDS = 2, 10


LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


@dataclass(frozen=True, slots=True)
class OidcSettings:
    """An OpenID provider whose tokens are believed: its name (`iss`), who its tokens must be for (`aud`), and where its
    keys are (null: its discovery document says)."""

    issuer: str
    audience: str
    jwks_uri: str | None = None


def oidc_from_environment(environ: Mapping[str, str] = os.environ) -> OidcSettings | None:
    """Null when no provider is named. Raises ValueError for one without an audience, or by plain HTTP to elsewhere."""
    issuer = environ.get("TASKWAKE_OIDC_ISSUER") or None
    audience = environ.get("TASKWAKE_OIDC_AUDIENCE") or None
    jwks_uri = environ.get("TASKWAKE_OIDC_JWKS_URI") or None
    if issuer is None:
        return None
    if audience is None:
        raise ValueError("TASKWAKE_OIDC_AUDIENCE is missing: set whom the provider's tokens must be for")
    for name, address in (("ISSUER", issuer), ("JWKS_URI", jwks_uri)):
        if address and not is_safe_address(address):
            raise ValueError(f"TASKWAKE_OIDC_{name} is {address!r}; set an address that begins with https://")
    return OidcSettings(issuer, audience, jwks_uri)


def is_safe_address(address: str) -> bool:
    """Whether nobody on the way can put other keys in its place: https, or http within this machine."""
    try:
        parts = urlsplit(address)
        host = parts.hostname
    except ValueError:
        return False
    return bool(host) and (parts.scheme == "https" or (parts.scheme == "http" and host in LOOPBACK))


@dataclass(frozen=True, slots=True)
class DaprSettings:
    """Addresses and tokens of the Dapr way.

    `http_endpoint` is this function's daprd; `alarm_grpc_endpoint` (`host:port`) the alarm's, which keeps the jobs;
    null: this function's own. `api_token` is shown to daprd, `app_token` is what daprd shows (null: nobody
    checks, and chat-api is told of no event). The alarm rings `alarm_lead_seconds` early, so that cold starts are over
    when the moment comes. `relay_url` is where a chat-api that sleeps at zero is told of events while somebody watches
    (null: Dapr tells it itself).
    """

    http_endpoint: str
    alarm_grpc_endpoint: str | None
    api_token: str | None
    app_token: str | None
    alarm_lead_seconds: int = DEFAULT_ALARM_LEAD_SECONDS
    relay_url: str | None = None


def from_environment(environ: Mapping[str, str] = os.environ) -> DaprSettings:
    """The settings, under Dapr's own names where it has one. Raises ValueError for a lead that is out of range."""
    port = environ.get("DAPR_HTTP_PORT", "3500")
    lead = environ.get("TASKWAKE_ALARM_LEAD_SECONDS") or str(DEFAULT_ALARM_LEAD_SECONDS)
    if not (lead.isascii() and lead.isdecimal() and int(lead) <= MAX_ALARM_LEAD_SECONDS):
        raise ValueError(
            f"TASKWAKE_ALARM_LEAD_SECONDS is {lead!r}; set whole seconds, at most {MAX_ALARM_LEAD_SECONDS}"
        )
    return DaprSettings(
        http_endpoint=environ.get("DAPR_HTTP_ENDPOINT") or f"http://127.0.0.1:{port}",
        alarm_grpc_endpoint=environ.get("TASKWAKE_ALARM_GRPC_ENDPOINT") or None,
        api_token=environ.get("DAPR_API_TOKEN") or None,
        app_token=environ.get("APP_API_TOKEN") or None,
        alarm_lead_seconds=int(lead),
        relay_url=environ.get("TASKWAKE_RELAY_URL") or None,
    )


def webhook_networks(environ: Mapping[str, str] = os.environ) -> "tuple[Network, ...]":
    """The networks that webhooks may call although they are not public, of TASKWAKE_WEBHOOK_NETWORKS: CIDR blocks with
    commas between (`127.0.0.0/8,fd00::/8`). Raises ValueError."""
    from ipaddress import ip_network

    blocks = [block.strip() for block in environ.get(WEBHOOK_NETWORKS, "").split(",")]
    try:
        return tuple(ip_network(block) for block in blocks if block)
    except ValueError as error:
        raise ValueError(f"{WEBHOOK_NETWORKS}: {error}; write CIDR blocks like 192.168.0.0/16,fd00::/8") from None


def requests_per_minute(environ: Mapping[str, str] = os.environ) -> int:
    """How often a person may ask a process of chat-api, on average; 0: as often as they like. Raises ValueError."""
    given = environ.get("TASKWAKE_REQUESTS_PER_MINUTE") or str(DEFAULT_REQUESTS_PER_MINUTE)
    if not (given.isascii() and given.isdecimal() and len(given) <= 9):
        raise ValueError(f"TASKWAKE_REQUESTS_PER_MINUTE is {given!r}; set a whole number, 0 for no limit")
    return int(given)
