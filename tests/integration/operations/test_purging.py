"""What stands beside the event log goes with it, row by row, while everybody works on."""

import asyncio
import json
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from typer.testing import CliRunner, Result

from functions.kernel.events import TaskDue
from functions.kernel.host.outcome import DONE, Rejected
from functions.kernel.storage import outbox
from functions.operations import dead_letters
from functions.operations.cli import app
from functions.operations.retention import months, purging
from tests.integration.kernel.rig import Rig, delivery
from tests.integration.log_months import OLD_DAY, OLD_UNTIL, age, quiet

BESIDE = ("dead_letters", "deliveries", "delivery_attempts", "attempts", "inbox")


async def logged(rig: Rig) -> TaskDue:
    """An event that is in the log, and published."""
    event = await rig.due()
    async with rig.functions.begin() as (connection, now):
        await outbox.write(connection, [event], now)
    await rig.execute("UPDATE events SET published_at = now()")
    return event


async def handled(rig: Rig) -> TaskDue:
    """An event that failed and was a dead letter, was replayed and handled; and told of by a webhook, at the second
    call."""
    event = await logged(rig)
    host = rig.host("task-due")
    [outcome] = await host.deliver([delivery(event, data={})])
    assert isinstance(outcome, Rejected)
    [letter] = await rig.execute("SELECT id FROM dead_letters WHERE event_id = %s", event.id)
    await asyncio.to_thread(dead_letters.replay, rig.url, [letter["id"]], "tests")
    assert await host.deliver([delivery(event)]) == [DONE]
    await rig.execute("UPDATE events SET published_at = now()")
    await rig.execute(
        "INSERT INTO attempts (function, source, event_id, last_error) VALUES ('task-due', '/taskwake', %s, 'busy')",
        event.id,
    )
    await asked(rig, event, delivered=True)
    return event


async def asked(rig: Rig, event: TaskDue, *, delivered: bool) -> UUID:
    """A delivery that tells of the event, with two calls."""
    delivery_id = uuid4()
    await rig.execute(
        "INSERT INTO deliveries (id, user_id, task_id, channel, title, delivered_at)"
        " VALUES (%s, %s, %s, 'webhook', 'x', CASE WHEN %s THEN now() END)",
        delivery_id,
        rig.user_id,
        event.task_id,
        delivered,
    )
    await rig.execute(
        "INSERT INTO delivery_attempts (id, delivery_id, user_id, milliseconds)"
        " SELECT gen_random_uuid(), %s, %s, 5 FROM generate_series(1, 2)",
        delivery_id,
        rig.user_id,
    )
    return delivery_id


async def let_pass(rig: Rig) -> None:
    """All that is there was done in June 2020."""
    await age(rig.url)
    for table, moments in {
        "inbox": "handled_at",
        "attempts": "last_at",
        "dead_letters": "created_at",
        "deliveries": "requested_at",
        "delivery_attempts": "attempted_at",
    }.items():
        await rig.execute(f"UPDATE {table} SET {moments} = %s", OLD_DAY)  # noqa: S608 - names
    await rig.execute("UPDATE deliveries SET delivered_at = %s WHERE delivered_at IS NOT NULL", OLD_DAY)


async def run(rig: Rig, *arguments: object) -> Result:
    """`taskwake retention …` over this database."""
    words = ["retention", *map(str, arguments), "--url", rig.url]
    return await asyncio.to_thread(CliRunner().invoke, app, words, env={"COLUMNS": "300"})


async def rows(rig: Rig) -> dict[str, int]:
    return {table: await rig.count(table) for table in BESIDE}


@pytest.mark.requirement("TRUST-210")
async def test_what_ended_before_the_log_begins_goes_with_it_and_what_came_after_stays(rig: Rig) -> None:
    for _ in range(2):
        await handled(rig)
    await let_pass(rig)
    before = await rows(rig)
    young = await handled(rig)
    after = await rows(rig)

    done = await run(rig, "--keep", 12)

    assert done.exit_code == 0, done.output
    assert await rows(rig) == {table: after[table] - before[table] for table in BESIDE}
    assert [row["event_id"] for row in await rig.execute("SELECT event_id FROM inbox")] == [young.id]
    assert min((await rows(rig)).values()) > 0
    assert "Deleted what ended before 2020-07-01: 2 dead letters that were handled since, 2 del" in done.output


@pytest.mark.requirement("TRUST-210")
async def test_what_happened_within_a_day_of_the_beginning_stays(rig: Rig) -> None:
    for _ in range(2):
        assert await rig.host("task-due").deliver([delivery(await logged(rig))]) == [DONE]
    await let_pass(rig)
    edge = OLD_UNTIL - timedelta(days=1)
    await rig.execute(
        "UPDATE inbox SET handled_at = CASE WHEN event_id = (SELECT min(event_id) FROM inbox)"
        " THEN %s ELSE %s::timestamptz END",
        edge,
        edge - timedelta(microseconds=1),
    )
    assert (await run(rig, "--keep", 12)).exit_code == 0
    assert await rig.execute("SELECT handled_at FROM inbox") == [{"handled_at": edge}]


