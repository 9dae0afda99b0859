"""Which tasks and lists a person's words mean."""

from uuid import UUID

from functions.chat_api.models.person import Person
from functions.kernel.domain.intent import match
from functions.kernel.domain.task import Task
from functions.kernel.storage import tasks as storage
from functions.kernel.storage.unit_of_work import UnitOfWork

# Of this many, the newest: matching reads every title.
MOST = 5000


async def find(uow: UnitOfWork, person: Person, words: str, status: str) -> list[Task]:
    """The tasks of this status that the words fit best: none, one, or several that fit alike."""
    rows = await (
        await uow.connection.execute(
            f"""
            SELECT id, title FROM tasks WHERE status = %(status)s AND deleted_at IS NULL AND {storage.SEEN_BY}
            ORDER BY created_at DESC LIMIT %(most)s
            """,  # noqa: S608 - the filter is a constant
            {"status": status, "seen_by": person.id, "most": MOST},
        )
    ).fetchall()
    ids = match(words, [(row["id"], row["title"]) for row in rows])
    loaded = await storage.load(uow.connection, ids, seen_by=person.id)
    return [loaded[task_id] for task_id in ids if task_id in loaded]


async def find_any(uow: UnitOfWork, person: Person, words: str) -> list[Task]:
    """The tasks that the words fit best, open ones before done ones."""
    return [task for status in ("open", "done") for task in await find(uow, person, words, status)]


async def list_id_of(uow: UnitOfWork, person: Person, name: str) -> UUID | None:
    """The list of this name, in any case, that the person may write to; one's own before those of others. Null when
    there is none."""
    rows = await (
        await uow.connection.execute(
            """
            SELECT id FROM lists JOIN list_members ON list_id = id AND user_id = %(person)s AND role <> 'viewer'
            WHERE lower(name) = lower(%(name)s) ORDER BY owner_id = %(person)s DESC, created_at LIMIT 1
            """,
            {"name": name, "person": person.id},
        )
    ).fetchall()
    return rows[0]["id"] if rows else None


async def last_reminded_of(uow: UnitOfWork, person: Person) -> Task | None:
    """The open task whose reminder rang last, as long as the person has not answered that; else null."""
    rows = await (
        await uow.connection.execute(
            f"""
            {storage.TASKS} JOIN notices ON notices.task_id = tasks.id AND notices.user_id = %(seen_by)s
            WHERE notices.remind_at IS NOT NULL AND notices.acknowledged_at IS NULL
              AND tasks.status = 'open' AND tasks.deleted_at IS NULL AND {storage.SEEN_BY}
            ORDER BY notices.created_at DESC LIMIT 1
            """,
            {"seen_by": person.id},
        )
    ).fetchall()
    return Task(**rows[0]) if rows else None
