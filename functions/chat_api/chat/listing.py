"""Listing tasks by chat: which ones, and in which words."""

from datetime import date, timedelta
from typing import Any

from functions.chat_api.chat import wording
from functions.chat_api.chat.candidates import WRITABLE, check_label, check_list
from functions.chat_api.models.person import Person
from functions.kernel.domain.filters.tree import And, Filter, HasPriority, InList, Labelled, Name
from functions.kernel.domain.intent import ListTasks
from functions.kernel.domain.labels import as_label
from functions.kernel.domain.task import Task
from functions.kernel.domain.wall_time import to_local
from functions.kernel.storage import tasks as storage
from functions.kernel.storage.filtering.condition import Condition
from functions.kernel.storage.unit_of_work import UnitOfWork

SHOWN = 50


async def list_tasks(uow: UnitOfWork, person: Person, asked: ListTasks) -> tuple[str, list[Task]]:
    """The answer to a request to show tasks: its words, and the tasks, soonest first."""
    now = to_local(uow.now, person.zone)
    tasks = await select(uow, person, asked, SHOWN)
    return wording.listed(tasks, asked, *_days(asked, now.date()), wording.Here(now, person.zone)), tasks


async def select(
    uow: UnitOfWork, person: Person, asked: ListTasks, limit: int, *, to_change: bool = False
) -> list[Task]:
    """The first tasks of those asked for, soonest first; `to_change`: only those that the person may change. Raises
    InvalidInputError for a list or a label that there is not."""
    now = to_local(uow.now, person.zone)
    begin, end = _days(asked, now.date())
    where, parameters = await _restriction(uow, person, asked)
    rows = await (
        await uow.connection.execute(
            f"""
            SELECT * FROM (
                {storage.TASKS}
                WHERE tasks.deleted_at IS NULL AND tasks.status = %(status)s AND {storage.SEEN_BY}
                  AND (NOT %(to_change)s OR {WRITABLE}) AND {where}
            ) AS found, LATERAL (
                SELECT COALESCE(due_on, (due_at AT TIME ZONE %(zone)s)::date) AS due_day
            ) AS local
            WHERE (%(begin)s::date IS NULL OR due_day >= %(begin)s)
              AND (%(end)s::date IS NULL OR due_day <= %(end)s)
              AND (NOT %(overdue)s OR due_at < %(now)s OR due_on < %(today)s)
            ORDER BY due_day NULLS LAST, due_at NULLS FIRST, created_at LIMIT %(limit)s
            """,  # noqa: S608 - constants, and a condition that holds no text of a person's
            {
                **parameters,
                "status": "done" if asked.scope == "done" else "open",
                "seen_by": person.id,
                "to_change": to_change,
                "zone": person.zone,
                "begin": begin,
                "end": end,
                "overdue": asked.scope == "overdue",
                "now": uow.now,
                "today": now.date(),
                "limit": limit,
            },
        )
    ).fetchall()
    return [Task(**{name: value for name, value in row.items() if name != "due_day"}) for row in rows]


async def _restriction(uow: UnitOfWork, person: Person, asked: ListTasks) -> tuple[str, dict[str, Any]]:
    """List, labels and priority as a condition, with its parameters."""
    parts: list[Filter] = [HasPriority(asked.priority)] if asked.priority else []
    if asked.list_name:
        await check_list(uow, person, asked.list_name)
        parts.append(InList(Name((asked.list_name,))))
    for name in asked.labels:
        label = as_label(name) or name
        await check_label(uow, person, label)
        parts.append(Labelled(Name((label,))))
    condition = Condition(person.id, person.zone, uow.now)
    return (f"({condition.of(And(tuple(parts)))})" if parts else "TRUE"), condition.parameters


def _days(asked: ListTasks, today: date) -> tuple[date | None, date | None]:
    """The first and the last day that was asked for; null where there is no bound."""
    match asked.scope:
        case "today":
            return today, today
        case "tomorrow":
            return today + timedelta(days=1), today + timedelta(days=1)
        case "week":
            return today, today + timedelta(days=6)
        case "range":
            return asked.begin, asked.end
        case _:
            return None, None
