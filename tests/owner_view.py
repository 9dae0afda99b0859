"""What a database holds, as its owner sees it."""

import asyncio
from typing import Any

import psycopg
import pytest
from psycopg.rows import dict_row


class OwnerView:
    """Of the database at `owner_url`; waits for at most `patience_seconds`."""

    def __init__(self, owner_url: str, patience_seconds: float) -> None:
        self.owner_url = owner_url
        self._patience_seconds = patience_seconds

    async def rows(self, query: str, *parameters: Any) -> list[dict[str, Any]]:
        """What the database holds, whoever may see it."""
        async with await psycopg.AsyncConnection.connect(
            self.owner_url, autocommit=True, row_factory=dict_row
        ) as connection:
            cursor = await connection.execute(query, parameters)
            return await cursor.fetchall() if cursor.description else []

    async def until(self, query: str, *parameters: Any, rows: int = 1) -> list[dict[str, Any]]:
        """The rows of a query, once there are so many. Fails when there are not in time."""
        found: list[dict[str, Any]] = []
        try:
            async with asyncio.timeout(self._patience_seconds):
                while len(found) < rows:
                    await asyncio.sleep(0.1)
                    found = await self.rows(query, *parameters)
        except TimeoutError:
            pytest.fail(f"{len(found)} of {rows} rows after {self._patience_seconds} s: {query} {parameters}: {found}")
        return found
