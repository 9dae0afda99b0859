"""A Taskwake of the demo's own, in a throw-away folder; nothing of it is left when the demo ends."""

import asyncio
import os
import re
import signal
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from functions.kernel.embedded.processes import dying_with_parent
from functions.kernel.embedded.secret_store import FileSecretStore
from functions.kernel.settings import WEBHOOK_NETWORKS
from functions.notification_service.channels.directory import SMTP_SECRET
from functions.operations.demo.live import Arrivals, mail_sink
from functions.operations.demo.play import DemoFailedError

Say = Callable[[str], None]

START_SECONDS = 90
STOP_SECONDS = 30


@dataclass(frozen=True)
class Running:
    """Where it runs, a token for it, and where its e-mail arrives."""

    url: str
    token: str
    mails: Arrivals[str] | None


@asynccontextmanager
async def embedded(say: Say) -> AsyncIterator[Running]:
    """`taskwake serve` as a process of its own, on a free port."""
    with TemporaryDirectory(prefix="taskwake-demo-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        async with mail_sink() as mail:
            if mail:
                FileSecretStore(folder / "secrets.json").put({SMTP_SECRET: mail[0]})
            async with _serving(folder, say) as url:
                token = await _run("token", "--data", str(folder), "--name", "demo")
                yield Running(url, token.strip(), mail[1] if mail else None)


@asynccontextmanager
async def dapr(say: Say) -> AsyncIterator[Running]:
    """The whole Dapr way."""
    from functions.operations import accounts
    from infra.local.process import ProcessFailedError
    from infra.local.stack import DaprStack
    from infra.local.tools import ToolMissingError

    with TemporaryDirectory(prefix="taskwake-demo-", ignore_cleanup_errors=True) as name:
        async with mail_sink() as mail, AsyncExitStack() as running:
            stack = DaprStack(Path(name), smtp_url=mail[0] if mail else None, say=say)
            try:
                await running.enter_async_context(stack)
            except (ProcessFailedError, ToolMissingError) as error:
                raise DemoFailedError(str(error)) from error
            user = await asyncio.to_thread(accounts.first_user, stack.owner_url)
            token = await asyncio.to_thread(accounts.issue, stack.owner_url, user, "token", "demo")
            yield Running(stack.url, token, mail[1] if mail else None)


@asynccontextmanager
async def _serving(folder: Path, say: Say) -> AsyncIterator[str]:
    process = await asyncio.create_subprocess_exec(
        *dying_with_parent(_taskwake("serve", "--data", str(folder), "--port", "0")),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        start_new_session=True,  # Ctrl-C is for the demo, which then ends it
        env=os.environ | {WEBHOOK_NETWORKS: "127.0.0.0/8"},
    )
    assert process.stdout is not None  # noqa: S101 - a pipe was asked for
    try:
        async with asyncio.timeout(START_SECONDS):
            url = await _address(process.stdout, say)
        # Whatever it says from now on is read, so that it never waits for a reader.
        rest = asyncio.create_task(process.stdout.read())
        yield url
        rest.cancel()
    finally:
        await _end(process)


async def _address(output: asyncio.StreamReader, say: Say) -> str:
    while line := (await output.readline()).decode():
        if found := re.search(r"serves at (http://\S+)", line):
            return found.group(1)
        say(line.rstrip())
    raise DemoFailedError("taskwake serve ended before it served; what it said stands above")


async def _end(process: asyncio.subprocess.Process) -> None:
    if process.returncode is not None:
        return
    process.send_signal(signal.SIGTERM)
    try:
        async with asyncio.timeout(STOP_SECONDS):
            await process.wait()
    except TimeoutError:
        process.kill()
        await process.wait()


async def _run(*arguments: str) -> str:
    process = await asyncio.create_subprocess_exec(
        *_taskwake(*arguments), stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    out, err = await process.communicate()
    if process.returncode:
        raise DemoFailedError(f"taskwake {arguments[0]} failed:\n{err.decode()}")
    return out.decode()


def _taskwake(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "functions.operations.cli", *arguments]
