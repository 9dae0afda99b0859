"""/lists: a person's lists."""

from uuid import UUID

from fastapi import APIRouter, Response

from functions.chat_api import sharing
from functions.chat_api.access import Asking
from functions.chat_api.answers import declared
from functions.chat_api.context import Api
from functions.chat_api.etags import KNOWN, TAGGED, IfMatch, IfNoneMatch, tagged, unless_known
from functions.chat_api.idempotency import IdempotentRoute
from functions.chat_api.models.lists import NewTaskList, TaskListChange, TaskListRead

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


@router.post("/lists", status_code=201, responses={201: TAGGED, **declared(409)})
async def create_list(new: NewTaskList, person: Asking, api: Api, response: Response) -> TaskListRead:
    """Create a list of your own."""
    async with api.begin(person.id) as uow:
        return tagged(response, await sharing.create(uow, person, new))


@router.get("/lists/{list_id}", response_model=TaskListRead, responses={200: TAGGED, 304: KNOWN})
async def read_list(
    list_id: UUID, person: Asking, api: Api, response: Response, known: IfNoneMatch
) -> TaskListRead | Response:
    """One list that you are a member of."""
    async with api.begin(person.id) as uow:
        return unless_known(response, await sharing.read(uow, person, list_id), known)


@router.patch("/lists/{list_id}", responses={200: TAGGED})
async def change_list(
    list_id: UUID, change: TaskListChange, person: Asking, api: Api, response: Response, tags: IfMatch
) -> TaskListRead:
    """Rename a list of your own."""
    async with api.begin(person.id) as uow:
        return tagged(response, await sharing.rename(uow, person, list_id, change.name, tags))


@router.delete("/lists/{list_id}", status_code=204, responses=declared(409))
async def delete_list(list_id: UUID, person: Asking, api: Api, tags: IfMatch) -> None:
    """Delete a list of your own with every task in it, for all its members. Your only one stays."""
    async with api.begin(person.id) as uow:
        await sharing.delete(uow, person, list_id, tags)
