"""Which tasks, lists and people a person's words mean."""

from dataclasses import dataclass, field
from uuid import UUID

from functions.chat_api.models.person import Person
from functions.kernel.domain.intent import alike, beginnings, match
from functions.kernel.domain.task import Task
from functions.kernel.errors import InvalidInputError
from functions.kernel.storage import tasks as storage
from functions.kernel.storage.database import Connection
from functions.kernel.storage.unit_of_work import UnitOfWork

MOST = 50
"""So many titles are compared with the words: those that the database finds to have most of them."""
WRITABLE = "tasks.list_id IN (SELECT writable_lists())"
_SAME_NAME = 'lower(lists.name COLLATE "pg_c_utf8") = lower(%(name)s COLLATE "pg_c_utf8")'


@dataclass(frozen=True, slots=True)
class Found:
    """The tasks that words mean, or else those of which to ask whether they do."""

    tasks: list[Task] = field(default_factory=list)
    alike: list[Task] = field(default_factory=list)


async def find(uow: UnitOfWork, person: Person, words: str, status: str, *, to_change: bool = False) -> Found:
    """The tasks of this status that the words mean: none, one, or several alike. `to_change`: only of those that the
    person may change."""
    typed, nearly = beginnings(words)
    titles: list[tuple[UUID, str]] = []
    for forms in (typed, typed + nearly) if nearly else (typed,) if typed else ():
        titles = await _titles(uow, person, forms, status, to_change)
        if ids := match(words, titles):
            return Found(tasks=await _loaded(uow, person, ids))
    return Found(alike=await _loaded(uow, person, alike(words, titles)))


async def find_any(uow: UnitOfWork, person: Person, words: str) -> list[Task]:
    """The tasks that the words fit best, open ones before done ones."""
    found = [await find(uow, person, words, status) for status in ("open", "done")]
    return [task for each in found for task in each.tasks] or [task for each in found for task in each.alike]


async def _titles(
    uow: UnitOfWork, person: Person, forms: list[str], status: str, to_change: bool
) -> list[tuple[UUID, str]]:
    """The tasks whose titles begin most words with one of the forms; of those that do alike the shortest, then newest.
    What the database keeps of the words of each is asked, so that it does not matter how many tasks there are."""
    rows = await (
        await uow.connection.execute(
            f"""
            WITH forms AS MATERIALIZED (
                SELECT to_tsquery('simple', '''' || search_words(word) || ''':*A') AS form
                FROM unnest(%(forms)s::text[]) AS word
            )
            SELECT id, title FROM tasks, LATERAL (SELECT count(*) AS hits FROM forms WHERE search @@ form) AS found
            WHERE status = %(status)s AND deleted_at IS NULL AND hits > 0 AND {storage.SEEN_BY}
                AND (NOT %(to_change)s OR {WRITABLE})
            ORDER BY hits DESC, length(title), created_at DESC LIMIT {MOST}
            """,  # noqa: S608 - constants
            {"forms": forms, "status": status, "seen_by": person.id, "to_change": to_change},
        )
    ).fetchall()
    return [(row["id"], row["title"]) for row in rows]


async def _loaded(uow: UnitOfWork, person: Person, ids: list[UUID]) -> list[Task]:
    loaded = await storage.load(uow.connection, ids, seen_by=person.id)
    return [loaded[task_id] for task_id in ids if task_id in loaded]


async def still_there(
    uow: UnitOfWork, person: Person, ids: list[UUID], status: str | None, *, to_change: bool = True
) -> list[Task]:
    """Those of these tasks that are there, and have this status, if one is named; only those that the person may
    change, unless they are not `to_change`."""
    rows = await (
        await uow.connection.execute(
            f"SELECT id FROM tasks WHERE id = ANY(%s) AND (NOT %s OR {WRITABLE})",  # noqa: S608 - a constant
            (ids, to_change),
        )
    ).fetchall()
    kept = {row["id"] for row in rows}
    tasks = await _loaded(uow, person, [task_id for task_id in ids if task_id in kept])
    return [task for task in tasks if status is None or task.status == status]


