"""Nobody sees another's data: by the routes, and by PostgreSQL itself when the routes' own filters are bypassed."""

from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from psycopg.rows import dict_row

from functions.kernel.storage import logins
from tests.integration.world import Person, World, soon

pytestmark = pytest.mark.requirement("FLOW-020")

# Of these the API's role may read nothing at all, or not every column.
UNREADABLE = {
    "delivery_turns",
    "credentials",
    "identities",
    "list_invitations",
    "inbox",
    "alembic_version",
    "operators",
    "dead_letter_audit",
    "erasures",
}


async def fill(taskwake: World, person: Person) -> dict[str, Any]:
    """A row of this person in every table that people have rows in."""
    task = await person.create(due_at=soon(-1), rrule="FREQ=DAILY")
    await person.http.post("/lists", json={"name": str(person.id)}, headers={"Idempotency-Key": "a"})
    await person.create(due_on="2031-01-01")
    kept = await person.post("/filters", {"name": str(person.id), "query": "p1"})
    await person.http.patch("/me", json={"email": f"{person.id}@example.org"})
    hook = await person.post("/webhooks", {"url": "http://127.0.0.1:9/", "topics": ["task.due.v1"]})
    feed = await person.post("/calendar-feeds", {"name": "x"})
    ics = f"BEGIN:VCALENDAR\nBEGIN:VTODO\nUID:{person.id}\nSUMMARY:x\nEND:VTODO\nEND:VCALENDAR\n"
    await person.http.post("/import", content=ics, headers={"content-type": "text/calendar"})
    await taskwake.execute("INSERT INTO conversations VALUES (%s, '[]')", person.id)
    await taskwake.execute("INSERT INTO commands VALUES (%s, gen_random_uuid(), '', 'null')", person.id)
    await taskwake.execute("INSERT INTO departures (list_id, user_id) VALUES (%s, %s)", uuid4(), person.id)
    event = (await person.get("/activity"))["activity"][-1]["id"]
    delivery = uuid4()
    await taskwake.execute(
        "INSERT INTO deliveries (id, user_id, task_id, channel, title) VALUES (%s, %s, %s, 'email', 'x')",
        delivery,
        person.id,
        task["id"],
    )
    await taskwake.execute(
        """
        INSERT INTO delivery_attempts (id, delivery_id, user_id, milliseconds, response)
        VALUES (gen_random_uuid(), %s, %s, 1, %s)
        """,
        delivery,
        person.id,
        f"of {person.id}",
    )
    for function in ("delivery-requested", "task-due"):
        await taskwake.execute(
            "INSERT INTO attempts (function, source, event_id, last_error) VALUES (%s, '', %s, %s)",
            function,
            delivery,
            f"of {person.id}",
        )
        await taskwake.execute(
            """
            INSERT INTO dead_letters (id, function, topic, source, event_id, reason, attempts, event)
            VALUES (gen_random_uuid(), %s, '', '', %s, '', 1, %s)
            """,
            function,
            delivery,
            f"of {person.id}",
        )
    await taskwake.execute(
        """
        INSERT INTO misses (id, user_id, series_id, task_id, title, catch_up, missed, first_at, last_at)
        VALUES (gen_random_uuid(), %s, %s, %s, 'x', 'latest', 1, now(), now())
        """,
        person.id,
        task["series_id"],
        task["id"],
    )
    [notice] = await person.is_told(task)
    await taskwake.execute("DELETE FROM webhooks WHERE id = %s", hook["id"])
    await taskwake.execute("UPDATE users SET email = NULL WHERE id = %s", person.id)
    await taskwake.execute(
        "INSERT INTO webhooks (id, user_id, url, topics) VALUES (%s, %s, 'http://127.0.0.1:9/', '{}')",
        hook["id"],
        person.id,
    )
    return {
        "task": task["id"],
        "notice": notice["id"],
        "webhook": hook["id"],
        "delivery": str(delivery),
        "list": str(person.list_id),
        "filter": kept["id"],
        "feed": feed["id"],
        "event": event,
    }


async def seen(taskwake: World, table: str, user_id: UUID | None) -> list[dict[str, Any]]:
    """SELECT * as chat-api's login, with this person set; nothing is filtered but by PostgreSQL."""
    url = taskwake.url(logins.API.name)
    async with await psycopg.AsyncConnection.connect(url, row_factory=dict_row) as connection:
        if user_id:
            await connection.execute("SELECT set_config('taskwake.user_id', %s, true)", (str(user_id),))
        return await (await connection.execute(f"SELECT * FROM {table}")).fetchall()  # noqa: S608


async def tables(taskwake: World) -> list[str]:
    rows = await taskwake.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    return [row["tablename"] for row in rows]


