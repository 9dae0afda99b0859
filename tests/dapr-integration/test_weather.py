"""Between any two parts of the Dapr way the network at its worst, the broker gone, PostgreSQL and the scheduler begun
anew, all under load and one after another: nothing is lost, twice, early or out of order, and it goes on by itself.

All of it is played once; each test then looks at what became of the tasks that were asked for meanwhile. The long form
(`make soak`): FAULT_TIMES times, and with the broker gone for FAULT_BROKER_SECONDS.
"""

import asyncio
import os
import shutil
from collections.abc import AsyncIterator
from dataclasses import dataclass

import httpx
import pytest
import pytest_asyncio

from tests.dapr_site import KAFKA, PAIRS, SCHEDULER, DaprSite
from tests.faults.proxy import Proxy
from tests.faults.site import until
from tests.faults.weather import Weather, cut, silent, slow

pytestmark = pytest.mark.requirement("TRUST-019")

TIMES = int(os.environ.get("FAULT_TIMES", "1"))
BROKER_SECONDS = float(os.environ.get("FAULT_BROKER_SECONDS", "30"))
CALM_SECONDS = 240
"""What hangs on a dead connection is given up within a minute, and the outbox check comes within another."""
POSTGRESQL_RESTARTED, FAILED_OVER = "PostgreSQL restarted", "PostgreSQL failed over"
SCHEDULER_WIPED, BROKER_GONE = "scheduler wiped", "broker gone"


async def half_open(proxy: Proxy) -> None:
    proxy.half_open()


def title(pair: str, weather: Weather) -> str:
    return f"{pair} {weather.__name__}"


PASSING = [(pair, weather) for weather in (slow, cut, silent) for pair in PAIRS]
# Of daprd and the scheduler neither asks whether the other is still there: Dapr gives that connection no keepalive.
LASTING = [(pair, half_open) for pair in PAIRS if pair != SCHEDULER]
WHAT = [*(title(*case) for case in PASSING + LASTING), POSTGRESQL_RESTARTED, FAILED_OVER, SCHEDULER_WIPED, BROKER_GONE]


async def accepted(site: DaprSite, what: str) -> None:
    """Ask until a write is accepted."""

    async def accepts() -> bool:
        if site.restarting.done():
            site.restarting.result()
        return await site.write(site.title(what), rings_in=0) == "accepted"

    await until(accepts, CALM_SECONDS)


async def weather_between(site: DaprSite, pair: str, weather: Weather) -> None:
    what = title(pair, weather)
    await accepted(site, what)
    await site.poison(site.title(f"{what} poison"))
    loading = asyncio.create_task(site.load(what, writes=8))
    await asyncio.sleep(0.2)
    await asyncio.gather(*(weather(proxy) for proxy in site.proxies[pair]))
    await loading
    for proxy in site.proxies[pair]:
        proxy.clear()


async def postgresql_restarted(site: DaprSite) -> None:
    await accepted(site, POSTGRESQL_RESTARTED)
    loading = asyncio.create_task(site.load(POSTGRESQL_RESTARTED, writes=20))
    await asyncio.sleep(0.2)
    await site.stack.supervisor.restart("postgres")
    await loading


async def postgresql_failed_over(site: DaprSite) -> None:
    await site.copy_postgresql()
    await accepted(site, FAILED_OVER)
    loading = asyncio.create_task(site.load(FAILED_OVER, writes=20))
    await asyncio.sleep(0.2)
    await site.fail_over()
    await loading


async def scheduler_wiped(site: DaprSite) -> None:
    """Each of its jobs is lost; the sweep, which has a clock of its own, sets them again."""
    await site.load(SCHEDULER_WIPED, writes=8)
    await site.stack.supervisor.kill("scheduler")
    data = site.stack.folder / "scheduler"
    shutil.rmtree(data)
    data.mkdir()
    await site.stack.supervisor.restart("scheduler")
    await accepted(site, SCHEDULER_WIPED)

    async def swept() -> bool:
        try:
            await site.sweep()
        except httpx.HTTPError:
            return False
        return True

    await until(swept, CALM_SECONDS)


async def broker_gone(site: DaprSite) -> None:
    await accepted(site, BROKER_GONE)
    await site.stack.supervisor.kill("kafka")
    for _ in range(20):
        await asyncio.gather(
            site.write(site.title(BROKER_GONE), rings_in=BROKER_SECONDS / 30), asyncio.sleep(BROKER_SECONDS / 20)
        )
    await site.stack.supervisor.restart("kafka")


@dataclass
class Played:
    site: DaprSite
    wrong: list[str]
    """What still was wrong in the end."""


@pytest_asyncio.fixture(scope="module")
async def played(programs: None, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Played]:
    async with DaprSite.begin(tmp_path_factory.mktemp("weather")) as site:
        for nth in range(TIMES):
            if nth:  # what one time left to be done is no load of the next one
                await site.wrong_after(CALM_SECONDS)
            for case in PASSING:
                await weather_between(site, *case)
            await postgresql_restarted(site)
            await scheduler_wiped(site)
            for case in LASTING:
                await weather_between(site, *case)
        await postgresql_failed_over(site)
        await broker_gone(site)
        yield Played(site, await site.wrong_after(CALM_SECONDS))


@pytest.mark.parametrize("what", WHAT)
async def test_nothing_is_lost_twice_early_or_out_of_order(played: Played, what: str) -> None:
    assert any(write.title.startswith(what) and write.answer == "accepted" for write in played.site.writes)
    assert [line for line in played.wrong if what in line] == []


async def test_nothing_else_is_wrong_and_only_poison_is_a_dead_letter(played: Played) -> None:
    assert played.wrong == []
    assert any(played.site.poisons.values())


async def test_everything_went_through_the_proxies(played: Played) -> None:
    silent_ones = [pair for pair in PAIRS for proxy in played.site.proxies[pair] if not proxy.connections]
    # Nothing asks the daprd of a function without secrets or events of its own.
    assert KAFKA not in silent_ones
    assert all(any(proxy.connections for proxy in played.site.proxies[pair]) for pair in PAIRS)


async def test_whole_topics_published_again_the_newest_first_change_nothing(played: Played) -> None:
    """One topic after another, as when each is replayed from its beginning, and the other way round."""
    site = played.site
    before = await site.found()
    arrived = len(before.arrivals)
    query = """
        SELECT topic, array_agg(key::text ORDER BY seq DESC) AS keys, array_agg(event ORDER BY seq DESC) AS events
        FROM events GROUP BY topic ORDER BY topic
    """

    taken = [await site.publish(**row) for row in await site.rows(query)]
    # Behind what was published again in each partition, so that it was handled when these are.
    written = len(site.writes)
    await site.load("behind the replay", writes=24)
    wrong = await site.wrong_after(CALM_SECONDS)

    assert all(taken)
    assert wrong == []
    after, new = await site.found(), {write.title for write in site.writes[written:]}
    assert {title for title in after.tasks if title not in new} == set(before.tasks)
    assert {notice for notice in after.notices if notice.title not in new} == set(before.notices)
    assert len([arrival for arrival in after.arrivals if arrival.title not in new]) == arrived
