"""Delete my account: nothing of a person is left, in whatever table, and others keep what is theirs."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import psycopg
import pytest
import pytest_asyncio

from functions.kernel.events import DeliveryRequested, TaskDue
from functions.kernel.host.ring import AlarmRang
from functions.kernel.storage import logins
from functions.kernel.storage.database import Database
from functions.notification_service import calls, turns
from functions.notification_service.channels.webhook import Answer
from functions.notification_service.retrying import Attempt
from tests.integration.chat_api.many_people import MANY
from tests.integration.chat_api.test_row_level_security import fill
from tests.integration.kernel.rig import Rig
from tests.integration.log_months import age
from tests.integration.world import Person, World, until

pytestmark = pytest.mark.requirement("PROD-054")

SWEPT = {"erasures", "events", "tasks", "idempotency_keys", "deliveries", "dead_letters", "attempts", "notices"}
"""What others keep, and the log: in these the sweep has yet to erase who left."""


async def traces(taskwake: World, *texts: str) -> set[str]:
    """The tables that hold one of these anywhere."""
    tables = await taskwake.execute(
        "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public' AND table_type = 'BASE TABLE'"
    )
    found = set()
    for table in (row["table_name"] for row in tables):
        for text in texts:
            hidden = text.encode().hex()  # as bytea is shown
            rows = await taskwake.execute(
                f"SELECT 1 FROM {table} AS t WHERE strpos(lower(t::text), %s) + strpos(t::text, %s) > 0 LIMIT 1",  # noqa: S608
                text,
                hidden,
            )
            found |= {table} if rows else set()
    return found


async def leave(person: Person, **body: Any) -> Any:
    return await person.http.request("DELETE", "/me", json=body)


@pytest_asyncio.fixture
async def functions(taskwake: World) -> AsyncIterator[Database]:
    """The database as the event functions know it."""
    database = Database(taskwake.url(logins.FUNCTIONS.name))
    yield database
    await database.close()


async def swept(functions: Database, times: int = 1) -> None:
    """What the hourly sweep erases, so many hours on."""
    for _ in range(times):
        while (await functions.fetch("SELECT erase_traces() AS more"))[0]["more"]:
            pass


async def test_no_row_of_any_table_holds_id_or_address_and_others_keep_what_is_theirs(
    taskwake: World, functions: Database, kim: Person
) -> None:
    sam = await taskwake.person(email=f"sam-{kim.id}@example.org")
    await fill(taskwake, sam)
    await taskwake.execute("UPDATE users SET email = %s WHERE id = %s", sam.email, sam.id)
    await taskwake.execute("INSERT INTO list_members (list_id, user_id) VALUES (%s, %s)", kim.list_id, sam.id)
    written = await sam.create(title=f"mail {sam.email}", list_id=str(kim.list_id), due_on="2031-01-01")
    hers = await kim.create(title="hers")
    await sam.complete(hers)
    headers = {"Idempotency-Key": "of-kim"}
    await kim.http.patch(f"/tasks/{written['id']}", json={"notes": f"by {sam.id}"}, headers=headers)
    await taskwake.settled()
    assert {"users", "events", "tasks", "idempotency_keys"} <= await traces(taskwake, str(sam.id))
    answer = await leave(sam, confirm=sam.email.upper())
    assert answer.status_code == 204, answer.text
    assert (await sam.http.get("/me")).status_code == 401
    told = (await kim.get("/activity"))["activity"]
    assert "Somebody completed “hers”" in [each["text"] for each in told]
    await taskwake.settled()
    assert await traces(taskwake, str(sam.id), sam.email) <= SWEPT
    await swept(functions, times=2)
    assert await traces(taskwake, str(sam.id), sam.email) == set()
    assert await taskwake.execute("SELECT FROM events WHERE list_id = %s", sam.list_id) == []
    [kept] = await kim.tasks()
    assert (kept["id"], kept["created_by"], kept["title"]) == (written["id"], str(kim.id), "mail nobody")
    told = (await kim.get("/activity"))["activity"]
    assert "Somebody completed “hers”" in [each["text"] for each in told]


async def test_who_left_is_forgotten_after_a_reading_that_found_nothing(
    taskwake: World, functions: Database, sam: Person
) -> None:
    await sam.create()
    await leave(sam, confirm="Sam")
    await swept(functions)
    assert await traces(taskwake, str(sam.id)) == {"erasures"}
    await swept(functions)
    assert await traces(taskwake, str(sam.id)) == set()


async def test_a_row_that_somebody_has_locked_is_erased_by_the_next_sweep(
    taskwake: World, functions: Database, sam: Person, kim: Person
) -> None:
    noted = await kim.create(title=f"ask {sam.id}")
    await leave(sam, confirm="Sam")
    async with await psycopg.AsyncConnection.connect(taskwake.url()) as other:
        await other.execute("SELECT FROM tasks WHERE id = %s FOR UPDATE", (noted["id"],))
        await swept(functions)
        assert "tasks" in await traces(taskwake, str(sam.id))
    await swept(functions, times=2)
    assert await traces(taskwake, str(sam.id)) == set()


async def test_an_erasure_that_is_cut_off_goes_on_where_it_was(
    taskwake: World, functions: Database, sam: Person
) -> None:
    await sam.create()
    await leave(sam, confirm="Sam")
    [left] = await taskwake.execute("SELECT * FROM erasures WHERE user_id = %s", sam.id)
    assert (left["table_name"], left["page"], left["list_ids"]) == ("", 0, [sam.list_id])
    await taskwake.execute("UPDATE erasures SET table_name = 'events', page = 0 WHERE user_id = %s", sam.id)
    await swept(functions)
    assert await taskwake.execute("SELECT FROM events WHERE list_id = %s", sam.list_id) == []
    await swept(functions, times=2)
    assert await traces(taskwake, str(sam.id)) == set()


async def test_who_shares_an_address_with_somebody_who_left_keeps_it(taskwake: World, functions: Database) -> None:
    sam, kim = [await taskwake.person(email="home-of-both@example.org") for _ in range(2)]
    await leave(sam, confirm="home-of-both@example.org")
    await swept(functions, times=2)
    assert (await kim.get("/me"))["email"] == "home-of-both@example.org"


async def test_of_a_divided_log_each_month_is_read(rig: Rig) -> None:
    await rig.execute("SELECT remove_person(%s)", rig.user_id)
    await rig.execute(
        """
        INSERT INTO events (id, topic, key, list_id, event)
        SELECT gen_random_uuid(), 'x', gen_random_uuid(), CASE n %% 2 WHEN 0 THEN %s::uuid END, '{}'
        FROM generate_series(1, 10) n
        """,
        rig.list_id,
    )
    await age(rig.url)
    await swept(rig.functions)
    [left] = await rig.execute("SELECT count(*), count(list_id) AS theirs FROM events")
    assert (left["count"], left["theirs"]) == (5, 0)


@pytest.mark.requirement("PROD-420")
async def test_leaving_reads_ones_own_rows_however_many_people_there_are(rig: Rig) -> None:
    await rig.execute(MANY, 2_000)
    await rig.execute("ANALYZE")
    [someone] = await rig.execute("SELECT id FROM users ORDER BY id LIMIT 1")
    async with await psycopg.AsyncConnection.connect(rig.url) as connection:
        await connection.execute("SELECT remove_person(%s)", (someone["id"],))
        read = await connection.execute(
            "SELECT relname, seq_tup_read + coalesce(idx_tup_fetch, 0) FROM pg_stat_xact_user_tables ORDER BY 2 DESC"
        )
        rows = dict(await read.fetchall())
    assert rows["tasks"] > 0
    assert {table: count for table, count in rows.items() if count > 100} == {}


@pytest.mark.requirement("PROD-421")
async def test_the_hourly_sweep_erases_between_the_reminders(rig: Rig) -> None:
    await rig.execute(MANY, 2_000)
    left = [row["id"] for row in await rig.execute("SELECT id FROM users WHERE id <> %s LIMIT 100", rig.user_id)]
    await rig.execute("SELECT remove_person(id) FROM unnest(%s::uuid[]) AS id", left)
    task = await rig.task()
    host, alarm, calls, rang = rig.host("alarm"), AlarmRang(rearm=True), 0, []
    while alarm.rearm or alarm.erasing:
        async with host.units.begin() as uow:
            again = await host.call(alarm, uow)
        calls += 1
        rang += [calls for event in uow.emitted if isinstance(event, TaskDue)]
        alarm = AlarmRang(erasing=again is not None and again.erasing)
        if calls == 1:
            await rig.execute(
                """
                INSERT INTO reminders (id, task_id, list_id, user_id, kind, remind_at)
                VALUES (gen_random_uuid(), %s, %s, %s, 'due', now())
                """,
                task.id,
                rig.list_id,
                rig.user_id,
            )
    assert rang == [2]
    assert calls > 2
    [of_them] = await rig.execute("SELECT count(*) FROM events WHERE user_id = ANY (%s)", left)
    assert of_them["count"] == 0


async def test_lists_that_others_use_are_named_and_kept_until_one_says_otherwise(
    taskwake: World, sam: Person, kim: Person
) -> None:
    await taskwake.execute("INSERT INTO list_members (list_id, user_id) VALUES (%s, %s)", sam.list_id, kim.id)
    answer = await leave(sam, confirm="Sam")
    assert answer.status_code == 409
    assert "Inbox" in answer.json()["detail"]
    assert (await sam.get("/me"))["id"] == str(sam.id)
    assert (await leave(sam, confirm="Sam", shared="delete")).status_code == 204
    assert [each["id"] for each in await kim.get("/lists")] == [str(kim.list_id)]


async def test_without_its_confirmation_nothing_is_done(taskwake: World, sam: Person) -> None:
    await taskwake.settled()
    before = await taskwake.everything()
    for body in ({}, {"confirm": ""}, {"confirm": "Kim"}, {"confirm": "Sam", "shared": "all"}):
        assert (await leave(sam, **body)).status_code == 422
    assert await taskwake.everything() == before


async def test_sent_with_a_key_it_is_done_like_any_other_write(sam: Person) -> None:
    answer = await sam.http.request("DELETE", "/me", json={"confirm": "Sam"}, headers={"Idempotency-Key": "bye"})
    assert answer.status_code == 204
    assert (await sam.http.get("/me")).status_code == 401


async def asks(rig: Rig, delivery: UUID) -> DeliveryRequested:
    """The event that asks for this delivery of a person's webhook."""
    [row] = await rig.execute("SELECT user_id, task_id, webhook_id FROM deliveries WHERE id = %s", delivery)
    return DeliveryRequested(delivery_id=delivery, channel="webhook", **row)


