"""/notices, /deliveries: what a person was told, and over which channels."""

from operator import itemgetter
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from functions.chat_api import cursor as cursors
from functions.chat_api import notices as service
from functions.chat_api.access import Asking, AuthenticatedRoute
from functions.chat_api.answers import declared
from functions.chat_api.context import Api
from functions.chat_api.deliveries import DELIVERIES
from functions.chat_api.idempotency import IdempotentRoute
from functions.chat_api.models.notices import (
    DeliveryPage,
    DeliveryRead,
    NewSnooze,
    NewTestNotice,
    NoticePage,
    NoticeRead,
    Snoozed,
)
from functions.kernel.errors import NotFoundError
from functions.kernel.ports import TestNotice, TestNoticeResult

router = APIRouter()
inward = APIRouter(tags=["notices"], route_class=IdempotentRoute)
outward = APIRouter(tags=["notices"], route_class=AuthenticatedRoute)
"""What calls others cannot be taken back with a transaction: no Idempotency-Key makes it once."""


@inward.get("/notices")
async def list_notices(
    person: Asking,
    api: Api,
    limit: Annotated[int, Query(ge=1, le=500)] = 50,
    cursor: Annotated[str | None, Query(max_length=200)] = None,
) -> NoticePage:
    """What you were told, newest first, page by page."""
    at, row_id = cursors.read(cursor) if cursor else (None, None)
    rows = await api.database.fetch(
        """
        SELECT id, task_id, kind, title, body, remind_at, created_at, read_at, acknowledged_at FROM notices
        WHERE user_id = %s AND (%s::timestamptz IS NULL OR (created_at, id) < (%s, %s::uuid))
        ORDER BY created_at DESC, id DESC LIMIT %s
        """,
        (person.id, at, at, row_id, limit + 1),
        user_id=person.id,
    )
    page, more = cursors.cut(rows, limit, itemgetter("created_at", "id"))
    return NoticePage(notices=[NoticeRead(**row) for row in page], next_cursor=more)


@inward.post("/notices/{notice_id}/read", status_code=204)
async def read_notice(notice_id: UUID, person: Asking, api: Api) -> None:
    """Mark a notice as read."""
    rows = await api.database.fetch(
        "UPDATE notices SET read_at = COALESCE(read_at, now()) WHERE id = %s AND user_id = %s RETURNING id",
        (notice_id, person.id),
        user_id=person.id,
    )
    if not rows:
        raise NotFoundError(f"you have no notice {notice_id}")


@inward.post("/notices/{notice_id}/acknowledge", status_code=204)
async def acknowledge_notice(notice_id: UUID, person: Asking, api: Api) -> None:
    """Say that you have seen to a notice (RFC 9074 §6); it is read then, too. A nag goes on until its task is done."""
    async with api.begin(person.id) as uow:
        await service.acknowledge(uow, person, notice_id)


@inward.post("/notices/{notice_id}/snooze", responses=declared(409))
async def snooze_notice(notice_id: UUID, asked: NewSnooze, person: Asking, api: Api) -> Snoozed:
    """Be reminded of the task again later (RFC 9074 §7), be it in your quiet hours. The notice counts as seen."""
    async with api.begin(person.id) as uow:
        return Snoozed(remind_at=await service.snooze(uow, person, notice_id, asked))


@outward.post("/notices/test")
async def send_test_notice(asked: NewTestNotice, person: Asking, api: Api) -> TestNoticeResult:
    """Send a notice to yourself now, and say whether it was delivered."""
    return await api.test_notices.send(TestNotice(user_id=person.id, channel=asked.channel))


@inward.get("/deliveries")
async def list_deliveries(
    person: Asking,
    api: Api,
    limit: Annotated[int, Query(ge=1, le=500)] = 50,
    cursor: Annotated[str | None, Query(max_length=200)] = None,
) -> DeliveryPage:
    """Your notices by e-mail and webhook, newest first, page by page, and how each went."""
    at, row_id = cursors.read(cursor) if cursor else (None, None)
    rows = await api.database.fetch(
        f"""
        {DELIVERIES}
        WHERE user_id = %s AND (%s::timestamptz IS NULL OR (requested_at, deliveries.id) < (%s, %s::uuid))
        ORDER BY requested_at DESC, deliveries.id DESC LIMIT %s
        """,
        (person.id, at, at, row_id, limit + 1),
        user_id=person.id,
    )
    page, more = cursors.cut(rows, limit, itemgetter("requested_at", "id"))
    return DeliveryPage(deliveries=[DeliveryRead(**row) for row in page], next_cursor=more)


router.include_router(inward)
router.include_router(outward)
