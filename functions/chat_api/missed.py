"""Having a webhook sent what it missed while it was off: from the event log, as far as that goes back."""

from datetime import datetime
from typing import Any
from uuid import UUID

from functions.chat_api.models.webhooks import MissedResult
from functions.chat_api.timeline import dropped
from functions.chat_api.webhook_log import wanted_of
from functions.chat_api.webhooks import check_is_on
from functions.kernel.cloudevent import render_json
from functions.kernel.errors import InvalidInputError
from functions.kernel.events import DeliveryRequested, Event, TaskDue, TaskEvent
from functions.kernel.identity import delivery_id, notice_id
from functions.kernel.storage.outbox import event_of
from functions.kernel.storage.unit_of_work import UnitOfWork

MOST = 1000
"""Events that one request looks at."""


async def send(uow: UnitOfWork, user_id: UUID, webhook: dict[str, Any], since: datetime) -> MissedResult:
    """Request a delivery of each event since that moment that the webhook wants as it is now, the oldest first; what it
    took or is being sent is left alone, what was given up is sent under its id. Raises ConflictError while the webhook
    is off, and InvalidInputError (`since`) for what is before the beginning of the log."""
    check_is_on(webhook)
    gone = await dropped(uow.connection)
    if gone and since < gone.until:
        raise InvalidInputError(
            "since", f"the event log begins at {gone.until.isoformat()}; ask for what is since then"
        )
    cursor = await uow.connection.execute(
        """
        SELECT created_at, event FROM events
        WHERE created_at >= %(since)s AND topic = ANY(%(topics)s) AND (
            user_id = %(user)s OR list_id IN (SELECT list_id FROM list_members WHERE user_id = %(user)s))
        ORDER BY created_at, seq LIMIT %(limit)s
        """,
        {"since": since, "topics": webhook["topics"], "user": user_id, "limit": MOST + 1},
    )
    rows = await cursor.fetchall()
    events = await wanted_of(uow, user_id, webhook, [event_of(row["event"]) for row in rows[:MOST]])
    return MissedResult(
        requested=await _request(uow, user_id, webhook["id"], events) if events else 0,
        next_since=rows[MOST]["created_at"] if len(rows) > MOST else None,
    )


async def _request(uow: UnitOfWork, user_id: UUID, webhook_id: UUID, events: list[Event]) -> int:
    told = {delivery_id(notice_id(event.id, user_id), f"webhook/{webhook_id}"): event for event in events}
    tasks = {each: _task_of(event) for each, event in told.items()}
    cursor = await uow.connection.execute(
        """
        INSERT INTO deliveries (id, user_id, task_id, channel, webhook_id, title, event)
        SELECT id, %s, task_id, 'webhook', %s, title, event
        FROM unnest(%s::uuid[], %s::uuid[], %s::text[], %s::json[]) AS missed (id, task_id, title, event)
        ON CONFLICT (id) DO UPDATE SET given_up_at = NULL, failures = 0
        WHERE deliveries.given_up_at IS NOT NULL AND deliveries.delivered_at IS NULL
        RETURNING id
        """,
        (
            user_id,
            webhook_id,
            list(told),
            [task_id for task_id, _ in tasks.values()],
            [title for _, title in tasks.values()],
            [render_json(event).decode() for event in told.values()],
        ),
    )
    asked = {row["id"] for row in await cursor.fetchall()}
    uow.emit(
        *(
            DeliveryRequested(
                traceparent=event.traceparent,
                delivery_id=each,
                task_id=tasks[each][0],
                user_id=user_id,
                channel="webhook",
                webhook_id=webhook_id,
            )
            for each, event in told.items()
            if each in asked
        )
    )
    return len(asked)


def _task_of(event: Event) -> tuple[UUID, str]:
    """The id and title of the task that it is about."""
    assert isinstance(event, TaskEvent | TaskDue)  # noqa: S101 - of a webhook's topics
    return (event.task.id, event.task.title) if isinstance(event, TaskEvent) else (event.task_id, event.title)
