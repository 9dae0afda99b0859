"""What a person may do with the filters they keep."""

from uuid import UUID, uuid4

from functions.chat_api.etags import Tags, matching
from functions.chat_api.filtering import checked
from functions.chat_api.models.filters import FilterChange, FilterRead, NewFilter
from functions.chat_api.models.person import Person
from functions.chat_api.room import check_room
from functions.kernel.errors import NotFoundError
from functions.kernel.storage.database import Connection
from functions.kernel.storage.unit_of_work import UnitOfWork

_COLUMNS = "id, name, query, position, created_at"


async def load(connection: Connection, person: Person, filter_id: UUID | None = None) -> list[FilterRead]:
    """The person's filters in their order, or the one that is named. Raises NotFoundError when that is not theirs."""
    cursor = await connection.execute(
        f"""
        SELECT {_COLUMNS} FROM filters WHERE user_id = %(user)s AND (%(id)s::uuid IS NULL OR id = %(id)s)
        ORDER BY position, id
        """,  # noqa: S608 - a constant
        {"user": person.id, "id": filter_id},
    )
    found = [FilterRead(**row) for row in await cursor.fetchall()]
    if filter_id and not found:
        raise NotFoundError(f"you have no filter {filter_id}")
    return found


async def create(uow: UnitOfWork, person: Person, new: NewFilter) -> FilterRead:
    """Keep a filter. Raises InvalidInputError for a query that cannot be read, ConflictError beyond 100."""
    checked(new.query, person, uow.now, "query")
    await check_room(uow.connection, person.id, "filters")
    before = await load(uow.connection, person)
    last = before[-1].position + 1 if before else 1
    position = last if new.position is None else new.position
    made = FilterRead(id=uuid4(), name=new.name, query=new.query, position=position, created_at=uow.now)
    await uow.connection.execute(
        """
        INSERT INTO filters (id, user_id, name, query, position, created_at)
        VALUES (%(id)s, %(user_id)s, %(name)s, %(query)s, %(position)s, %(created_at)s)
        """,
        made.model_dump() | {"user_id": person.id},
    )
    return made


async def change(
    uow: UnitOfWork, person: Person, filter_id: UUID, asked: FilterChange, tags: Tags = None
) -> FilterRead:
    """Change what was given. Raises InvalidInputError, NotFoundError."""
    await _lock(uow, person, filter_id, tags)
    given = asked.model_dump(exclude_unset=True)
    if "query" in given:
        checked(asked.query, person, uow.now, "query")
    cursor = await uow.connection.execute(
        f"""
        UPDATE filters SET name = COALESCE(%(name)s, name), query = COALESCE(%(query)s, query),
            position = COALESCE(%(position)s, position)
        WHERE id = %(id)s AND user_id = %(user)s RETURNING {_COLUMNS}
        """,  # noqa: S608 - a constant
        {"name": None, "query": None, "position": None} | given | {"id": filter_id, "user": person.id},
    )
    return FilterRead(**(await cursor.fetchall())[0])


async def delete(uow: UnitOfWork, person: Person, filter_id: UUID, tags: Tags = None) -> None:
    """Keep it no longer. Raises NotFoundError."""
    await _lock(uow, person, filter_id, tags)
    await uow.connection.execute("DELETE FROM filters WHERE id = %s AND user_id = %s", (filter_id, person.id))


async def _lock(uow: UnitOfWork, person: Person, filter_id: UUID, tags: Tags) -> None:
    await uow.connection.execute(
        "SELECT FROM filters WHERE id = %s AND user_id = %s FOR UPDATE", (filter_id, person.id)
    )
    [found] = await load(uow.connection, person, filter_id)
    matching(found, tags)
