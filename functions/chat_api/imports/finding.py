"""What of a file is here already: what its UIDs became before, tasks of one's own, and lists of its names."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID, uuid4

from functions.chat_api import sharing
from functions.chat_api.calendars import gathering
from functions.chat_api.calendars.item import Item
from functions.chat_api.models.person import Person
from functions.chat_api.placing import list_for
from functions.chat_api.room import check_room
from functions.kernel.domain.task import Task
from functions.kernel.errors import InvalidInputError
from functions.kernel.storage.tasks import SEEN_BY, TASKS
from functions.kernel.storage.unit_of_work import UnitOfWork


@dataclass(slots=True)
class Known:
    """What a UID became before: a task, or the tasks of a series."""

    fingerprint: bytes
    tasks: list[Task]
    series_id: UUID | None


async def known_of(uow: UnitOfWork, person: Person, uids: Sequence[str]) -> dict[str, Known]:
    """What these UIDs became, as far as it is still there."""
    found = await uow.connection.execute(
        "SELECT uid, fingerprint, task_id, series_id FROM imported_items WHERE user_id = %s AND uid = ANY(%s)",
        (person.id, list(uids)),
    )
    rows = await found.fetchall()
    of_tasks = {row["task_id"]: row["uid"] for row in rows if row["task_id"]}
    of_series = {row["series_id"]: row["uid"] for row in rows if row["series_id"]}
    known = {row["uid"]: Known(bytes(row["fingerprint"]), [], row["series_id"]) for row in rows}
    for column, wanted in (("id", of_tasks), ("series_id", of_series)):
        there = await uow.connection.execute(
            f"""
            {TASKS} WHERE tasks.{column} = ANY(%(ids)s) AND tasks.deleted_at IS NULL AND {SEEN_BY}
            ORDER BY tasks.status DESC, tasks.recurrence_id
            """,
            {"ids": list(wanted), "seen_by": person.id},
        )
        for row in await there.fetchall():
            known[wanted[row[column]]].tasks.append(Task(**row))
    return {uid: one for uid, one in known.items() if one.tasks}


async def own_of(uow: UnitOfWork, person: Person, items: Iterable[Item], known: dict[str, Known]) -> dict[str, Item]:
    """Of the items those that are this person's tasks already, as these are now: their UIDs are their ids."""
    ids = [UUID(item.uid) for item in items if item.uid not in known and _is_uuid(item.uid)]
    found = await uow.connection.execute(
        f"""
        SELECT DISTINCT tasks.list_id FROM tasks
        WHERE (tasks.id = ANY(%(ids)s) OR tasks.series_id = ANY(%(ids)s)) AND tasks.deleted_at IS NULL AND {SEEN_BY}
        """,  # noqa: S608 - a constant
        {"ids": ids, "seen_by": person.id},
    )
    lists = [row["list_id"] for row in await found.fetchall()]
    if not lists:
        return {}
    gathered = await gathering.gather(uow.connection, person.id, lists, done=True)
    wanted = {str(each) for each in ids}
    return {item.uid: item for item in gathering.items_of(gathered) if item.uid in wanted}


async def lists_of(
    uow: UnitOfWork, person: Person, wanted: UUID | None, items: Iterable[Item], *, dry_run: bool
) -> dict[str | None, UUID]:
    """The list of each name, made if there is none of it; all are the one that is asked for, if one is."""
    names = {item.list_name for item in items}
    if wanted is not None:
        return dict.fromkeys([None, *names], await list_for(uow, person, wanted))
    rows = await (
        await uow.connection.execute(
            """
            SELECT id, name, owner_id FROM lists WHERE id IN (SELECT writable_lists()) ORDER BY created_at, id
            """
        )
    ).fetchall()
    own = [row for row in rows if row["owner_id"] == person.id]
    if not own:
        raise InvalidInputError("list_id", "you own no list; make one, or name one that you may write to")
    lists: dict[str | None, UUID] = {row["name"]: row["id"] for row in reversed(own)} | {None: own[0]["id"]}
    missing = sorted(name for name in names - set(lists) if name)
    await check_room(uow.connection, person.id, "lists", len(missing))
    for name in missing:
        lists[name] = uuid4()
        if not dry_run:
            await sharing.make(uow, person, lists[name], name)
    return lists


def _is_uuid(text: str) -> bool:
    try:
        return str(UUID(text)) == text
    except ValueError:
        return False
