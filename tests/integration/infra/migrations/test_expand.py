"""While a release rolls out, the former one runs on the new schema, which understands all that it says.

The former release is known by its schema: every column that it may name, every value that it may leave out, every
function that it may call and every right that it may use is still there after each migration.
"""

import asyncio
import subprocess
import sys
import threading
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
import pytest_asyncio
from alembic.config import Config
from alembic.script import ScriptDirectory

from functions.operations import migrate as migrations
from functions.operations.migrate import MIGRATIONS, migrate
from tests.integration.operations.test_migrate import upgrade
from tests.integration.world import PATIENCE_SECONDS, World, execute, until
from tests.migrations import and_more

pytestmark = pytest.mark.requirement("TRUST-040")

FIRST = "0018"
"""The schema of the first release."""

PROMISED = {
    "column": """
        SELECT table_name, column_name, data_type, udt_name FROM information_schema.columns
        WHERE table_schema = 'public'
    """,
    "right": """
        SELECT c.relname, a.grantee::regrole::text, a.privilege_type FROM pg_class c, aclexplode(c.relacl) a
        WHERE c.relnamespace = 'public'::regnamespace
    """,
    "right to a column": """
        SELECT c.relname, t.attname, a.grantee::regrole::text, a.privilege_type
        FROM pg_class c JOIN pg_attribute t ON t.attrelid = c.oid, aclexplode(t.attacl) a
        WHERE c.relnamespace = 'public'::regnamespace
    """,
    "function": """
        SELECT p.proname, pg_get_function_identity_arguments(p.oid), pg_get_function_result(p.oid),
               a.grantee::regrole::text
        FROM pg_proc p, aclexplode(p.proacl) a WHERE p.pronamespace = 'public'::regnamespace
    """,
    "key that ON CONFLICT names": """
        SELECT i.indrelid::regclass::text, pg_get_indexdef(i.indexrelid) FROM pg_index i
        JOIN pg_class c ON c.oid = i.indrelid WHERE c.relnamespace = 'public'::regnamespace AND i.indisunique
    """,
}
DEMANDED = {
    "value": """
        SELECT table_name, column_name FROM information_schema.columns
        WHERE table_schema = 'public' AND is_nullable = 'NO' AND column_default IS NULL
            AND is_identity = 'NO' AND is_generated = 'NEVER'
    """,
    "constraint": """
        SELECT conrelid::regclass::text, pg_get_constraintdef(oid) FROM pg_constraint
        WHERE connamespace = 'public'::regnamespace AND contype <> 'n'
    """,
    "row-level security": """
        SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relrowsecurity
    """,
}

Rows = dict[str, set[tuple[object, ...]]]


def described(url: str, queries: dict[str, str]) -> Rows:
    with psycopg.connect(url) as connection:
        return {name: set(connection.execute(query).fetchall()) for name, query in queries.items()}


def lost(before: Rows, after: Rows) -> set[tuple[object, ...]]:
    return {(name, *row) for name, rows in before.items() for row in rows - after[name]}


def demanded_anew(before: Rows, after: Rows, columns: set[tuple[object, ...]]) -> set[tuple[object, ...]]:
    """Of tables that the former release knows, and writes to."""
    known = {row[0] for row in columns}
    return {(name, *row) for name, rows in after.items() for row in rows - before[name] if row[0] in known}


@pytest_asyncio.fixture
async def empty(taskwake: World) -> AsyncIterator[str]:
    name = f"empty_{uuid4().hex[:12]}"
    await taskwake.execute(f"CREATE DATABASE {name} TEMPLATE template0")
    yield taskwake.url(database=name)
    await taskwake.execute(f"DROP DATABASE {name} WITH (FORCE)")


