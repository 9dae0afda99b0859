"""Sync: what changed of a person's lists and tasks, page by page, from a position that no late commit is behind.

A row carries the transaction that changed it last. Each round takes the rows whose `tx` is at or above where the last
round began, where all below had ended (specs/decisions/0003): each change is in this round or in a later one. What
changes while a round is read may come twice.
"""

import re
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from functions.chat_api.models.sync import Gone, SyncedList, SyncedMember, SyncPage
from functions.chat_api.timeline import MAX_SEQ, MAX_TX, NOW, check, dropped_in, mark, parse_cursor, split
from functions.kernel.domain.task import Task
from functions.kernel.errors import InvalidInputError
from functions.kernel.storage.database import Connection
from functions.kernel.storage.tasks import TASK_COLUMNS

_GONE, _LISTS, _TASKS = range(3)
_NIL = UUID(int=0)
_CURSOR = re.compile(r"[0-9]{0,20}\.[0-9]{1,20}\.[0-2]\.[0-9]{1,20}\.(?:-1|[0-9]{1,19})\.[0-9a-f]{32}")


@dataclass(frozen=True, slots=True)
class Round:
    """How far a round is: it tells what changed from transaction `since` on (null: everything), the next one from
    `until` on; of its `part` it has told up to (`tx`, `number` or `id`). All are transactions of this `timeline`."""

    since: int | None = None
    until: int = 0
    part: int = _GONE
    tx: int = 0
    number: int = -1
    id: UUID = _NIL
    timeline: int = 0

    def __str__(self) -> str:
        since = "" if self.since is None else mark(self.timeline, self.since)
        return f"{since}.{mark(self.timeline, self.until)}.{self.part}.{self.tx}.{self.number}.{self.id.hex}"


def parse(cursor: str | None) -> Round:
    """The round that goes on there, or begins. Raises InvalidInputError (field `cursor`)."""
    if cursor is None:
        return Round()
    if "." not in cursor:
        timeline, xid = split(parse_cursor(cursor)[0])
        return Round(since=xid, timeline=timeline)
    if not _CURSOR.fullmatch(cursor):
        raise InvalidInputError("cursor", f"{cursor[:80]!r} is no cursor; leave it out to begin anew")
    since, *numbers, row_id = cursor.split(".")
    until, part, tx, number = map(int, numbers)
    if max(int(since or 0), until, tx) >= MAX_TX or number > MAX_SEQ:
        raise InvalidInputError("cursor", f"{cursor[:80]!r} is no cursor; leave it out to begin anew")
    timeline, until = split(until)
    return Round(split(int(since))[1] if since else None, until, part, tx, number, UUID(row_id), timeline)


async def page(connection: Connection, person_id: UUID, begun: Round, limit: int) -> SyncPage:
    """The next page of this round, of at most `limit` lists, tasks and ids. Raises ExpiredError for a cursor of a
    database whose transactions this one does not know, or of before the event log begins."""
    # What went while a round of several pages was read is told by the next one, so that is to be asked for at once.
    several = begun.until > 0
    begun = await _begun(connection, begun)
    answer = SyncPage(
        full=begun.since is None and begun.part == _GONE,
        lists=[],
        tasks=[],
        deleted=Gone(),
        cursor=f"{mark(begun.timeline, begun.until)}-0",
        has_more=several,
    )
    at, room = begun, limit
    for part, read in ((_GONE, _gone), (_LISTS, _lists), (_TASKS, _tasks)):
        if part < at.part or (part == _GONE and at.since is None):
            continue
        at = at if part == at.part else replace(at, part=part, tx=0, number=-1, id=_NIL)
        number, at = await read(connection, person_id, at, room, answer)
        if number == room:
            return answer.model_copy(update={"cursor": str(at), "has_more": True})
        room -= number
    return answer


async def _begun(connection: Connection, asked: Round) -> Round:
    [row] = await (await connection.execute(NOW)).fetchall()
    if asked.since is None and not asked.until:
        return replace(asked, until=int(row["settled"]), timeline=row["timeline"])
    check(mark(asked.timeline, max(asked.since or 0, asked.until)), row["timeline"], int(row["following"]))
    # Of the round that is asked for, or of the next one: its cursor is one of the event log's, too.
    if gone := dropped_in(row):
        gone.check(asked.until or asked.since or 0, 0)
    return asked if asked.until else replace(asked, until=int(row["settled"]))


