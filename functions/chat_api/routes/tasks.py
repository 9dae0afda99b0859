"""/tasks: create, read, list, change, complete, skip, reopen, delete."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from functions.chat_api import flow, listing, series
from functions.chat_api import tasks as service
from functions.chat_api.access import Asking
from functions.chat_api.answers import declared
from functions.chat_api.context import Api
from functions.chat_api.etags import KNOWN, TAGGED, IfMatch, IfNoneMatch, tagged, unless_known
from functions.chat_api.idempotency import IdempotentRoute
from functions.chat_api.models.flow import Flow
from functions.chat_api.models.person import Person
from functions.chat_api.models.task import NewTask, Scope, SeriesRead, TaskChange, TaskMove, TaskPage
from functions.chat_api.models.task_query import TaskQuery
from functions.chat_api.timeline import cursor_of, present
from functions.kernel.domain.task import Task
from functions.kernel.errors import NotFoundError
from functions.kernel.storage import tasks as storage
from functions.kernel.storage.database import Connection

router = APIRouter(tags=["tasks"], route_class=IdempotentRoute)


@router.post("/tasks", status_code=201, responses={201: TAGGED})
async def create_task(new: NewTask, person: Asking, api: Api, response: Response) -> Task:
    """Create a task; with a due time you are reminded at it."""
    async with api.begin(person.id) as uow:
        task = await service.create(uow, person, new)
    response.headers["location"] = f"/tasks/{task.id}"
    return tagged(response, task)


@router.get("/tasks", responses=declared(404))
async def list_tasks(asked: Annotated[TaskQuery, Query()], person: Asking, api: Api, response: Response) -> TaskPage:
    """The tasks you see: oldest first; with `status=done`, last completed first; or in the order that `sort` names. All
    that is asked for must hold.

    The header `X-Event-Cursor` is where /events goes on from this answer.
    """
    response.headers["x-event-cursor"] = cursor_of(await present(api.database))
    async with api.database.begin(person.id) as (connection, now):
        return await listing.page(connection, person, now, asked)


@router.get("/tasks/{task_id}", response_model=Task, responses={200: TAGGED, 304: KNOWN})
async def read_task(task_id: UUID, person: Asking, api: Api, response: Response, known: IfNoneMatch) -> Task | Response:
    """One task; its ETag is its version in quotes, here and in every answer that is this task."""
    async with api.database.transaction(person.id) as connection:
        task = await _seen(connection, person, task_id)
    return unless_known(response, task, known)


@router.get("/tasks/{task_id}/series")
async def read_series(task_id: UUID, person: Asking, api: Api) -> SeriesRead:
    """The series of a recurring task: its rule, the dates added and taken out, and what occurrences are made from."""
    async with api.database.transaction(person.id) as connection:
        return await series.read(connection, await _seen(connection, person, task_id))


@router.get("/tasks/{task_id}/flow")
async def read_flow(task_id: UUID, person: Asking, api: Api, limit: Annotated[int, Query(ge=1, le=200)] = 50) -> Flow:
    """The task's last events, from when each was written until it was delivered: who handled it, and when."""
    async with api.database.transaction(person.id) as connection:
        return await flow.read(connection, person.id, await _seen(connection, person, task_id), limit)


@router.patch("/tasks/{task_id}", responses={200: TAGGED, **declared(409)})
async def change_task(
    task_id: UUID, change: TaskChange, person: Asking, api: Api, response: Response, tags: IfMatch
) -> Task:
    """Change what the body names, of this occurrence of a series or of more (`scope`); reminders are planned anew."""
    async with api.begin(person.id) as uow:
        return tagged(response, await service.change(uow, person, task_id, change, tags))


@router.post("/tasks/{task_id}/complete", responses={200: TAGGED})
async def complete_task(task_id: UUID, person: Asking, api: Api, response: Response, tags: IfMatch) -> Task:
    """Complete a task; an occurrence of a series brings the next. Completing twice is completing once."""
    async with api.begin(person.id) as uow:
        return tagged(response, await service.complete(uow, person, task_id, tags))


@router.post("/tasks/{task_id}/move", responses={200: TAGGED})
async def move_task(task_id: UUID, to: TaskMove, person: Asking, api: Api, response: Response, tags: IfMatch) -> Task:
    """Give a task another place among those of its list and parent: `before` or `after` one of them, `first` or
    `last`. `sort=position` lists them so."""
    async with api.begin(person.id) as uow:
        return tagged(response, await service.move(uow, person, task_id, to, tags))


@router.post("/tasks/{task_id}/skip", responses={200: TAGGED, **declared(409)})
async def skip_task(task_id: UUID, person: Asking, api: Api, response: Response, tags: IfMatch) -> Task:
    """Let an occurrence of a series pass undone; the next comes. 409 for a task that does not repeat."""
    async with api.begin(person.id) as uow:
        return tagged(response, await service.skip(uow, person, task_id, tags))


@router.post("/tasks/{task_id}/reopen", responses={200: TAGGED, **declared(409)})
async def reopen_task(task_id: UUID, person: Asking, api: Api, response: Response, tags: IfMatch) -> Task:
    """Take a completion or a skip back, with the next occurrence that it brought; 409 if that was touched since."""
    async with api.begin(person.id) as uow:
        return tagged(response, await service.reopen(uow, person, task_id, tags))


@router.delete("/tasks/{task_id}", status_code=204, responses=declared(409))
async def delete_task(task_id: UUID, person: Asking, api: Api, tags: IfMatch, scope: Scope | None = None) -> None:
    """Delete a task. Of a recurring one, by `scope`: `this` alone, and the next one comes; this and the `following`; or
    `all`, also those closed. Without it an open one goes with those that would follow, a closed one alone."""
    async with api.begin(person.id) as uow:
        await service.delete(uow, person, task_id, scope, tags)


async def _seen(connection: Connection, person: Person, task_id: UUID) -> Task:
    found = await storage.load(connection, [task_id], seen_by=person.id)
    if task_id not in found:
        raise NotFoundError(f"there is no task {task_id}, or none that you may see")
    return found[task_id]
