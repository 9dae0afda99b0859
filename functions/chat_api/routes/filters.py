"""/filters: the filters that a person keeps."""

from uuid import UUID

from fastapi import APIRouter, Response

from functions.chat_api import filters as service
from functions.chat_api.access import Asking
from functions.chat_api.answers import declared
from functions.chat_api.context import Api
from functions.chat_api.etags import KNOWN, TAGGED, IfMatch, IfNoneMatch, tagged, unless_known
from functions.chat_api.idempotency import IdempotentRoute
from functions.chat_api.models.filters import FilterChange, FilterPage, FilterRead, NewFilter

router = APIRouter(tags=["filters"], route_class=IdempotentRoute)


@router.post("/filters", status_code=201, responses={201: TAGGED, **declared(409)})
async def create_filter(new: NewFilter, person: Asking, api: Api, response: Response) -> FilterRead:
    """Keep a filter; its query is checked now. 409 beyond 100 of them."""
    async with api.begin(person.id) as uow:
        made = await service.create(uow, person, new)
    response.headers["location"] = f"/filters/{made.id}"
    return tagged(response, made)


@router.get("/filters")
async def list_filters(person: Asking, api: Api) -> FilterPage:
    """Your filters, in their order."""
    async with api.database.transaction(person.id) as connection:
        return FilterPage(filters=await service.load(connection, person))


@router.get("/filters/{filter_id}", response_model=FilterRead, responses={200: TAGGED, 304: KNOWN})
async def read_filter(
    filter_id: UUID, person: Asking, api: Api, response: Response, known: IfNoneMatch
) -> FilterRead | Response:
    """One of your filters; `GET /tasks?filter_id=` answers with its tasks."""
    async with api.database.transaction(person.id) as connection:
        [found] = await service.load(connection, person, filter_id)
    return unless_known(response, found, known)


@router.patch("/filters/{filter_id}", responses={200: TAGGED})
async def change_filter(
    filter_id: UUID, change: FilterChange, person: Asking, api: Api, response: Response, tags: IfMatch
) -> FilterRead:
    """Change name, query or position; a new query is checked now."""
    async with api.begin(person.id) as uow:
        return tagged(response, await service.change(uow, person, filter_id, change, tags))


@router.delete("/filters/{filter_id}", status_code=204)
async def delete_filter(filter_id: UUID, person: Asking, api: Api, tags: IfMatch) -> None:
    """Keep a filter no longer; its tasks stay."""
    async with api.begin(person.id) as uow:
        await service.delete(uow, person, filter_id, tags)
