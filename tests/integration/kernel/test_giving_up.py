"""Where others wait for a retry, what will fail each time is given up at once; nothing else is."""

from collections.abc import Awaitable, Callable, Sequence

import psycopg
import pytest

from functions.kernel.errors import AlarmUnavailableError
from functions.kernel.events import TaskDue
from functions.kernel.host import deliver
from functions.kernel.host.deliver import TRIES_AT_ONCE, FunctionHost
from functions.kernel.host.function import Function
from functions.kernel.host.outcome import DONE, Done, Rejected, Retry
from functions.kernel.storage.unit_of_work import UnitOfWork
from tests.integration.kernel.rig import Rig, delivery

pytestmark = pytest.mark.requirement("TRUST-171")

fails: dict[str, list[Exception]] = {}
"""By event id: what its handler raises, the next time first."""
handled: list[str] = []
hangs_up: dict[str, int] = {}
"""By event id: so often its handler loses its connection."""


async def on_due(events: Sequence[TaskDue], *, uow: UnitOfWork) -> None:
    """Fails where a test says so."""
    for event in events:
        if hangs_up.get(event.id):
            hangs_up[event.id] -= 1
            await uow.connection.execute("SELECT pg_terminate_backend(pg_backend_pid())")
        if fails.get(event.id):
            raise fails[event.id].pop(0)
    handled.extend(event.id for event in events)


MakeHost = Callable[..., Awaitable[FunctionHost]]


@pytest.fixture
def make_host(rig: Rig) -> MakeHost:
    """A function that is known to work, since it has handled an event."""
    fails.clear()
    hangs_up.clear()

    async def make(*, works: bool = True, held_up: bool = True, max_batch: int = 10) -> FunctionHost:
        probe = Function("probe", "tests", f"{__name__}:on_due", consumes=TaskDue, max_batch=max_batch)
        host = rig.host(probe, held_up=held_up)
        if works:
            assert await host.deliver([delivery(await rig.due())]) == [DONE]
        handled.clear()
        return host

    return make


async def poison(rig: Rig, error: Exception | None = None) -> TaskDue:
    """An event that fails each time."""
    event = await rig.due()
    fails[event.id] = [error or ValueError("of no use")] * 100
    return event


async def letters(rig: Rig) -> dict[str, int]:
    return {
        row["event_id"]: row["attempts"] for row in await rig.execute("SELECT event_id, attempts FROM dead_letters")
    }


async def test_event_that_fails_each_time_is_a_dead_letter_at_once_and_later_events_of_its_key_go_on(
    rig: Rig, make_host: MakeHost
) -> None:
    host = await make_host()
    task = await rig.task()
    first, second, other = await rig.due(task), await rig.due(task), await rig.due()
    fails[first.id] = [ValueError("of no use")] * 100
    outcomes = await host.deliver([delivery(first), delivery(second), delivery(other)])
    assert [type(outcome) for outcome in outcomes] == [Rejected, Done, Done]
    assert handled == [second.id, other.id]
    assert await letters(rig) == {first.id: TRIES_AT_ONCE}
    [letter] = await rig.execute("SELECT reason, function FROM dead_letters")
    assert letter == {"reason": "ValueError: of no use", "function": "probe"}


async def test_event_whose_values_postgresql_refuses_is_a_dead_letter_at_once(rig: Rig) -> None:
    task_due = rig.host("task-due", held_up=True)
    assert await task_due.deliver([delivery(await rig.due())]) == [DONE]
    await rig.execute("ALTER TABLE notices ADD CHECK (title <> 'Poison')")
    event = (await rig.due()).model_copy(update={"title": "Poison"})
    assert [type(outcome) for outcome in await task_due.deliver([delivery(event)])] == [Rejected]
    assert await letters(rig) == {event.id: TRIES_AT_ONCE}


async def test_event_that_fails_no_more_when_it_is_tried_again_is_done(rig: Rig, make_host: MakeHost) -> None:
    host = await make_host()
    event = await rig.due()
    fails[event.id] = [ValueError("not yet")] * (TRIES_AT_ONCE - 1)
    assert await host.deliver([delivery(event)]) == [DONE]
    assert (handled, await letters(rig)) == ([event.id], {})