async def test_select_without_a_filter_shows_a_persons_own_rows_only(taskwake: World, sam: Person, kim: Person) -> None:
    await fill(taskwake, sam)
    await fill(taskwake, kim)
    # How often the database was restored, and its log shortened, is nobody's own.
    for table in sorted(set(await tables(taskwake)) - UNREADABLE - {"restores", "retentions"}):
        own = await seen(taskwake, table, sam.id)
        assert own, f"nothing of {table} is tested"
        text = str(own)
        assert str(kim.id) not in text, table
        assert str(kim.list_id) not in text, table
        assert "task-due" not in [row.get("function") for row in own], table


async def test_select_for_nobody_shows_nothing(taskwake: World, sam: Person) -> None:
    await fill(taskwake, sam)
    for table in sorted(set(await tables(taskwake)) - UNREADABLE):
        assert await seen(taskwake, table, None) == [], table
        assert await seen(taskwake, table, uuid4()) == [], table


@pytest.mark.parametrize("table", sorted(UNREADABLE))
async def test_tables_of_the_functions_cannot_be_read_at_all(taskwake: World, sam: Person, table: str) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        await seen(taskwake, table, sam.id)


async def test_a_pooled_connection_keeps_nobody_for_the_next(taskwake: World, sam: Person) -> None:
    await sam.create()
    async with await psycopg.AsyncConnection.connect(taskwake.url(logins.API.name), autocommit=True) as connection:
        async with connection.transaction():
            await connection.execute("SELECT set_config('taskwake.user_id', %s, true)", (str(sam.id),))
        assert await (await connection.execute("SELECT * FROM tasks")).fetchall() == []


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE tasks SET title = 'mine' WHERE id = %(task)s",
        "UPDATE lists SET name = 'mine' WHERE id = %(list)s",
        "UPDATE series SET rrule = 'FREQ=DAILY'",
        "UPDATE notices SET read_at = now() WHERE id = %(notice)s",
        "UPDATE users SET name = 'mine' WHERE id = %(kim)s",
        "DELETE FROM webhooks WHERE id = %(webhook)s",
        "UPDATE webhooks SET url = '' WHERE id = %(webhook)s",
        "DELETE FROM reminders WHERE task_id = %(task)s",
        "DELETE FROM list_members WHERE user_id = %(kim)s",
        "UPDATE deliveries SET title = 'mine' WHERE user_id = %(kim)s",
        "DELETE FROM conversations WHERE user_id = %(kim)s",
        "UPDATE idempotency_keys SET body = '' WHERE user_id = %(kim)s",
        "DELETE FROM idempotency_keys WHERE user_id = %(kim)s",
        "UPDATE commands SET answer = 'null' WHERE user_id = %(kim)s",
        "DELETE FROM commands WHERE user_id = %(kim)s",
        "DELETE FROM credentials WHERE user_id = %(kim)s",
        "DELETE FROM lists WHERE id = %(list)s",
        "UPDATE list_members SET role = 'viewer' WHERE user_id = %(kim)s",
        "DELETE FROM list_invitations WHERE list_id = %(list)s",
        "SELECT hand_over(%(list)s, asking_user())",
        "SELECT delete_list(%(list)s)",
        "SELECT restore_list(%(list)s)",
        "SELECT * FROM members_of(%(list)s)",
        "SELECT * FROM find_dead_letters(NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 1000)",
        "SELECT dead_letter_event(id) FROM dead_letters",
        "SELECT * FROM replay_dead_letters(ARRAY(SELECT id FROM dead_letters), 'root')",
        "SELECT * FROM replayed_events(ARRAY(SELECT id FROM dead_letters))",
        "SELECT * FROM drop_dead_letters(ARRAY(SELECT id FROM dead_letters), 'root')",
        "SELECT * FROM find_dead_letter_audit(NULL, NULL, NULL, 1000)",
    ],
)
async def test_write_to_anothers_rows_reaches_none(taskwake: World, sam: Person, kim: Person, statement: str) -> None:
    ids = await fill(taskwake, kim) | {"kim": kim.id}
    async with await psycopg.AsyncConnection.connect(taskwake.url(logins.API.name)) as connection:
        await connection.execute("SELECT set_config('taskwake.user_id', %s, true)", (str(sam.id),))
        assert (await connection.execute(statement, ids)).rowcount == 0
        await connection.rollback()


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO tasks (id, list_id, title, created_by) VALUES (gen_random_uuid(), %(list)s, 'x', %(sam)s)",
        "INSERT INTO list_members (list_id, user_id) VALUES (%(list)s, %(sam)s)",
        "INSERT INTO lists (id, owner_id, name) VALUES (gen_random_uuid(), %(kim)s, 'x')",
        "INSERT INTO series VALUES (gen_random_uuid(), %(list)s, '', now(), true)",
        "INSERT INTO events (id, topic, key, list_id, event) VALUES (gen_random_uuid(), 'x', %(list)s, %(list)s, '{}')",
        "INSERT INTO events (id, topic, key, user_id, event) VALUES (gen_random_uuid(), 'x', %(list)s, %(kim)s, '{}')",
        "INSERT INTO webhooks (id, user_id, url, topics) VALUES (gen_random_uuid(), %(kim)s, '', '{}')",
        "INSERT INTO conversations VALUES (%(kim)s, '[]')",
        "INSERT INTO idempotency_keys (user_id, key, fingerprint) VALUES (%(kim)s, 'b', '')",
        "UPDATE idempotency_keys SET user_id = %(kim)s WHERE user_id = %(sam)s",
        "INSERT INTO commands (user_id, uuid, fingerprint) VALUES (%(kim)s, %(kim)s, '')",
        "UPDATE commands SET user_id = %(kim)s WHERE user_id = %(sam)s",
        "UPDATE tasks SET list_id = %(list)s WHERE created_by = %(sam)s",
        "UPDATE webhooks SET user_id = %(kim)s WHERE user_id = %(sam)s",
        "UPDATE users SET id = %(kim)s WHERE id = %(sam)s",
        "INSERT INTO delivery_attempts (id, delivery_id, user_id, milliseconds) "
        "VALUES (gen_random_uuid(), gen_random_uuid(), %(sam)s, 1)",
        "DELETE FROM delivery_attempts",
        "INSERT INTO credentials (id, user_id, kind, hash) VALUES (gen_random_uuid(), %(kim)s, 'token', 'x')",
        "INSERT INTO credentials (id, user_id, kind, hash) VALUES (gen_random_uuid(), %(sam)s, 'session', 'x')",
        "INSERT INTO list_invitations VALUES (gen_random_uuid(), %(list)s, 'editor', 'x', %(sam)s, now(), now())",
        "INSERT INTO identities VALUES ('x', 'x', %(kim)s)",
        "INSERT INTO operators VALUES (%(sam)s)",
        "DELETE FROM dead_letters",
        "UPDATE dead_letters SET replayed_at = now()",
        "DELETE FROM dead_letter_audit",
        "UPDATE lists SET owner_id = %(kim)s WHERE owner_id = %(sam)s",
        "UPDATE lists SET deleted_at = now() WHERE owner_id = %(sam)s",
        "INSERT INTO departures (list_id, user_id, role, by_id) VALUES (%(list)s, %(sam)s, 'editor', %(sam)s)",
        "UPDATE credentials SET scopes = NULL WHERE user_id = %(sam)s",
        "SET ROLE postgres",
        "ALTER TABLE tasks DISABLE ROW LEVEL SECURITY",
        "CREATE TABLE mine (id int)",
    ],
)
async def test_write_in_anothers_name_is_refused(taskwake: World, sam: Person, kim: Person, statement: str) -> None:
    await fill(taskwake, sam)
    ids = {"list": kim.list_id, "kim": kim.id, "sam": sam.id}
    async with await psycopg.AsyncConnection.connect(taskwake.url(logins.API.name)) as connection:
        await connection.execute("SELECT set_config('taskwake.user_id', %s, true)", (str(sam.id),))
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            await connection.execute(statement, ids)
        await connection.rollback()


