"""Whose turn it is: so many deliveries to one receiver are under way at once, and the others wait for their turn.

A turn is a row beside its delivery. It waits (`claimed_until` null), is given (the event that asks for the delivery is
on its way) or is taken (`called_at`). Given or taken it is a lease: it ends at the delivery's `next_attempt_at`, when
the alarm asks for the delivery again, as for one that failed; a lease whose end is not that any more is void. What
concerns one receiver is decided under one lock, the webhook's row or one of the mail server's, in short transactions.
"""

from datetime import timedelta
from typing import Any
from uuid import UUID

from functions.kernel.events import DeliveryRequested
from functions.kernel.storage import outbox
from functions.kernel.storage.database import Database
from functions.kernel.storage.deliveries import ASKED_FOR, asking_again
from functions.kernel.storage.unit_of_work import UnitOfWork
from functions.notification_service.deliveries import load

AT_ONCE = {"webhook": 2, "email": 8}
"""To one webhook, and to the mail server, by however many processes."""
LEASE = timedelta(seconds=outbox.CHECK_SECONDS)
"""Longer than a message may take, and an alarm be early. Its alarm is the outbox check's, which is set anyway."""

_LOCK_CHANNEL = "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))"
_LIVE = """
    SELECT turn.delivery_id FROM delivery_turns turn JOIN deliveries ON deliveries.id = turn.delivery_id
    WHERE turn.target = %(target)s AND turn.claimed_until > %(now)s AND next_attempt_at = turn.claimed_until
"""
_GIVE = f"""
    WITH chosen AS (
        SELECT turn.delivery_id FROM delivery_turns turn JOIN deliveries ON deliveries.id = turn.delivery_id
        WHERE turn.target = %(target)s AND delivered_at IS NULL AND given_up_at IS NULL
          AND turn.delivery_id NOT IN ({_LIVE})
        ORDER BY turn.asked_at, turn.delivery_id
        LIMIT greatest(0, %(at_once)s - (SELECT count(*) FROM ({_LIVE}) AS live))
    ), given AS (
        UPDATE delivery_turns SET claimed_until = %(until)s, called_at = NULL
        FROM chosen WHERE delivery_turns.delivery_id = chosen.delivery_id
    )
    UPDATE deliveries SET next_attempt_at = %(until)s FROM chosen WHERE deliveries.id = chosen.delivery_id
    RETURNING {ASKED_FOR}
"""  # noqa: S608 - constants


async def take(uow: UnitOfWork, event: DeliveryRequested) -> dict[str, Any] | None:
    """The delivery with where it goes, if it is to be sent now; others may take it after its `claimed_until`.

    Null: it waits for its turn or for its next attempt, is under way, or is over. All that waits for a webhook that is
    off is given up.
    """
    delivery_id = event.delivery_id
    # Before its deliveries, as who removes it does: else both could wait for each other.
    if event.channel == "webhook":
        await uow.connection.execute(
            """
            SELECT FROM webhooks JOIN deliveries ON webhook_id = webhooks.id
            WHERE deliveries.id = %s FOR NO KEY UPDATE OF webhooks
            """,
            (delivery_id,),
        )
    else:
        await uow.connection.execute(_LOCK_CHANNEL, (event.channel,))
    delivery = await load(uow, delivery_id)
    if delivery is None:
        return None
    until, next_attempt_at = delivery["claimed_until"], delivery["next_attempt_at"]
    live = until is not None and until == next_attempt_at and until > uow.present
    under_way = live and delivery["called_at"] is not None
    over = delivery["delivered_at"] or delivery["given_up_at"]
    if delivery["disabled_at"] is not None and not under_way:
        await _give_up(uow, delivery)
        return None
    if over or under_way or (until is None and next_attempt_at is not None):
        if over:
            await uow.connection.execute("DELETE FROM delivery_turns WHERE delivery_id = %s", (delivery_id,))
        await _give(uow, delivery)
        return None
    if not live:
        await uow.connection.execute(
            "INSERT INTO delivery_turns (delivery_id, target, asked_at) VALUES (%s, %s, %s) ON CONFLICT DO NOTHING",
            (delivery_id, _target(delivery), delivery["requested_at"]),
        )
        if not await _give(uow, delivery, own=delivery_id):
            return None
    delivery["claimed_until"] = uow.now + LEASE
    await uow.connection.execute(
        """
        WITH turn AS (
            UPDATE delivery_turns SET claimed_until = %(until)s, called_at = %(now)s WHERE delivery_id = %(id)s
        )
        UPDATE deliveries SET next_attempt_at = %(until)s WHERE id = %(id)s
        """,
        {"id": delivery_id, "until": delivery["claimed_until"], "now": uow.now},
    )
    uow.arm(outbox.check_moment(uow.now))
    return delivery


async def end(uow: UnitOfWork, delivery: dict[str, Any]) -> bool:
    """End the turn, and give the next one of the receiver. Whether it was still ours: else somebody else has the
    delivery, or it is gone, and what becomes of it is not for us to say."""
    if delivery["webhook_id"]:
        await uow.connection.execute("SELECT FROM webhooks WHERE id = %s FOR NO KEY UPDATE", (delivery["webhook_id"],))
    else:
        await uow.connection.execute(_LOCK_CHANNEL, (delivery["channel"],))
    cursor = await uow.connection.execute(
        """
        WITH turn AS (DELETE FROM delivery_turns WHERE delivery_id = %(id)s AND claimed_until = %(claimed_until)s)
        UPDATE deliveries SET next_attempt_at = NULL
        WHERE id = %(id)s AND next_attempt_at = %(claimed_until)s RETURNING id
        """,
        delivery,
    )
    ours = bool(await cursor.fetchall())
    await _give(uow, delivery)
    return ours


async def end_all(database: Database) -> None:
    """For who knows that no process sends anything: what was under way when the last one ended is due now."""
    await database.fetch(
        """
        UPDATE deliveries SET next_attempt_at = clock_timestamp() FROM delivery_turns turn
        WHERE turn.delivery_id = deliveries.id AND next_attempt_at = turn.claimed_until RETURNING deliveries.id
        """
    )


async def _give(uow: UnitOfWork, delivery: dict[str, Any], own: UUID | None = None) -> bool:
    """Give the free turns of this delivery's receiver to those that wait the longest, and ask for each; not for `own`,
    and whether it is one of them is the answer."""
    until = uow.now + LEASE
    cursor = await uow.connection.execute(
        _GIVE,
        {
            "target": _target(delivery),
            "at_once": AT_ONCE[delivery["channel"]],
            "now": uow.present,
            "until": until,
        },
    )
    given = await cursor.fetchall()
    uow.emit(*(asking_again(row, until) for row in given if row["id"] != own))
    return own in {row["id"] for row in given}


async def _give_up(uow: UnitOfWork, delivery: dict[str, Any]) -> None:
    """Give up the delivery, and what waits for a turn at its receiver."""
    await uow.connection.execute(
        """
        WITH waiting AS (
            DELETE FROM delivery_turns WHERE target = %(target)s AND (called_at IS NULL OR delivery_id = %(id)s)
            RETURNING delivery_id
        )
        UPDATE deliveries SET given_up_at = %(now)s, next_attempt_at = NULL
        WHERE delivered_at IS NULL AND given_up_at IS NULL
          AND (id = %(id)s OR id IN (SELECT delivery_id FROM waiting))
        """,
        {"target": _target(delivery), "id": delivery["id"], "now": uow.now},
    )


def _target(delivery: dict[str, Any]) -> str:
    """The receiver: a webhook, or the one mail server."""
    return str(delivery["webhook_id"] or delivery["channel"])
