"""/lists: a person's lists, and with whom they share them."""

from uuid import UUID, uuid4

from fastapi import APIRouter

from functions.chat_api.access import Asking
from functions.chat_api.context import Api
from functions.chat_api.idempotency import IdempotentRoute
from functions.chat_api.models.lists import NewMember, NewTaskList, TaskListRead
from functions.kernel.errors import InvalidInputError, NotFoundError

router = APIRouter(tags=["lists"], route_class=IdempotentRoute)


@router.get("/lists")
async def list_lists(person: Asking, api: Api) -> list[TaskListRead]:
    """The lists you are a member of; the first of your own is where new tasks go."""
    rows = await api.database.fetch(
        """
        SELECT lists.id, name, owner_id, role FROM lists
        JOIN list_members ON list_id = lists.id AND user_id = %s ORDER BY created_at, lists.id
        """,
        (person.id,),
        user_id=person.id,
    )
    return [TaskListRead(**row) for row in rows]


@router.post("/lists", status_code=201)
async def create_list(new: NewTaskList, person: Asking, api: Api) -> TaskListRead:
    """Create a list of your own."""
    made = TaskListRead(id=uuid4(), name=new.name, owner_id=person.id, role="owner")
    async with api.database.transaction(person.id) as connection:
        await connection.execute(
            "INSERT INTO lists (id, owner_id, name) VALUES (%s, %s, %s)", (made.id, person.id, made.name)
        )
        await connection.execute(
            "INSERT INTO list_members (list_id, user_id, role) VALUES (%s, %s, 'owner')", (made.id, person.id)
        )
    return made


@router.post("/lists/{list_id}/members", status_code=204)
async def add_member(list_id: UUID, new: NewMember, person: Asking, api: Api) -> None:
    """Share a list of your own with somebody who has an account here."""
    async with api.database.transaction(person.id) as connection:
        owned = await connection.execute("SELECT id FROM lists WHERE id = %s AND owner_id = %s", (list_id, person.id))
        if not owned.rowcount:
            raise NotFoundError(f"you own no list {list_id}")
        added = await connection.execute(
            """
            INSERT INTO list_members (list_id, user_id, role) SELECT %s, found, %s FROM user_by_email(%s) AS found
            ON CONFLICT DO NOTHING
            """,
            (list_id, new.role, new.email),
        )
        known = await connection.execute("SELECT 1 FROM user_by_email(%s)", (new.email,))
        if not added.rowcount and not known.rowcount:
            raise InvalidInputError("email", "nobody with this address has an account here")
