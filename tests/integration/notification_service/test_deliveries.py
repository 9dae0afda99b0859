"""Notices that leave the house, through a whole Taskwake: to a real SMTP server and a real HTTP receiver."""

import asyncio
import json
from collections.abc import AsyncIterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
import pytest_asyncio
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from standardwebhooks import Webhook

from tests.in_thread import in_thread
from tests.integration.world import PATIENCE_SECONDS, Person, World, soon


class Mailbox:
    """An SMTP server on a free port; the next `refusals` answer the recipient."""

    def __init__(self) -> None:
        self.mails: list[Envelope] = []
        self.refusals: list[str] = []
        self._controller = _Controller(self, hostname="127.0.0.1", port=0)

    @property
    def url(self) -> str:
        """What the secret store is to say of it."""
        return f"smtp://127.0.0.1:{self._controller.port}/?from=Taskwake <t@example.org>"

    def start(self) -> None:
        self._controller.handler = self
        self._controller.start()

    def stop(self) -> None:
        self._controller.stop()

    async def handle_RCPT(self, _: SMTP, __: Session, envelope: Envelope, address: str, ___: list[str]) -> str:
        if self.refusals:
            return self.refusals.pop(0)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _: SMTP, __: Session, envelope: Envelope) -> str:
        self.mails.append(envelope)
        return "250 OK"

    def texts(self) -> list[str]:
        return [mail.content.decode() for mail in self.mails]


class _Controller(Controller):
    def _trigger_server(self) -> None:
        """The port is known only now, as it was chosen free."""
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


class Receiver(ThreadingHTTPServer):
    """Answers with the next of `answers`, else 204; with `retry_after`, if that is set."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.calls: list[tuple[dict[str, str], bytes]] = []
        self.answers: list[int] = []
        self.retry_after = ""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/hook"


class _Handler(BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        self.server.calls.append(({name.lower(): value for name, value in self.headers.items()}, body))
        self.send_response(self.server.answers.pop(0) if self.server.answers else 204)
        if self.server.retry_after:
            self.send_header("retry-after", self.server.retry_after)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Quiet."""


@pytest_asyncio.fixture
async def mailbox(taskwake: World) -> AsyncIterator[Mailbox]:
    mailbox = Mailbox()
    mailbox.start()
    taskwake.taskwake.secrets.put({"smtp-url": mailbox.url})
    channels = taskwake.channels()
    channels.clear()
    yield mailbox
    await taskwake.settled()
    taskwake.taskwake.secrets.put({"smtp-url": "none"})
    channels.clear()
    mailbox.stop()


@pytest_asyncio.fixture
async def receiver(taskwake: World) -> AsyncIterator[Receiver]:
    with in_thread(Receiver()) as receiver:
        yield receiver
        await taskwake.settled()


