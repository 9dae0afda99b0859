"""One PostgreSQL and one Taskwake in this process for all integration tests of a worker; people for each test."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.integration.kernel.rig import Rig
from tests.integration.world import Person, World
from tests.served import Served


@pytest_asyncio.fixture(scope="session")
async def taskwake(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    async with World.begin(tmp_path_factory.mktemp("world")) as world:
        yield world


@pytest_asyncio.fixture
async def sam(taskwake: World) -> Person:
    return await taskwake.person()


@pytest_asyncio.fixture
async def kim(taskwake: World) -> Person:
    """Somebody else."""
    return await taskwake.person(name="Kim")


@pytest_asyncio.fixture
async def rig(taskwake: World) -> AsyncIterator[Rig]:
    """A database of one's own."""
    async with Rig.begin(taskwake) as rig:
        yield rig


class Starter:
    """Starts servers, and sees to it that none outlives its test."""

    def __init__(self) -> None:
        self.started: list[Served] = []

    def __call__(self, folder: Path, **environment: str) -> Served:
        served = Served.start(folder, **environment)
        self.started.append(served)
        return served


@pytest.fixture
def serve() -> Iterator[Starter]:
    starter = Starter()
    yield starter
    for served in starter.started:
        if served.process.poll() is None:
            served.end()
