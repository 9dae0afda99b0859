"""The process's clock two minutes off the database's: nothing rings early, and nothing is lost."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.faults.site import Site
from tests.virtual_clock import AHEAD, SERVE

SKEW_SECONDS = 120
RINGS_IN = 1.0


@pytest_asyncio.fixture
async def skewed(site: Site, tmp_path: Path, request: pytest.FixtureRequest) -> AsyncIterator[Site]:
    """The site by a process whose clock is so many seconds ahead; afterwards by one that is right."""
    file = tmp_path / "ahead"
    file.write_text(str(request.param))
    site.options = {"program": SERVE, AHEAD: str(file)}
    await site.restart()
    yield site
    site.options = {}
    await site.restart()


@pytest.mark.requirement("TRUST-017")
@pytest.mark.parametrize("skewed", [SKEW_SECONDS, -SKEW_SECONDS], ids=["ahead", "behind"], indirect=True)
async def test_the_databases_clock_alone_decides_what_is_due(skewed: Site) -> None:
    site, titles = skewed, [skewed.title("skewed") for _ in range(3)]
    for title in titles:
        assert await site.write(title, rings_in=RINGS_IN) == "accepted"
    told = [notice for notice in (await site.found()).notices if notice.title in titles]
    assert all(notice.remind_at and notice.created_at >= notice.remind_at for notice in told)

    await asyncio.sleep(2 * RINGS_IN)
    site.options = {}
    await site.restart()

    await site.keeps_its_promises()
