"""The limits of one process: by person, and by address for who shows no valid credential. Nothing of it is stored."""

import math
import time
from collections import OrderedDict
from collections.abc import Callable
from ipaddress import IPv6Address, ip_address

from starlette.requests import Request

from functions.chat_api.limits.buckets import Buckets, Standing
from functions.kernel.credential import hashed
from functions.kernel.errors import RateLimitedError

STATE = "rate_limit"
"""Of a request's state: the fields that its answer carries (draft-ietf-httpapi-ratelimit-headers-10)."""
PEOPLE, ADDRESSES = "person", "address"
MOST_STREAMS, STREAM_SECONDS = 100, 15
"""Open at once, each in a tab or a program; who is turned away comes again when a lost one may have been noticed."""
_BURST_SECONDS = 20
_REMEMBERED = 10_000


class Limits:
    """So many requests a minute each, on average, and a third of that at once; 0: there is no limit."""

    def __init__(self, per_minute: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._burst = max(1, per_minute * _BURST_SECONDS // 60)
        per_second = per_minute / 60
        self._buckets = {
            policy: Buckets(self._burst, per_second, clock, remembered=_REMEMBERED) for policy in (PEOPLE, ADDRESSES)
        }
        self._none = per_minute == 0
        self._right: OrderedDict[bytes, None] = OrderedDict()

    def take(self, request: Request, policy: str, name: object, cost: int = 1) -> None:
        """Count this request, or what it holds, against that name. Raises RateLimitedError."""
        if self._none:
            return
        standing = self._buckets[policy].take(name, cost)
        setattr(request.state, STATE, self._fields(policy, standing))
        if standing.wait_seconds is not None:
            raise RateLimitedError(
                f"more requests than {self._buckets[policy].per_second * 60:g} a minute; try again in "
                f"{math.ceil(standing.wait_seconds)} s",
                math.ceil(standing.wait_seconds),
            )

    def check_streams(self, open_now: int) -> None:
        """Raises RateLimitedError for one stream more than a person may have open in this process."""
        if not self._none and open_now >= MOST_STREAMS:
            raise RateLimitedError(f"you have {open_now} streams open, and may have no more; close one", STREAM_SECONDS)

    def guess(self, request: Request, secret: str) -> None:
        """Who asks shows this secret, which may be none of ours: count that against the address. One that was right
        before is no guess, so that nobody is shut out by who guesses behind the same address. Raises RateLimitedError.
        """
        if not self._none and hashed(secret) not in self._right:
            self.take(request, ADDRESSES, _address(request))

    def was_wrong(self, request: Request, secret: str) -> None:
        """It is none of ours, or none any more: revoked, ended, used or too old. One that was right before was not yet
        counted as a guess, and is none but a guess from now on. Raises RateLimitedError."""
        key = hashed(secret)
        if key in self._right:
            del self._right[key]
            self.take(request, ADDRESSES, _address(request))

    def was_right(self, request: Request, secret: str) -> None:
        """It is one of ours."""
        if self._none:
            return
        key = hashed(secret)
        if key not in self._right:
            self._buckets[ADDRESSES].give_back(_address(request))
        self._right[key] = None
        self._right.move_to_end(key)
        if len(self._right) > _REMEMBERED:
            self._right.popitem(last=False)

    def _fields(self, policy: str, standing: Standing) -> list[tuple[bytes, bytes]]:
        left, full_in = standing.left, math.ceil(standing.full_in_seconds)
        return [
            (b"ratelimit-policy", f'"{policy}";q={self._burst};w={_BURST_SECONDS}'.encode()),
            (b"ratelimit", f'"{policy}";r={left};t={full_in}'.encode()),
        ]


def _address(request: Request) -> str:
    """Where it comes from; of IPv6 the network, of which one machine has every address. An IPv4 address in
    IPv6's form (`::ffff:192.0.2.1`, RFC 4291 §2.5.5.2) is itself."""
    host = request.client.host if request.client else ""
    try:
        address = ip_address(host)
    except ValueError:
        return host
    if not isinstance(address, IPv6Address):
        return host
    return str(address.ipv4_mapped or IPv6Address(int(address) >> 64 << 64))
