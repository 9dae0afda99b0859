"""What a person's series left out while the service was off."""

from operator import itemgetter
from uuid import UUID

from functions.chat_api.cursor import Key, cut
from functions.chat_api.models.ledger import MissRead
from functions.kernel.storage.database import Connection


async def read(
    connection: Connection, user_id: UUID, limit: int, *, after: Key | None
) -> tuple[list[MissRead], str | None]:
    """Up to `limit` of them behind `after`, the last written first, and the cursor of the next page, if there is
    one."""
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
    shown, more = cut(rows, limit, itemgetter("created_at", "id"))
    return [MissRead(**row) for row in shown], more
