"""The logins of a cluster's database, made by an owner who is no superuser, as that of a hosted database is none."""

import json
import os
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import quote, urlsplit
from uuid import UUID

import psycopg
import pytest
import pytest_asyncio

from functions.kernel.embedded.postgres import Postgres
from functions.kernel.storage import logins
from functions.operations.migrate import LoginError, ensure_login, passwords_in
from infra.local.ports import claim_block

pytestmark = pytest.mark.requirement("CLUSTER-009")

OWNER = "postgresql://deployer:of-the-owner"


class Hosted:
    """A server whose superuser nobody is told of, and a database on it."""

    def __init__(self, postgres: Postgres, folder: Path) -> None:
        self.superuser = postgres.url()
        self.owner_url = f"{OWNER}@127.0.0.1:{postgres.port}/hosted"
        self.folder = folder

    def mounted(self, suffix: str) -> Path:
        """A folder as a cluster mounts the Secrets: the owner's address, and that of each login."""
        self.folder.mkdir(exist_ok=True)
        (self.folder / logins.OWNER_SECRET).write_text(self.owner_url)
        for login in logins.ALL:
            address = logins.address(self.owner_url, login, f"p/{login.name}@{suffix}")
            (self.folder / login.secret).write_text(address + "\n")
        return self.folder

    def address(self, secret: str) -> str:
        return (self.folder / secret).read_text().strip()


@pytest_asyncio.fixture
async def hosted(tmp_path: Path) -> AsyncIterator[Hosted]:
    # Roles belong to a whole server, so it takes one of one's own.
    with claim_block() as block:
        postgres = Postgres(tmp_path / "postgres", port=block.take("postgres"), settings={"fsync": "off"})
        postgres.start()
        try:
            await postgres.ready()
            with psycopg.connect(postgres.url(), autocommit=True) as connection:
                connection.execute("CREATE ROLE deployer LOGIN CREATEDB CREATEROLE PASSWORD 'of-the-owner'")
                connection.execute("CREATE DATABASE hosted OWNER deployer")
            yield Hosted(postgres, tmp_path / "secrets")
        finally:
            postgres.stop()


def taskwake(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "functions.operations.cli", *arguments]
    return subprocess.run(
        command, capture_output=True, text=True, timeout=60, check=False, env=os.environ | environment
    )


def migrate(folder: Path) -> subprocess.CompletedProcess[str]:
    """As the Job of a cluster does."""
    return taskwake("migrate", "--logins-folder", str(folder), DATABASE_URL_FILE=str(folder / logins.OWNER_SECRET))


def test_every_login_works_by_its_address_and_again_with_another_password(hosted: Hosted) -> None:
    for suffix in ("first", "second"):
        folder = hosted.mounted(suffix)
        done = migrate(folder)

        assert done.returncode == 0, done.stderr
        assert "The logins are as their addresses say." in done.stderr
        for login in logins.ALL:
            with psycopg.connect(hosted.address(login.secret)) as connection:
                assert connection.execute("SELECT current_user").fetchone() == (login.name,)
        assert suffix not in done.stdout + done.stderr


def test_the_conversations_have_a_schema_of_their_own_and_the_login_of_it_no_other(hosted: Hosted) -> None:
    assert migrate(hosted.mounted("x")).returncode == 0

    with psycopg.connect(hosted.address(logins.CONVERSATIONS.secret), autocommit=True) as connection:
        connection.execute("CREATE TABLE state (key text)")
        made = connection.execute("SELECT schemaname FROM pg_tables WHERE tablename = 'state'").fetchone()
        assert made == (logins.CONVERSATIONS.schema,)
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("SELECT * FROM public.tasks")


def test_functions_may_do_their_work_and_own_nothing(hosted: Hosted) -> None:
    assert migrate(hosted.mounted("x")).returncode == 0

    for login in (logins.API, logins.FUNCTIONS):
        with psycopg.connect(hosted.address(login.secret), autocommit=True) as connection:
            connection.execute("SELECT * FROM tasks")
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute("DROP TABLE tasks")


def test_a_role_that_may_do_more_than_a_login_should_is_not_taken_over(hosted: Hosted) -> None:
    with psycopg.connect(hosted.superuser, autocommit=True) as connection:
        connection.execute("CREATE ROLE taskwake_workers LOGIN BYPASSRLS")

    done = migrate(hosted.mounted("x"))

    assert done.returncode == 1
    assert "taskwake_workers is there already, and may do more" in done.stderr
    assert "Traceback" not in done.stderr
    with pytest.raises(LoginError):
        ensure_login(hosted.superuser, logins.FUNCTIONS, "x")