async def test_viewer_of_a_list_sees_its_tasks_and_changes_none(taskwake: World, sam: Person) -> None:
    kim = await taskwake.person(name="Kim")
    task = await sam.create(due_on="2031-01-01", rrule="FREQ=DAILY")
    await sam.share(sam.list_id, kim, "viewer")
    assert await kim.tasks() == [task]
    for method, path in [("PATCH", ""), ("DELETE", ""), ("POST", "/complete"), ("POST", "/reopen")]:
        answer = await kim.http.request(method, f"/tasks/{task['id']}{path}", json={"title": "mine"})
        assert answer.status_code == 403, path
    assert (await kim.http.post("/tasks", json={"title": "x", "list_id": str(sam.list_id)})).status_code == 403
    assert await sam.tasks() == [task]


async def test_editor_of_a_list_changes_its_tasks(taskwake: World, sam: Person) -> None:
    kim = await taskwake.person(name="Kim")
    task = await sam.create(due_on="2031-01-01", rrule="FREQ=DAILY")
    await sam.share(sam.list_id, kim)
    await kim.change(task, title="Call Kim", rrule="FREQ=WEEKLY")
    await kim.complete(task)
    await taskwake.settled()
    assert [task["due_on"] for task in await sam.tasks()] == ["2031-01-08"]
    answer = await kim.http.post(f"/lists/{sam.list_id}/invitations", json={})
    assert answer.status_code == 403


async def test_where_somebody_is_shows_only_to_who_shares_a_list_with_them(
    taskwake: World, sam: Person, kim: Person
) -> None:
    zone_of_kim = f"zone_of_member('{kim.id}')"
    assert await seen(taskwake, zone_of_kim, sam.id) == []
    await taskwake.execute("INSERT INTO list_members (list_id, user_id) VALUES (%s, %s)", kim.list_id, sam.id)
    assert await seen(taskwake, zone_of_kim, sam.id) == [{"zone_of_member": "UTC"}]
