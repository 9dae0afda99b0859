"""kill -9 in the middle of a migration: whoever migrates next brings it to its end, and what was there is kept."""

import asyncio
import os
import sys
from uuid import uuid4

import psycopg
import pytest
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine

from functions.operations.migrate import MIGRATIONS, migrate
from tests.faults.site import Site, until

TIMES = int(os.environ.get("FAULT_TIMES", "1"))
OLD = "0004"
SLEEPS_AT = """
CREATE SEQUENCE statements;
CREATE FUNCTION sleep_at() RETURNS event_trigger LANGUAGE plpgsql AS $$
BEGIN
    IF nextval('public.statements') = {number} THEN PERFORM pg_sleep(3600); END IF;
END $$;
CREATE EVENT TRIGGER sleep_at ON ddl_command_end EXECUTE FUNCTION sleep_at();
"""
"""The server sleeps in the middle of a migration's transaction, once: a sequence's numbers are not taken back."""
DATA = """
INSERT INTO users (id, name) VALUES (gen_random_uuid(), 'Sam');
INSERT INTO lists (id, owner_id, name) SELECT gen_random_uuid(), id, 'Inbox' FROM users;
INSERT INTO tasks (id, list_id, title, created_by)
SELECT gen_random_uuid(), lists.id, 'task ' || n, owner_id FROM lists, generate_series(1, 100) n;
"""
STATEMENTS = 60
"""Each of the first so many may be the one, of more than a hundred."""


def config(connection: object) -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    return config


def migrate_to(url: str, revision: str) -> None:
    engine = create_engine("postgresql+psycopg://", creator=lambda: psycopg.connect(url))
    with engine.connect() as connection:
        command.upgrade(config(connection), revision)
        connection.commit()
    engine.dispose()


@pytest.mark.requirement("TRUST-012")
async def test_killed_in_the_middle_of_a_migration_the_next_one_ends_it_and_all_is_kept(site: Site) -> None:
    for time in range(TIMES):
        number = 1 + (17 + time * 7) % STATEMENTS
        name = f"old_{uuid4().hex[:12]}"
        await site.rows(f"CREATE DATABASE {name} TEMPLATE template0")
        url = site.served.owner_url.removesuffix("/postgres") + f"/{name}"
        await asyncio.to_thread(migrate_to, url, OLD)
        async with await psycopg.AsyncConnection.connect(url, autocommit=True) as connection:
            await connection.execute(DATA)
            await connection.execute(SLEEPS_AT.format(number=number))
        program = f"from functions.operations.migrate import migrate; migrate({url!r})"
        migrating = await asyncio.create_subprocess_exec(sys.executable, "-c", program)
        asleep = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE wait_event = 'PgSleep' AND datname = %s"

        async def sleeps(name: str = name) -> bool:
            query = "SELECT pid FROM pg_stat_activity WHERE wait_event = 'PgSleep' AND datname = %s"
            return bool(await site.rows(query, name))

        await until(sleeps)
        migrating.kill()
        await migrating.wait()
        await site.rows(asleep, name)  # as it ends when its client is gone, or the server with it

        revision = await asyncio.to_thread(migrate, url)

        assert revision == ScriptDirectory.from_config(config(None)).get_current_head()
        async with await psycopg.AsyncConnection.connect(url) as connection:
            cursor = await connection.execute("SELECT count(*), count(DISTINCT title) FROM tasks")
            assert await cursor.fetchone() == (100, 100)
        await site.rows(f"DROP DATABASE {name} WITH (FORCE)")
