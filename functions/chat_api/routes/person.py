"""/me, /lists, /notices, /deliveries: a person's own things."""

from typing import Annotated
from uuid import UUID, uuid4

from fastapi import APIRouter, Query

from functions.chat_api.access import Asking
from functions.chat_api.context import Api
from functions.chat_api.deliveries import DELIVERIES
from functions.chat_api.models import (
    DeliveryPage,
    DeliveryRead,
    NewMember,
    NewTaskList,
    NewTestNotice,
    NoticePage,
    NoticeRead,
    Person,
    PersonChange,
    TaskListRead,
)
from functions.kernel.domain.wall_time import check_zone
from functions.kernel.errors import InvalidInputError, NotFoundError
from functions.kernel.ports import TestNotice, TestNoticeResult

router = APIRouter()


@router.get("/me", tags=["me"])
async def read_me(person: Asking) -> Person:
    """Who you are here."""
    return person


@router.patch("/me", tags=["me"])
async def change_me(change: PersonChange, person: Asking, api: Api) -> Person:
    """Change your name, your time zone, how you write dates, or where e-mail notices go."""
    given = change.model_dump(exclude_unset=True)
    if "zone" in given:
        check_zone(change.zone)
    after = person.model_copy(update=given)
    await api.database.fetch(
        """
        UPDATE users SET name = %(name)s, email = %(email)s, zone = %(zone)s, date_order = %(date_order)s,
            week_start = %(week_start)s WHERE id = %(id)s RETURNING id
        """,
        after.model_dump(),
        user_id=person.id,
    )
    return after


@router.get("/lists", tags=["lists"])
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


@router.post("/lists", status_code=201, tags=["lists"])
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


@router.post("/lists/{list_id}/members", status_code=204, tags=["lists"])
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


@router.get("/notices", tags=["notices"])
async def list_notices(person: Asking, api: Api, limit: Annotated[int, Query(ge=1, le=500)] = 50) -> NoticePage:
    """What you were told, newest first."""
    rows = await api.database.fetch(
        "SELECT * FROM notices WHERE user_id = %s ORDER BY created_at DESC LIMIT %s",
        (person.id, limit),
        user_id=person.id,
    )
    return NoticePage(notices=[NoticeRead(**row) for row in rows])


@router.post("/notices/{notice_id}/read", status_code=204, tags=["notices"])
async def read_notice(notice_id: UUID, person: Asking, api: Api) -> None:
    """Mark a notice as read."""
    rows = await api.database.fetch(
        "UPDATE notices SET read_at = COALESCE(read_at, now()) WHERE id = %s AND user_id = %s RETURNING id",
        (notice_id, person.id),
        user_id=person.id,
    )
    if not rows:
        raise NotFoundError(f"you have no notice {notice_id}")


@router.post("/notices/test", tags=["notices"])
async def send_test_notice(asked: NewTestNotice, person: Asking, api: Api) -> TestNoticeResult:
    """Send a notice to yourself now, and say whether it was delivered."""
    return await api.test_notices.send(TestNotice(user_id=person.id, channel=asked.channel))


@router.get("/deliveries", tags=["notices"])
async def list_deliveries(person: Asking, api: Api, limit: Annotated[int, Query(ge=1, le=500)] = 50) -> DeliveryPage:
    """Your notices by e-mail and webhook, newest first, and how each went."""
    rows = await api.database.fetch(
        f"{DELIVERIES} WHERE user_id = %s ORDER BY requested_at DESC LIMIT %s",
        (person.id, limit),
        user_id=person.id,
    )
    return DeliveryPage(deliveries=[DeliveryRead(**row) for row in rows])
