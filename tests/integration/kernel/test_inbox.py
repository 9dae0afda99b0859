"""A message is one transaction: whatever is delivered again, or fails on the way, has its effect once."""

import asyncio
import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import psycopg
import pytest

from functions.kernel.cloudevent import parse_mapping, render
from functions.kernel.errors import InvalidEventError
from functions.kernel.events import TaskDue
from functions.kernel.host.deliver import FunctionHost
from functions.kernel.host.delivery import Delivery
from functions.kernel.host.function import Function
from functions.kernel.host.outcome import DONE, Done, Rejected, Retry
from functions.kernel.storage import database, outbox
from functions.kernel.storage.unit_of_work import UnitOfWork
from tests.integration.kernel.rig import Rig, delivery
from tests.integration.world import World, until

pytestmark = pytest.mark.requirement("FLOW-009")

fails: dict[str, list[Exception]] = {}
"""By event id: what its handler raises, the next time first."""
handled: list[str] = []
hangs_up: set[str] = set()
"""The events whose handler loses its connection, once."""


async def on_due(events: Sequence[TaskDue], *, uow: UnitOfWork) -> None:
    """Writes a row for each event, and fails where a test says so, after its effect."""
    for event in events:
        await uow.connection.execute(
            "INSERT INTO attempts (function, source, event_id, last_error) VALUES ('effect', '', %s, '')", (event.id,)
        )
        if event.id in hangs_up:
            hangs_up.discard(event.id)
            await uow.connection.execute("SELECT pg_terminate_backend(pg_backend_pid())")
        if fails.get(event.id):
            raise fails[event.id].pop(0)
    handled.extend(event.id for event in events)


@pytest.fixture
def host(rig: Rig) -> FunctionHost:
    handled.clear()
    return rig.host(Function("probe", "tests", f"{__name__}:on_due", consumes=TaskDue, max_batch=10))


async def effects(rig: Rig) -> int:
    return (await rig.execute("SELECT count(*) AS n FROM attempts WHERE function = 'effect'"))[0]["n"]


@pytest.mark.requirement("FLOW-005")
async def test_redelivery_changes_nothing(rig: Rig, host: FunctionHost) -> None:
    event = delivery(await rig.due())
    assert await host.deliver([event]) == [DONE]
    assert await host.deliver([event]) == [DONE]
    assert await effects(rig) == 1


@pytest.mark.requirement("FLOW-005")
async def test_event_twice_in_a_batch_has_its_effect_once(rig: Rig, host: FunctionHost) -> None:
    event, other = delivery(await rig.due()), delivery(await rig.due())
    assert await host.deliver([event, other, event]) == [DONE] * 3
    assert await effects(rig) == 2


@pytest.mark.requirement("FLOW-005")
async def test_event_delivered_at_once_to_many_has_its_effect_once(rig: Rig, host: FunctionHost) -> None:
    events = [delivery(await rig.due()) for _ in range(5)]
    outcomes = await asyncio.gather(*(host.deliver(order) for order in [events, events[::-1]] * 5))
    assert outcomes == [[DONE] * 5] * 10
    assert await effects(rig) == 5


@pytest.mark.requirement("FLOW-005")
async def test_same_id_of_another_source_is_another_event(rig: Rig, host: FunctionHost) -> None:
    event = await rig.due()
    assert await host.deliver([delivery(event)]) == [DONE]
    await rig.execute("DELETE FROM attempts")
    assert await host.deliver([delivery(event, source="/elsewhere")]) == [DONE]
    assert await effects(rig) == 1


async def test_claim_and_effect_are_taken_back_together(rig: Rig, host: FunctionHost) -> None:
    event = await rig.due()
    fails[event.id] = [RuntimeError("not yet")]
    [outcome] = await host.deliver([delivery(event)])
    assert isinstance(outcome, Retry)
    assert outcome.reason == "RuntimeError: not yet"
    assert (await rig.count("inbox"), await effects(rig)) == (0, 0)
    assert await host.deliver([delivery(event)]) == [DONE]
    assert (await rig.count("inbox"), await effects(rig)) == (1, 1)


async def long_ago(rig: Rig, *, in_log: bool = False) -> TaskDue:
    """An event of before the log begins, or of which it begins with."""
    event = (await rig.due()).model_copy(update={"time": datetime.now(UTC) - timedelta(days=40)})
    if in_log:
        async with rig.functions.begin() as (connection, now):
            await outbox.write(connection, [event], now)
    return event


SHORTENED = "INSERT INTO retentions (partition, begins_at, events) VALUES ('x', now() - interval '30 days', 1)"


async def shorten(rig: Rig) -> None:
    """The log was shortened: it begins a month ago."""
    await rig.execute(SHORTENED)


@pytest.mark.requirement("TRUST-212")
async def test_an_event_that_was_dropped_from_the_log_is_a_dead_letter_and_the_others_are_done(
    rig: Rig, host: FunctionHost
) -> None:
    await shorten(rig)
    old, young = await long_ago(rig), await rig.due()
    outcomes = await host.deliver([delivery(young), delivery(old)])
    assert [type(outcome) for outcome in outcomes] == [Done, Rejected]
    assert handled == [young.id]
    assert await rig.execute("SELECT event_id FROM inbox") == [{"event_id": young.id}]
    [letter] = await rig.execute("SELECT event_id, reason FROM dead_letters")
    assert letter["event_id"] == old.id
    assert "whether it was handled is not known" in letter["reason"]


@pytest.mark.requirement("TRUST-212")
async def test_an_old_event_that_the_inbox_knows_changes_nothing(rig: Rig, host: FunctionHost) -> None:
    old = await long_ago(rig)
    assert await host.deliver([delivery(old)]) == [DONE]
    await shorten(rig)
    assert await host.deliver([delivery(old)]) == [DONE]
    assert handled == [old.id]


