"""Setting the alarms again from the database, by a clock that is not Dapr's scheduler."""

import asyncio
from collections.abc import Callable

import httpx

from functions.kernel.host.ring import REARM

SWEEP_SECONDS = 3600
RETRY_SECONDS = 2


async def rearm(alarm_url: str, app_token: str) -> None:
    """Have the alarm function of this address do it now. Raises httpx.HTTPError when it does not."""
    async with httpx.AsyncClient(timeout=60) as client:
        answer = await client.post(f"{alarm_url}/job/{REARM}", headers={"dapr-api-token": app_token})
        answer.raise_for_status()


async def sweep_hourly(alarm_url: str, app_token: str, say: Callable[[str], None]) -> None:
    """Do it every hour, for as long as this runs; soon again when the alarm function does not answer."""
    wait = SWEEP_SECONDS
    while True:
        await asyncio.sleep(wait)
        try:
            await rearm(alarm_url, app_token)
        except httpx.HTTPError as error:
            say(f"alarms not set again yet: {type(error).__name__}: {error}")
            wait = RETRY_SECONDS
        else:
            wait = SWEEP_SECONDS
