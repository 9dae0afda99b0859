"""Kinds of weather between two parts, each for a while; a half-open connection is what a test makes itself."""

import asyncio
from collections.abc import Awaitable, Callable

from tests.faults.proxy import Proxy

LATENCY_SECONDS = 0.02
AWAY_SECONDS = 1.5


async def slow(proxy: Proxy) -> None:
    proxy.latency_seconds = LATENCY_SECONDS


async def cut(proxy: Proxy) -> None:
    for _ in range(5):
        await asyncio.sleep(AWAY_SECONDS / 5)
        proxy.reset()


async def unreachable(proxy: Proxy) -> None:
    proxy.refuses = True
    proxy.reset()
    await asyncio.sleep(AWAY_SECONDS)
    proxy.clear()


async def silent(proxy: Proxy) -> None:
    proxy.blackhole()
    await asyncio.sleep(AWAY_SECONDS)
    proxy.clear()


Weather = Callable[[Proxy], Awaitable[None]]
WEATHERS: list[Weather] = [slow, cut, unreachable, silent]