@pytest.mark.parametrize("text", ["", "postgresql://somebody:secret-word@h/d", "postgresql://taskwake_workers@h/d"])
def test_a_file_that_holds_no_address_of_its_login_is_named_and_not_shown(hosted: Hosted, text: str) -> None:
    folder = hosted.mounted("x")
    (folder / logins.FUNCTIONS.secret).write_text(text)

    with pytest.raises(LoginError, match="database-url-functions holds no address like") as error:
        passwords_in(folder)
    assert "secret-word" not in str(error.value)

    (folder / logins.FUNCTIONS.secret).unlink()
    with pytest.raises(LoginError, match="cannot be read"):
        passwords_in(folder)


def test_a_database_that_cannot_be_reached_is_said_without_its_password(hosted: Hosted) -> None:
    folder = hosted.mounted("x")
    (folder / logins.OWNER_SECRET).write_text(hosted.owner_url.replace("of-the-owner", "a-wrong-word"))

    done = migrate(folder)

    assert done.returncode == 1
    assert "cannot be reached as its owner" in done.stderr
    assert "a-wrong-word" not in done.stderr
    assert "Traceback" not in done.stderr


def test_an_operator_adds_and_removes_a_person_by_the_mounted_address(hosted: Hosted) -> None:
    folder = hosted.mounted("x")
    assert migrate(folder).returncode == 0
    file = {"DATABASE_URL_FILE": str(folder / logins.OWNER_SECRET)}

    user = UUID(taskwake("user", "add", "Kim", **file).stdout.strip())
    assert len(taskwake("token", "--user", str(user), **file).stdout.strip()) > 30
    with psycopg.connect(hosted.owner_url) as connection:
        rows = connection.execute("SELECT id, email FROM users").fetchall()
        assert rows == [(user, None)]
    assert taskwake("user", "remove", str(user), **file).returncode == 0

    with psycopg.connect(hosted.owner_url) as connection:
        for table in ("users", "lists", "list_members", "credentials"):
            assert connection.execute(f"SELECT count(*) FROM {table}").fetchone() == (0,), table  # noqa: S608
    again = taskwake("user", "remove", str(user), **file)
    assert again.returncode == 1
    assert "Nobody here has the address or the id" in again.stderr


def test_of_the_addresss_parameters_daprd_gets_those_that_it_knows() -> None:
    url = "postgresql://owner@db.example/x?sslmode=require&channel_binding=require"

    assert logins.address(url, logins.CONVERSATIONS, "p").endswith("@db.example/x?sslmode=require")
    assert logins.address(url, logins.FUNCTIONS, "p").endswith("?sslmode=require&channel_binding=require")


def test_a_password_of_any_characters_survives_its_address() -> None:
    password = "a/b@c:d%e f"

    address = urlsplit(logins.address("postgresql://o:p@db.example:5/x", logins.API, password))

    assert (address.username, address.hostname, address.port) == (logins.API.name, "db.example", 5)
    assert address.password == quote(password, safe="")


@pytest.mark.requirement("TRUST-030", "TRUST-036")
def test_such_an_owner_is_told_what_is_wrong_makes_a_backup_and_restores_it_into_another_database(
    hosted: Hosted, tmp_path: Path
) -> None:
    folder = hosted.mounted("x")
    assert migrate(folder).returncode == 0
    file = {"DATABASE_URL_FILE": str(folder / logins.OWNER_SECRET)}
    user = taskwake("user", "add", "Kim", **file).stdout.strip()
    with psycopg.connect(hosted.superuser, autocommit=True) as connection:
        connection.execute("CREATE DATABASE other OWNER deployer")
    other = hosted.owner_url.removesuffix("/hosted") + "/other"

    examined = taskwake("doctor", "--json", **file)
    made = taskwake("backup", str(tmp_path / "backup"), **file)
    restored = taskwake("restore", str(tmp_path / "backup"), "--url", other)

    findings = {finding["check"]: finding for finding in json.loads(examined.stdout)}
    # This server runs without fsync, and all else is as it should be.
    assert {name for name, finding in findings.items() if finding["state"] != "well"} == {"settings"}, examined.stdout
    assert made.returncode == 0, made.stderr
    assert restored.returncode == 0, restored.stderr
    with psycopg.connect(other) as connection:
        assert connection.execute("SELECT id::text, name FROM users").fetchall() == [(user, "Kim")]
        assert connection.execute("SELECT timeline() > 0").fetchone() == (True,)
    for login in (logins.API, logins.FUNCTIONS):
        address = hosted.address(login.secret).removesuffix("/hosted") + "/other"
        with psycopg.connect(address) as connection:
            connection.execute("SELECT * FROM tasks")
    assert "of-the-owner" not in examined.stdout + made.stderr + restored.stderr
