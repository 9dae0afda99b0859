"""The event log in months: divided beside everybody, prepared ahead, dropped whole."""

import asyncio
import json
import signal
import subprocess
import sys
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from typer.testing import CliRunner, Result

from functions.kernel.events import TaskDue
from functions.kernel.host.ring import AlarmRang, ring
from functions.kernel.storage import outbox
from functions.operations import backup
from functions.operations.cli import app
from functions.operations.doctor import work
from functions.operations.doctor.finding import Finding
from functions.operations.doctor.sight import look_into
from functions.operations.migrate import migrate
from functions.operations.retention import dividing
from tests.integration.infra.migrations.test_expand import DEMANDED, PROMISED, described
from tests.integration.kernel.rig import Rig, delivery
from tests.integration.log_months import OLD, OLD_DAY, age, quiet
from tests.integration.world import PATIENCE_SECONDS, World, execute, until

Run = Callable[..., Coroutine[Any, Any, Result]]
FORMER = "INSERT INTO events (id, topic, key, event) VALUES (%s, 'x', %s, '{}') ON CONFLICT (id) DO NOTHING"
"""How the release before this one writes."""


@pytest.fixture
def run(rig: Rig) -> Run:
    """`taskwake retention …` over this database."""

    async def invoke(*arguments: object) -> Result:
        words = ["retention", *map(str, arguments), "--url", rig.url]
        return await asyncio.to_thread(CliRunner().invoke, app, words, env={"COLUMNS": "300"})

    return invoke


async def written(rig: Rig, number: int = 1, *, events: list[TaskDue] | None = None) -> list[TaskDue]:
    """So many events, which are in the log."""
    events = events or [await rig.due() for _ in range(number)]
    async with rig.functions.begin() as (connection, now):
        await outbox.write(connection, events, now)
    return events


async def logged(rig: Rig) -> list[str]:
    """The ids in the log, by their numbers."""
    return [str(row["id"]) for row in await rig.execute("SELECT id FROM events ORDER BY seq")]


async def published(rig: Rig) -> None:
    await rig.execute("UPDATE events SET published_at = now()")


async def parts(rig: Rig) -> list[str]:
    rows = await rig.execute(
        "SELECT inhrelid::regclass::text AS name FROM pg_inherits WHERE inhparent = 'events'::regclass ORDER BY 1"
    )
    return [row["name"] for row in rows]


def found(rig: Rig) -> Finding:
    """What the doctor says of the log."""
    sight = look_into(rig.url)
    with sight.connection:
        finding = work.event_log(sight)
    assert (finding.state == "well") == (finding.todo == "")
    return finding


def month(ahead: int = 0) -> str:
    """The part that ends with the present month, or with one after it."""
    now = datetime.now(UTC)
    number = now.year * 12 + now.month - 1 + ahead
    return f"events_{number // 12}_{number % 12 + 1:02}"


@pytest.mark.requirement("TRUST-120")
async def test_a_divided_log_has_the_same_events_rights_policies_functions_and_order(rig: Rig, run: Run) -> None:
    before = await written(rig, 5)
    promised, demanded = described(rig.url, PROMISED), described(rig.url, DEMANDED)
    policies = "SELECT policyname, roles, cmd, qual, with_check FROM pg_policies WHERE tablename = 'events' ORDER BY 1"
    kept = await rig.execute(policies)

    done = await run("--divide")

    assert done.exit_code == 0, done.output
    after = await written(rig, 5)
    assert await logged(rig) == [event.id for event in (*before, *after)]
    assert await parts(rig) == [month(1), "events_default"]
    # Nothing else is lost than the key that only one table can have.
    now = described(rig.url, PROMISED)
    gone = {(kind, *row) for kind, rows in promised.items() for row in rows - now[kind]}
    assert {(kind, name) for kind, name, *_ in gone} == {("key that ON CONFLICT names", "events")}
    assert {row for row in described(rig.url, DEMANDED)["value"] - demanded["value"] if row[0] == "events"} == set()
    assert await rig.execute(policies) == kept
    bare = "SELECT relname FROM pg_class WHERE relname ~ '^events_(default|2)' AND relkind = 'r' AND NOT relrowsecurity"
    assert await rig.execute(bare) == []
    # Whoever works by the functions works on all parts.
    await outbox.Outbox(rig.functions).mark_published([*before, *after])
    assert await rig.execute("SELECT 1 FROM events WHERE published_at IS NULL") == []
    [news] = await rig.api.fetch("SELECT readers FROM news('0', 0, 100)")
    assert news["readers"] == [rig.user_id]
    assert "divided already" in (await run("--divide")).output


