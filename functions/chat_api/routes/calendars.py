"""/calendar-feeds: addresses under which calendar programs read tasks; /calendar and /export.ics: the calendars."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from itertools import islice
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request, Response
from fastapi.responses import StreamingResponse

from functions.chat_api.access import Asking
from functions.chat_api.answers import declared
from functions.chat_api.calendars import feeds, gathering
from functions.chat_api.calendars.item import Item
from functions.chat_api.context import Api, ApiContext
from functions.chat_api.etags import ANY, IfNoneMatch, Tags
from functions.chat_api.idempotency import IdempotentRoute
from functions.chat_api.limits.limits import PEOPLE
from functions.chat_api.models.calendars import CALENDAR_EXAMPLE, CalendarFeedMade, CalendarFeedPage, NewCalendarFeed
from functions.kernel.errors import NotFoundError
from functions.kernel.webhook_secret import KEY_NAME

MEDIA_TYPE = "text/calendar; charset=utf-8"
CALENDAR: dict[str, Any] = {
    "description": "RFC 5545.",
    "content": {"text/calendar": {"schema": {"type": "string"}, "examples": {"calendar": {"value": CALENDAR_EXAMPLE}}}},
    "headers": {
        "ETag": {"description": "Of what it has.", "schema": {"type": "string"}},
        "Last-Modified": {"description": "Since when it has that.", "schema": {"type": "string"}},
    },
}
EXPORT: dict[str, Any] = {key: CALENDAR[key] for key in ("description", "content")}
WRITTEN_AT_ONCE = 100
"""Items; a calendar of 10,000 keeps nobody else waiting."""


class FeedRoute(IdempotentRoute):
    """Of an answer with an address all but the secret is kept, and the secret is derived again."""

    def kept(self, body: bytes) -> bytes:
        """The feed, if the body is one, without its secret."""
        return _with_secret(body, "") if body else body

    async def given_again(self, api: ApiContext, body: bytes) -> bytes:
        """The feed as it was answered."""
        if not body:
            return body
        feed_id = CalendarFeedMade.model_validate_json(body).id
        return _with_secret(body, feeds.secret_of(await api.secrets.get(KEY_NAME), feed_id))


router = APIRouter(tags=["calendars"], route_class=FeedRoute)


@router.post("/calendar-feeds", status_code=201, responses=declared(409))
async def create_calendar_feed(new: NewCalendarFeed, person: Asking, api: Api, request: Request) -> CalendarFeedMade:
    """Make an address under which a calendar program reads your tasks. It is shown this once."""
    key = await api.secrets.get(KEY_NAME)
    async with api.database.transaction(person.id) as connection:
        feed = await feeds.create(connection, person.id, new, key)
    url = f"{request.base_url}calendar/{feeds.secret_of(key, feed.id)}.ics"
    return CalendarFeedMade(**feed.model_dump(), url=url)


@router.get("/calendar-feeds")
async def list_calendar_feeds(person: Asking, api: Api) -> CalendarFeedPage:
    """Your calendar feeds, and when each was last read."""
    return CalendarFeedPage(feeds=await feeds.all_of(api.database, person.id))


@router.delete("/calendar-feeds/{feed_id}", status_code=204)
async def delete_calendar_feed(feed_id: UUID, person: Asking, api: Api) -> None:
    """Revoke a calendar feed: from now on its address shows nothing."""
    await feeds.delete(api.database, person.id, feed_id)


@router.get(
    "/calendar/{secret}.ics",
    response_class=Response,
    responses={200: CALENDAR, 304: {"description": "It is as you know it."}, **declared(429)},
    openapi_extra={"security": []},
)
async def read_calendar_feed(secret: str, api: Api, request: Request, known: IfNoneMatch) -> Response:
    """The tasks of a feed, for whoever knows its address."""
    api.limits.guess(request, secret)
    try:
        feed = await feeds.by_secret(api.database, secret)
    except NotFoundError:
        api.limits.was_wrong(request, secret)
        raise
    api.limits.was_right(request, secret)
    # A bucket of its own: whoever was given the address takes nothing from its owner.
    api.limits.take(request, PEOPLE, feed.id)
    async with api.database.transaction(feed.user_id) as connection:
        etag, changed_at = await feeds.read_now(connection, feed)
        headers = {
            "etag": etag,
            "last-modified": format_datetime(changed_at.astimezone(UTC), usegmt=True),
            "cache-control": "private, no-cache",
        }
        if _is_known(request, known, etag, changed_at):
            return Response(status_code=304, headers=headers)
        gathered = await gathering.gather(connection, feed.user_id, feed.list_ids, done=feed.done)
    return _answer(feed.name, gathered, feed.components, headers)


@router.get("/export.ics", response_class=Response, responses={200: EXPORT})
async def export_calendar(person: Asking, api: Api) -> Response:
    """All your tasks, those done, too, as VTODO; POST /import reads them again, and loses nothing."""
    async with api.database.transaction(person.id) as connection:
        gathered = await gathering.gather(connection, person.id, done=True)
    headers = {"content-disposition": 'attachment; filename="taskwake.ics"', "cache-control": "private, no-store"}
    return _answer("Taskwake", gathered, ["VTODO"], headers)


def _is_known(request: Request, tags: Tags, etag: str, changed_at: datetime) -> bool:
    """Whether who asks has this already; If-Modified-Since counts only without If-None-Match (RFC 9110 §13.1.3)."""
    if tags is not None:
        return ANY in tags or etag in {tag.removeprefix("W/") for tag in tags}
    try:
        since = parsedate_to_datetime(request.headers.get("if-modified-since", ""))
    except ValueError:
        return False
    return since.tzinfo is not None and changed_at.replace(microsecond=0) <= since


def _answer(
    name: str, gathered: gathering.Gathered, components: list[str], headers: dict[str, str]
) -> StreamingResponse:
    return StreamingResponse(_written(name, gathered, components), headers=headers, media_type=MEDIA_TYPE)


async def _written(name: str, gathered: gathering.Gathered, components: list[str]) -> AsyncIterator[str]:
    """The calendar's text, piece by piece, each made in a thread."""
    from functions.chat_api.calendars import writing

    items = await asyncio.to_thread(lambda: list(gathering.items_of(gathered)))
    yield await asyncio.to_thread(writing.calendar_head, name, items)
    waiting = iter(items)
    while some := list(islice(waiting, WRITTEN_AT_ONCE)):
        yield await asyncio.to_thread(_text, some, components)
    yield writing.CALENDAR_END


def _text(items: list[Item], components: list[str]) -> str:
    from functions.chat_api.calendars import writing

    return "".join(write(item) for item in items for write in _writers(components, writing))


def _writers(components: list[str], writing: Any) -> Iterator[Any]:
    return (write for name, write in (("VTODO", writing.todos), ("VEVENT", writing.events)) if name in components)


def _with_secret(body: bytes, secret: str) -> bytes:
    made = CalendarFeedMade.model_validate_json(body)
    base = made.url.rpartition("/")[0]
    return made.model_copy(update={"url": f"{base}/{secret}.ics"}).model_dump_json().encode()
