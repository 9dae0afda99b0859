"""Migrations: repeatable, at once too; the schema is what the tables say; the roles own nothing."""

import asyncio
from uuid import uuid4

import psycopg
import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import create_engine
from sqlalchemy.dialects.postgresql.base import ischema_names
from sqlmodel import SQLModel

from functions.kernel.storage import logins, tables
from functions.operations.migrate import MIGRATIONS, migrate
from tests.integration.world import World

pytestmark = pytest.mark.requirement("FLOW-027")


@pytest.fixture
async def database(taskwake: World):
    """A migrated database of one's own."""
    name = await taskwake.new_database()
    yield taskwake.url(database=name)
    await taskwake.execute(f"DROP DATABASE {name} WITH (FORCE)")


async def test_second_run_changes_nothing(taskwake: World) -> None:
    await taskwake.settled()
    before = await taskwake.everything()
    revision = await asyncio.to_thread(migrate, taskwake.url())
    assert revision == (await taskwake.execute("SELECT version_num FROM alembic_version"))[0]["version_num"]
    assert await taskwake.everything() == before


async def test_two_runs_at_once_over_an_empty_database_both_succeed(taskwake: World) -> None:
    name = f"empty_{uuid4().hex[:12]}"
    await taskwake.execute(f"CREATE DATABASE {name} TEMPLATE template0")
    url = taskwake.url(database=name)
    revisions = await asyncio.gather(*(asyncio.to_thread(migrate, url) for _ in range(2)))
    assert revisions[0] == revisions[1]
    assert revisions[0]
    await taskwake.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.mark.requirement("TIME-019")
async def test_series_from_before_there_were_templates_go_on_as_their_newest_task(taskwake: World) -> None:
    name = f"empty_{uuid4().hex[:12]}"
    await taskwake.execute(f"CREATE DATABASE {name} TEMPLATE template0")
    url = taskwake.url(database=name)
    await asyncio.to_thread(upgrade, url, "0006-1")
    await taskwake.execute(
        """
        WITH sam AS (INSERT INTO users (id, name) VALUES (gen_random_uuid(), 'Sam') RETURNING id),
             list AS (INSERT INTO lists (id, owner_id, name)
                      SELECT gen_random_uuid(), id, 'Tasks' FROM sam RETURNING id),
             repeated AS (INSERT INTO series (id, list_id, rrule, dtstart, all_day)
                          SELECT gen_random_uuid(), id, 'FREQ=DAILY', now(), false FROM list RETURNING id, list_id)
        INSERT INTO tasks (id, list_id, title, status, series_id, recurrence_id, reminders, created_by, created_at,
                           due_local, start_on, start_local)
        SELECT gen_random_uuid(), list_id, title, status, repeated.id, title,
               '[{"minutes_before": 5}, {"at": "2035-01-01T00:00:00Z"}]', sam.id, now() + late,
               '2035-01-03T09:00:00', '2035-01-01', '2035-01-03T08:00:00'
        FROM repeated, sam, (VALUES ('old', 'done', interval '2 days'), ('new', 'open', interval '1 day'))
            AS task (title, status, late)
        """,
        database=name,
    )
    await asyncio.to_thread(migrate, url)
    rows = await taskwake.execute("SELECT template, rdates, exdates FROM series", database=name)
    await taskwake.execute(f"DROP DATABASE {name} WITH (FORCE)")
    template = {
        "title": "new",
        "notes": "",
        "reminders": [{"minutes_before": 5}],
        "start_days": 2,
        "start_seconds": 3600,
    }
    assert rows == [{"template": template, "rdates": [], "exdates": []}]


def upgrade(url: str, revision: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    engine = create_engine("postgresql+psycopg://", creator=lambda: psycopg.connect(url))
    with engine.connect() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
        connection.commit()
    engine.dispose()


def test_schema_is_what_the_tables_say(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(ischema_names, "xid8", tables.Xid8)
    assert tables.EventRow.metadata is SQLModel.metadata
    engine = create_engine("postgresql+psycopg://", creator=lambda: psycopg.connect(database))
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": False})
        differences = compare_metadata(context, SQLModel.metadata)
    engine.dispose()
    assert [difference for difference in differences if "alembic_version" not in str(difference)] == []


def test_schema_has_the_tables_and_no_others(database: str) -> None:
    with psycopg.connect(database) as connection:
        rows = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
    assert {row[0] for row in rows} == set(SQLModel.metadata.tables) | {"alembic_version"}


@pytest.mark.requirement("FLOW-020")
async def test_roles_own_nothing_and_cannot_bypass_row_level_security(taskwake: World) -> None:
    names = [name for login in (logins.API, logins.FUNCTIONS) for name in (login.name, login.role)]
    rows = await taskwake.execute("SELECT * FROM pg_roles WHERE rolname = ANY(%s)", names)
    assert len(rows) == 4
    for row in rows:
        for right in ("rolsuper", "rolcreaterole", "rolcreatedb", "rolreplication", "rolbypassrls"):
            assert not row[right], (row["rolname"], right)
    owned = "SELECT relname FROM pg_class JOIN pg_roles r ON r.oid = relowner WHERE rolname = ANY(%s)"
    assert await taskwake.execute(owned, names) == []
    functions = "SELECT proname FROM pg_proc JOIN pg_roles r ON r.oid = proowner WHERE rolname = ANY(%s)"
    assert await taskwake.execute(functions, names) == []
    memberships = """
        SELECT m.rolname AS member, r.rolname AS role FROM pg_auth_members
        JOIN pg_roles m ON m.oid = member JOIN pg_roles r ON r.oid = roleid WHERE m.rolname = ANY(%s)
    """
    rows = await taskwake.execute(memberships, names)
    assert {(row["member"], row["role"]) for row in rows} == {
        (login.name, login.role) for login in (logins.API, logins.FUNCTIONS)
    }


@pytest.mark.requirement("FLOW-020")
async def test_every_table_of_ours_is_under_row_level_security(taskwake: World) -> None:
    rows = await taskwake.execute(
        """
        SELECT relname FROM pg_class
        WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND NOT relrowsecurity
        """
    )
    assert [row["relname"] for row in rows] == ["alembic_version"]


@pytest.mark.requirement("FLOW-020")
async def test_functions_that_act_for_their_owner_are_callable_by_the_roles_only_and_pin_their_schema(
    taskwake: World,
) -> None:
    rows = await taskwake.execute(
        """
        SELECT proname, proconfig, has_function_privilege('public', oid, 'execute') AS by_anybody FROM pg_proc
        WHERE prosecdef AND pronamespace = 'public'::regnamespace
        """
    )
    assert len(rows) >= 7
    for row in rows:
        assert not row["by_anybody"], row["proname"]
        # Temporary tables, where they count at all, come last.
        assert {"search_path=public", "search_path=public, pg_temp"}.intersection(row["proconfig"]), row["proname"]
