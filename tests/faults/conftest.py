"""One Taskwake for the fault tests of a worker: each leaves it running, with every promise kept."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.faults.site import Site


@pytest_asyncio.fixture(scope="session")
async def site(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Site]:
    async with Site.begin(tmp_path_factory.mktemp("site")) as site:
        yield site