@pytest.mark.requirement("TRUST-210")
async def test_a_table_of_many_pages_is_gone_through_to_its_end(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(purging, "PAGES", 2)
    await logged(rig)
    fill = "INSERT INTO inbox SELECT 'probe', '/taskwake', number::text, %s FROM generate_series({}) AS number"
    await rig.execute(fill.format("1, 500"), OLD_DAY)
    await rig.execute(fill.format("501, 1000"), OLD_UNTIL)
    await rig.execute(fill.format("1001, 1500"), OLD_DAY)
    await age(rig.url)
    await asyncio.to_thread(months.drop, rig.url, 12, quiet)

    assert (await asyncio.to_thread(purging.purge, rig.url, quiet))["inbox"] == 1000
    assert await rig.count("inbox") == 500


@pytest.mark.requirement("TRUST-211")
async def test_what_is_open_and_events_of_other_sources_stay_however_old(rig: Rig) -> None:
    event = await logged(rig)
    host = rig.host("task-due")
    elsewhere = delivery(await rig.due(), source="/elsewhere")
    assert await host.deliver([elsewhere]) == [DONE]
    await host.deliver([delivery(await rig.due(), data={}, source="/elsewhere")])
    await host.deliver([delivery(await rig.due(), data={})])
    await asked(rig, event, delivered=False)
    await let_pass(rig)
    before = await rows(rig)

    assert (await run(rig, "--keep", 12)).exit_code == 0

    assert await rig.execute("SELECT at FROM log_begins()") == [{"at": OLD_UNTIL}]
    assert before == {"dead_letters": 2, "deliveries": 1, "delivery_attempts": 2, "attempts": 2, "inbox": 1}
    assert await rows(rig) == before
    assert await host.deliver([elsewhere]) == [DONE]
    assert await rig.count("notices") == 1


@pytest.mark.requirement("TRUST-211")
async def test_a_log_that_is_whole_keeps_all_that_stands_beside_it(rig: Rig) -> None:
    await handled(rig)
    before = await rows(rig)
    answer = await run(rig, "--keep", 1)

    assert answer.exit_code == 1
    assert await asyncio.to_thread(purging.purge, rig.url, quiet) == {}
    assert await rows(rig) == before


@pytest.mark.requirement("TRUST-213")
@pytest.mark.parametrize("table", ["deliveries", "attempts", "inbox"])
async def test_what_a_kill_leaves_the_next_one_deletes(rig: Rig, monkeypatch: pytest.MonkeyPatch, table: str) -> None:
    await handled(rig)
    await let_pass(rig)

    class KilledError(Exception):
        """The process ends here."""

    purged = purging._purge

    def killed(connection: purging.Connection, kind: purging._Kind, *rest: object) -> int:
        if kind.table == table:
            raise KilledError
        return purged(connection, kind, *rest)

    with monkeypatch.context() as patched:
        patched.setattr(purging, "_purge", killed)
        assert isinstance((await run(rig, "--keep", 12)).exception, KilledError)
    assert await rig.count(table) == 1

    # No month is that old any more, and what is beside it goes all the same.
    assert (await run(rig, "--keep", 12)).exit_code == 0
    assert set((await rows(rig)).values()) == {0}


@pytest.mark.requirement("TRUST-213")
async def test_of_two_at_once_each_row_is_deleted_by_one(rig: Rig) -> None:
    for _ in range(3):
        await handled(rig)
    await let_pass(rig)
    await asyncio.to_thread(months.drop, rig.url, 12, quiet)
    one, other = await asyncio.gather(*(asyncio.to_thread(purging.purge, rig.url, quiet) for _ in range(2)))
    assert [one[table] + other[table] for table in one] == [3] * 4


@pytest.mark.requirement("TRUST-214")
async def test_the_audit_says_how_a_replay_ended_also_when_its_dead_letter_is_gone(rig: Rig) -> None:
    await handled(rig)
    other = await logged(rig)
    await rig.host("task-due").deliver([delivery(other, data={})])
    [dropped] = await rig.execute("SELECT id FROM dead_letters WHERE event_id = %s", other.id)
    await asyncio.to_thread(dead_letters.replay, rig.url, [dropped["id"]], "tests")
    await asyncio.to_thread(dead_letters.drop, rig.url, [dropped["id"]], "tests")
    await rig.execute("UPDATE events SET published_at = now()")
    await let_pass(rig)
    before = await asyncio.to_thread(dead_letters.audit, rig.url)

    assert (await run(rig, "--keep", 12)).exit_code == 0

    assert await rig.count("dead_letters") == 0
    after = await asyncio.to_thread(dead_letters.audit, rig.url)
    assert [deed.since_then for deed in after] == [None, "dropped", "handled"]
    assert after == before


@pytest.mark.requirement("TRUST-215")
async def test_a_dry_run_says_how_many_rows_would_go_and_deletes_none(rig: Rig) -> None:
    await handled(rig)
    await let_pass(rig)
    await handled(rig)
    before = await rows(rig)

    dry = await run(rig, "--keep", 12, "--dry-run", "--json")

    assert len(json.loads(dry.stdout)) == 1
    assert "Rows that would be deleted: 1 of dead_letters, 1 of deliveries, 1 of attempts, 1 of inbox." in dry.stderr
    assert await rows(rig) == before
    counted = await asyncio.to_thread(purging.count, rig.url, OLD_UNTIL)
    assert (await run(rig, "--keep", 12)).exit_code == 0
    after = await rows(rig)
    assert counted == {table: before[table] - after[table] for table in counted}
