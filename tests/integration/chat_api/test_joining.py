"""The API's database: within `joined` all of one person's transactions are one."""

import asyncio
from collections.abc import AsyncIterator
from uuid import uuid4

import pytest
import pytest_asyncio

from functions.chat_api.joining import JoiningDatabase
from functions.kernel.storage import logins
from tests.integration.world import Person, World

pytestmark = pytest.mark.requirement("PROD-001")

INSERT = "INSERT INTO webhooks (id, user_id, url, topics) VALUES (%s, %s, %s, '{}')"


@pytest_asyncio.fixture
async def database(taskwake: World) -> AsyncIterator[JoiningDatabase]:
    """With one connection: who asked for a second would wait for it in vain."""
    database = JoiningDatabase(taskwake.url(logins.API.name), max_connections=1)
    yield database
    await database.close()


async def add(database: JoiningDatabase, person: Person, url: str, *, fail: bool = False) -> None:
    async with database.transaction(person.id) as connection:
        await connection.execute(INSERT, (uuid4(), person.id, url))
        if fail:
            raise ValueError(url)


async def urls(taskwake: World, person: Person) -> list[str]:
    found = await taskwake.execute("SELECT url FROM webhooks WHERE user_id = %s ORDER BY url", person.id)
    return [row["url"] for row in found]


async def test_what_is_done_in_it_is_seen_together_at_its_end(
    taskwake: World, database: JoiningDatabase, sam: Person
) -> None:
    async with database.joined(sam.id):
        await add(database, sam, "a")
        await add(database, sam, "b")
        assert await urls(taskwake, sam) == []
        own = await database.fetch("SELECT url FROM webhooks ORDER BY url", user_id=sam.id)
    assert [row["url"] for row in own] == await urls(taskwake, sam) == ["a", "b"]


async def test_a_part_that_raises_is_taken_back_alone(taskwake: World, database: JoiningDatabase, sam: Person) -> None:
    async with database.joined(sam.id):
        await add(database, sam, "a")
        with pytest.raises(ValueError, match="b"):
            await add(database, sam, "b", fail=True)
    assert await urls(taskwake, sam) == ["a"]


async def test_a_block_that_raises_leaves_nothing(taskwake: World, database: JoiningDatabase, sam: Person) -> None:
    called: list[str] = []

    async def block() -> None:
        async with database.joined(sam.id):
            await add(database, sam, "a")
            database.once_committed(lambda: called.append("a"))
            await add(database, sam, "b", fail=True)

    with pytest.raises(ValueError, match="b"):
        await block()
    assert (await urls(taskwake, sam), called) == ([], [])


async def test_what_is_to_follow_follows_the_commit(taskwake: World, database: JoiningDatabase, sam: Person) -> None:
    called: list[str] = []
    async with database.joined(sam.id):
        database.once_committed(lambda: called.append("a"))
        assert called == []
    assert called == ["a"]
    database.once_committed(lambda: called.append("b"))
    assert called == ["a", "b"]


async def test_anothers_transaction_is_no_part_of_it(taskwake: World, sam: Person, kim: Person) -> None:
    database = JoiningDatabase(taskwake.url(logins.API.name), max_connections=2)
    async with database.joined(sam.id):
        await add(database, kim, "kim's")
        assert await urls(taskwake, kim) == ["kim's"]
    await database.close()


async def test_a_task_that_outlives_it_has_a_transaction_of_its_own(
    taskwake: World, database: JoiningDatabase, sam: Person
) -> None:
    over = asyncio.Event()

    async def outlive() -> None:
        await over.wait()
        await add(database, sam, "later")

    async with database.joined(sam.id) as connection:
        outliving = asyncio.create_task(outlive())
        await connection.execute(INSERT, (uuid4(), sam.id, "in it"))
    over.set()
    await outliving
    assert await urls(taskwake, sam) == ["in it", "later"]
