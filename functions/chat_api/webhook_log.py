"""What a webhook was sent, and what it would have been sent: its deliveries, and a dry run against history."""

from operator import itemgetter
from typing import Any, get_args
from uuid import UUID, uuid4

from functions.chat_api.cursor import Key, cut
from functions.chat_api.deliveries import DEAD, NEXT, STATUS
from functions.chat_api.fields import TaskTopic
from functions.chat_api.models.webhooks import DryRunEvent, DryRunRequest, DryRunResult, WebhookDelivery
from functions.kernel.cloudevent import render_json
from functions.kernel.events import Event, TaskDue, TaskEvent
from functions.kernel.storage.database import Connection
from functions.kernel.storage.filtering.condition import SHOWN
from functions.kernel.storage.filtering.holding import of_which_it_holds
from functions.kernel.storage.outbox import event_of
from functions.kernel.storage.unit_of_work import UnitOfWork
from functions.kernel.webhook_secret import signed_headers, signing_secrets
from functions.kernel.webhooks import wants

_PAGE = f"""
    SELECT deliveries.id, task_id, deliveries.event ->> 'type' AS type, {STATUS} AS status, requested_at, delivered_at,
           {NEXT}, called.attempts
    FROM deliveries {DEAD}
    CROSS JOIN LATERAL (
        SELECT COALESCE(json_agg(json_build_object(
            'attempted_at', attempted_at, 'milliseconds', milliseconds, 'status', status, 'error', error,
            'response', response) ORDER BY attempted_at), '[]') AS attempts
        FROM delivery_attempts WHERE delivery_id = deliveries.id
    ) AS called
    WHERE webhook_id = %(webhook)s AND user_id = %(user)s
      AND (%(at)s::timestamptz IS NULL OR (requested_at, deliveries.id) < (%(at)s, %(id)s::uuid))
    ORDER BY requested_at DESC, deliveries.id DESC LIMIT %(limit)s
"""  # noqa: S608 - constants
_TOPICS = get_args(TaskTopic)


async def read(
    connection: Connection, user_id: UUID, webhook_id: UUID, limit: int, *, after: Key | None
) -> tuple[list[WebhookDelivery], str | None]:
    """Up to `limit` deliveries behind `after`, newest first, and the cursor of the next page, if there is one."""
    at, row_id = after or (None, None)
    values = {"webhook": webhook_id, "user": user_id, "at": at, "id": row_id, "limit": limit + 1}
    rows = await (await connection.execute(_PAGE, values)).fetchall()
    shown, more = cut(rows, limit, itemgetter("requested_at", "id"))
    deliveries = [WebhookDelivery(**row, topic=row["type"].removeprefix("dev.taskwake.")) for row in shown]
    return deliveries, more


async def dry_run(uow: UnitOfWork, user_id: UUID, webhook: dict[str, Any], limit: int, key: str) -> DryRunResult:
    """Which of the newest `limit` events that the person may see this webhook wants, and the request for the newest of
    them; its filter is asked of the tasks as they are now. Sends nothing, and writes nothing."""
    cursor = await uow.connection.execute(
        """
        SELECT event FROM events
        WHERE topic = ANY(%(topics)s) AND (
            user_id = %(user)s OR list_id IN (SELECT list_id FROM list_members WHERE user_id = %(user)s))
        ORDER BY tx DESC, seq DESC LIMIT %(limit)s
        """,
        {"topics": list(_TOPICS), "user": user_id, "limit": limit},
    )
    events = [event_of(row["event"]) for row in await cursor.fetchall()]
    wanted = await wanted_of(uow, user_id, webhook, events)
    wanted_ids = {event.id for event in wanted}
    return DryRunResult(
        wanted=len(wanted),
        events=[_looked_at(event, event.id in wanted_ids) for event in events],
        example=_request(uow, webhook, wanted[0], key) if wanted else None,
    )


async def wanted_of(uow: UnitOfWork, user_id: UUID, webhook: dict[str, Any], events: list[Event]) -> list[Event]:
    """Those of the events, which its owner may see, that the webhook wants; its filter is asked of the tasks as they
    are now."""
    wanted = [event for event in events if wants(webhook, event)]
    if webhook["filter"] is None:
        return wanted
    asked = {_task_of(event) for event in wanted}
    meant = await of_which_it_holds(uow.connection, user_id, webhook["filter"], asked, people=SHOWN)
    return [event for event in wanted if _task_of(event) in meant]


def _task_of(event: Event) -> UUID:
    assert isinstance(event, TaskEvent | TaskDue)  # noqa: S101 - of _TOPICS
    return event.task.id if isinstance(event, TaskEvent) else event.task_id


def _looked_at(event: Event, wanted: bool) -> DryRunEvent:
    assert isinstance(event, TaskEvent | TaskDue)  # noqa: S101 - of _TOPICS
    return DryRunEvent(
        event_id=UUID(event.id),
        topic=event.topic,
        time=event.time,
        task_id=_task_of(event),
        title=event.task.title if isinstance(event, TaskEvent) else event.title,
        wanted=wanted,
    )


def _request(uow: UnitOfWork, webhook: dict[str, Any], event: Event, key: str) -> DryRunRequest:
    body = render_json(event)
    secrets = signing_secrets(key, webhook["id"], webhook["secret_generation"], webhook["secret_rotated_at"], uow.now)
    headers = {"content-type": "application/cloudevents+json", "user-agent": "Taskwake"}
    # An id of its own: a receiver that is shown it by hand must not take the true delivery for a repetition.
    headers |= signed_headers(secrets, uuid4(), uow.now, body)
    return DryRunRequest(url=webhook["url"], headers=headers, body=body.decode())
