"""Looking into the database: read-only, bounded in time, as its owner."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urlsplit

import psycopg
from psycopg.rows import DictRow, dict_row

STATEMENT_TIMEOUT = "10s"
CONNECT_SECONDS = 10


@dataclass(frozen=True, slots=True)
class Sight:
    """A connection that can change nothing, and how its database is called in a finding."""

    connection: psycopg.Connection[DictRow]
    place: str

    def rows(self, query: str, *parameters: Any) -> list[DictRow]:
        """The rows of one statement. Raises psycopg.Error."""
        return self.connection.execute(query, parameters or None).fetchall()

    def row(self, query: str, *parameters: Any) -> DictRow:
        """Its one row."""
        [row] = self.rows(query, *parameters)
        return row


def look_into(owner_url: str) -> Sight:
    """Connect. Raises psycopg.OperationalError."""
    connection = psycopg.connect(
        owner_url, autocommit=True, row_factory=dict_row, connect_timeout=CONNECT_SECONDS, application_name="doctor"
    )
    # No parameters of the session: a pooler in transaction mode might hand it to somebody else.
    connection.execute("BEGIN READ ONLY")
    connection.execute(f"SET LOCAL statement_timeout = '{STATEMENT_TIMEOUT}'")
    return Sight(connection, place_of(owner_url))


def place_of(url: str) -> str:
    """Its host and name, without what is secret in it."""
    parts = urlsplit(url)
    return f"{unquote(parts.netloc.rpartition('@')[2])}{parts.path}"


def may_sleep(url: str) -> bool:
    """Whether looking may wake it: a database on this machine is awake as long as it runs."""
    host = unquote(urlsplit(url).hostname or "")
    return bool(host) and not host.startswith("/") and host not in ("localhost", "127.0.0.1", "::1")