def _values(person_id: UUID, at: Round, limit: int) -> dict[str, Any]:
    since = None if at.since is None else str(at.since)
    return {"me": person_id, "since": since, "tx": str(at.tx), "number": at.number, "id": at.id, "limit": limit}


async def _gone(connection: Connection, person_id: UUID, at: Round, limit: int, answer: SyncPage) -> tuple[int, Round]:
    """Lists that the person left, and tasks that left their lists, also those that they see again: these come, as they
    are, further on in the round. Whether they do is not asked here, since it may change until then."""
    cursor = await connection.execute(
        """
        SELECT gone.*
        FROM (
            (SELECT tx, id, list_id AS left_list, NULL::uuid AS task_id FROM departures
             WHERE user_id = %(me)s AND tx >= %(since)s::xid8 AND (tx, id) > (%(tx)s::xid8, %(number)s)
             ORDER BY departures.tx, id LIMIT %(limit)s)
            UNION ALL
            (SELECT of_list.* FROM list_members AS mine CROSS JOIN LATERAL (
                SELECT tx, id, NULL::uuid, task_id FROM departures
                WHERE list_id = mine.list_id AND task_id IS NOT NULL
                  AND tx >= %(since)s::xid8 AND (tx, id) > (%(tx)s::xid8, %(number)s)
                ORDER BY departures.tx, id LIMIT %(limit)s
             ) AS of_list WHERE mine.user_id = %(me)s)
        ) AS gone ORDER BY gone.tx, gone.id LIMIT %(limit)s
        """,
        _values(person_id, at, limit),
    )
    rows = await cursor.fetchall()
    for row in rows:
        if row["left_list"]:
            answer.deleted.lists.append(row["left_list"])
        else:
            answer.deleted.tasks.append(row["task_id"])
    return len(rows), replace(at, tx=int(rows[-1]["tx"]), number=rows[-1]["id"]) if rows else at


async def _lists(connection: Connection, person_id: UUID, at: Round, limit: int, answer: SyncPage) -> tuple[int, Round]:
    cursor = await connection.execute(
        """
        SELECT lists.id, name, owner_id, mine.role, (
            SELECT json_agg(json_build_object('user_id', user_id, 'role', role) ORDER BY user_id)
            FROM list_members WHERE list_id = lists.id
        ) AS members
        FROM list_members AS mine JOIN lists ON lists.id = mine.list_id
        WHERE mine.user_id = %(me)s AND (%(since)s::text IS NULL OR lists.tx >= %(since)s::xid8) AND lists.id > %(id)s
        ORDER BY lists.id LIMIT %(limit)s
        """,
        _values(person_id, at, limit),
    )
    rows = await cursor.fetchall()
    for row in rows:
        members = [SyncedMember(**member) for member in row.pop("members")]
        answer.lists.append(SyncedList(**row, members=members))
    return len(rows), replace(at, id=rows[-1]["id"]) if rows else at


async def _tasks(connection: Connection, person_id: UUID, at: Round, limit: int, answer: SyncPage) -> tuple[int, Round]:
    """Tasks that changed, and all of lists that became the person's; one deleted since comes as its id."""
    cursor = await connection.execute(
        f"""
        SELECT {TASK_COLUMNS}, tasks.tx, tasks.deleted_at FROM list_members AS mine CROSS JOIN LATERAL (
            SELECT * FROM tasks
            WHERE list_id = mine.list_id AND (tx, id) > (%(tx)s::xid8, %(id)s)
              AND tx >= CASE WHEN mine.since_tx >= %(since)s::xid8 THEN '0' ELSE coalesce(%(since)s, '0') END::xid8
              AND (deleted_at IS NULL OR tx >= %(since)s::xid8)
            ORDER BY tasks.tx, id LIMIT %(limit)s
        ) AS tasks LEFT JOIN series ON series.id = tasks.series_id
        WHERE mine.user_id = %(me)s ORDER BY tasks.tx, tasks.id LIMIT %(limit)s
        """,  # noqa: S608 - a constant
        _values(person_id, at, limit),
    )
    rows = await cursor.fetchall()
    for row in rows:
        tx, deleted_at = row.pop("tx"), row.pop("deleted_at")
        if deleted_at:
            answer.deleted.tasks.append(row["id"])
        else:
            answer.tasks.append(Task(**row))
    return len(rows), replace(at, tx=int(tx), id=rows[-1]["id"]) if rows else at
