"""A test notice: sent while the person waits, who is told whether it arrived."""

import pytest
from standardwebhooks import Webhook

from tests.integration.notification_service.test_deliveries import Mailbox, Receiver, mailbox, receiver
from tests.integration.world import Person

__all__ = ["mailbox", "receiver"]  # the fixtures of the deliveries serve here too


@pytest.mark.requirement("FLOW-012")
async def test_a_working_address_is_mailed_and_said_to_work(sam: Person, mailbox: Mailbox) -> None:
    await sam.http.patch("/me", json={"email": "sam@example.org"})

    result = await sam.post("/notices/test", {"channel": "email"})

    assert result == {"delivered": True, "detail": "sent to 1"}
    assert "Subject: A test notice from Taskwake" in mailbox.texts()[0]


@pytest.mark.requirement("FLOW-012")
async def test_a_refused_address_is_said_to_be_refused(sam: Person, mailbox: Mailbox) -> None:
    await sam.http.patch("/me", json={"email": "sam@example.org"})
    mailbox.refusals = ["550 5.1.1 no such mailbox"]

    result = await sam.post("/notices/test", {"channel": "email"})

    assert result["delivered"] is False
    assert "550" in result["detail"]


@pytest.mark.requirement("FLOW-013")
async def test_a_webhook_is_called_with_its_signature(sam: Person, receiver: Receiver) -> None:
    webhook = await sam.post("/webhooks", {"url": receiver.url, "topics": ["task.due.v1"]})

    result = await sam.post("/notices/test", {"channel": "webhook"})

    [(headers, body)] = receiver.calls
    assert result["delivered"] is True
    Webhook(webhook["secret"]).verify(body, headers)


async def test_nothing_is_sent_where_there_is_no_address(sam: Person) -> None:
    assert await sam.post("/notices/test", {"channel": "webhook"}) == {
        "delivered": False,
        "detail": "you have no address for webhook",
    }