def revisions() -> Iterator[str]:
    """Those after the first release's, in their order."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    for script in reversed(list(ScriptDirectory.from_config(config).walk_revisions())):
        if script.revision > FIRST:
            yield script.revision


def test_after_each_migration_the_former_release_finds_all_that_it_knows(empty: str) -> None:
    upgrade(empty, FIRST)
    promised, demanded = described(empty, PROMISED), described(empty, DEMANDED)
    for revision in revisions():
        upgrade(empty, revision)
        now = described(empty, PROMISED)
        assert lost(promised, now) == set(), revision
        assert demanded_anew(demanded, described(empty, DEMANDED), promised["column"]) == set(), revision
        promised, demanded = now, described(empty, DEMANDED)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("ALTER TABLE tasks RENAME COLUMN notes TO remarks", "column"),
        ("ALTER TABLE notices ALTER COLUMN kind TYPE varchar(9)", "column"),
        ("REVOKE UPDATE ON tasks FROM taskwake_api", "right"),
        ("DROP FUNCTION names_of_members", "function"),
        ("ALTER TABLE events ALTER COLUMN task_id SET NOT NULL", "value"),
        ("ALTER TABLE tasks ADD CHECK (estimate_minutes < 600)", "constraint"),
    ],
)
def test_what_the_former_release_would_miss_is_seen(taskwake: World, change: str, said: str) -> None:
    with psycopg.connect(taskwake.url(database="untouched")) as connection:

        def now(queries: dict[str, str]) -> Rows:
            return {name: set(connection.execute(query).fetchall()) for name, query in queries.items()}

        promised, demanded = now(PROMISED), now(DEMANDED)
        connection.execute(change)
        missed = lost(promised, now(PROMISED)) | demanded_anew(demanded, now(DEMANDED), promised["column"])
        connection.rollback()

    assert said in {row[0] for row in missed}


@pytest.fixture
def half(tmp_path: Path) -> Path:
    """The migrations, and one more, which waits for the table `tasks` in its middle."""
    wanted = "op.execute('CREATE TABLE half (id int)')\nop.execute('ALTER TABLE tasks ADD COLUMN half int')"
    return and_more(tmp_path / "migrations", wanted)


async def waits(url: str) -> None:
    """Until somebody waits for a lock on `tasks`."""

    async def waiting() -> bool:
        query = "SELECT 1 FROM pg_locks WHERE NOT granted AND relation = 'tasks'::regclass AND mode LIKE 'AccessExcl%%'"
        return bool(await execute(url, query))

    await until(waiting)


@pytest.mark.requirement("TRUST-041")
async def test_a_migration_killed_in_its_middle_leaves_the_old_schema_whole_and_is_made_by_the_next_run(
    empty: str, half: Path
) -> None:
    head = await asyncio.to_thread(migrate, empty)
    code = "import sys\nfrom pathlib import Path\nfrom functions.operations import migrate\n"
    code += "migrate.MIGRATIONS = Path(sys.argv[1])\nmigrate.migrate(sys.argv[2])"
    async with await psycopg.AsyncConnection.connect(empty) as holder:
        await holder.execute("SELECT FROM tasks")
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-c", code, str(half), empty, stderr=subprocess.DEVNULL
        )
        await waits(empty)
        process.kill()
        await process.wait()
    gone = "SELECT to_regclass('half') IS NULL AS gone, (SELECT version_num FROM alembic_version) AS revision"

    async def rolled_back() -> bool:
        others = await execute(
            empty, "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        return not others

    await until(rolled_back)
    assert await execute(empty, gone) == [{"gone": True, "revision": head}]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(migrations, "MIGRATIONS", half)
        assert await asyncio.to_thread(migrate, empty) == "9001"


@pytest.mark.requirement("TRUST-042")
async def test_a_migration_that_waits_for_a_table_lets_others_use_it_meanwhile(
    empty: str, half: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await asyncio.to_thread(migrate, empty)
    monkeypatch.setattr(migrations, "MIGRATIONS", half)
    done: list[str | None] = []
    migrating = threading.Thread(target=lambda: done.append(migrate(empty)))
    async with await psycopg.AsyncConnection.connect(empty) as holder:
        await holder.execute("SELECT FROM tasks")  # as a long transaction of the former release
        migrating.start()
        await waits(empty)
        async with asyncio.timeout(PATIENCE_SECONDS):
            await execute(empty, "SELECT FROM tasks")  # it would stand behind the migration, which waits for the holder
        assert not done
    await asyncio.to_thread(migrating.join)
    assert done == ["9001"]
