"""A task's flow: its events from the log, who handled each, and what a person was told by it.

Notices and deliveries are found by their ids, which follow from the event, the person and the channel.
"""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from functions.catalogue import FUNCTIONS, consumers_of
from functions.chat_api.deliveries import DELIVERIES
from functions.chat_api.models.flow import Flow, FlowDelivery, FlowEvent, FlowNotice, GivenUp, Handled
from functions.chat_api.timeline import dropped
from functions.kernel.domain.task import Task
from functions.kernel.events import EVENT_TYPES, DeliveryRequested, TaskRecurred
from functions.kernel.identity import delivery_id, notice_id
from functions.kernel.storage.database import Connection

# Of a series, the event that brought this task; it is kept in order with its series, so that is its key.
_EVENTS = """
    SELECT id, topic, created_at AS at, published_at, event #>> '{data,remind_at}' AS remind_at,
           COALESCE(event #> '{data,changed}', '[]') AS changed
    FROM events
    WHERE topic <> %(delivery)s AND (key = %(task)s
          OR (key = %(series)s AND topic = %(recurred)s AND event #>> '{data,task,id}' = %(task)s::text))
    ORDER BY tx DESC, seq DESC LIMIT %(limit)s
"""
_NOTICES = "SELECT id, title, created_at AS at, read_at FROM notices WHERE id = ANY(%s) AND user_id = %s"
_HANDLED = "SELECT event_id, function, handled_at FROM handled(%s::uuid[], %s::text[]) ORDER BY handled_at, function"
_NOT_HANDLED = "SELECT event_id, function, given_up_at FROM not_handled(%s::uuid[], %s::text[]) ORDER BY given_up_at"

CONSUMERS = [function.name for function in FUNCTIONS if function.consumes]
EMITTERS = {
    event_type.topic: next((f.name for f in FUNCTIONS if event_type in f.emits and f.name != "alarm"), "alarm")
    for event_type in EVENT_TYPES
}
"""Who writes the events of each topic; the alarm, which hands on what others left behind, its own only."""


async def read(connection: Connection, user_id: UUID, task: Task, limit: int) -> Flow:
    """The last `limit` events of this task that the person may see, the oldest first."""
    wanted = {
        "task": task.id,
        "series": task.series_id,
        "recurred": TaskRecurred.topic,
        "delivery": DeliveryRequested.topic,
        "limit": limit + 1,
    }
    found = await (await connection.execute(_EVENTS, wanted)).fetchall()
    rows = found[limit - 1 :: -1] if len(found) >= limit else found[::-1]
    notices = {row["id"]: notice_id(str(row["id"]), user_id) for row in rows}
    told = await _by_id(connection, _NOTICES, list(notices.values()), user_id)
    deliveries = await _deliveries(connection, user_id, list(notices.values()))
    sent = [each for of_notice in deliveries.values() for each in of_notice]
    handled = await _handled(connection, [row["id"] for row in (*rows, *sent)])
    given_up = await _given_up(connection, [row["id"] for row in rows])
    events = [
        FlowEvent(
            **row,
            emitter=EMITTERS[row["topic"]],
            handled=handled.get(row["id"], []),
            given_up=given_up.get(row["id"], []),
            notice=FlowNotice(**told[notices[row["id"]]]) if notices[row["id"]] in told else None,
            deliveries=[_delivery(each, handled) for each in deliveries[notices[row["id"]]]],
        )
        for row in rows
    ]
    topics = {event.topic for event in events}
    consumers = {topic: [function.name for function in consumers_of(topic)] for topic in sorted(topics)}
    gone = await dropped(connection)
    return Flow(
        task_id=task.id,
        title=task.title,
        consumers=consumers,
        events=events,
        earlier=len(found) > limit,
        log_begins_at=gone.until if gone else None,
    )


async def _by_id(connection: Connection, query: str, ids: Sequence[UUID], user_id: UUID) -> dict[UUID, dict[str, Any]]:
    rows = await (await connection.execute(query, (list(ids), user_id))).fetchall()
    return {row["id"]: row for row in rows}


async def _deliveries(
    connection: Connection, user_id: UUID, notices: Sequence[UUID]
) -> dict[UUID, list[dict[str, Any]]]:
    """The deliveries of each of these notices, with when their own events were published; e-mail first."""
    hooks = await (
        await connection.execute("SELECT id FROM webhooks WHERE user_id = %s ORDER BY created_at, id", (user_id,))
    ).fetchall()
    channels = ["email", *(f"webhook/{row['id']}" for row in hooks)]
    ids = {notice: [delivery_id(notice, channel) for channel in channels] for notice in notices}
    every = [each for of_notice in ids.values() for each in of_notice]
    found = await _by_id(
        connection, f"{DELIVERIES} WHERE deliveries.id = ANY(%s) AND deliveries.user_id = %s", every, user_id
    )
    published = await _by_id(
        connection, "SELECT id, published_at FROM events WHERE id = ANY(%s) AND user_id = %s", list(found), user_id
    )
    return {
        notice: [found[each] | {"published_at": None} | published.get(each, {}) for each in of_notice if each in found]
        for notice, of_notice in ids.items()
    }


async def _handled(connection: Connection, ids: Sequence[UUID]) -> dict[UUID, list[Handled]]:
    """Who took up each of these events, the first of them first."""
    by_event: dict[UUID, list[Handled]] = {}
    for row in await (await connection.execute(_HANDLED, (list(ids), CONSUMERS))).fetchall():
        by_event.setdefault(row["event_id"], []).append(Handled(function=row["function"], at=row["handled_at"]))
    return by_event


async def _given_up(connection: Connection, ids: Sequence[UUID]) -> dict[UUID, list[GivenUp]]:
    """Who could not handle each of these events."""
    by_event: dict[UUID, list[GivenUp]] = {}
    for row in await (await connection.execute(_NOT_HANDLED, (list(ids), CONSUMERS))).fetchall():
        by_event.setdefault(row["event_id"], []).append(GivenUp(function=row["function"], at=row["given_up_at"]))
    return by_event


def _delivery(row: dict[str, Any], handled: dict[UUID, list[Handled]]) -> FlowDelivery:
    taken = handled.get(row["id"], [])
    return FlowDelivery(**row, handled_at=taken[0].at if taken else None)
