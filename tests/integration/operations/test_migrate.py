"""Migrations: repeatable, at once too; the schema is what the tables say; the roles own nothing."""

import asyncio
from uuid import uuid4

import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine
from sqlalchemy.dialects.postgresql.base import ischema_names
from sqlmodel import SQLModel

from functions.kernel.storage import logins, tables
from functions.operations.migrate import migrate
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
        assert row["proconfig"] == ["search_path=public"], row["proname"]
