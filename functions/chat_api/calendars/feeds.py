"""Calendar feeds: secret addresses under which a person's tasks can be read."""

import hmac
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any
from uuid import UUID, uuid4

from functions.chat_api.models.calendars import CalendarFeed, NewCalendarFeed
from functions.chat_api.room import check_room
from functions.kernel.credential import hashed
from functions.kernel.errors import InvalidInputError, NotFoundError
from functions.kernel.storage.database import Connection, Database
from functions.kernel.storage.tasks import SEEN_BY

FORMAT = 1
"""Counts the ways in which a calendar was written: with another, each is another."""
READ_EACH_SECONDS = 60
_COLUMNS = "id, name, list_ids, components, done, created_at, read_at"


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed that is being read, whose it is, and what its last reading was."""

    id: UUID
    user_id: UUID
    name: str
    list_ids: list[UUID] | None
    components: list[str]
    done: bool
    read_at: datetime | None
    etag: str | None
    changed_at: datetime


def secret_of(key: str, feed_id: UUID) -> str:
    """The secret of a feed's address under the store's key: 256 bits that nobody else can compute. A request that is
    sent again is answered with it again; what is kept is its hash."""
    return hmac.digest(key.encode(), b"calendar-feed/" + feed_id.bytes, "sha256").hex()


async def create(connection: Connection, user_id: UUID, new: NewCalendarFeed, key: str) -> CalendarFeed:
    """Add a feed. Raises InvalidInputError for a list that the person does not see, ConflictError for too many."""
    found = await connection.execute("SELECT list_id FROM list_members WHERE user_id = %s", (user_id,))
    seen = {row["list_id"] for row in await found.fetchall()}
    for index, list_id in enumerate(new.list_ids or ()):
        if list_id not in seen:
            raise InvalidInputError(f"list_ids.{index}", f"there is no list {list_id}, or none that you may see")
    await check_room(connection, user_id, "calendar feeds")
    feed_id = uuid4()
    made = await connection.execute(
        f"""
        INSERT INTO calendar_feeds (id, user_id, name, secret_hash, list_ids, components, done)
        VALUES (%s, %s, %s, %s, %s, %s, %s) RETURNING {_COLUMNS}
        """,  # noqa: S608 - a constant
        (
            feed_id,
            user_id,
            new.name,
            hashed(secret_of(key, feed_id)),
            new.list_ids,
            sorted(set(new.components), reverse=True),
            new.done,
        ),
    )
    return CalendarFeed(**(await made.fetchall())[0])


async def all_of(database: Database, user_id: UUID) -> list[CalendarFeed]:
    """A person's feeds, oldest first."""
    rows = await database.fetch(
        f"SELECT {_COLUMNS} FROM calendar_feeds WHERE user_id = %s ORDER BY created_at, id",  # noqa: S608 - a constant
        (user_id,),
        user_id=user_id,
    )
    return [CalendarFeed(**row) for row in rows]


async def delete(database: Database, user_id: UUID, feed_id: UUID) -> None:
    """Revoke a feed's address, at once. Raises NotFoundError."""
    rows = await database.fetch(
        "DELETE FROM calendar_feeds WHERE id = %s AND user_id = %s RETURNING id", (feed_id, user_id), user_id=user_id
    )
    if not rows:
        raise NotFoundError(f"you have no calendar feed {feed_id}")


async def by_secret(database: Database, secret: str) -> Feed:
    """The feed of this address. Raises NotFoundError."""
    rows = await database.fetch(
        """
        SELECT id, user_id, name, list_ids, components, done, read_at, etag, changed_at FROM calendar_feed(%s)
        """,
        (hashed(secret),),
    )
    if not rows:
        raise NotFoundError("no calendar has this address (any more); make a new feed, and subscribe to that")
    return Feed(**rows[0])


async def read_now(connection: Connection, feed: Feed) -> tuple[str, datetime]:
    """The ETag (RFC 9110 §8.8.3) of what the feed has now, and since when it is that one; notes that it is read.

    It changes with every version of a task, and with every task that comes or goes, and costs no more than counting
    them.
    """
    etag = _etag(feed, await _stamp(connection, feed))
    noted = await connection.execute(
        f"""
        UPDATE calendar_feeds SET read_at = now(), etag = %(etag)s,
            changed_at = CASE WHEN etag = %(etag)s THEN changed_at ELSE now() END
        WHERE id = %(id)s AND (etag IS DISTINCT FROM %(etag)s OR read_at IS NULL
                               OR read_at < now() - interval '{READ_EACH_SECONDS} seconds')
        RETURNING changed_at
        """,  # noqa: S608 - a constant
        {"id": feed.id, "etag": etag},
    )
    row = await noted.fetchone()
    return etag, row["changed_at"] if row else feed.changed_at


def _etag(feed: Feed, stamp: dict[str, Any]) -> str:
    said = f"{FORMAT} {feed.id} {stamp['tasks']} {stamp['sum']}"
    return f'"{sha256(said.encode()).hexdigest()[:32]}"'


async def _stamp(connection: Connection, feed: Feed) -> dict[str, Any]:
    found = await connection.execute(
        f"""
        SELECT count(*) AS tasks, sum(hashtextextended(tasks.id::text || tasks.version || lists.name, 0)) AS sum
        FROM tasks JOIN lists ON lists.id = tasks.list_id
        WHERE tasks.deleted_at IS NULL AND {SEEN_BY} AND (%(lists)s::uuid[] IS NULL OR tasks.list_id = ANY(%(lists)s))
          AND (%(done)s OR tasks.status = 'open')
        """,  # noqa: S608 - a constant
        {"seen_by": feed.user_id, "lists": feed.list_ids, "done": feed.done},
    )
    return (await found.fetchall())[0]
