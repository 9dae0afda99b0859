"""A person's webhooks: whom to call for what, and having failed calls made again."""

from collections.abc import Collection
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

from functions.chat_api.etags import Tags, matching
from functions.chat_api.filtering import checked
from functions.chat_api.models.person import Person
from functions.chat_api.models.webhooks import NewWebhook, WebhookChange, WebhookRead
from functions.chat_api.room import check_room
from functions.kernel.errors import ConflictError, InvalidInputError, NotFoundError
from functions.kernel.events import DeliveryRequested
from functions.kernel.storage.database import Connection
from functions.kernel.storage.unit_of_work import UnitOfWork
from functions.kernel.webhook_secret import BOTH_FOR, signing_secret
from functions.kernel.webhook_target import refusal_of_url

if TYPE_CHECKING:
    from functions.kernel.settings import Network

BY_YOU = "you turned it off"
_COLUMNS = """
    id, url, topics, list_id, filter, secret_generation, secret_rotated_at, failing_since, disabled_at, disabled_reason
"""


async def read_all(connection: Connection, user_id: UUID) -> list[dict[str, Any]]:
    """The person's webhooks, as they were added."""
    cursor = await connection.execute(
        f"SELECT {_COLUMNS} FROM webhooks WHERE user_id = %s ORDER BY created_at, id",  # noqa: S608 - constants
        (user_id,),
    )
    return await cursor.fetchall()


async def load(connection: Connection, user_id: UUID, webhook_id: UUID, *, lock: bool = False) -> dict[str, Any]:
    """One of the person's webhooks; locked, to be changed. Raises NotFoundError."""
    cursor = await connection.execute(
        f"SELECT {_COLUMNS} FROM webhooks WHERE id = %s AND user_id = %s"  # noqa: S608 - constants
        + (" FOR UPDATE" if lock else ""),
        (webhook_id, user_id),
    )
    row = await cursor.fetchone()
    if row is None:
        raise NotFoundError(f"you have no webhook {webhook_id}")
    return row


def shown(webhook: dict[str, Any], key: str, now: datetime) -> WebhookRead:
    """The webhook with its secret, under the store's key."""
    rotated = webhook["secret_rotated_at"]
    until = rotated + BOTH_FOR if rotated else None
    return WebhookRead(
        **webhook,
        secret=signing_secret(key, webhook["id"], webhook["secret_generation"]),
        rotating_until=until if until and until > now else None,
        enabled=webhook["disabled_at"] is None,
    )


async def create(uow: UnitOfWork, person: Person, new: NewWebhook, networks: "Collection[Network]") -> dict[str, Any]:
    """Add a webhook; the operator allows it to call these `networks` besides the internet. Raises InvalidInputError for
    a URL that can never be called, a list that the person does not see, and a filter that says nothing; ConflictError
    beyond 100."""
    await _check(uow, person, new, networks)
    await check_room(uow.connection, person.id, "webhooks")
    webhook_id = uuid4()
    await uow.connection.execute(
        "INSERT INTO webhooks (id, user_id, url, topics, list_id, filter) VALUES (%s, %s, %s, %s, %s, %s)",
        (webhook_id, person.id, new.url, list(new.topics), new.list_id, new.filter),
    )
    return await load(uow.connection, person.id, webhook_id)


async def locked(uow: UnitOfWork, user_id: UUID, webhook_id: UUID, key: str, tags: Tags) -> dict[str, Any]:
    """One of the person's webhooks, to be changed, if it is shown with one of these tags. Raises NotFoundError,
    OutdatedError."""
    webhook = await load(uow.connection, user_id, webhook_id, lock=True)
    matching(shown(webhook, key, uow.now), tags)
    return webhook


async def change(
    uow: UnitOfWork,
    person: Person,
    webhook: dict[str, Any],
    asked: WebhookChange,
    networks: "Collection[Network]",
) -> dict[str, Any]:
    """Change what was given of a webhook that is locked. Turned on again, it begins anew: what failed before is not
    held against it. Raises InvalidInputError as `create` does."""
    given = asked.model_dump(exclude_unset=True)
    await _check(uow, person, asked, networks)
    enabled = given.pop("enabled", None)
    if enabled and webhook["disabled_at"] is not None:
        given |= {"disabled_at": None, "disabled_reason": None, "failing_since": None}
    elif enabled is False and webhook["disabled_at"] is None:
        given |= {"disabled_at": uow.now, "disabled_reason": BY_YOU}
    webhook |= given
    await uow.connection.execute(
        """
        UPDATE webhooks SET url = %(url)s, topics = %(topics)s, list_id = %(list_id)s,
                            filter = %(filter)s, failing_since = %(failing_since)s, disabled_at = %(disabled_at)s,
                            disabled_reason = %(disabled_reason)s
        WHERE id = %(id)s
        """,
        webhook,
    )
    return webhook


async def rotate(uow: UnitOfWork, webhook: dict[str, Any]) -> dict[str, Any]:
    """Give a webhook that is locked a new secret; the present one signs beside it for BOTH_FOR."""
    webhook |= {"secret_generation": webhook["secret_generation"] + 1, "secret_rotated_at": uow.now}
    await uow.connection.execute(
        """
        UPDATE webhooks SET secret_generation = %(secret_generation)s, secret_rotated_at = %(secret_rotated_at)s
        WHERE id = %(id)s
        """,
        webhook,
    )
    return webhook


async def redeliver(uow: UnitOfWork, user_id: UUID, webhook_id: UUID, delivery_id: UUID) -> None:
    """Have an event sent again, under the same `webhook-id`, and tried for three days as if it were new. Raises
    NotFoundError, and ConflictError while the webhook is off."""
    webhook = await load(uow.connection, user_id, webhook_id)
    cursor = await uow.connection.execute(
        "SELECT task_id FROM deliveries WHERE id = %s AND webhook_id = %s AND user_id = %s FOR UPDATE",
        (delivery_id, webhook_id, user_id),
    )
    row = await cursor.fetchone()
    if row is None:
        raise NotFoundError(f"this webhook has no delivery {delivery_id}")
    check_is_on(webhook)
    await uow.connection.execute(
        """
        UPDATE deliveries SET delivered_at = NULL, given_up_at = NULL, next_attempt_at = NULL, failures = 0
        WHERE id = %s
        """,
        (delivery_id,),
    )
    uow.emit(
        DeliveryRequested(
            delivery_id=delivery_id,
            task_id=row["task_id"],
            user_id=user_id,
            channel="webhook",
            webhook_id=webhook_id,
        )
    )


def check_is_on(webhook: dict[str, Any]) -> None:
    """Raise ConflictError if it is called no more."""
    if webhook["disabled_at"] is not None:
        raise ConflictError("this webhook is off; turn it on first (PATCH enabled: true)")


async def _check(
    uow: UnitOfWork, person: Person, asked: NewWebhook | WebhookChange, networks: "Collection[Network]"
) -> None:
    if "url" in asked.model_fields_set and (why := refusal_of_url(asked.url, networks)):
        raise InvalidInputError("url", why)
    if asked.filter is not None:
        checked(asked.filter, person, uow.now, "filter")
    if asked.list_id is None:
        return
    cursor = await uow.connection.execute(
        "SELECT FROM list_members WHERE list_id = %s AND user_id = %s", (asked.list_id, person.id)
    )
    if not cursor.rowcount:
        raise InvalidInputError("list_id", f"there is no list {asked.list_id}, or none that you see")
