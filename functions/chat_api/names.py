"""What people, lists and tasks are called, as far as who asks may see them."""

from collections.abc import Iterable
from uuid import UUID

from functions.chat_api.models.activity import FieldChange
from functions.kernel.storage.database import Connection

CALLED = {"list_id": "another list", "parent_id": "another task", "assignee_id": "somebody"}
"""The fields that are said by a name, and how, where who asks may not see that."""


async def names_of(connection: Connection, people: Iterable[UUID]) -> dict[UUID, str]:
    """The names of those among them who share a list with who asks."""
    cursor = await connection.execute("SELECT id, name FROM names_of_members(%s)", (sorted(set(people)),))
    return {row["id"]: row["name"] for row in await cursor.fetchall()}


async def names_in(connection: Connection, changes: Iterable[FieldChange]) -> dict[UUID, str]:
    """What the lists, tasks and people of these changes are called, as far as who asks may see them."""
    ids = {UUID(each) for change in changes if change.field in CALLED for each in (change.before, change.after) if each}
    if not ids:
        return {}
    cursor = await connection.execute(
        """
        SELECT id, name FROM lists WHERE id = ANY(%(ids)s) UNION ALL
        SELECT id, title FROM tasks WHERE id = ANY(%(ids)s) UNION ALL
        SELECT id, name FROM names_of_members(%(ids)s)
        """,
        {"ids": sorted(ids)},
    )
    return {row["id"]: row["name"] for row in await cursor.fetchall()}