@pytest.mark.requirement("TRUST-212")
@pytest.mark.parametrize("is_ours", [True, False], ids=["in the log", "of another source"])
async def test_an_old_event_that_nobody_forgot_is_handled(rig: Rig, host: FunctionHost, is_ours: bool) -> None:
    await shorten(rig)
    old = await long_ago(rig, in_log=is_ours)
    came = delivery(old) if is_ours else delivery(old, source="/elsewhere")
    assert await host.deliver([came]) == [DONE]
    assert await host.deliver([came]) == [DONE]
    assert handled == [old.id]


@pytest.mark.requirement("TRUST-212")
async def test_an_event_that_comes_while_its_row_is_deleted_waits_and_is_not_handled_again(
    rig: Rig, host: FunctionHost
) -> None:
    old = await long_ago(rig)
    assert await host.deliver([delivery(old)]) == [DONE]
    async with await psycopg.AsyncConnection.connect(rig.url) as purging:
        # At once, though the log is shortened before: so nobody gets by who looks before they claim.
        await purging.execute(SHORTENED)
        await purging.execute("DELETE FROM inbox WHERE event_id = %s", (old.id,))
        again = asyncio.create_task(host.deliver([delivery(old)]))

        async def waits() -> bool:
            return bool(await rig.execute("SELECT 1 FROM pg_locks WHERE NOT granted AND locktype = 'transactionid'"))

        await until(waits)
    [outcome] = await again
    assert isinstance(outcome, Rejected)
    assert handled == [old.id]


@pytest.mark.requirement("FLOW-008")
async def test_poison_in_a_batch_is_rejected_and_the_others_are_done(rig: Rig, host: FunctionHost) -> None:
    good, other = await rig.due(), await rig.due()
    poison = await rig.due()
    fails[poison.id] = [InvalidEventError("data.title", "of no use")] * 2
    broken = render(await rig.due()) | {"data": {"title": 5}}
    no_event = {"id": "x"}
    batch = [
        delivery(good),
        delivery(poison),
        Delivery(parse_mapping(broken), broken),
        Delivery(InvalidEventError("specversion", 'must be the string "1.0"'), no_event),
        Delivery(InvalidEventError("body", "must be a JSON object"), "\0nonsense\ud800"),
        delivery(other),
    ]
    outcomes = await host.deliver(batch)
    assert [type(outcome) for outcome in outcomes] == [Done, Rejected, Rejected, Rejected, Rejected, Done]
    assert await effects(rig) == 2
    letters = await rig.execute("SELECT * FROM dead_letters ORDER BY created_at, event_id")
    assert {letter["attempts"] for letter in letters} == {1}
    by_id = {letter["event_id"]: letter for letter in letters}
    assert by_id[poison.id]["reason"] == "InvalidEventError: data.title: of no use"
    assert by_id[poison.id]["function"] == "probe"
    assert by_id[poison.id]["topic"] == "task.due.v1"
    assert json.loads(by_id[poison.id]["event"])["id"] == poison.id
    assert len(letters) == 4
    assert any("specversion" in letter["reason"] for letter in letters)


@pytest.mark.requirement("FLOW-008")
async def test_dead_letter_counts_the_attempts_before_it(rig: Rig, host: FunctionHost) -> None:
    event = await rig.due()
    fails[event.id] = [RuntimeError("1"), RuntimeError("2"), InvalidEventError("data", "no")]
    outcomes = [(await host.deliver([delivery(event)]))[0] for _ in range(3)]
    assert [type(outcome) for outcome in outcomes] == [Retry, Retry, Rejected]
    [letter] = await rig.execute("SELECT * FROM dead_letters")
    assert (letter["attempts"], letter["reason"]) == (3, "InvalidEventError: data: no")


@pytest.mark.requirement("FLOW-008")
async def test_retry_holds_back_later_events_of_its_key_only(rig: Rig, host: FunctionHost) -> None:
    task = await rig.task()
    first, second, other = await rig.due(task), await rig.due(task), await rig.due()
    fails[first.id] = [RuntimeError("busy")] * 2
    outcomes = await host.deliver([delivery(first), delivery(other), delivery(second)])
    assert [type(outcome) for outcome in outcomes] == [Retry, Done, Retry]
    assert handled == [other.id]
    assert await host.deliver([delivery(first), delivery(second)]) == [DONE, DONE]
    assert handled == [other.id, first.id, second.id]


@pytest.mark.requirement("FLOW-008")
async def test_connection_that_breaks_while_handling_is_a_retry(rig: Rig, host: FunctionHost) -> None:
    event = await rig.due()
    hangs_up.add(event.id)
    [outcome] = await host.deliver([delivery(event)])
    assert isinstance(outcome, Retry)
    assert await host.deliver([delivery(event)]) == [DONE]
    assert (await rig.count("inbox"), await effects(rig)) == (1, 1)


@pytest.mark.requirement("FLOW-008")
async def test_unreachable_database_is_a_retry_and_loses_nothing(
    taskwake: World, rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "CONNECTION_SECONDS", 0.5)
    event = await rig.due()
    host = rig.host("task-due")
    name = rig.url.rpartition("/")[2]
    await taskwake.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
    await taskwake.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", name)
    [outcome] = await host.deliver([delivery(event)])
    assert isinstance(outcome, Retry)
    await taskwake.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")

    async def done() -> bool:
        return await host.deliver([delivery(event)]) == [DONE]

    await until(done)
    assert await rig.count("notices") == 1
