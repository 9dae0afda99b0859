"""What somebody is in a list, and what a viewer is told who would change something in it."""

from uuid import UUID

from functions.chat_api.models.lists import Role
from functions.kernel.errors import NotAllowedError
from functions.kernel.storage.unit_of_work import UnitOfWork

ASSIGNEE = """
    CASE WHEN tasks.assignee_id IN (SELECT user_id FROM list_members WHERE list_id = tasks.list_id AND role <> 'viewer')
         THEN tasks.assignee_id END
"""
"""Who a task is assigned to once it is open again, of those who could complete it: nobody, where its assignee became a
viewer meanwhile."""


async def role_in(uow: UnitOfWork, list_id: UUID, user_id: UUID) -> Role | None:
    """The role of this person in the list; null for who is no member."""
    cursor = await uow.connection.execute(
        "SELECT role FROM list_members WHERE list_id = %s AND user_id = %s", (list_id, user_id)
    )
    row = await cursor.fetchone()
    return row["role"] if row else None


async def may_be_assigned(uow: UnitOfWork, list_id: UUID, user_id: UUID) -> bool:
    """Whether this person could complete what is in the list."""
    return await role_in(uow, list_id, user_id) in ("owner", "editor")


def seen_only(what: str) -> NotAllowedError:
    """To be raised for a write to what they see as a viewer."""
    return NotAllowedError(
        f"you may only see {what}: a viewer changes nothing in a list; its owner can make you an editor"
    )
