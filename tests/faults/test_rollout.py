"""A release is rolled out while people write: the schema is migrated under this one, the next starts beside it, then
this one ends. Nobody notices.

The next release is made up: this code, and migrations that do all that they may (specs/decisions/0012).
"""

import asyncio
import contextlib
import shutil
import signal
import subprocess
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest
from psycopg.rows import dict_row

from functions.kernel.embedded.postgres import Postgres
from functions.kernel.embedded.secret_store import FileSecretStore
from functions.notification_service.channels.directory import SMTP_SECRET
from functions.operations import accounts
from functions.operations.migrate import MIGRATIONS
from infra.lint.migration import findings
from tests.faults.proxy import Proxy
from tests.faults.receivers import Receiver, mailbox, webhooks
from tests.faults.release import program
from tests.faults.site import PATIENCE_SECONDS, TOPICS, Witness, until
from tests.migrations import and_more, newest
from tests.served import Served, command

PEOPLE = 2
"""Who write at once, to each release."""
WRITES = 12
"""How many more are waited for before the next step."""
RENAMED = """
ALTER TABLE tasks ADD COLUMN heading text NOT NULL DEFAULT '';
CREATE FUNCTION write_both_names() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    NEW.heading := NEW.title;
    RETURN NEW;
END $$;
CREATE TRIGGER both_names BEFORE INSERT OR UPDATE ON tasks FOR EACH ROW EXECUTE FUNCTION write_both_names();
"""
ADDED = """
CREATE TABLE remarks (id uuid PRIMARY KEY, task_id uuid NOT NULL, said text NOT NULL);
ALTER TABLE remarks ENABLE ROW LEVEL SECURITY;
GRANT SELECT, INSERT ON remarks TO taskwake_api;
CREATE FUNCTION remarks_of(task uuid) RETURNS SETOF text LANGUAGE sql STABLE
    BEGIN ATOMIC SELECT said FROM remarks WHERE task_id = task; END;
"""
EXPANDING = (
    RENAMED,
    "UPDATE tasks SET heading = title WHERE heading = ''",
    ADDED,
    *(
        f"ALTER TABLE {table} ADD COLUMN made_up integer DEFAULT 7, ADD COLUMN also_made_up text"
        for table in ("events", "reminders", "notices", "deliveries", "inbox", "series", "lists")
    ),
)
INDEXED = """with op.get_context().autocommit_block():
    op.execute("DROP INDEX CONCURRENTLY IF EXISTS tasks_by_heading")
    op.execute("CREATE INDEX CONCURRENTLY tasks_by_heading ON tasks (heading)")"""


class People(Witness):
    """Who use one release; all that they asked for was answered well, but for what is in `failed`."""

    def __init__(self, url: str, http: httpx.AsyncClient, hooks: Receiver, mails: Receiver) -> None:
        super().__init__(hooks, mails, Proxy(hooks.address), Proxy(mails.address))
        self.url, self.http = url, http
        self.paths = ["/tasks", "/notices", "/activity", "/lists", "/sync", "/export.ics"]
        """What they look at after each write."""
        self.failed: list[str] = []

    async def rows(self, query: str, *parameters: Any) -> list[dict[str, Any]]:
        async with await psycopg.AsyncConnection.connect(self.url, autocommit=True, row_factory=dict_row) as connection:
            cursor = await connection.execute(query, parameters)
            return await cursor.fetchall() if cursor.description else []

    @contextlib.asynccontextmanager
    async def writing(self, of: str) -> AsyncIterator[None]:
        """While the block runs, some of them write and read, each as fast as they are answered."""
        enough = asyncio.Event()

        async def person() -> None:
            while not enough.is_set():
                await self.write(self.title(of), rings_in=0.3)
                task = self.last.json() if self.last else {}
                await self._ask("PATCH", f"/tasks/{task.get('id')}", json={"notes": "as well"})
                for path in self.paths:
                    await self._ask("GET", path)

        writing = [asyncio.create_task(person()) for _ in range(PEOPLE)]
        try:
            yield
        finally:
            enough.set()
            await asyncio.gather(*writing)

    async def _ask(self, method: str, path: str, **more: Any) -> None:
        answer = await self.http.request(method, path, **more)
        if not answer.is_success:
            self.failed.append(f"{method} {path}: {answer.status_code} {answer.text}")

    async def write_on(self) -> None:
        """Until so many more have written."""
        before = len(self.writes)

        async def more() -> bool:
            return len(self.writes) >= before + WRITES

        await until(more)

    async def nothing_to_come(self) -> bool:
        """Whether all that was to ring soon is due."""
        return not await self.rows(
            "SELECT 1 FROM reminders WHERE fired_at IS NULL"
            " AND remind_at BETWEEN clock_timestamp() AND clock_timestamp() + interval '1 minute'"
        )


