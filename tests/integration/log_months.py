"""An event log that has been there for long, without waiting for it."""

import asyncio
from datetime import datetime

import psycopg

from functions.operations.retention.dividing import divide

OLD = "events_2020_06"
OLD_UNTIL = datetime.fromisoformat("2020-07-01T00:00:00Z")
OLD_DAY = datetime.fromisoformat("2020-06-29T12:00:00Z")
"""When what is in the old month was written."""


def quiet(_: str) -> None:
    """Nobody reads it."""


def _age(owner_url: str) -> None:
    with psycopg.connect(owner_url) as connection:
        [name] = connection.execute("SELECT name FROM event_months() ORDER BY until_at LIMIT 1").fetchone() or ("",)
        indexes = connection.execute("SELECT indexname FROM pg_indexes WHERE tablename = %s", (name,)).fetchall()
        for [index] in indexes:
            connection.execute(f"ALTER INDEX {index} RENAME TO {index.replace(name, OLD)}".encode())
        for statement in (
            f"ALTER TABLE events DETACH PARTITION {name}",
            f"ALTER TABLE {name} RENAME TO {OLD}",
            f"UPDATE {OLD} SET created_at = '{OLD_DAY}'",  # noqa: S608 - names
            f"ALTER TABLE events ATTACH PARTITION {OLD} FOR VALUES FROM (MINVALUE) TO ('{OLD_UNTIL}')",
            "SELECT prepare_months()",
        ):
            connection.execute(statement.encode())


async def age(owner_url: str) -> None:
    """Divide the log, and have all that it holds be of June 2020, which is a month of its own then."""
    await asyncio.to_thread(divide, owner_url, quiet)
    await asyncio.to_thread(_age, owner_url)