async def deliveries(person: Person, status: str, number: int = 1) -> list[dict[str, Any]]:
    """Wait until so many deliveries are in this state."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while True:
            found = (await person.get("/deliveries"))["deliveries"]
            if len(chosen := [delivery for delivery in found if delivery["status"] == status]) >= number:
                return chosen
            await asyncio.sleep(0.02)


@pytest.mark.requirement("FLOW-012")
async def test_reminder_is_mailed_once(taskwake: World, sam: Person, mailbox: Mailbox) -> None:
    await sam.http.patch("/me", json={"email": "sam@example.org"})
    task = await sam.create(title="Call Kim ☎", due_at=soon(0.2))
    [delivery] = await deliveries(sam, "delivered")
    assert (delivery["channel"], delivery["attempts"], delivery["task_id"]) == ("email", 1, task["id"])
    await taskwake.settled()
    [mail] = mailbox.mails
    assert mail.rcpt_tos == ["sam@example.org"]
    assert "Subject: Call Kim =?utf-8?" in mailbox.texts()[0]
    assert f"Message-ID: <{delivery['id']}@example.org>" in mailbox.texts()[0]


@pytest.mark.requirement("FLOW-012")
async def test_mail_that_fails_for_now_is_tried_again_and_delivered_once(
    taskwake: World, sam: Person, mailbox: Mailbox
) -> None:
    mailbox.refusals = ["451 4.3.0 not now", "421 4.3.2 busy"]
    await sam.http.patch("/me", json={"email": "sam@example.org"})
    await sam.create(due_at=soon(-1))
    [delivery] = await deliveries(sam, "delivered")
    assert delivery["attempts"] == 3
    await taskwake.settled()
    assert len(mailbox.mails) == 1


@pytest.mark.requirement("FLOW-008")
@pytest.mark.requirement("FLOW-012")
@pytest.mark.requirement("PROD-185")
async def test_mail_refused_for_good_is_a_dead_letter_that_may_be_replayed_and_later_ones_are_sent(
    taskwake: World, sam: Person, mailbox: Mailbox
) -> None:
    mailbox.refusals = ["550 5.1.1 no such user"]
    await sam.http.patch("/me", json={"email": "sam@example.org"})
    await sam.create(due_at=soon(-1))
    [delivery] = await deliveries(sam, "failed")
    assert delivery["attempts"] == 1
    assert "550 5.1.1 no such user" in delivery["last_error"]
    [letter] = await taskwake.execute("SELECT * FROM dead_letters WHERE event LIKE %s", f"%{delivery['id']}%")
    assert (letter["function"], letter["attempts"]) == ("delivery-requested", 1)
    assert "550" in letter["reason"]
    mailbox.refusals = ["550 5.1.1 no such user, still"]
    for status, mails in (("failed", 0), ("delivered", 1)):
        await taskwake.execute("SELECT * FROM replay_dead_letters(ARRAY[%s]::uuid[], 'operator')", letter["id"])
        await taskwake.taskwake.look_again()
        await taskwake.settled()
        assert [each["id"] for each in await deliveries(sam, status)] == [delivery["id"]]
        assert len(mailbox.mails) == mails
    waiting = await taskwake.execute("SELECT 1 FROM dead_letters WHERE id = %s AND replayed_at IS NULL", letter["id"])
    assert waiting == []
    later = await sam.create(due_at=soon(-1))
    assert (await deliveries(sam, "delivered", 2))[0]["task_id"] == later["id"]


@pytest.mark.requirement("FLOW-013")
async def test_webhook_gets_the_events_it_asked_for_signed(taskwake: World, sam: Person, receiver: Receiver) -> None:
    hook = await sam.post("/webhooks", {"url": receiver.url, "topics": ["task.created.v1", "task.due.v1"]})
    task = await sam.create(title="Call Kim ☎", due_on="2031-01-01", rrule="FREQ=DAILY")
    due = await sam.create(due_at=soon(-1))
    await sam.complete(task)
    found = await deliveries(sam, "delivered", 3)
    await taskwake.settled()
    assert {call[0]["webhook-id"] for call in receiver.calls} == {delivery["id"] for delivery in found}
    told = [Webhook(hook["secret"]).verify(body, headers) for headers, body in receiver.calls]
    assert sorted(event["type"] for event in told) == [
        "dev.taskwake.task.created.v1",
        "dev.taskwake.task.created.v1",
        "dev.taskwake.task.due.v1",
    ]
    assert [event["data"]["task_id"] for event in told if "task_id" in event["data"]] == [due["id"]]
    assert await sam.notices(task) == []


@pytest.mark.requirement("FLOW-013")
async def test_webhook_removed_meanwhile_is_not_called(taskwake: World, sam: Person, receiver: Receiver) -> None:
    receiver.answers = [503] * 20
    hook = await sam.post("/webhooks", {"url": receiver.url, "topics": ["task.due.v1"]})
    task = await sam.create(due_at=soon(-1))
    await sam.is_told(task)
    assert (await sam.http.delete(f"/webhooks/{hook['id']}")).status_code == 204
    await taskwake.settled()
    calls = len(receiver.calls)
    assert calls < 10
    assert (await sam.get("/deliveries"))["deliveries"] == []


@pytest.mark.requirement("FLOW-005")
async def test_one_that_hangs_does_not_hold_up_the_notices_of_others(taskwake: World, sam: Person, kim: Person) -> None:
    hanging: list[asyncio.StreamWriter] = []

    async def hang(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        hanging.append(writer)
        await reader.read()
        writer.close()

    async with await asyncio.start_server(hang, "127.0.0.1", 0) as server:
        url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
        hook = await sam.post("/webhooks", {"url": url, "topics": ["task.due.v1"]})
        for _ in range(5):
            await sam.create(due_at=soon(-1))
        task = await kim.create(due_at=soon(-1))
        async with asyncio.timeout(2):
            await kim.is_told(task)
        assert hanging
        removing = asyncio.create_task(sam.http.delete(f"/webhooks/{hook['id']}"))
        while not removing.done():
            while hanging:
                hanging.pop().close()
            await asyncio.sleep(0.02)
        await taskwake.settled()


@pytest.mark.requirement("FLOW-011")
async def test_other_members_of_a_list_are_told_of_a_new_task(taskwake: World, sam: Person) -> None:
    kim = await taskwake.person(email=f"kim-{sam.id}@example.org")
    await sam.share(sam.list_id, kim)
    task = await sam.create(title="Buy milk")
    [notice] = await kim.is_told(task)
    assert (notice["kind"], notice["title"]) == ("created", "New task: Buy milk")
    await taskwake.settled()
    assert await sam.notices(task) == []


@pytest.mark.requirement("FLOW-011")
async def test_read_notice_is_marked_once(sam: Person) -> None:
    task = await sam.create(due_at=soon(-1))
    [notice] = await sam.is_told(task)
    assert notice["read_at"] is None
    for _ in range(2):
        assert (await sam.http.post(f"/notices/{notice['id']}/read")).status_code == 204
    [read] = await sam.notices(task)
    assert json.dumps(notice | {"read_at": read["read_at"]}) == json.dumps(read)
    assert read["read_at"]
