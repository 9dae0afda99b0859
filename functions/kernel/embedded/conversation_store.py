"""The embedded ConversationStore: a row a person, under row-level security like all of theirs."""

from collections.abc import Sequence
from uuid import UUID

from psycopg.types.json import Jsonb

from functions.kernel.ports import Turn
from functions.kernel.storage.database import Database


class DatabaseConversationStore:
    """Keeps turns in PostgreSQL."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def load(self, user_id: UUID) -> list[Turn]:
        """The turns, oldest first."""
        rows = await self._database.fetch(
            "SELECT turns FROM conversations WHERE user_id = %s", (user_id,), user_id=user_id
        )
        return [Turn(**turn) for turn in rows[0]["turns"]] if rows else []

    async def save(self, user_id: UUID, turns: Sequence[Turn]) -> None:
        """Replace the turns."""
        async with self._database.transaction(user_id) as connection:
            await connection.execute(
                """
                INSERT INTO conversations (user_id, turns) VALUES (%s, %s)
                ON CONFLICT (user_id) DO UPDATE SET turns = excluded.turns
                """,
                (user_id, Jsonb([turn.model_dump(mode="json") for turn in turns])),
            )

    async def forget(self, user_id: UUID) -> None:
        """Drop the row; it went with its person, too."""
        await self._database.fetch(
            "DELETE FROM conversations WHERE user_id = %s RETURNING user_id", (user_id,), user_id=user_id
        )
