"""The order of tasks among their siblings, those of one list and parent: a number each, ascending."""

from uuid import UUID

from functions.kernel.storage.unit_of_work import UnitOfWork

SIBLINGS = "tasks.list_id = %(list)s AND tasks.parent_id IS NOT DISTINCT FROM %(parent)s::uuid"


async def last_position(uow: UnitOfWork, list_id: UUID, parent_id: UUID | None) -> float:
    """The position after all siblings there."""
    parent = "tasks.parent_id = %(parent)s" if parent_id else "tasks.parent_id IS NULL"
    rows = await (
        await uow.connection.execute(
            f"""
            SELECT position FROM tasks WHERE list_id = %(list)s AND {parent} ORDER BY position DESC LIMIT 1
            """,  # noqa: S608 - constants
            {"list": list_id, "parent": parent_id},
        )
    ).fetchall()
    return rows[0]["position"] + 1 if rows else 1
