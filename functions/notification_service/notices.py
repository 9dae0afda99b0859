"""Notices: what a person is told in the app, and one delivery planned for each channel that leaves it."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from functions.kernel.cloudevent import render_json
from functions.kernel.events import DeliveryRequested, Event
from functions.kernel.identity import delivery_id, notice_id
from functions.kernel.storage.unit_of_work import UnitOfWork
from functions.kernel.webhooks import wants


@dataclass(frozen=True, slots=True)
class Notice:
    """One person is told of one event. `title` and `body` are plain text; `in_app` is off for what only a
    webhook wants to know."""

    user_id: UUID
    task_id: UUID
    event: Event
    kind: str
    title: str
    body: str = ""
    remind_at: datetime | None = None
    in_app: bool = True

    @property
    def id(self) -> UUID:
        return notice_id(self.event.id, self.user_id)


async def tell(uow: UnitOfWork, notices: Sequence[Notice]) -> None:
    """Write the notices and request their deliveries; each once, whoever else tries."""
    in_app = [notice for notice in notices if notice.in_app]
    if in_app:
        await uow.connection.execute(
            """
            INSERT INTO notices (id, user_id, task_id, event_id, kind, title, body, remind_at)
            SELECT * FROM unnest(%s::uuid[], %s::uuid[], %s::uuid[], %s::text[], %s::text[], %s::text[], %s::text[],
                                 %s::timestamptz[])
            ON CONFLICT DO NOTHING
            """,
            (
                [n.id for n in in_app],
                [n.user_id for n in in_app],
                [n.task_id for n in in_app],
                [n.event.id for n in in_app],
                [n.kind for n in in_app],
                [n.title for n in in_app],
                [n.body for n in in_app],
                [n.remind_at for n in in_app],
            ),
        )
    if notices:
        await _plan_deliveries(uow, notices)


@dataclass(frozen=True, slots=True)
class _Plan:
    notice: Notice
    channel: str
    webhook_id: UUID | None

    @property
    def id(self) -> UUID:
        name = f"webhook/{self.webhook_id}" if self.webhook_id else self.channel
        return delivery_id(self.notice.id, name)


async def _plan_deliveries(uow: UnitOfWork, notices: Sequence[Notice]) -> None:
    rows = await (
        await uow.connection.execute(
            """
            SELECT users.id AS user_id, NULL::uuid AS webhook_id, NULL::text[] AS topics, NULL::uuid AS list_id,
                   NULL::text AS filter
            FROM users WHERE id = ANY(%(users)s) AND email IS NOT NULL
            UNION ALL
            SELECT user_id, id, topics, list_id, filter FROM webhooks
            WHERE user_id = ANY(%(users)s) AND disabled_at IS NULL
            """,
            {"users": list({notice.user_id for notice in notices})},
        )
    ).fetchall()
    by_user = {user_id: list(channels) for user_id, channels in itertools.groupby(sorted(rows, key=_user), key=_user)}
    plans = [
        _Plan(notice, "webhook" if row["webhook_id"] else "email", row["webhook_id"])
        for notice in notices
        for row in by_user.get(notice.user_id, ())
        if (wants(row, notice.event) if row["webhook_id"] else notice.in_app)
    ]
    for row in rows:
        if row["filter"] is not None:
            plans = await _filtered(uow, plans, row)
    if plans:
        await _request(uow, plans)


async def _filtered(uow: UnitOfWork, plans: list[_Plan], webhook: dict[str, Any]) -> list[_Plan]:
    """The plans without those of this webhook of whose task its filter does not hold."""
    asked = {plan.notice.task_id for plan in plans if plan.webhook_id == webhook["webhook_id"]}
    if not asked:
        return plans
    # Only now: it loads the language of filters, which most webhooks have no use for.
    from functions.kernel.storage.filtering.holding import of_which_it_holds

    meant = await of_which_it_holds(uow.connection, webhook["user_id"], webhook["filter"], asked, people="users")
    return [plan for plan in plans if plan.webhook_id != webhook["webhook_id"] or plan.notice.task_id in meant]


def _user(row: dict[str, Any]) -> UUID:
    user_id: UUID = row["user_id"]
    return user_id


async def _request(uow: UnitOfWork, plans: Sequence[_Plan]) -> None:
    rows = await (
        await uow.connection.execute(
            """
            INSERT INTO deliveries (id, user_id, task_id, channel, webhook_id, title, body, event)
            SELECT * FROM unnest(%s::uuid[], %s::uuid[], %s::uuid[], %s::text[], %s::uuid[], %s::text[], %s::text[],
                                 %s::json[])
            ON CONFLICT DO NOTHING RETURNING id
            """,
            (
                [plan.id for plan in plans],
                [plan.notice.user_id for plan in plans],
                [plan.notice.task_id for plan in plans],
                [plan.channel for plan in plans],
                [plan.webhook_id for plan in plans],
                [plan.notice.title for plan in plans],
                [plan.notice.body for plan in plans],
                [render_json(plan.notice.event).decode() for plan in plans],
            ),
        )
    ).fetchall()
    new = {row["id"] for row in rows}
    for plan in plans:
        if plan.id in new:
            uow.emit(
                DeliveryRequested(
                    id=str(plan.id),
                    traceparent=plan.notice.event.traceparent,
                    delivery_id=plan.id,
                    task_id=plan.notice.task_id,
                    user_id=plan.notice.user_id,
                    channel="webhook" if plan.webhook_id else "email",
                    webhook_id=plan.webhook_id,
                    remind_at=plan.notice.remind_at,
                )
            )


async def members_of(uow: UnitOfWork, list_ids: Sequence[UUID]) -> dict[UUID, list[UUID]]:
    """The people of each list."""
    rows = await (
        await uow.connection.execute(
            "SELECT list_id, array_agg(user_id) AS users FROM list_members WHERE list_id = ANY(%s) GROUP BY list_id",
            (list(set(list_ids)),),
        )
    ).fetchall()
    return {row["list_id"]: row["users"] for row in rows}