@pytest.mark.requirement("TRUST-172")
@pytest.mark.parametrize(
    "error",
    [
        psycopg.OperationalError("the server closed the connection unexpectedly"),
        psycopg.errors.SerializationFailure("could not serialize access"),
        psycopg.errors.DeadlockDetected("deadlock detected"),
        psycopg.errors.AdminShutdown("terminating connection due to administrator command"),
        psycopg.errors.DiskFull("could not extend file"),
        psycopg.errors.ReadOnlySqlTransaction("cannot execute INSERT in a read-only transaction"),
        psycopg.errors.TransactionTimeout("terminating connection due to transaction timeout"),
        psycopg.errors.UndefinedColumn("the migration is still to come"),
        psycopg.errors.InsufficientPrivilege("permission denied"),
        AlarmUnavailableError("no alarm can be set now"),
        TimeoutError(),
        ConnectionResetError(),
    ],
    ids=lambda error: type(error).__name__,
)
async def test_trouble_that_may_pass_is_left_to_the_broker(rig: Rig, make_host: MakeHost, error: Exception) -> None:
    host = await make_host()
    event = await poison(rig, error)
    for _ in range(TRIES_AT_ONCE + 1):
        assert [type(outcome) for outcome in await host.deliver([delivery(event)])] == [Retry]
    fails.clear()
    assert await host.deliver([delivery(event)]) == [DONE]
    assert await letters(rig) == {}


@pytest.mark.requirement("TRUST-172")
async def test_event_that_meets_such_trouble_when_it_is_tried_again_is_left_to_the_broker(
    rig: Rig, make_host: MakeHost
) -> None:
    host = await make_host()
    event = await rig.due()
    fails[event.id] = [ValueError("of no use"), psycopg.OperationalError("gone")]
    [outcome] = await host.deliver([delivery(event)])
    assert outcome == Retry("OperationalError: gone", attempts=2)
    assert await host.deliver([delivery(event)]) == [DONE]
    assert await letters(rig) == {}


@pytest.mark.requirement("TRUST-172")
async def test_event_whose_connection_breaks_again_and_again_is_left_to_the_broker(
    rig: Rig, make_host: MakeHost
) -> None:
    host = await make_host()
    event = await rig.due()
    hangs_up[event.id] = TRIES_AT_ONCE + 1
    for _ in range(TRIES_AT_ONCE + 1):
        assert [type(outcome) for outcome in await host.deliver([delivery(event)])] == [Retry]
    assert await host.deliver([delivery(event)]) == [DONE]
    assert await letters(rig) == {}


@pytest.mark.requirement("TRUST-173")
async def test_function_that_has_handled_nothing_yet_gives_nothing_up_at_once(rig: Rig, make_host: MakeHost) -> None:
    host = await make_host(works=False)
    event = await poison(rig)
    assert [type(outcome) for outcome in await host.deliver([delivery(event)])] == [Retry]
    assert await host.deliver([delivery(await rig.due())]) == [DONE]
    assert [type(outcome) for outcome in await host.deliver([delivery(event)])] == [Rejected]


@pytest.mark.requirement("TRUST-173")
async def test_function_that_fails_at_everything_gives_up_no_more_until_it_has_handled_another(
    rig: Rig, make_host: MakeHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deliver, "MOST_IN_A_ROW", 2)
    host = await make_host()
    events = [delivery(await poison(rig)) for _ in range(4)]
    outcomes = await host.deliver(events)
    assert [type(outcome) for outcome in outcomes] == [Rejected, Rejected, Retry, Retry]
    assert [type(outcome) for outcome in await host.deliver(events[2:])] == [Retry, Retry]
    outcomes = await host.deliver([delivery(await rig.due()), *events[2:]])
    assert [type(outcome) for outcome in outcomes] == [Done, Rejected, Rejected]


async def test_where_only_its_own_key_waits_an_event_is_given_its_time(rig: Rig, make_host: MakeHost) -> None:
    host = await make_host(held_up=False)
    event = await poison(rig)
    assert [type(outcome) for outcome in await host.deliver([delivery(event)])] == [Retry]
    assert len(fails[event.id]) == 99


async def test_effect_that_cannot_be_taken_back_is_not_tried_again_at_once(rig: Rig, make_host: MakeHost) -> None:
    host = await make_host(max_batch=1)
    event = await poison(rig)
    assert [type(outcome) for outcome in await host.deliver([delivery(event)])] == [Retry]
    assert len(fails[event.id]) == 99
