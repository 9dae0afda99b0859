"""A receiver that does not answer delays what it is sent itself, and nothing else: no reader of the log, no other
webhook, no e-mail. Its answers are held back until a test lets go; nothing is measured."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from datetime import timedelta
from ipaddress import ip_network
from typing import Any
from uuid import UUID, uuid4

import pytest
import pytest_asyncio

from functions.kernel.events import DeliveryRequested
from functions.kernel.host.deliver import FunctionHost
from functions.kernel.host.outcome import DONE
from functions.kernel.host.ring import AlarmRang, ring
from functions.notification_service import sending, turns
from functions.notification_service.channels.directory import Channels
from functions.notification_service.channels.webhook import WebhookNotifier
from functions.notification_service.turns import AT_ONCE, LEASE
from tests.faults.receivers import Receiver, webhooks
from tests.integration.kernel.rig import Rig
from tests.integration.kernel.rig import delivery as delivery_of
from tests.integration.notification_service.test_deliveries import Mailbox, mailbox
from tests.integration.notification_service.test_webhooks import Secrets, log_of
from tests.integration.world import Person, World, until

__all__ = ["mailbox"]  # the fixture of the deliveries serves here too

MOST = AT_ONCE["webhook"]


PATIENCE_SECONDS, LONG = 60, 600
"""A busy machine may be slow, and no call here is to run out of time meanwhile."""


@pytest.fixture
def unhurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who sends waits as long as a test wants."""
    monkeypatch.setattr(sending, "SEND_SECONDS", LONG)
    monkeypatch.setattr(turns, "LEASE", timedelta(seconds=LONG))
    monkeypatch.setitem(WebhookNotifier.__init__.__kwdefaults__, "timeout_seconds", LONG)


async def closed(notifiers: dict[str, Any]) -> None:
    """Have them set up anew for the next message."""
    for notifier in notifiers.values():
        await notifier.aclose()
    notifiers.clear()


@pytest_asyncio.fixture
async def slow(taskwake: World, unhurried: None) -> AsyncIterator[Receiver]:
    """A receiver that answers nobody until it is let go."""
    await closed(taskwake.channels())
    async with webhooks() as slow:
        slow.answers.clear()
        yield slow
        slow.answers.set()
        await taskwake.settled()
        await closed(taskwake.channels())


def url(receiver: Receiver) -> str:
    host, port = receiver.address
    return f"http://{host}:{port}/hook"


async def hook(person: Person, receiver: Receiver, **fields: Any) -> dict[str, Any]:
    return await person.post("/webhooks", {"url": url(receiver), "topics": ["task.created.v1"]} | fields)


async def called(receiver: Receiver, times: int) -> None:
    async def reached() -> bool:
        return len(receiver.arrivals) >= times

    await until(reached, PATIENCE_SECONDS)


async def delivered(person: Person, hook: dict[str, Any], times: int) -> None:
    async def reached() -> bool:
        return [each["status"] for each in await log_of(person, hook)].count("delivered") >= times

    await until(reached, PATIENCE_SECONDS)


async def waiting(taskwake: World, hook: dict[str, Any], number: int) -> None:
    """Wait until so many are under way to this webhook, or wait for that."""

    async def reached() -> bool:
        rows = await taskwake.execute("SELECT count(*) AS n FROM delivery_turns WHERE target = %s", hook["id"])
        return rows[0]["n"] == number

    await until(reached, PATIENCE_SECONDS)


async def none_is_open(taskwake: World) -> None:
    """Wait until no transaction is: none that stays open."""

    async def reached() -> bool:
        return not await taskwake.execute(
            "SELECT 1 FROM pg_stat_activity WHERE backend_xid IS NOT NULL OR state LIKE 'idle in transaction%'"
        )

    await until(reached, PATIENCE_SECONDS)


@pytest.mark.requirement("PROD-180")
async def test_while_a_webhook_does_not_answer_others_see_what_happens(
    sam: Person, kim: Person, slow: Receiver
) -> None:
    slow_hook = await hook(sam, slow)
    await sam.create()
    await called(slow, 1)
    cursor = (await kim.get("/sync"))["cursor"]
    task = await kim.create(title="seen meanwhile")

    async def seen() -> bool:
        return task["id"] in str(await kim.get("/sync", cursor=cursor))

    await until(seen, PATIENCE_SECONDS)
    [delivery] = await log_of(sam, slow_hook)
    assert (delivery["status"], delivery["attempts"], delivery["next_attempt_at"]) == ("requested", [], None)


@pytest.mark.requirement("PROD-180")
async def test_while_a_webhook_does_not_answer_no_transaction_is_open(
    taskwake: World, sam: Person, slow: Receiver
) -> None:
    await hook(sam, slow)
    await sam.create()
    await called(slow, 1)
    await none_is_open(taskwake)
    assert not slow.answers.is_set()


