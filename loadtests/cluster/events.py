"""Events as functions get them: the golden examples, made out about a person and tasks that are there."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import psycopg

from functions.kernel.events import Event, TaskCompleted, TaskCreated, TaskDue, TaskRecurred

EXAMPLES = Path(__file__).parents[2] / "specs" / "001-event-flow" / "contracts" / "examples"


def example(event_type: type[Event]) -> dict[str, Any]:
    """The golden example of this type, under an id of its own."""
    found: dict[str, Any] = json.loads((EXAMPLES / f"{event_type.topic}.json").read_text())
    return found | {"id": str(uuid4())}


class Events:
    """Events about the tasks of one list, which have an effect: a notice, a next occurrence."""

    def __init__(self, owner_url: str, user_id: UUID, list_id: UUID) -> None:
        self.user_id = user_id
        self.list_id = list_id
        self._owner_url = owner_url
        self._open: UUID | None = None

    async def of(self, event_type: type[Event]) -> dict[str, Any]:
        """A new event of this type. What it speaks of is in the database when this returns."""
        event = example(event_type)
        data = event["data"]
        if event_type in (TaskCreated, TaskRecurred):
            # Somebody else did it, so the person is told.
            data["task"] |= {"list_id": str(self.list_id), "id": str(uuid4())}
            data["by"] = str(uuid4())
        elif event_type is TaskDue:
            task = self._open = self._open or await self.open_task()
            data |= {"task_id": str(task), "list_id": str(self.list_id), "user_id": str(self.user_id)}
            data |= {"reminder_id": str(uuid4()), "remind_at": datetime.now(UTC).isoformat()}
        elif event_type is TaskCompleted:
            task, series = await self.completed_task(data["task"]["rrule"])
            data["task"] |= {"id": str(task), "series_id": str(series), "list_id": str(self.list_id)}
        return event

    async def open_task(self, due_at: datetime | None = None) -> UUID:
        """An open task of the person; with a due moment, it has a reminder then, and no alarm is set for it."""
        task = uuid4()
        async with await psycopg.AsyncConnection.connect(self._owner_url) as connection:
            await connection.execute(
                """
                INSERT INTO tasks (id, list_id, title, due_local, zone, due_at, created_by)
                SELECT %(id)s, %(list)s, 'Benchmark', due AT TIME ZONE 'UTC', 'UTC', due, %(user)s
                FROM (SELECT %(due)s::timestamptz AS due) AS moment
                """,
                {"id": task, "list": self.list_id, "user": self.user_id, "due": due_at},
            )
            if due_at:
                await connection.execute(
                    """
                    INSERT INTO reminders (id, task_id, list_id, user_id, kind, remind_at)
                    VALUES (gen_random_uuid(), %s, %s, %s, 'due', %s)
                    """,
                    (task, self.list_id, self.user_id, due_at),
                )
        return task

    async def completed_task(self, rrule: str) -> tuple[UUID, UUID]:
        """A done occurrence of a series without a next one: its id, and the series'."""
        task, series = uuid4(), uuid4()
        start = (datetime.now(UTC) + timedelta(days=300)).replace(tzinfo=None, microsecond=0)
        values = {
            "id": task,
            "series": series,
            "list": self.list_id,
            "user": self.user_id,
            "start": start,
            "recurrence_id": f"{start:%Y%m%dT%H%M%S}",
            "rrule": rrule,
        }
        async with await psycopg.AsyncConnection.connect(self._owner_url) as connection:
            await connection.execute(
                """
                INSERT INTO series (id, list_id, rrule, dtstart, all_day, zone)
                VALUES (%(series)s, %(list)s, %(rrule)s, %(start)s, false, 'UTC')
                """,
                values,
            )
            await connection.execute(
                """
                INSERT INTO tasks (id, list_id, title, status, due_local, zone, due_at, series_id, recurrence_id,
                                   reminders, created_by, completed_at)
                VALUES (%(id)s, %(list)s, 'Benchmark', 'done', %(start)s, 'UTC', %(start)s AT TIME ZONE 'UTC',
                        %(series)s, %(recurrence_id)s, '[{"minutes_before": 10}]', %(user)s, now())
                """,
                values,
            )
        return task, series
