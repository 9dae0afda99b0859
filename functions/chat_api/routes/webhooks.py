"""/webhooks: have your own program called (Standard Webhooks)."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from functions.chat_api import cursor as cursors
from functions.chat_api import missed, webhook_log
from functions.chat_api import webhooks as service
from functions.chat_api.access import Asking, AuthenticatedRoute
from functions.chat_api.answers import declared
from functions.chat_api.context import Api, ApiContext
from functions.chat_api.etags import KNOWN, TAGGED, IfMatch, IfNoneMatch, tagged, unless_known
from functions.chat_api.idempotency import IdempotentRoute
from functions.chat_api.models.webhooks import (
    DryRun,
    DryRunResult,
    Missed,
    MissedResult,
    NewWebhook,
    WebhookChange,
    WebhookDeliveryPage,
    WebhookPage,
    WebhookRead,
)
from functions.kernel.webhook_secret import KEY_NAME, signing_secret


class WebhookRoute(IdempotentRoute):
    """Of an answer with a signing secret all but the secret is kept, and the secret is derived again."""

    def kept(self, body: bytes) -> bytes:
        """The webhook, if the body is one, without its secret."""
        return _with_secret(body, "") if body else body

    async def given_again(self, api: ApiContext, body: bytes) -> bytes:
        """The webhook as it was answered; signed by the store's key as it is now."""
        if not body:
            return body
        webhook = WebhookRead.model_validate_json(body)
        key = await api.secrets.get(KEY_NAME)
        return _with_secret(body, signing_secret(key, webhook.id, webhook.secret_generation))


router = APIRouter()
shown = APIRouter(tags=["webhooks"], route_class=WebhookRoute)
plain = APIRouter(tags=["webhooks"], route_class=IdempotentRoute)
reading = APIRouter(tags=["webhooks"], route_class=AuthenticatedRoute)
"""A POST that writes nothing: no Idempotency-Key, and nothing of its answer is kept."""


@shown.post("/webhooks", status_code=201, responses={201: TAGGED, **declared(409)})
async def create_webhook(new: NewWebhook, person: Asking, api: Api, response: Response) -> WebhookRead:
    """Add a webhook; verify its calls with the `secret` of the answer."""
    key = await api.secrets.get(KEY_NAME)
    async with api.begin(person.id) as uow:
        made = await service.create(uow, person, new, api.webhook_networks)
        return tagged(response, service.shown(made, key, uow.now))


@shown.get("/webhooks")
async def list_webhooks(person: Asking, api: Api) -> WebhookPage:
    """Your webhooks, and how they stand."""
    key = await api.secrets.get(KEY_NAME)
    async with api.database.begin(person.id) as (connection, now):
        rows = await service.read_all(connection, person.id)
    return WebhookPage(webhooks=[service.shown(row, key, now) for row in rows])


@shown.get("/webhooks/{webhook_id}", response_model=WebhookRead, responses={200: TAGGED, 304: KNOWN})
async def read_webhook(
    webhook_id: UUID, person: Asking, api: Api, response: Response, known: IfNoneMatch
) -> WebhookRead | Response:
    """One of your webhooks, and how it stands."""
    key = await api.secrets.get(KEY_NAME)
    async with api.database.begin(person.id) as (connection, now):
        row = await service.load(connection, person.id, webhook_id)
    return unless_known(response, service.shown(row, key, now), known)


@shown.patch("/webhooks/{webhook_id}", responses={200: TAGGED})
async def change_webhook(
    webhook_id: UUID, asked: WebhookChange, person: Asking, api: Api, response: Response, tags: IfMatch
) -> WebhookRead:
    """Change a webhook: where it is, what it wants, or whether it is called (`enabled`)."""
    key = await api.secrets.get(KEY_NAME)
    async with api.begin(person.id) as uow:
        webhook = await service.locked(uow, person.id, webhook_id, key, tags)
        changed = await service.change(uow, person, webhook, asked, api.webhook_networks)
        return tagged(response, service.shown(changed, key, uow.now))


@shown.delete("/webhooks/{webhook_id}", status_code=204)
async def delete_webhook(webhook_id: UUID, person: Asking, api: Api, tags: IfMatch) -> None:
    """Remove a webhook; what is still to be sent to it is dropped."""
    key = await api.secrets.get(KEY_NAME)
    async with api.begin(person.id) as uow:
        await service.locked(uow, person.id, webhook_id, key, tags)
        await uow.connection.execute("DELETE FROM webhooks WHERE id = %s", (webhook_id,))


@shown.post("/webhooks/{webhook_id}/secret/rotate", responses={200: TAGGED})
async def rotate_secret(webhook_id: UUID, person: Asking, api: Api, response: Response, tags: IfMatch) -> WebhookRead:
    """Give it a new secret. For 24 hours each call is signed by both; rotate twice to end the old one at once."""
    key = await api.secrets.get(KEY_NAME)
    async with api.begin(person.id) as uow:
        webhook = await service.rotate(uow, await service.locked(uow, person.id, webhook_id, key, tags))
        return tagged(response, service.shown(webhook, key, uow.now))


@shown.get("/webhooks/{webhook_id}/deliveries")
async def list_webhook_deliveries(
    webhook_id: UUID,
    person: Asking,
    api: Api,
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
    cursor: Annotated[str | None, Query(max_length=200)] = None,
) -> WebhookDeliveryPage:
    """What it was sent, newest first, with each attempt; what ended before the event log begins may be gone."""
    after = cursors.read(cursor) if cursor else None
    async with api.database.transaction(person.id) as connection:
        await service.load(connection, person.id, webhook_id)
        deliveries, more = await webhook_log.read(connection, person.id, webhook_id, limit, after=after)
    return WebhookDeliveryPage(deliveries=deliveries, next_cursor=more)


@shown.post("/webhooks/{webhook_id}/deliveries/{delivery_id}/redeliver", status_code=204, responses=declared(409))
async def redeliver(webhook_id: UUID, delivery_id: UUID, person: Asking, api: Api) -> None:
    """Have it sent again, be it delivered or given up; its `webhook-id` stays."""
    async with api.begin(person.id) as uow:
        await service.redeliver(uow, person.id, webhook_id, delivery_id)


@plain.post("/webhooks/{webhook_id}/redeliver", responses=declared(409))
async def redeliver_since(webhook_id: UUID, asked: Missed, person: Asking, api: Api) -> MissedResult:
    """Have it sent what it missed since then: of your events those that it wants as it is now, and did not take."""
    async with api.begin(person.id) as uow:
        webhook = await service.load(uow.connection, person.id, webhook_id, lock=True)
        return await missed.send(uow, person.id, webhook, asked.since)


@reading.post("/webhooks/{webhook_id}/dry-run")
async def dry_run(webhook_id: UUID, asked: DryRun, person: Asking, api: Api) -> DryRunResult:
    """Which of your newest events this webhook would have been sent, and the exact request for one. Sends nothing."""
    key = await api.secrets.get(KEY_NAME)
    async with api.begin(person.id) as uow:
        webhook = await service.load(uow.connection, person.id, webhook_id)
        return await webhook_log.dry_run(uow, person.id, webhook, asked.limit, key)


router.include_router(shown)
router.include_router(plain)
router.include_router(reading)


def _with_secret(body: bytes, secret: str) -> bytes:
    return WebhookRead.model_validate_json(body).model_copy(update={"secret": secret}).model_dump_json().encode()
