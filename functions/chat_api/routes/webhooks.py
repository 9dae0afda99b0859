"""/webhooks: have your own program called (Standard Webhooks)."""

from uuid import UUID, uuid4

from fastapi import APIRouter

from functions.chat_api.access import Asking
from functions.chat_api.context import Api, ApiContext
from functions.chat_api.idempotency import IdempotentRoute
from functions.chat_api.models.webhooks import NewWebhook, WebhookPage, WebhookRead
from functions.kernel.errors import NotFoundError
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
        webhook_id = WebhookRead.model_validate_json(body).id
        return _with_secret(body, signing_secret(await api.secrets.get(KEY_NAME), webhook_id))


router = APIRouter(tags=["webhooks"], route_class=WebhookRoute)


@router.post("/webhooks", status_code=201)
async def create_webhook(new: NewWebhook, person: Asking, api: Api) -> WebhookRead:
    """Add a webhook; verify its calls with the `secret` of the answer."""
    webhook_id = uuid4()
    secret = signing_secret(await api.secrets.get(KEY_NAME), webhook_id)
    async with api.database.transaction(person.id) as connection:
        await connection.execute(
            "INSERT INTO webhooks (id, user_id, url, topics) VALUES (%s, %s, %s, %s)",
            (webhook_id, person.id, new.url, list(new.topics)),
        )
    return WebhookRead(id=webhook_id, url=new.url, topics=list(new.topics), secret=secret)


@router.get("/webhooks")
async def list_webhooks(person: Asking, api: Api) -> WebhookPage:
    """Your webhooks."""
    key = await api.secrets.get(KEY_NAME)
    rows = await api.database.fetch(
        "SELECT id, url, topics FROM webhooks WHERE user_id = %s ORDER BY created_at",
        (person.id,),
        user_id=person.id,
    )
    return WebhookPage(webhooks=[WebhookRead(**row, secret=signing_secret(key, row["id"])) for row in rows])


@router.delete("/webhooks/{webhook_id}", status_code=204)
async def delete_webhook(webhook_id: UUID, person: Asking, api: Api) -> None:
    """Remove a webhook; what is still to be sent to it is dropped."""
    rows = await api.database.fetch(
        "DELETE FROM webhooks WHERE id = %s AND user_id = %s RETURNING id",
        (webhook_id, person.id),
        user_id=person.id,
    )
    if not rows:
        raise NotFoundError(f"you have no webhook {webhook_id}")


def _with_secret(body: bytes, secret: str) -> bytes:
    return WebhookRead.model_validate_json(body).model_copy(update={"secret": secret}).model_dump_json().encode()
