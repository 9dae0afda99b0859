"""`taskwake demo` as anybody runs it: it sees every step, and leaves nothing behind."""

import asyncio
import os
import signal
import sys
from asyncio.subprocess import PIPE, STDOUT, Process
from functools import partial
from pathlib import Path

import pytest

from functions.operations.demo.play import play
from tests.integration.world import Person, World

COMMAND = [sys.executable, "-m", "functions.operations.cli", "demo"]
PATIENCE_SECONDS = 90


async def start(folder: Path) -> Process:
    environment = os.environ | {"TMPDIR": str(folder), "COLUMNS": "200"}
    # A shell starts what it runs in the background with SIGINT ignored; a terminal does not.
    heed = partial(signal.signal, signal.SIGINT, signal.SIG_DFL)
    return await asyncio.create_subprocess_exec(*COMMAND, stdout=PIPE, stderr=STDOUT, env=environment, preexec_fn=heed)


def left_behind(folder: Path) -> list[str]:
    """Files in the folder for temporary ones, and processes that have to do with it."""
    processes = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            command = path.read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except (FileNotFoundError, ProcessLookupError):
            continue  # it ended just now
        if str(folder) in command:
            processes.append(command)
    return [*map(str, folder.iterdir()), *processes]


@pytest.mark.requirement("FLOW-017")
async def test_the_demo_sees_every_step_and_leaves_nothing_behind(tmp_path: Path) -> None:
    process = await start(tmp_path)
    async with asyncio.timeout(PATIENCE_SECONDS):
        output = (await process.communicate())[0].decode()

    assert process.returncode == 0, output
    assert "steps were seen" in output
    for topic in ("task.created.v1", "task.due.v1", "task.completed.v1", "task.recurred.v1"):
        assert topic in output
    assert left_behind(tmp_path) == []


@pytest.mark.requirement("FLOW-017")
@pytest.mark.parametrize("interrupt", [signal.SIGINT, signal.SIGTERM])
async def test_a_demo_that_is_interrupted_leaves_nothing_behind(tmp_path: Path, interrupt: signal.Signals) -> None:
    process = await start(tmp_path)
    assert process.stdout is not None
    async with asyncio.timeout(PATIENCE_SECONDS):
        while b"waiting for their reminders" not in await process.stdout.readline():
            assert not process.stdout.at_eof()
        process.send_signal(interrupt)
        await process.communicate()

    assert process.returncode == 130
    assert left_behind(tmp_path) == []


@pytest.mark.requirement("CLUSTER-009")
async def test_a_taskwake_that_cannot_call_back_is_played_without_webhooks(taskwake: World, sam: Person) -> None:
    timeline = await play(taskwake.base_url, sam.token, host="taskwake.example", webhooks=False, say=print)

    assert timeline.missing == []
    assert {step.where for step in timeline.seen} >= {"live stream", "app", "chat"}
    assert "webhook" not in {step.where for step in timeline.seen}
    assert await sam.get("/webhooks") == {"webhooks": []}
