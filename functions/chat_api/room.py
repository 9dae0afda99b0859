"""How many of a kind a person may have, so that nobody fills the database, or has a thousand hosts called, alone."""

from uuid import UUID

from functions.kernel.errors import ConflictError
from functions.kernel.storage.database import Connection

_COUNTED = {
    "webhooks": ("webhooks WHERE user_id = %s", 100),
    "filters": ("filters WHERE user_id = %s", 100),
    "calendar feeds": ("calendar_feeds WHERE user_id = %s", 50),
    "tokens": ("credentials WHERE user_id = %s AND kind = 'token'", 100),
    "lists": ("lists WHERE owner_id = %s", 500),
}
"""What is counted, and how much of it there may be."""


async def check_room(connection: Connection, person_id: UUID, what: str, more: int = 1) -> None:
    """Raises ConflictError when with so many more there would be too many. Whoever makes some at the same time waits
    until this transaction ends."""
    of, most = _COUNTED[what]
    # Rows that refer to the person can be written meanwhile, others that are counted not.
    await connection.execute("SELECT FROM users WHERE id = %s FOR NO KEY UPDATE", (person_id,))
    cursor = await connection.execute(f"SELECT count(*) AS kept FROM {of}", (person_id,))  # noqa: S608 - a constant
    kept = (await cursor.fetchall())[0]["kept"]
    if kept + more > most:
        raise ConflictError(f"you have {kept} {what}, and may have {most}; delete one first")
