"""Requests at a fixed pace, whatever the server does: a slow answer delays no later request."""

import asyncio
import time
from collections.abc import Awaitable, Callable


async def paced(rate: float, count: int, send: Callable[[int, float], Awaitable[None]]) -> None:
    """Call `send(index, planned)` `rate` times a second, `count` times; returns when all are done.

    `planned` is the moment, by time.perf_counter, at which the request should have left. A latency counted from it
    includes what the request waited for earlier ones (it is free of coordinated omission).
    """
    start = time.perf_counter()  # the loop's own clock is coarse
    async with asyncio.TaskGroup() as group:
        for index in range(count):
            planned = start + index / rate
            if (ahead := planned - time.perf_counter()) > 0:
                await asyncio.sleep(ahead)
            group.create_task(send(index, planned))  # type: ignore[arg-type]
