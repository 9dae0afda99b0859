"""The whole Dapr way, started once, and a person in it."""

import os
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from infra.local.stack import COMPONENTS, Programs
from infra.local.tools import ToolMissingError
from tests.dapr_world import World, running


def find_programs(*, pooler: bool = False) -> None:
    """Skip, loudly, where the programs cannot be had; never in CI."""
    try:
        Programs.find(pooler=pooler)
    except ToolMissingError as error:
        if os.environ.get("CI") == "true":
            raise
        pytest.skip(f"NOT TESTED on real Dapr and Kafka: {error}")


@pytest.fixture(scope="session")
def programs() -> None:
    """They can be had."""
    find_programs()


@pytest_asyncio.fixture(scope="session")
async def world(programs: None, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    async with running(tmp_path_factory.mktemp("stack")) as world:
        yield world


@pytest.fixture(scope="session")
def impatient_components(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """components/ as it is, but for one number: a delivery is retried twice, not for five minutes."""
    folder = tmp_path_factory.mktemp("impatient") / "components"
    shutil.copytree(COMPONENTS, folder)
    resiliency = folder / "resiliency.yaml"
    text = resiliency.read_text()
    changed = text.replace("maxRetries: 27", "maxRetries: 2")
    assert changed != text
    resiliency.write_text(changed)
    return folder


@pytest_asyncio.fixture(scope="session")
async def pooled(tmp_path_factory: pytest.TempPathFactory, impatient_components: Path) -> AsyncIterator[World]:
    """Another stack: through PgBouncer in transaction mode, and quick to give up on a delivery."""
    find_programs(pooler=True)
    folder = tmp_path_factory.mktemp("pooled")
    async with running(folder, pooler=True, components=impatient_components) as world:
        yield world
