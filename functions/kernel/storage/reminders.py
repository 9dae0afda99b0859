"""Planning reminders: the due rows of a task, in the transaction that changes the task."""

from bisect import bisect_right
from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import uuid4

from functions.kernel.domain.due import Ring, rings_of
from functions.kernel.domain.task import Task
from functions.kernel.storage.unit_of_work import UnitOfWork

AHEAD = timedelta(hours=2)
"""An hourly sweep sets the alarms again for this long: twice the time between two."""
MOST_ARMED = 1_000
"""Of more moments than these, as when a person's zone moves 10,000 tasks, the nearest are armed at once, and those
within AHEAD; the others by the sweep."""


async def plan(
    uow: UnitOfWork, task: Task, due_moment: datetime | None, user_zone: str, *, is_new: bool = False
) -> None:
    """Make the task's due rows these: one at `due_moment` (UTC), and one for each of its reminders, for the person in
    `user_zone` whom the task reminds.

    A row whose moment stays keeps its version, and what it rang for it never rings for again. Those that would tell
    nothing any more are left out (see rings_of), and a snooze ends. No due moment, or a task that is done: none that
    follows from it waits any more. A task that `is_new` has no rows yet.
    """
    rings = rings_of(task, due_moment, uow.now, user_zone)
    if rings or not is_new:
        await write(uow, [(task, rings)], are_new=is_new)


async def write(
    uow: UnitOfWork,
    planned: Sequence[tuple[Task, Sequence[Ring]]],
    *,
    keep_snoozed: bool = False,
    are_new: bool = False,
) -> None:
    """Make the due rows of each task the rings beside it, all tasks at once; see plan."""
    rings = [(task, ring) for task, of_task in planned for ring in of_task]
    ids, names = [task.id for task, _ in rings], [ring.name for _, ring in rings]
    reminded = [task.reminded_id for task, _ in rings]
    if not are_new:
        await uow.connection.execute(
            """
            DELETE FROM reminders
            WHERE task_id = ANY(%s) AND fired_at IS NULL AND (kind <> 'snooze' OR NOT %s)
              AND (task_id, user_id, name) NOT IN (SELECT * FROM unnest(%s::uuid[], %s::uuid[], %s::text[]))
            """,
            ([task.id for task, _ in planned], keep_snoozed, ids, reminded, names),
        )
    if not rings:
        return
    await uow.connection.execute(
        """
        INSERT INTO reminders (id, task_id, list_id, user_id, kind, name, remind_at, every)
        SELECT planned.* FROM unnest(%s::uuid[], %s::uuid[], %s::uuid[], %s::uuid[], %s::text[], %s::text[],
                                     %s::timestamptz[], %s::interval[])
            AS planned (id, task_id, list_id, user_id, kind, name, remind_at, every)
        -- Who left the list is reminded of nothing in it.
        JOIN list_members USING (list_id, user_id)
        ON CONFLICT (task_id, user_id, name) DO UPDATE
        SET remind_at = excluded.remind_at, held_from = NULL, version = reminders.version + 1, fired_at = NULL,
            planned_at = now()
        WHERE COALESCE(reminders.held_from, reminders.remind_at) <> excluded.remind_at
        """,
        (
            [uuid4() for _ in rings],
            ids,
            [task.list_id for task, _ in rings],
            reminded,
            [ring.kind for _, ring in rings],
            names,
            [ring.at for _, ring in rings],
            [ring.every for _, ring in rings],
        ),
    )
    moments = sorted({ring.at for _, ring in rings})
    swept = bisect_right(moments, uow.now + AHEAD)
    uow.arm(*moments[: max(swept, MOST_ARMED)])
