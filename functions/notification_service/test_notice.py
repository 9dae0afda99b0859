"""A test notice: sent while the person waits, and kept nowhere."""

from typing import Any
from uuid import uuid4

from functions.kernel.ports import Message, SecretStore, TestNotice, TestNoticeResult
from functions.kernel.storage.unit_of_work import UnitOfWork, UnitsOfWork
from functions.notification_service.channels.directory import Channels
from functions.notification_service.deliveries import secrets_of

TITLE = "A test notice from Taskwake"
BODY = "You asked for it, and it arrived: this channel works."


async def send_test_notice(
    asked: TestNotice, *, units: UnitsOfWork, channels: Channels, secrets: SecretStore
) -> TestNoticeResult:
    """Send it to every address that the person has on this channel; the first that fails is the answer."""
    async with units.begin() as uow:
        addresses = await _addresses(uow, asked)
    if not addresses:
        return TestNoticeResult(delivered=False, detail=f"you have no address for {asked.channel}")
    for address in addresses:
        message = Message(
            delivery_id=uuid4(),
            to=address["address"],
            title=TITLE,
            body=BODY,
            event=b'{"test":true}',
            signing_secrets=await secrets_of(address, secrets, uow.now) if asked.channel == "webhook" else (),
        )
        try:
            await (await channels.notifier(asked.channel)).send(message)
        except Exception as error:  # noqa: BLE001 - whatever it was is what the person asked to know
            return TestNoticeResult(delivered=False, detail=f"{type(error).__name__}: {error}")
    return TestNoticeResult(delivered=True, detail=f"sent to {len(addresses)}")


async def _addresses(uow: UnitOfWork, asked: TestNotice) -> list[dict[str, Any]]:
    query = (
        "SELECT email AS address FROM users WHERE id = %s AND email IS NOT NULL"
        if asked.channel == "email"
        else """
            SELECT url AS address, id AS webhook_id, secret_generation, secret_rotated_at
            FROM webhooks WHERE user_id = %s AND disabled_at IS NULL
            """
    )
    return await (await uow.connection.execute(query, (asked.user_id,))).fetchall()
