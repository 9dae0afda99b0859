"""Locust's scenarios in their short form: they run as they stand, and nothing fails; benchmarks say how fast."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from loadtests.benchmarks import day
from loadtests.embedded import Served, embedded
from loadtests.load import locust, rows_of
from loadtests.people import people
from loadtests.thresholds import operations_of

pytestmark = pytest.mark.requirement("TRUST-101")
ANY_TIME_MS = 60_000.0


@pytest.fixture
async def served() -> AsyncIterator[Served]:
    async with embedded() as served:
        yield served


async def test_people_at_work_meet_no_failure(served: Served) -> None:
    address = f"http://127.0.0.1:{served.port}"
    _, output = await locust(address, served.owner_url, rate=10, seconds=5, report="short-load", p99_ms=ANY_TIME_MS)
    operations = {each.name: each for each in operations_of(rows_of("short-load"))}
    assert not any(each.failures for each in operations.values()), output
    assert {"GET list", "POST create"} <= operations.keys()


async def test_a_day_in_seconds_meets_no_failure(served: Served) -> None:
    tokens = [one.token for one in await asyncio.to_thread(people, served.owner_url, 12)]
    await day.live(served, tokens, seconds=6, open_pages=2, report="short-day")
    operations = {each.name: each for each in operations_of(rows_of("short-day"))}
    assert not any(each.failures for each in operations.values())
    assert {"GET page", "GET list", "GET sync, first"} <= operations.keys()
