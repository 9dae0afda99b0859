"""The scenarios of load in their short form: they run as they stand, and nothing fails; benchmarks say how fast."""

import asyncio
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from loadtests.benchmarks import day, herd, streams
from loadtests.embedded import Served, embedded
from loadtests.load import locust, rows_of
from loadtests.people import people
from loadtests.thresholds import operations_of

ANY_TIME_MS = 60_000.0


@pytest_asyncio.fixture
async def served() -> AsyncIterator[Served]:
    async with embedded() as served:
        yield served


@pytest.mark.requirement("TRUST-101")
async def test_people_at_work_meet_no_failure(served: Served) -> None:
    address = f"http://127.0.0.1:{served.port}"
    _, output = await locust(address, served.owner_url, rate=10, seconds=5, report="short-load", p99_ms=ANY_TIME_MS)
    operations = {each.name: each for each in operations_of(rows_of("short-load"))}
    assert not any(each.failures for each in operations.values()), output
    assert {"GET list", "POST create"} <= operations.keys()


@pytest.mark.requirement("TRUST-101")
async def test_a_day_in_seconds_meets_no_failure(served: Served) -> None:
    tokens = [one.token for one in await asyncio.to_thread(people, served.owner_url, 12)]
    await day.live(served, tokens, seconds=10, open_pages=2, report="short-day")
    operations = {each.name: each for each in operations_of(rows_of("short-day"))}
    assert not any(each.failures for each in operations.values())
    assert {"GET page", "GET list", "GET sync, first"} <= operations.keys()


@pytest.mark.requirement("TRUST-156")
async def test_of_a_small_herd_each_is_told_once_and_none_early(served: Served) -> None:
    found = await herd.rung(served, 40, lead_seconds=4)
    assert (found.wanted, found.lost, found.twice, found.early) == (40, 0, 0, 0)


@pytest.mark.requirement("TRUST-156")
async def test_streams_that_are_cut_off_again_and_again_miss_nothing_and_tell_nothing_of_others(served: Served) -> None:
    seen = await streams.watched(served, 10, seconds=4, cut_every_seconds=1)
    assert (seen.gaps, seen.foreign, seen.twice) == (0, 0, 0)
    assert len(seen.late_ms) == 4 * streams.RATE * streams.BROWSERS