@pytest.mark.requirement("TRUST-120")
async def test_who_writes_while_the_log_is_divided_loses_nothing(rig: Rig) -> None:
    stop = asyncio.Event()
    events: list[TaskDue] = []

    async def writing() -> None:
        task = await rig.task()
        while not stop.is_set():
            events.extend(await written(rig, events=[await rig.due(task)]))

    writers = [asyncio.create_task(writing()) for _ in range(3)]
    await until(lambda: _any(events))
    assert await asyncio.to_thread(dividing.divide, rig.url, quiet)
    count = len(events)

    async def went_on() -> bool:
        return len(events) > count + 10

    await until(went_on)
    stop.set()
    await asyncio.gather(*writers)
    assert sorted(await logged(rig)) == sorted(event.id for event in events)
    assert (await rig.execute("SELECT count(DISTINCT seq) = count(*) AS unique FROM events"))[0]["unique"]


async def _any(events: list[TaskDue]) -> bool:
    return bool(events)


@pytest.mark.requirement("TRUST-121")
async def test_until_it_is_divided_the_former_release_writes_beside_this_one_and_no_id_twice(rig: Rig) -> None:
    theirs, ours = uuid4(), await rig.due()
    await rig.execute(FORMER, theirs, theirs)
    await written(rig, events=[(await rig.due()).model_copy(update={"id": str(theirs)}), ours])
    await rig.execute(FORMER, UUID(ours.id), theirs)

    assert await logged(rig) == [str(theirs), ours.id]


@pytest.mark.requirement("TRUST-122")
@pytest.mark.parametrize("turned", [False, True], ids=["in the same month", "over the turn"])
async def test_an_id_that_comes_again_within_a_week_is_not_written_again(rig: Rig, turned: bool) -> None:
    before = await written(rig, 3)
    await (age(rig.url) if turned else asyncio.to_thread(dividing.divide, rig.url, quiet))
    new = [await rig.due() for _ in range(2)]
    now = OLD_DAY + timedelta(days=6) if turned else datetime.now(UTC)
    async with rig.functions.transaction() as connection:
        await outbox.write(connection, [new[0], *before, new[1]], now)
        await outbox.write(connection, [*before, *new], now)

    assert await logged(rig) == [event.id for event in (*before, *new)]


@pytest.mark.requirement("TRUST-122")
async def test_of_two_who_write_the_same_event_at_once_the_second_waits_and_writes_nothing(rig: Rig) -> None:
    await asyncio.to_thread(dividing.divide, rig.url, quiet)
    event = await rig.due()
    async with rig.functions.begin() as (connection, now):
        await outbox.write(connection, [event], now)
        second = asyncio.create_task(written(rig, events=[event]))
        waiting = "SELECT 1 FROM pg_locks WHERE NOT granted AND locktype = 'transactionid'"
        await until(lambda: _found(rig, waiting))
    await second
    assert await logged(rig) == [event.id]


async def _found(rig: Rig, query: str) -> bool:
    return bool(await rig.execute(query))


@pytest.mark.requirement("TRUST-123")
@pytest.mark.parametrize("by", ["sweep", "migrate"])
async def test_the_months_to_come_are_made_ahead_and_what_was_written_without_one_becomes_one(
    rig: Rig, by: str
) -> None:
    await written(rig, 2)
    await age(rig.url)
    # As if no sweep had run since July 2020.
    for name in (month(), month(1)):
        await rig.execute(f"ALTER TABLE events DETACH PARTITION {name}")
        await rig.execute(f"DROP TABLE {name}")
    kept = await written(rig, 2)
    assert len(await rig.execute("SELECT 1 FROM events_default")) == 2

    if by == "sweep":
        await ring(rig.host("alarm"), AlarmRang(rearm=True))
    else:
        await asyncio.to_thread(migrate, rig.url)

    assert await parts(rig) == [OLD, month(), month(1), "events_default"]
    assert [str(row["id"]) for row in await rig.execute(f"SELECT id FROM {month()} ORDER BY seq")] == [  # noqa: S608 - a name
        event.id for event in kept
    ]
    assert await rig.execute("SELECT 1 FROM events_default") == []
    # An id is there once in what became a month, too.
    await written(rig, events=kept)
    assert len(await logged(rig)) == 4
    assert not (await rig.functions.fetch("SELECT prepare_months() AS changed"))[0]["changed"]


