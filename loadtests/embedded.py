"""The embedded way under test: `taskwake serve` as a process of its own, over a folder that is thrown away."""

import asyncio
import os
import re
import signal
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from functions.kernel.embedded.postgres import Postgres

START_SECONDS = 60
STOP_SECONDS = 30
TASKWAKE = (sys.executable, "-m", "functions.operations.cli")
ADDRESS = re.compile(rb"Taskwake serves at http://127\.0\.0\.1:(\d+)")


@dataclass(frozen=True, slots=True)
class Served:
    """A Taskwake that runs: its port on 127.0.0.1, a token of its first person, its database for the owner."""

    port: int
    token: str
    owner_url: str
    log: Path
    pid: int


@asynccontextmanager
async def embedded() -> AsyncIterator[Served]:
    """Serve until the block ends; nothing is left behind. RuntimeError, with the server's words, if it ends early."""
    with tempfile.TemporaryDirectory(prefix="taskwake-load-") as name:
        async with served_from(Path(name)) as served:
            yield served


@asynccontextmanager
async def served_from(folder: Path) -> AsyncIterator[Served]:
    """The same over a folder that is there, and stays; what was killed meanwhile is not ended again."""
    process = await asyncio.create_subprocess_exec(
        *TASKWAKE, "serve", "--data", str(folder), "--port", "0",
        stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
        env={**os.environ, "TASKWAKE_REQUESTS_PER_MINUTE": "0"},
    )  # fmt: skip
    try:
        port = await asyncio.wait_for(_port(process), START_SECONDS)
        token = await _printed("token", "--data", str(folder))
        yield Served(port, token, Postgres(folder / "postgres").url(), folder / "taskwake.log", process.pid)
    finally:
        await _end(process)


async def _port(process: asyncio.subprocess.Process) -> int:
    assert process.stdout
    said = []
    async for line in process.stdout:
        if found := ADDRESS.search(line):
            return int(found[1])
        said.append(line.decode(errors="replace"))
    raise RuntimeError(f"`taskwake serve` ended before it served:\n{''.join(said)}")


async def _printed(*arguments: str) -> str:
    process = await asyncio.create_subprocess_exec(
        *TASKWAKE, *arguments, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    output, errors = await process.communicate()
    if process.returncode:
        raise RuntimeError(f"`taskwake {arguments[0]}` failed: {errors.decode(errors='replace').strip()}")
    return output.decode().strip()


async def _end(process: asyncio.subprocess.Process) -> None:
    """As Ctrl-C would, and after a while by force."""
    if process.returncode is None:
        process.send_signal(signal.SIGINT)
        try:
            await asyncio.wait_for(process.communicate(), STOP_SECONDS)
        except TimeoutError:
            process.kill()
            await process.wait()
