"""A test notice: sent while the person waits, and kept nowhere."""

from uuid import UUID, uuid4

from functions.kernel.ports import Message, SecretStore, TestNotice, TestNoticeResult
from functions.kernel.storage.unit_of_work import UnitOfWork
from functions.kernel.webhook_secret import KEY_NAME, signing_secret
from functions.notification_service.channels.directory import Channels

TITLE = "A test notice from Taskwake"
BODY = "You asked for it, and it arrived: this channel works."


async def send_test_notice(
    asked: TestNotice, *, uow: UnitOfWork, channels: Channels, secrets: SecretStore
) -> TestNoticeResult:
    """Send it to every address that the person has on this channel; the first that fails is the answer."""
    addresses = await _addresses(uow, asked)
    if not addresses:
        return TestNoticeResult(delivered=False, detail=f"you have no address for {asked.channel}")
    for to, webhook_id in addresses:
        secret = signing_secret(await secrets.get(KEY_NAME), webhook_id) if webhook_id else ""
        message = Message(
            delivery_id=uuid4(), to=to, title=TITLE, body=BODY, event=b'{"test":true}', signing_secret=secret
        )
        try:
            await (await channels.notifier(asked.channel)).send(message)
        except Exception as error:  # noqa: BLE001 - whatever it was is what the person asked to know
            return TestNoticeResult(delivered=False, detail=f"{type(error).__name__}: {error}")
    return TestNoticeResult(delivered=True, detail=f"sent to {len(addresses)}")


async def _addresses(uow: UnitOfWork, asked: TestNotice) -> list[tuple[str, UUID | None]]:
    query = (
        "SELECT email AS address, NULL::uuid AS webhook_id FROM users WHERE id = %s AND email IS NOT NULL"
        if asked.channel == "email"
        else "SELECT url AS address, id AS webhook_id FROM webhooks WHERE user_id = %s"
    )
    rows = await (await uow.connection.execute(query, (asked.user_id,))).fetchall()
    return [(row["address"], row["webhook_id"]) for row in rows]
