"""Where a task is: in which list, and below which task."""

from typing import Any
from uuid import UUID

from functions.chat_api import scope as scopes
from functions.chat_api import subtasks
from functions.chat_api.membership import may_be_assigned, role_in, seen_only
from functions.chat_api.models.person import Person
from functions.chat_api.models.task import TaskChange
from functions.chat_api.ordering import last_position
from functions.kernel.domain.task import Task
from functions.kernel.errors import ConflictError, InvalidInputError
from functions.kernel.storage.unit_of_work import UnitOfWork

NO_RULE = "a subtask repeats with the task that it is a part of; give that one the rule, and this one none (null)"
# Who is to do it in another list: who was, if they may there; nobody, if who wrote it is one; else who moves it.
_ASSIGNEE = """
    CASE WHEN tasks.assignee_id IN (SELECT user_id FROM list_members WHERE list_id = %(list)s AND role <> 'viewer')
         THEN tasks.assignee_id
         WHEN tasks.created_by IN (SELECT user_id FROM list_members WHERE list_id = %(list)s) THEN NULL
         ELSE %(by)s END
"""


async def list_for(uow: UnitOfWork, person: Person, wanted: UUID | None) -> UUID:
    """This list, or the person's first. Raises InvalidInputError for one that they do not see, and NotAllowedError for
    one that they may only see."""
    rows = await (
        await uow.connection.execute(
            """
            SELECT id, id IN (SELECT writable_lists()) AS is_writable FROM lists
            WHERE CASE WHEN %(wanted)s::uuid IS NULL THEN owner_id = %(owner)s ELSE
                id = %(wanted)s AND id IN (SELECT member_lists()) END
            ORDER BY created_at, id LIMIT 1
            """,
            {"wanted": wanted, "owner": person.id},
        )
    ).fetchall()
    if not rows:
        raise InvalidInputError("list_id", f"there is no list {wanted}, or none that you may see")
    list_id: UUID = rows[0]["id"]
    if not rows[0]["is_writable"]:
        raise seen_only(f"the list {list_id}")
    return list_id


async def placed(uow: UnitOfWork, person: Person, before: Task, asked: TaskChange) -> dict[str, Any]:
    """What the change makes of the task's list, parent and position, and of an assignee who is not in its new list.
    In another place it comes last. Raises InvalidInputError, NotAllowedError, ConflictError."""
    given = asked.model_fields_set
    if "list_id" in given and asked.list_id is None:
        raise InvalidInputError("list_id", "a task is always in a list; name one, or leave it out")
    list_id = await list_for(uow, person, asked.list_id) if asked.list_id else before.list_id
    moves = list_id != before.list_id
    parent_id = asked.parent_id if "parent_id" in given else None if moves else before.parent_id
    if parent_id and (before.series_id if "rrule" not in given else asked.rrule):
        raise InvalidInputError("parent_id" if "parent_id" in given else "rrule", NO_RULE)
    if (list_id, parent_id) == (before.list_id, before.parent_id):
        return {}
    if parent_id:
        await subtasks.check_parent(uow, person, parent_id, list_id, before.id)
    place = {"list_id": list_id, "parent_id": parent_id, "position": await last_position(uow, list_id, parent_id)}
    if not moves:
        return place
    if before.series_id and before.status == "done":
        raise ConflictError("this occurrence is closed; move the open one of its series, and all of it moves along")
    assignee_id = before.assignee_id
    if assignee_id and not await may_be_assigned(uow, list_id, assignee_id):
        assignee_id = None
    if assignee_id is None and await role_in(uow, list_id, before.created_by) is None:
        assignee_id = person.id
    return place | {"assignee_id": assignee_id}


async def move_along(uow: UnitOfWork, person: Person, before: Task, after: Task) -> None:
    """What goes with a task to another list: its subtasks, its series with the closed occurrences, and the reminders of
    those who are members there. Who only sees the old list is told that they are gone."""
    values = {"list": after.list_id, "by": person.id}
    if after.series_id:
        await uow.connection.execute(
            "UPDATE series SET list_id = %(list)s WHERE id = %(id)s", values | {"id": after.series_id}
        )
        await scopes.move_closed(
            uow, person, after, before.list_id, f"list_id = %(list)s, assignee_id = {_ASSIGNEE}", values
        )
    moved = await subtasks.change_below(
        uow, [after.id], f"list_id = %(list)s, assignee_id = {_ASSIGNEE}", "true", values
    )
    everything = [task.id for task in [after, *moved]]
    await uow.connection.execute(
        """
        DELETE FROM reminders WHERE task_id = ANY(%(tasks)s)
            AND user_id NOT IN (SELECT user_id FROM list_members WHERE list_id = %(list)s)
        """,
        values | {"tasks": everything},
    )
    await uow.connection.execute(
        "UPDATE reminders SET list_id = %(list)s WHERE task_id = ANY(%(tasks)s)", values | {"tasks": everything}
    )
    await subtasks.plan_what_is_to_come(uow, person, [task for task in moved if task.status == "open"])
    for task in moved:
        uow.emit(*scopes.moved(task, before.list_id, after.id, person))
