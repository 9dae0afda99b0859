"""What a person's series left out while the service was off."""

from uuid import UUID

from functions.chat_api.cursor import Key
from functions.chat_api.models.ledger import MissRead
from functions.kernel.storage.database import Connection


async def read(
    connection: Connection, user_id: UUID, limit: int, *, after: Key | None
) -> tuple[list[MissRead], Key | None]:
    """Up to `limit` of them behind `after`, the last written first, and the key that the next page is behind, if there
    is one."""
    at, row_id = after or (None, None)
    rows = await (
        await connection.execute(
            """
            SELECT id, task_id, series_id, title, catch_up, missed, first_at, last_at, created_at FROM misses
            WHERE user_id = %(user)s AND (%(at)s::timestamptz IS NULL OR (created_at, id) < (%(at)s, %(id)s::uuid))
              -- Of what they see only: not of a list that is deleted.
              AND EXISTS (SELECT FROM series WHERE series.id = series_id)
            ORDER BY created_at DESC, id DESC LIMIT %(limit)s
            """,
            {"user": user_id, "at": at, "id": row_id, "limit": limit + 1},
        )
    ).fetchall()
    shown = rows[:limit]
    more = len(rows) > limit
    return [MissRead(**row) for row in shown], (shown[-1]["created_at"], shown[-1]["id"]) if more else None
