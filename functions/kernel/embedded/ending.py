"""How the embedded way ends what it runs beside requests."""

import asyncio
from typing import Any

AGAIN_SECONDS = 5.0


async def end(*tasks: "asyncio.Task[Any]") -> None:
    """Cancel these tasks; returns when all have ended, however they did.

    They are cancelled again every AGAIN_SECONDS: before Python 3.12, `asyncio.wait_for`, which psycopg's pool waits
    with, forgets a cancellation that comes in the same moment as what it waits for (CPython issue 86296).
    """
    left = set(tasks)
    while left:
        for task in left:
            task.cancel()
        _, left = await asyncio.wait(left, timeout=AGAIN_SECONDS)
