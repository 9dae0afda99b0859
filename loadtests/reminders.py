"""Reminders in the database: many written at once, as their owner, and how the notices of them turned out."""

import asyncio
import time
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

import psycopg

from loadtests.percentiles import percentile


@dataclass(frozen=True, slots=True)
class Lateness:
    """How the notices of some reminders turned out; times in milliseconds after the moment each was set for."""

    wanted: int
    late_ms: Sequence[float]
    twice: int

    @property
    def lost(self) -> int:
        """Reminders without a notice."""
        return self.wanted - len(self.late_ms)

    @property
    def early(self) -> int:
        """Notices before their moment."""
        return sum(late < 0 for late in self.late_ms)

    def percentile(self, percent: float) -> float:
        """See loadtests.percentiles."""
        return percentile(self.late_ms, percent)


async def written(owner_url: str, moments: Sequence[datetime], title: str) -> list[UUID]:
    """Open tasks of the first person, each due with a reminder at its moment; no alarm is set for them. Their ids."""
    ids = [uuid4() for _ in moments]
    async with await psycopg.AsyncConnection.connect(owner_url) as connection:
        await connection.execute(
            """
            INSERT INTO tasks (id, list_id, title, due_local, zone, due_at, created_by)
            SELECT new.id, mine.id, %s || ' ' || new.n, new.moment AT TIME ZONE 'UTC', 'UTC', new.moment, mine.owner_id
            FROM unnest(%s::uuid[], %s::timestamptz[]) WITH ORDINALITY AS new (id, moment, n),
                 (SELECT id, owner_id FROM lists ORDER BY created_at, id LIMIT 1) AS mine
            """,
            (title, ids, list(moments)),
        )
        await connection.execute(
            """
            INSERT INTO reminders (id, task_id, list_id, user_id, kind, remind_at)
            SELECT gen_random_uuid(), id, list_id, created_by, 'due', due_at FROM tasks WHERE id = ANY(%s)
            """,
            (ids,),
        )
    async with await psycopg.AsyncConnection.connect(owner_url, autocommit=True) as connection:
        await connection.execute("ANALYZE tasks, reminders")
    return ids


async def noticed(owner_url: str, tasks: Collection[UUID], patience_seconds: float) -> Lateness:
    """Wait until each of these tasks has its notice, or nothing more came for so long; how late they were."""
    async with await psycopg.AsyncConnection.connect(owner_url, autocommit=True) as connection:
        ids, seen, changed = list(tasks), -1, time.monotonic()
        while seen < len(ids) and time.monotonic() - changed < patience_seconds:
            # Another process writes them, so it is asked; seldom, since asking takes processor time from it.
            await asyncio.sleep(0.5)
            row = await (
                await connection.execute("SELECT count(DISTINCT task_id) FROM notices WHERE task_id = ANY(%s)", (ids,))
            ).fetchone()
            count = row[0] if row else 0
            if count != seen:
                seen, changed = count, time.monotonic()
        rows = await (
            await connection.execute(
                """
                SELECT min(extract(epoch FROM created_at - remind_at)) * 1000, count(*) FROM notices
                WHERE task_id = ANY(%s) AND kind = 'due' GROUP BY task_id
                """,
                (ids,),
            )
        ).fetchall()
    return Lateness(len(ids), [float(late) for late, _ in rows], sum(count > 1 for _, count in rows))