@pytest.mark.requirement("TRUST-123")
async def test_a_sweep_that_finds_the_log_in_use_leaves_the_month_for_the_next_one(rig: Rig) -> None:
    await age(rig.url)
    await rig.execute(f"ALTER TABLE events DETACH PARTITION {month(1)}")
    await rig.execute(f"DROP TABLE {month(1)}")
    async with await psycopg.AsyncConnection.connect(rig.url) as reader:
        await reader.execute("SELECT FROM events")
        await ring(rig.host("alarm"), AlarmRang(rearm=True))
        assert month(1) not in await parts(rig)
    await ring(rig.host("alarm"), AlarmRang(rearm=True))
    assert month(1) in await parts(rig)


@pytest.mark.requirement("TRUST-124")
async def test_months_older_than_what_is_kept_are_dropped_whole_and_it_is_noted(rig: Rig, run: Run) -> None:
    await written(rig, 3)
    await age(rig.url)
    await published(rig)
    kept = await written(rig, 2)
    await published(rig)

    dry = await run("--keep", 12, "--dry-run", "--json")
    [said] = json.loads(dry.stdout)
    assert (said["name"], said["from_at"], said["until_at"]) == (OLD, None, "2020-07-01T00:00:00Z")
    assert (said["events"], said["held"], said["dropped"]) == (3, [], False)
    assert said["bytes"] > 0
    assert len(await logged(rig)) == 5
    assert await rig.execute("SELECT * FROM log_begins()") == []

    last = (await rig.execute("SELECT tx, seq FROM events ORDER BY tx DESC, seq DESC OFFSET 2 LIMIT 1"))[0]
    done = await run("--keep", 12)

    assert done.exit_code == 0, done.output
    assert f"Dropped {OLD}: 3 events until 2020-07-01." in done.output
    assert await logged(rig) == [event.id for event in kept]
    assert await rig.execute("SELECT to_regclass(%s) AS there", OLD) == [{"there": None}]
    [noted] = await rig.execute("SELECT partition, events, tx, seq, begins_at::text AS at FROM retentions")
    assert noted == {"partition": OLD, "events": 3, "at": "2020-07-01 00:00:00+00", **last}
    assert "No month is that old" in (await run("--keep", 12)).output
    assert [each["name"] for each in json.loads((await run("--json")).stdout)] == [month(), month(1)]


@pytest.mark.requirement("TRUST-124")
async def test_a_log_that_is_one_table_loses_nothing_and_the_way_to_months_is_named(rig: Rig, run: Run) -> None:
    await written(rig)
    answer = await run("--keep", 1)

    assert answer.exit_code == 1
    assert "taskwake retention --divide" in answer.output
    assert len(await logged(rig)) == 1


async def unpublished(rig: Rig, event: TaskDue) -> None:
    await rig.execute("UPDATE events SET published_at = NULL WHERE id = %s", UUID(event.id))


async def dead(rig: Rig, event: TaskDue) -> None:
    await rig.host("task-due").deliver([delivery(event, data={})])


async def undelivered(rig: Rig, event: TaskDue) -> None:
    await rig.execute(
        "INSERT INTO deliveries (id, user_id, task_id, channel, title) VALUES (%s, %s, %s, 'email', 'x')",
        UUID(event.id),
        rig.user_id,
        event.task_id,
    )


@pytest.mark.requirement("TRUST-125")
@pytest.mark.parametrize(
    ("hold", "said"),
    [
        (unpublished, "1 events are not published"),
        (dead, "1 dead letters are open"),
        (undelivered, "1 deliveries are open"),
    ],
)
async def test_a_month_that_somebody_still_needs_stays_and_so_does_what_comes_after_it(
    rig: Rig, run: Run, hold: Callable[[Rig, TaskDue], Coroutine[Any, Any, None]], said: str
) -> None:
    [event] = await written(rig)
    await age(rig.url)
    await rig.execute(f"ALTER TABLE events DETACH PARTITION {month()}")
    await rig.execute(
        f"ALTER TABLE events ATTACH PARTITION {month()} FOR VALUES FROM ('2020-07-01Z') TO ('2020-08-01Z')"
    )
    await published(rig)
    await hold(rig, event)

    answer = await run("--keep", 12, "--json")

    assert answer.exit_code == 0, answer.output
    assert [(each["name"], each["held"], each["dropped"]) for each in json.loads(answer.stdout)] == [
        (OLD, [said], False),
        (month(), [f"{OLD} is held, and the log has no gaps"], False),
    ]
    assert await logged(rig) == [event.id]
    assert OLD in await parts(rig)


