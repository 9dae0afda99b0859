"""/activity: who did what when. /undo: take it back."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from functions.chat_api import activity as service
from functions.chat_api import undo as undoing
from functions.chat_api.access import Asking, Shown
from functions.chat_api.answers import declared
from functions.chat_api.context import Api
from functions.chat_api.fields import ActivityTopic
from functions.chat_api.idempotency import IdempotentRoute
from functions.chat_api.models.activity import ActivityPage, Undone
from functions.kernel.errors import NotFoundError

router = APIRouter(tags=["activity"], route_class=IdempotentRoute)

Limit = Annotated[int, Query(ge=1, le=200)]
Cursor = Annotated[str | None, Query(max_length=20)]


@router.get("/activity")
async def list_activity(
    person: Asking,
    api: Api,
    task_id: UUID | None = None,
    list_id: UUID | None = None,
    user_id: UUID | None = None,
    topic: ActivityTopic | None = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> ActivityPage:
    """What was done in your lists, and to them, by whomever, newest first; also that you left one, or it is deleted."""
    wanted = service.Wanted(task_id, list_id, user_id, topic, service.read_cursor(cursor), limit)
    async with api.database.transaction(person.id) as connection:
        return await service.page(connection, person.id, wanted)


@router.get("/tasks/{task_id}/activity")
async def list_task_activity(
    task_id: UUID, person: Asking, api: Api, limit: Limit = 50, cursor: Cursor = None
) -> ActivityPage:
    """What was done to a task, be it deleted, and which of your reminders rang; newest first."""
    wanted = service.Wanted(task_id=task_id, before=service.read_cursor(cursor), limit=limit)
    async with api.database.transaction(person.id) as connection:
        page = await service.page(connection, person.id, wanted)
    if not page.activity and cursor is None:
        raise NotFoundError(f"there is no task {task_id}, or none that you may see")
    return page


@router.post("/undo", responses=declared(404, 409))
async def undo_last(person: Asking, api: Api, shown: Shown) -> Undone:
    """Take back the last thing that you did to a task or a list and that is not undone; asked again, the one before."""
    async with api.begin(person.id) as uow:
        return await undoing.undo_last(uow, person, shown.scopes)


@router.post("/events/{event_id}/undo", responses=declared(409))
async def undo_event(event_id: UUID, person: Asking, api: Api, shown: Shown) -> Undone:
    """Take back something that you did to a task or a list, by the event's id; an event that undid something: do it
    again.

    409 if it is undone already, where that would take back what somebody did since, where only somebody else may do
    that now, or if it was done before the event log begins. What became of a list's members takes the scope `account`,
    as changing it does.
    """
    async with api.begin(person.id) as uow:
        return await undoing.undo(uow, person, event_id, shown.scopes)
