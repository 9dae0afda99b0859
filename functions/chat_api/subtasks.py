"""Tasks that are parts of others: a tree within one list, at most MOST_LEVELS deep."""

from uuid import UUID

from functions.chat_api.models.person import Person
from functions.kernel.errors import InvalidInputError
from functions.kernel.storage.unit_of_work import UnitOfWork

MOST_LEVELS = 5
_LINE = """
    WITH RECURSIVE line AS (
        SELECT id, parent_id, 1 AS level FROM tasks WHERE id = %(task)s AND deleted_at IS NULL
        UNION ALL
        SELECT tasks.id, tasks.parent_id, level + 1 FROM tasks JOIN line ON tasks.id = line.parent_id
        WHERE level < 100
    )
    SELECT tasks.id, tasks.list_id, tasks.status FROM tasks JOIN line ON line.id = tasks.id
    WHERE tasks.list_id IN (SELECT writable_lists()) ORDER BY level DESC FOR UPDATE OF tasks
"""


async def check_parent(
    uow: UnitOfWork, person: Person, parent_id: UUID, list_id: UUID | None, task_id: UUID | None = None
) -> UUID:
    """The list of the parent, which is locked with all that it is a part of: a task (this one, with its own parts) may
    become a part of it. Raises InvalidInputError (field `parent_id`).

    From the top down, as everybody locks who changes a tree: who completes it meanwhile is waited for.
    """
    line = await (await uow.connection.execute(_LINE, {"task": parent_id})).fetchall()
    if not line or line[-1]["id"] != parent_id:
        raise InvalidInputError("parent_id", f"there is no task {parent_id}, or none that you may change")
    parent = line[-1]
    if list_id not in (None, parent["list_id"]):
        raise InvalidInputError("parent_id", "the parent is in another list; a subtask is in the list of its parent")
    if parent["status"] == "done":
        raise InvalidInputError("parent_id", "the parent is done; reopen it first")
    if task_id in {row["id"] for row in line}:
        raise InvalidInputError("parent_id", "a task can't be a part of itself, or of one of its own subtasks")
    levels = len(line) + (await _levels(uow, task_id) if task_id else 1)
    if levels > MOST_LEVELS:
        raise InvalidInputError(
            "parent_id", f"that would be {levels} levels deep, and {MOST_LEVELS} are the most; choose one further up"
        )
    found: UUID = parent["list_id"]
    return found


async def _levels(uow: UnitOfWork, task_id: UUID) -> int:
    rows = await (
        await uow.connection.execute(
            """
            WITH RECURSIVE tree AS (
                SELECT id, 1 AS level FROM tasks WHERE id = %s
                UNION ALL
                SELECT tasks.id, level + 1 FROM tasks JOIN tree ON tasks.parent_id = tree.id
                WHERE tasks.deleted_at IS NULL AND level < 100
            )
            SELECT max(level) AS levels FROM tree
            """,
            (task_id,),
        )
    ).fetchall()
    levels: int = rows[0]["levels"]
    return levels
