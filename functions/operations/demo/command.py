"""Playing the demo from the command line."""

import asyncio
import signal
import sys
from contextlib import AsyncExitStack

import httpx
from rich.console import Console

from functions.kernel.embedded.postgres import PostgresError
from functions.operations.demo import ways
from functions.operations.demo.play import DemoFailedError, play

DEMO_FAILURES = (DemoFailedError, PostgresError)


async def demo(way: str, url: str, token: str, host: str) -> bool:
    """Play it against `url` (a gateway's: asking for `host`), or a Taskwake of its own run in this way; prints the
    timeline and what is missing. Whether all was seen."""
    console = Console(highlight=False, width=None if sys.stdout.isatty() else 120)
    task = asyncio.current_task()
    assert task is not None  # noqa: S101 - this is one
    # SIGTERM ends it as Ctrl-C does, with nothing left behind.
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)

    def say(text: str) -> None:
        console.print(text, style="dim", markup=False)

    async with AsyncExitStack() as running:
        if url:
            there = ways.Running(url.rstrip("/"), token, None)
        else:
            say(f"Starting a Taskwake for this demo ({way}) …")
            there = await running.enter_async_context((ways.dapr if way == "dapr" else ways.embedded)(say))
        try:
            # Only one of the demo's own is told that webhooks may call this machine.
            timeline = await play(there.url, there.token, host=host, webhooks=not url, mails=there.mails, say=say)
        except httpx.HTTPError as error:
            raise DemoFailedError(f"{there.url} did not answer as it should: {error}") from error
        if url:
            say("Webhooks were left out: that takes a Taskwake of the demo's own, which may call this machine.")
        if there.mails is None:
            say("E-mail was left out: that takes a mail server of the demo's own, from the package aiosmtpd.")
        timeline.show(console)
        if not url:
            say("Ending it …")
    return not timeline.missing