@pytest.mark.requirement("TRUST-126")
async def test_who_drops_a_month_beside_a_long_transaction_lets_others_use_the_log_meanwhile(
    rig: Rig, run: Run
) -> None:
    await written(rig)
    await age(rig.url)
    await published(rig)
    async with await psycopg.AsyncConnection.connect(rig.url) as holder:
        await holder.execute("SELECT FROM events")
        dropping = asyncio.create_task(run("--keep", 12))
        waiting = "SELECT 1 FROM pg_locks WHERE NOT granted AND mode = 'AccessExclusiveLock'"
        await until(lambda: _found(rig, waiting))
        async with asyncio.timeout(PATIENCE_SECONDS):
            await written(rig)  # stands behind it for a second at most
        assert not dropping.done()
    assert "Waiting for a long transaction" in (await dropping).output
    assert OLD not in await parts(rig)


@pytest.mark.requirement("TRUST-126")
async def test_a_division_that_is_killed_leaves_one_table_and_is_taken_back_by_the_sweep(rig: Rig) -> None:
    await written(rig)
    code = (
        "import os, signal, sys\nfrom functions.operations.retention import dividing\n"
        "dividing._statement = lambda *_: os.kill(os.getpid(), signal.SIGKILL)\n"
        "dividing.divide(sys.argv[1], print)"
    )
    killed = await asyncio.create_subprocess_exec(sys.executable, "-c", code, rig.url, stdout=subprocess.DEVNULL)
    assert await killed.wait() == -signal.SIGKILL
    assert await parts(rig) == []
    assert (await asyncio.to_thread(found, rig)).state == "wrong"

    # Once the server has noticed.
    await until(lambda: _is_taken_back(rig))

    assert await asyncio.to_thread(dividing.divide, rig.url, quiet)
    assert len(await logged(rig)) == 1


async def _is_taken_back(rig: Rig) -> bool:
    await ring(rig.host("alarm"), AlarmRang(rearm=True))
    return (await asyncio.to_thread(found, rig)).what == "one table"


@pytest.mark.requirement("TRUST-126")
async def test_a_month_taken_out_by_who_was_killed_before_it_was_dropped_is_dropped_by_the_next(
    rig: Rig, run: Run
) -> None:
    await written(rig)
    await age(rig.url)
    await published(rig)
    await rig.execute("INSERT INTO retentions (partition, begins_at, events) VALUES (%s, '2020-07-01Z', 1)", OLD)
    await rig.execute(f"ALTER TABLE events DETACH PARTITION {OLD}")

    assert (await run("--keep", 12)).exit_code == 0
    assert await rig.execute("SELECT to_regclass(%s) AS there", OLD) == [{"there": None}]


@pytest.mark.requirement("TRUST-129")
async def test_the_doctor_finds_a_month_that_is_missing_and_events_that_have_none(rig: Rig) -> None:
    assert (await asyncio.to_thread(found, rig)).what == "one table"
    await age(rig.url)
    assert ((await asyncio.to_thread(found, rig)).what).startswith("3 parts, until ")
    for name in (month(1), month()):
        await rig.execute(f"ALTER TABLE events DETACH PARTITION {name}")
        await rig.execute(f"DROP TABLE {name}")
    assert (await asyncio.to_thread(found, rig)).what == "its months end on 2020-07-01"
    await written(rig, 2)
    assert (await asyncio.to_thread(found, rig)).what == "2 events have no month, and are kept beside"


@pytest.mark.requirement("TRUST-036", "TRUST-124")
async def test_a_backup_of_a_divided_log_goes_on_where_it_was(
    taskwake: World, rig: Rig, run: Run, tmp_path: Path
) -> None:
    await written(rig)
    await age(rig.url)
    await published(rig)
    kept = await written(rig, 2)
    assert (await run("--keep", 12)).exit_code == 0
    await asyncio.to_thread(backup.dump, rig.url, tmp_path / "kept")
    name = f"restored_{uuid4().hex[:12]}"
    await taskwake.execute(f"CREATE DATABASE {name} TEMPLATE template0")
    url = taskwake.url(database=name)

    await asyncio.to_thread(backup.restore, url, tmp_path / "kept")

    await execute(url, "INSERT INTO events (id, topic, key, event) VALUES (gen_random_uuid(), 'x', %s, '{}')", uuid4())
    rows = await execute(url, "SELECT id, seq, tableoid::regclass::text AS part FROM events ORDER BY seq")
    assert [str(row["id"]) for row in rows[:2]] == [event.id for event in kept]
    assert {row["part"] for row in rows} == {month()}
    assert len({row["seq"] for row in rows}) == 3
    assert (await execute(url, "SELECT at::text AS at FROM log_begins()"))[0]["at"].startswith("2020-07-01")
    assert await execute(url, "SELECT prepare_months() AS changed") == [{"changed": False}]
    await taskwake.execute(f"DROP DATABASE {name} WITH (FORCE)")
