"""The disk of the database fills up: what was accepted is kept, what was not is refused with its reason, and with space
again it goes on by itself."""

import asyncio
import contextlib
import os
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.faults.site import Site, until

SIZE = "192m"
MOST_WRITES = 3000
FILL_BYTES = 1 << 20


def within(folder: Path) -> list[str]:
    """Runs a command that sees a small disk at this folder, which nobody else sees."""
    rights = [] if os.geteuid() == 0 else ["--map-root-user"]
    mount = f'mount -t tmpfs -o size={SIZE} tmpfs "{folder}" && exec "$@"'
    return ["unshare", *rights, "--mount", "sh", "-c", mount, "sh"]


@pytest_asyncio.fixture
async def small() -> AsyncIterator[Site]:
    """A Taskwake whose database has a small disk of its own."""
    with tempfile.TemporaryDirectory() as name:  # through /proc its socket's path is a long one
        folder = Path(name) / "postgres"
        folder.mkdir()
        trial = await asyncio.create_subprocess_exec(*within(folder), "true", stderr=asyncio.subprocess.DEVNULL)
        if await trial.wait():
            pytest.skip("NOT TESTED with a full disk: this account may mount nothing, not even for itself alone")
        async with Site.begin(Path(name), within=within(folder)) as site:
            yield site


def fill(folder: Path) -> Path:
    """Leave no space at all."""
    filler = folder / "filler"
    with filler.open("wb", buffering=0) as file, contextlib.suppress(OSError):
        while True:
            file.write(b"\0" * FILL_BYTES)
    return filler


@pytest.mark.requirement("TRUST-018")
async def test_a_full_disk_loses_nothing_says_why_and_is_got_over(small: Site) -> None:
    await small.load("before it is full", writes=10)
    filler = fill(Path(f"/proc/{small.served.process.pid}/root{small.folder}/postgres"))

    for _ in range(MOST_WRITES):
        answer = await small.write(small.title("full"), notes="much to say " * 700)
        if answer != "accepted":
            break
    assert answer != "accepted", "the disk was never full"
    assert small.last is not None
    assert small.last.status_code == 503
    assert int(small.last.headers["retry-after"]) >= 1
    assert any(reason in small.last.json()["detail"] for reason in ("disk", "database"))

    filler.unlink()

    async def accepts() -> bool:
        return await small.write(small.title("space again"), rings_in=0.2) == "accepted"

    await until(accepts)
    await small.keeps_its_promises()
