"""A database to make faults in, each in a transaction that is taken back."""

from collections.abc import AsyncIterator, Iterator

import psycopg
import pytest
import pytest_asyncio
from psycopg.rows import dict_row

from functions.operations.doctor.sight import Sight
from tests.integration.world import World


@pytest_asyncio.fixture(scope="package")
async def database(taskwake: World) -> AsyncIterator[str]:
    name = await taskwake.new_database()
    yield taskwake.url(database=name)
    await taskwake.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def sight(database: str) -> Iterator[Sight]:
    """Sees what the test changed, which nobody else does."""
    with psycopg.connect(database, row_factory=dict_row) as connection:
        yield Sight(connection, "here")
        connection.rollback()