async def list_id_of(uow: UnitOfWork, person: Person, name: str) -> UUID | None:
    """The list of this name, in any case, that the person may write to; one's own before those of others. Null when
    there is none."""
    rows = await (
        await uow.connection.execute(
            f"""
            SELECT id FROM lists JOIN list_members ON list_id = id AND user_id = %(person)s AND role <> 'viewer'
            WHERE {_SAME_NAME} ORDER BY owner_id = %(person)s DESC, created_at LIMIT 1
            """,  # noqa: S608 - a constant
            {"name": name, "person": person.id},
        )
    ).fetchall()
    return rows[0]["id"] if rows else None


async def check_list(uow: UnitOfWork, person: Person, name: str) -> None:
    """Raise InvalidInputError unless the person sees a list of this name."""
    found = await uow.connection.execute(
        f"SELECT 1 FROM lists JOIN list_members ON list_id = id AND user_id = %(person)s WHERE {_SAME_NAME}",  # noqa: S608
        {"name": name, "person": person.id},
    )
    if not found.rowcount:
        raise InvalidInputError("text", f"there is no list called “{name}” that you see")


async def check_label(uow: UnitOfWork, person: Person, label: str) -> None:
    """Raise InvalidInputError unless a task that the person sees has this label."""
    found = await uow.connection.execute(
        f"""
        SELECT 1 FROM tasks, unnest(labels) AS label WHERE deleted_at IS NULL AND {storage.SEEN_BY}
            AND lower(label COLLATE "pg_c_utf8") = lower(%(label)s COLLATE "pg_c_utf8") LIMIT 1
        """,  # noqa: S608 - a constant
        {"label": label, "seen_by": person.id},
    )
    if not found.rowcount:
        raise InvalidInputError("text", f"no task that you see has the label @{label}")


@dataclass(frozen=True, slots=True)
class Place:
    """A list that a person sees."""

    id: UUID
    name: str
    writable: bool


async def place_of(connection: Connection, person: Person, list_id: UUID) -> Place:
    """The list of this id. Raises InvalidInputError for one that the person does not see."""
    rows = await (
        await connection.execute(
            """
            SELECT id, name, role <> 'viewer' AS writable FROM lists JOIN list_members ON list_id = id AND user_id = %s
            WHERE id = %s
            """,
            (person.id, list_id),
        )
    ).fetchall()
    if not rows:
        raise InvalidInputError("list_id", f"there is no list {list_id}, or none that you see")
    return Place(**rows[0])


async def all_lists(uow: UnitOfWork, person: Person) -> list[tuple[str, int]]:
    """The lists that the person sees, as the page has them, each with how many open tasks are in it."""
    rows = await (
        await uow.connection.execute(
            """
            SELECT name, (
                SELECT count(*) FROM tasks WHERE list_id = lists.id AND status = 'open' AND deleted_at IS NULL
            ) AS open
            FROM lists JOIN list_members ON list_id = lists.id AND user_id = %s ORDER BY created_at, lists.id
            """,
            (person.id,),
        )
    ).fetchall()
    return [(row["name"], row["open"]) for row in rows]


async def names_of_lists(uow: UnitOfWork, ids: list[UUID]) -> dict[UUID, str]:
    """What these lists are called."""
    rows = await (await uow.connection.execute("SELECT id, name FROM lists WHERE id = ANY(%s)", (ids,))).fetchall()
    return {row["id"]: row["name"] for row in rows}


async def member_named(uow: UnitOfWork, person: Person, list_id: UUID, name: str) -> UUID:
    """The member of the list of this name or first name, in any case; "me": who asks. Raises
    InvalidInputError for none, and for several."""
    if name.lower() in ("me", "myself"):
        return person.id
    pattern = name.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    for each in (pattern, f"{pattern} %"):
        rows = await (
            await uow.connection.execute(
                """
                SELECT id FROM names_of_members(ARRAY(SELECT user_id FROM list_members WHERE list_id = %s))
                WHERE name ILIKE %s COLLATE "pg_c_utf8"
                """,
                (list_id, each),
            )
        ).fetchall()
        if len(rows) > 1:
            raise InvalidInputError("text", f"several members of its list are called “{name}”; say the whole name")
        if rows:
            user_id: UUID = rows[0]["id"]
            return user_id
    raise InvalidInputError("text", f"no member of its list is called “{name}”; share the list with them first")


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