async def waits_for_a_lock(rig: Rig) -> None:
    """Wait until somebody does."""

    async def reached() -> bool:
        return bool(
            await rig.execute(
                "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
            )
        )

    await until(reached)


@pytest.mark.requirement("PROD-422")
async def test_leaving_waits_for_what_a_webhook_is_answered_and_neither_fails(rig: Rig) -> None:
    await rig.execute(MANY, 1)
    [row] = await rig.execute("DELETE FROM delivery_turns RETURNING delivery_id")
    event = await asks(rig, row["delivery_id"])
    units = rig.host("delivery-requested").units
    async with units.begin() as uow:
        delivery = await turns.take(uow, event)
    assert delivery
    gone = Attempt(1, Answer(410, ""), "it is gone")
    async with units.begin() as uow:
        ours = await turns.end(uow, delivery)
        leaving = asyncio.create_task(rig.execute("SELECT remove_person(%s)", event.user_id))
        await waits_for_a_lock(rig)
        # It tells the person that their webhook is off, for which they have to be there.
        await calls.record(uow, event, delivery, gone, ours)
    await leaving
    assert await rig.execute("SELECT FROM users WHERE id = %s", event.user_id) == []
    assert await rig.count("delivery_attempts") == 0


@pytest.mark.requirement("PROD-422")
async def test_who_changes_a_task_of_somebody_who_leaves_goes_first_if_each_would_wait_for_the_other(rig: Rig) -> None:
    task = await rig.task()
    async with await psycopg.AsyncConnection.connect(rig.url) as other:
        await other.execute("SELECT FROM tasks WHERE id = %s FOR UPDATE", (task.id,))
        leaving = asyncio.create_task(rig.execute("SELECT remove_person(%s)", rig.user_id))
        await waits_for_a_lock(rig)
        await other.execute("SELECT FROM users WHERE id = %s FOR KEY SHARE", (rig.user_id,))
    await leaving
    assert await rig.count("users") == 0