@pytest.mark.requirement("PROD-186")
async def test_while_a_test_notice_is_not_answered_no_transaction_is_open(taskwake: World, sam: Person) -> None:
    reached, let_go = asyncio.Event(), asyncio.Event()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        reached.set()
        await let_go.wait()
        writer.write(b"HTTP/1.1 204 No Content\r\n\r\n")
        writer.close()

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
        address = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
        await sam.post("/webhooks", {"url": address, "topics": ["task.due.v1"]})
        asked = asyncio.create_task(sam.post("/notices/test", {"channel": "webhook"}))
        await reached.wait()
        await none_is_open(taskwake)
        assert not asked.done()
        let_go.set()
        assert (await asked)["delivered"]


@pytest.mark.requirement("PROD-181")
@pytest.mark.requirement("PROD-182")
async def test_a_webhook_that_does_not_answer_delays_itself_only(
    taskwake: World, sam: Person, kim: Person, mailbox: Mailbox, slow: Receiver
) -> None:
    slow_hook = await hook(sam, slow)
    async with webhooks() as fast:
        fast_hook = await hook(sam, fast)
        await kim.http.patch("/me", json={"email": "kim@example.org"})
        kims_hook = await hook(kim, fast)
        for number in range(MOST + 10):
            await sam.create(title=str(number))
        await delivered(sam, fast_hook, MOST + 10)
        await kim.create(title="mailed", due_at="2020-01-01T00:00:00Z")
        await delivered(kim, kims_hook, 1)

        async def mailed() -> bool:
            return any("mailed" in text for text in mailbox.texts())

        await until(mailed, PATIENCE_SECONDS)
        await waiting(taskwake, slow_hook, MOST + 10)
        assert len(slow.arrivals) == MOST
        assert {each["status"] for each in await log_of(sam, slow_hook)} == {"requested"}
        slow.answers.set()
        await delivered(sam, slow_hook, MOST + 10)
    assert len({arrival.delivery for arrival in slow.arrivals}) == len(slow.arrivals) == MOST + 10
    came = [int(arrival.title) for arrival in slow.arrivals if arrival.title.isdecimal()][MOST:]
    assert all(abs(came.index(number) - place) < MOST for place, number in enumerate(sorted(came))), came


@pytest.mark.requirement("PROD-182")
async def test_turned_off_while_some_wait_for_their_turn_these_are_given_up(
    taskwake: World, sam: Person, slow: Receiver
) -> None:
    slow_hook = await hook(sam, slow)
    for number in range(MOST + 3):
        await sam.create(title=str(number))
    await waiting(taskwake, slow_hook, MOST + 3)
    await sam.http.patch(f"/webhooks/{slow_hook['id']}", json={"enabled": False})
    slow.answers.set()

    async def over() -> bool:
        return sorted(each["status"] for each in await log_of(sam, slow_hook)) == ["delivered"] * MOST + ["failed"] * 3

    await until(over, PATIENCE_SECONDS)
    assert len(slow.arrivals) == MOST


class Site:
    """A webhook of the rig's person, and processes that call it."""

    def __init__(self, rig: Rig, receiver: Receiver) -> None:
        self.rig, self.receiver, self.hook = rig, receiver, uuid4()
        self.channels: list[Channels] = []

    def process(self) -> FunctionHost:
        secrets = Secrets()
        channels = Channels(secrets, (ip_network("127.0.0.0/8"),))
        self.channels.append(channels)
        return self.rig.host("delivery-requested", channels=channels, secrets=secrets)

    async def begin(self) -> None:
        await self.rig.execute(
            "INSERT INTO webhooks (id, user_id, url, topics) VALUES (%s, %s, %s, '{}')",
            self.hook,
            self.rig.user_id,
            url(self.receiver),
        )

    async def asked(self, title: str = "x") -> DeliveryRequested:
        """A delivery, and the event that asks for it."""
        delivery = uuid4()
        await self.rig.execute(
            """
            INSERT INTO deliveries (id, user_id, task_id, channel, webhook_id, title, event)
            VALUES (%s, %s, gen_random_uuid(), 'webhook', %s, 'x',
                    json_build_object('type', 'dev.taskwake.task.created.v1',
                                      'data', json_build_object('title', %s::text)))
            """,
            delivery,
            self.rig.user_id,
            self.hook,
            title,
        )
        return self.event(delivery)

    def event(self, delivery: UUID) -> DeliveryRequested:
        return DeliveryRequested(
            delivery_id=delivery,
            task_id=uuid4(),
            user_id=self.rig.user_id,
            channel="webhook",
            webhook_id=self.hook,
        )

    async def let_the_lease_end(self) -> list[DeliveryRequested]:
        """As if whoever sends had been away for so long; returns what the alarm then asks for."""
        await self.rig.execute("UPDATE deliveries SET next_attempt_at = now() WHERE next_attempt_at IS NOT NULL")
        self.rig.bus.published.clear()
        await ring(self.rig.host("alarm"), AlarmRang())
        return [event for event in self.rig.bus.published if isinstance(event, DeliveryRequested)]

    async def stands(self) -> list[tuple[bool, int]]:
        """Of each delivery whether it is delivered, and how many attempts were kept."""
        rows = await self.rig.execute(
            """
            SELECT delivered_at IS NOT NULL AS done,
                   (SELECT count(*) FROM delivery_attempts WHERE delivery_id = deliveries.id) AS attempts
            FROM deliveries
            """
        )
        return [(row["done"], row["attempts"]) for row in rows]


