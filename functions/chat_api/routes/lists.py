"""/lists: a person's lists."""

from uuid import UUID, uuid4

from fastapi import APIRouter

from functions.chat_api import sharing
from functions.chat_api.access import Asking
from functions.chat_api.answers import declared
from functions.chat_api.context import Api
from functions.chat_api.idempotency import IdempotentRoute
from functions.chat_api.models.lists import NewTaskList, TaskListChange, TaskListRead
from functions.chat_api.room import check_room

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


@router.post("/lists", status_code=201, responses=declared(409))
async def create_list(new: NewTaskList, person: Asking, api: Api) -> TaskListRead:
    """Create a list of your own."""
    made = TaskListRead(id=uuid4(), name=new.name, owner_id=person.id, role="owner")
    async with api.database.transaction(person.id) as connection:
        await check_room(connection, person.id, "lists")
        await connection.execute(
            "INSERT INTO lists (id, owner_id, name) VALUES (%s, %s, %s)", (made.id, person.id, made.name)
        )
        await connection.execute(
            "INSERT INTO list_members (list_id, user_id, role) VALUES (%s, %s, 'owner')", (made.id, person.id)
        )
    return made


@router.get("/lists/{list_id}")
async def read_list(list_id: UUID, person: Asking, api: Api) -> TaskListRead:
    """One list that you are a member of."""
    async with api.begin(person.id) as uow:
        return await sharing.read(uow, person, list_id)


@router.patch("/lists/{list_id}")
async def change_list(list_id: UUID, change: TaskListChange, person: Asking, api: Api) -> TaskListRead:
    """Rename a list of your own."""
    async with api.begin(person.id) as uow:
        return await sharing.rename(uow, person, list_id, change.name)


@router.delete("/lists/{list_id}", status_code=204, responses=declared(409))
async def delete_list(list_id: UUID, person: Asking, api: Api) -> None:
    """Delete a list of your own with every task in it, for all its members. Your only one stays."""
    async with api.begin(person.id) as uow:
        await sharing.delete(uow, person, list_id)
