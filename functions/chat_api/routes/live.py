"""/events: what happens, as it happens. /wake: Dapr says that something did."""

from typing import Annotated

from fastapi import APIRouter, Header, Query, Request, Response
from fastapi.responses import StreamingResponse

from functions.chat_api.access import Asking, Shown
from functions.chat_api.answers import declared
from functions.chat_api.context import Api
from functions.chat_api.timeline import check_now, parse_cursor, present
from functions.chat_api.wakes import take
from functions.kernel.dapr import app_token as dapr_token
from functions.kernel.errors import InvalidInputError, UnauthenticatedError

router = APIRouter(tags=["events"])
by_dapr = APIRouter(include_in_schema=False)
"""What only Dapr may ask, and only where there is one."""

STREAM_HEADERS = {"cache-control": "no-store", "x-accel-buffering": "no"}


@router.get(
    "/events",
    response_class=StreamingResponse,
    responses={200: {"content": {"text/event-stream": {}}, "description": "Server-sent events."}, **declared(410)},
)
async def stream_events(
    person: Asking,
    shown: Shown,
    api: Api,
    cursor: Annotated[str | None, Query(description="Resume after this event's id.")] = None,
    last_event_id: Annotated[str | None, Header()] = None,
) -> StreamingResponse:
    """The events you may see, live and without a gap: from `Last-Event-ID`, else `cursor`, else from now on.

    410 for a cursor of another database, of one that was restored since, or of before the event log begins.
    """
    api.limits.check_streams(api.feed.watched_by(person.id))
    resume = last_event_id or cursor
    if resume:
        position = parse_cursor(resume)
        await check_now(api.database, *position)
    else:
        position = await present(api.database)
    return StreamingResponse(
        api.feed.stream(person.id, position, shown.id), media_type="text/event-stream", headers=STREAM_HEADERS
    )


@by_dapr.post("/wake")
async def wake(request: Request, api: Api) -> Response:
    """Dapr delivers, in bulk, what functions published: the streams look into the log."""
    if not dapr_token.shown(request.headers, api.app_token):
        raise UnauthenticatedError("only Dapr may say that something happened")
    taken = take(await request.body())
    if taken is None:
        raise InvalidInputError("body", "not Dapr's bulk envelope")
    await api.feed.wake()
    return Response(taken, media_type="application/json")
