"""Dividing the event log into months, once, when no process of a release before this one runs any more."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from functions.operations.migrate import AGAIN_SECONDS, ATTEMPTS, LOCK_SECONDS

MONTHS_LOCK = 7305164216
"""Held by who divides, prepares or drops months; that of SQL function prepare_months."""
_SQL = Path(__file__).with_name("divide.sql")

Connection = psycopg.Connection[Any]
Say = Callable[[str], None]


class RetentionError(RuntimeError):
    """It cannot be done now; the text says why and what to do, and nothing was changed."""


def is_divided(connection: Connection) -> bool:
    """Whether the event log is in months."""
    found = connection.execute("SELECT FROM pg_class WHERE oid = 'public.events'::regclass AND relkind = 'p'")
    return found.fetchone() is not None


def divide(owner_url: str, say: Say) -> bool:
    """Make the event log a table of months; what it holds becomes the first part, which ends with the next month.
    Returns false where it is divided already.

    Everybody goes on meanwhile: they wait for LOCK_SECONDS at most, twice, while the catalogue is changed. The log is
    read once in between, beside them. A kill leaves it undone. Raises RetentionError.
    """
    with psycopg.connect(owner_url, autocommit=True) as connection:
        connection.execute("SELECT pg_advisory_lock(%s)", (MONTHS_LOCK,))
        if is_divided(connection):
            return False
        connection.execute("SET TimeZone = 'UTC'")
        connection.execute(f"SET lock_timeout = '{LOCK_SECONDS}s'")
        [bound, name] = connection.execute(
            "SELECT text(m), 'events_' || to_char(m - interval '1 day', 'YYYY_MM')"
            " FROM (SELECT date_trunc('month', clock_timestamp()) + interval '2 months' AS m)"
        ).fetchone() or ("", "")
        try:
            _check(connection, bound, say)
            _patiently(connection, _statement(bound, name), say)
        except BaseException:
            # Left behind, it would refuse writes one day. Should this be killed, the hourly sweep does it.
            _patiently(connection, sql.SQL("ALTER TABLE events DROP CONSTRAINT IF EXISTS events_first_month"), say)
            raise
        say(f"The event log is divided; {name} holds what was written so far.")
        connection.execute("ANALYZE events")
    return True


def _check(connection: Connection, bound: str, say: Say) -> None:
    """Have PostgreSQL know that all rows belong to the first part, without which it would read them while nobody else
    can. There is a month left and more to do the rest."""
    drop = sql.SQL("ALTER TABLE events DROP CONSTRAINT IF EXISTS events_first_month")
    add = sql.SQL("ALTER TABLE events ADD CONSTRAINT events_first_month CHECK (created_at < {}) NOT VALID")
    _patiently(connection, sql.SQL("; ").join([drop, add.format(sql.Literal(bound))]), say)
    say("Reading the event log once; everybody goes on meanwhile …")
    connection.execute("ALTER TABLE events VALIDATE CONSTRAINT events_first_month")


def _statement(bound: str, name: str) -> sql.Composable:
    kinds = ("id", "undoes", "position", "key", "unpublished", "task", "list", "person")
    indexes = {f"{kind}_index": sql.Identifier(f"{name}_{kind}") for kind in kinds}
    return sql.SQL(_SQL.read_text()).format(part=sql.Identifier(name), bound=sql.Literal(bound), **indexes)  # type: ignore[arg-type]


def _patiently(connection: Connection, statement: sql.Composable, say: Say) -> None:
    """One transaction that waits for a lock as migrations do: briefly, and anew."""
    for attempt in range(1, ATTEMPTS + 1):
        try:
            with connection.transaction():
                connection.execute(statement)
        except psycopg.errors.LockNotAvailable:
            if attempt == ATTEMPTS:
                raise RetentionError("the event log was in use all the time; try again when less is going on") from None
            if attempt == 1:
                say("Waiting for a long transaction to end …")
            time.sleep(AGAIN_SECONDS)
        else:
            return
