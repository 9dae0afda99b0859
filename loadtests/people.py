"""Many people at once, each with a list and a token: what a large installation has."""

from dataclasses import dataclass
from uuid import UUID, uuid4

import psycopg

from functions.kernel.credential import hashed, new_token


@dataclass(frozen=True, slots=True)
class Someone:
    """One of them."""

    id: UUID
    list_id: UUID
    token: str


def people(owner_url: str, count: int) -> list[Someone]:
    """So many new people, written by a COPY a table."""
    made = [Someone(uuid4(), uuid4(), new_token()) for _ in range(count)]
    with psycopg.connect(owner_url) as connection:
        _copy(connection, "users (id, name, zone)", [(one.id, f"Person {n}", "UTC") for n, one in enumerate(made)])
        _copy(connection, "lists (id, owner_id, name)", [(one.list_id, one.id, "Inbox") for one in made])
        _copy(connection, "list_members (list_id, user_id, role)", [(one.list_id, one.id, "owner") for one in made])
        _copy(
            connection,
            "credentials (id, user_id, kind, hash, name)",
            [(uuid4(), one.id, "token", hashed(one.token), "load") for one in made],
        )
    with psycopg.connect(owner_url, autocommit=True) as connection:
        connection.execute("ANALYZE users, lists, list_members, credentials")
    return made


def _copy(connection: psycopg.Connection, table: str, rows: list[tuple[object, ...]]) -> None:
    with connection.cursor().copy(f"COPY {table} FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)
