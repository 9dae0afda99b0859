"""Planning reminders: the due rows of a task, in the transaction that changes the task."""

from datetime import datetime
from uuid import uuid4

from functions.kernel.domain.due import rings_of
from functions.kernel.domain.task import Task
from functions.kernel.storage.unit_of_work import UnitOfWork


async def plan(uow: UnitOfWork, task: Task, due_moment: datetime | None) -> None:
    """Make the task's due rows these: one at `due_moment` (UTC), and one for each of its reminders before it.

    A row whose moment stays keeps its version, and what it rang for it never rings for again. Those that would tell
    nothing any more are left out (see rings_of). No due moment, or a task that is done: none waits any more.
    """
    rings = rings_of(task, due_moment, uow.now)
    wanted, moments = list(rings), list(rings.values())
    await uow.connection.execute(
        "DELETE FROM reminders WHERE task_id = %s AND fired_at IS NULL AND NOT minutes_before = ANY(%s::bigint[])",
        (task.id, wanted),
    )
    if not wanted:
        return
    await uow.connection.execute(
        """
        INSERT INTO reminders (id, task_id, list_id, user_id, kind, minutes_before, remind_at)
        SELECT id, %s, %s, %s, CASE minutes_before WHEN 0 THEN 'due' ELSE 'before' END, minutes_before, remind_at
        FROM unnest(%s::uuid[], %s::bigint[], %s::timestamptz[]) AS wanted (id, minutes_before, remind_at)
        ON CONFLICT (task_id, user_id, minutes_before) DO UPDATE
        SET remind_at = excluded.remind_at, version = reminders.version + 1, fired_at = NULL
        WHERE reminders.remind_at <> excluded.remind_at
        """,
        (task.id, task.list_id, task.created_by, [uuid4() for _ in wanted], wanted, moments),
    )
    uow.arm(*moments)
