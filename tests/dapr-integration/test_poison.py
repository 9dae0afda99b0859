"""Poison in a stream, through Kafka and a real daprd: it is quarantined at once and can be replayed, and what only was
away while PostgreSQL was is none."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import pytest_asyncio

from functions.kernel.host.deliver import TRIES_AT_ONCE
from functions.kernel.storage.dead_letters import Wanted
from functions.operations import dead_letters
from tests.dapr_world import PATIENCE_SECONDS, World
from tests.owner_view import OwnerView

AWAY_SECONDS = 20
"""Longer than an event that may itself be to blame is given by its function (MAX_SUSPECT_ATTEMPTS)."""
NOTICES = "SELECT task_id, event_id FROM notices WHERE task_id = ANY(%s::uuid[]) AND kind = 'due'"
LETTERS = "SELECT * FROM dead_letters WHERE event LIKE ANY(%s)"


@pytest_asyncio.fixture
async def refuses_poison(world: World) -> AsyncIterator[None]:
    """PostgreSQL refuses the notice of a task that is called Poison."""
    await world.rows("ALTER TABLE notices ADD CONSTRAINT no_poison CHECK (title <> 'Poison')")
    yield
    await world.rows("ALTER TABLE notices DROP CONSTRAINT IF EXISTS no_poison")


async def ringing(world: World, titles: list[str], first_due: float = 3.0) -> list[dict[str, Any]]:
    """Tasks of these titles, due one after another, 20 a second."""
    start = datetime.now(UTC) + timedelta(seconds=first_due)
    return await asyncio.gather(
        *(
            world.create(title=title, due_at=(start + timedelta(seconds=n / 20)).isoformat())
            for n, title in enumerate(titles)
        )
    )


def ids_of(tasks: list[dict[str, Any]], title: str) -> list[str]:
    return [task["id"] for task in tasks if task["title"] == title]


@pytest.mark.requirement("TRUST-170", "TRUST-171")
async def test_poison_is_quarantined_at_once_while_all_else_goes_on_and_is_handled_once_when_it_is_replayed(
    world: World, refuses_poison: None
) -> None:
    [before] = await ringing(world, ["Healthy"], first_due=0)
    await world.until(NOTICES, [before["id"]])  # from now on task-due is known to work
    tasks = await ringing(world, ["Poison" if n % 10 == 0 else "Healthy" for n in range(60)])
    healthy, poison = ids_of(tasks, "Healthy"), ids_of(tasks, "Poison")

    letters = await world.until(LETTERS, [f"%{task}%" for task in poison], rows=len(poison))
    assert {(letter["function"], letter["attempts"]) for letter in letters} == {("task-due", TRIES_AT_ONCE)}
    assert all("no_poison" in letter["reason"] for letter in letters)
    notices = await world.until(NOTICES, healthy, rows=len(healthy))
    retried = "SELECT event_id FROM attempts WHERE function = 'task-due' AND event_id = ANY(%s)"
    assert await world.rows(retried, [notice["event_id"] for notice in notices]) == []

    await world.rows("ALTER TABLE notices DROP CONSTRAINT no_poison")
    ids = [letter["id"] for letter in letters]
    outcomes = await asyncio.to_thread(dead_letters.replay, world.stack.owner_url, ids, "somebody")
    assert set(outcomes.values()) == {"handed on"}
    await world.to_function("alarm", "/job/ring-now")
    # What the broker does not take at once is left to the outbox check, 30 to 60 s later.
    await OwnerView(world.stack.owner_url, 2 * PATIENCE_SECONDS).until(NOTICES, poison, rows=len(poison))
    everything = await world.rows(NOTICES, healthy + poison)
    assert sorted(str(notice["task_id"]) for notice in everything) == sorted(healthy + poison)
    known = await asyncio.to_thread(dead_letters.read, world.stack.owner_url, Wanted(ids=ids), len(ids))
    assert {letter.standing for letter in known} == {"handled"}


@pytest.mark.requirement("TRUST-172")
async def test_while_postgresql_is_away_for_longer_than_poison_is_given_nothing_becomes_a_dead_letter(
    world: World,
) -> None:
    tasks = ids_of(await ringing(world, ["Healthy"] * 20, first_due=4.0), "Healthy")
    published = "SELECT id FROM events WHERE topic = 'task.due.v1' AND task_id = ANY(%s::uuid[])"
    await world.until(published, tasks)  # some are under way

    await world.stack.supervisor.kill("postgres")
    await asyncio.sleep(AWAY_SECONDS)
    await world.stack.supervisor.restart("postgres")

    notices = await world.until(NOTICES, tasks, rows=len(tasks))
    assert sorted(str(notice["task_id"]) for notice in notices) == sorted(tasks)
    assert await world.rows(LETTERS, [f"%{task}%" for task in tasks]) == []