@pytest_asyncio.fixture
async def site(rig: Rig, unhurried: None) -> AsyncIterator[Site]:
    async with webhooks() as receiver:
        receiver.answers.clear()
        site = Site(rig, receiver)
        await site.begin()
        yield site
        receiver.answers.set()
        for channels in site.channels:
            await channels.webhooks().aclose()


@pytest.mark.requirement("PROD-181")
async def test_two_processes_together_call_one_webhook_no_more_often_at_once(site: Site) -> None:
    processes = [site.process(), site.process()]
    events = [await site.asked(str(number)) for number in range(4 * MOST)]
    handling = [
        asyncio.create_task(processes[number % 2].deliver([delivery_of(event)])) for number, event in enumerate(events)
    ]
    await called(site.receiver, MOST)
    under_way = set(handling)
    while len(under_way) > MOST:
        _, under_way = await asyncio.wait(under_way, return_when=asyncio.FIRST_COMPLETED)
    assert len(site.receiver.arrivals) == MOST
    site.receiver.answers.set()
    assert await asyncio.gather(*handling) == [[DONE]] * len(events)
    while asked := site.rig.bus.published.copy():
        site.rig.bus.published.clear()
        await asyncio.gather(*(processes[0].deliver([delivery_of(event)]) for event in asked))
    assert await site.stands() == [(True, 1)] * len(events)
    assert await site.rig.count("delivery_turns") == 0


@pytest.mark.requirement("PROD-183")
async def test_a_process_that_is_gone_in_the_middle_of_a_call_is_found_by_the_alarm(site: Site) -> None:
    sending = asyncio.create_task(site.process().deliver([delivery_of(await site.asked())]))
    await called(site.receiver, 1)
    [row] = await site.rig.execute("SELECT called_at FROM delivery_turns")
    assert max(site.rig.clock.moments) > row["called_at"] + LEASE
    sending.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await sending
    site.receiver.answers.set()
    [again] = await site.let_the_lease_end()
    assert await site.process().deliver([delivery_of(again)]) == [DONE]
    assert len({arrival.delivery for arrival in site.receiver.arrivals}) == 1
    assert await site.stands() == [(True, 1)]


@pytest.mark.requirement("PROD-183")
async def test_who_comes_back_after_the_lease_keeps_the_attempt_and_changes_nothing_else(site: Site) -> None:
    late = asyncio.create_task(site.process().deliver([delivery_of(await site.asked())]))
    await called(site.receiver, 1)
    [again] = await site.let_the_lease_end()
    other = asyncio.create_task(site.process().deliver([delivery_of(again)]))
    await called(site.receiver, 2)
    site.receiver.answers.set()
    assert await asyncio.gather(late, other) == [[DONE], [DONE]]
    assert await site.stands() == [(True, 2)]
    assert await site.rig.count("delivery_turns") == 0


@pytest.mark.requirement("PROD-183")
async def test_an_event_that_comes_while_its_delivery_is_sent_sends_nothing(site: Site) -> None:
    event = await site.asked()
    sending = asyncio.create_task(site.process().deliver([delivery_of(event)]))
    await called(site.receiver, 1)
    assert await site.process().deliver([delivery_of(event)]) == [DONE]
    assert await site.process().deliver([delivery_of(site.event(event.delivery_id))]) == [DONE]
    site.receiver.answers.set()
    assert await sending == [DONE]
    assert len(site.receiver.arrivals) == 1


@pytest.mark.requirement("PROD-182")
async def test_a_webhook_that_is_removed_during_its_call_leaves_nothing(site: Site) -> None:
    sending = asyncio.create_task(site.process().deliver([delivery_of(await site.asked())]))
    await called(site.receiver, 1)
    await site.rig.execute("DELETE FROM webhooks")
    site.receiver.answers.set()
    assert await sending == [DONE]
    assert await site.rig.count("delivery_attempts") == 0
    assert await site.rig.count("delivery_turns") == 0