@contextlib.asynccontextmanager
async def running_database(folder: Path) -> AsyncIterator[Postgres]:
    # No power is lost here.
    postgres = Postgres(folder, settings={"fsync": "off", "max_connections": "100"})
    await asyncio.to_thread(postgres.start)
    try:
        await postgres.ready()
        yield postgres
    finally:
        await asyncio.to_thread(postgres.stop)


@contextlib.asynccontextmanager
async def release(
    folder: Path, postgres: Postgres, migrations: Path
) -> AsyncIterator[tuple[Served, httpx.AsyncClient]]:
    """One that serves, and somebody's client of it."""
    code = program(postgres.folder, migrations)
    served = await asyncio.to_thread(Served.start, folder, program=code)
    try:
        token = accounts.issue(postgres.url(), accounts.first_user(postgres.url()), "token")
        headers = {"authorization": f"Bearer {token}"}
        async with httpx.AsyncClient(base_url=served.base_url, headers=headers, timeout=PATIENCE_SECONDS) as http:
            yield served, http
    finally:
        if served.process.poll() is None:
            await asyncio.to_thread(served.end, seconds=60)


def migrated(postgres: Postgres, migrations: Path) -> None:
    """By the command, as the rollout's job does it."""
    command_line = command("migrate", "--url", postgres.url(), program=program(postgres.folder, migrations))
    done = subprocess.run(command_line, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert newest(migrations) in done.stderr


@pytest.mark.requirement("TRUST-162")
def test_the_made_up_migrations_only_add() -> None:
    assert [finding for sql in EXPANDING for finding in findings(sql)] == []


@pytest.mark.requirement("TRUST-162")
async def test_while_a_release_is_rolled_out_every_write_is_accepted_and_kept_by_the_old_and_the_new(
    tmp_path: Path,
) -> None:
    newer = and_more(tmp_path / "newer", *(f'op.execute("""{sql}""")' for sql in EXPANDING), INDEXED)
    async with contextlib.AsyncExitStack() as stack:
        hooks, mails = [await stack.enter_async_context(receiver()) for receiver in (webhooks, mailbox)]
        postgres = await stack.enter_async_context(running_database(tmp_path / "postgres"))
        mail_server = "smtp://{}:{}".format(*mails.address)
        FileSecretStore(tmp_path / "old" / "secrets.json").put({SMTP_SECRET: mail_server})
        old, http = await stack.enter_async_context(release(tmp_path / "old", postgres, MIGRATIONS))
        before = People(postgres.url(), http, hooks, mails)
        await http.patch("/me", json={"email": "sam@example.org"})
        hook = {"url": "http://{}:{}/hook".format(*hooks.address), "topics": list(TOPICS)}
        assert (await http.post("/webhooks", json=hook)).status_code == 201
        weekly = {"title": "Water the plants", "due_on": "2035-01-01", "rrule": "FREQ=WEEKLY"}
        before.paths.append(f"/tasks/{(await http.post('/tasks', json=weekly)).json()['id']}/series")

        async with contextlib.AsyncExitStack() as of_the_next:
            async with before.writing("old"):
                await before.write_on()
                await asyncio.to_thread(migrated, postgres, newer)
                await before.write_on()
                (tmp_path / "new").mkdir()
                shutil.copy2(tmp_path / "old" / "secrets.json", tmp_path / "new" / "secrets.json")
                new, http = await stack.enter_async_context(release(tmp_path / "new", postgres, newer))
                after = People(postgres.url(), http, hooks, mails)
                after.paths = before.paths
                await of_the_next.enter_async_context(after.writing("new"))
                await after.write_on()
                await before.write_on()
            assert (await asyncio.to_thread(old.end, seconds=60))[0] == 0
            await after.write_on()
        await until(before.nothing_to_come)
        new.process.send_signal(signal.SIGHUP)  # the old one's timers ended with it; a cluster's are the scheduler's

        after.writes += before.writes
        assert before.failed + after.failed == []
        assert {write.answer for write in after.writes} == {"accepted"}
        await after.keeps_its_promises()
        assert await after.rows("SELECT title FROM tasks WHERE heading <> title") == []
