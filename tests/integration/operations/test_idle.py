"""Nothing polls: with nothing to do, PostgreSQL is asked nothing."""

import asyncio

import pytest

from tests.integration.chat_api.test_feed import opened
from tests.integration.world import execute, soon

pytestmark = pytest.mark.requirement("FLOW-026")

IDLE_SECONDS = 3


async def statements(url: str) -> list[str]:
    """The last statement of every connection of Taskwake, and when it ran."""
    rows = await execute(
        url,
        """
        SELECT pid, query_start, query FROM pg_stat_activity
        WHERE usename LIKE 'taskwake%%' AND backend_type = 'client backend' ORDER BY pid
        """,
    )
    return [f"{row['pid']} {row['query_start']} {row['query']}" for row in rows]


async def test_no_query_reaches_postgresql_while_nothing_happens_and_a_page_is_open(taskwake, sam) -> None:
    await sam.is_told(await sam.create(due_at=soon(-1)))
    await sam.create(due_at=soon(3600))
    async with opened(sam):
        await taskwake.settled()
        await asyncio.sleep(0.3)
        before = await statements(taskwake.url())
        # An outbox check, armed by what was written before, may fall into the time that is watched: once.
        for _ in range(2):
            await asyncio.sleep(IDLE_SECONDS)
            after = await statements(taskwake.url())
            if after == before:
                break
            before = after
    assert before
    assert after == before
