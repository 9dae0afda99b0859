"""People and their credentials, as the operator makes them."""

import os
from datetime import timedelta
from uuid import UUID, uuid4

import psycopg

from functions.kernel.credential import hashed, new_secret, new_token
from functions.kernel.domain.wall_time import check_zone
from functions.kernel.errors import InvalidInputError

LOGIN_LIFETIME = timedelta(minutes=15)


def add_user(owner_url: str, name: str, email: str | None = None, zone: str = "UTC") -> UUID:
    """A new person, with a list of their own."""
    user_id, list_id = uuid4(), uuid4()
    with psycopg.connect(owner_url) as connection:
        connection.execute(
            "INSERT INTO users (id, name, email, zone) VALUES (%s, %s, %s, %s)", (user_id, name, email, zone)
        )
        connection.execute("INSERT INTO lists (id, owner_id, name) VALUES (%s, %s, 'Inbox')", (list_id, user_id))
        connection.execute(
            "INSERT INTO list_members (list_id, user_id, role) VALUES (%s, %s, 'owner')", (list_id, user_id)
        )
    return user_id


def first_user(owner_url: str) -> UUID:
    """Whoever was here first; made when nobody is."""
    with psycopg.connect(owner_url) as connection:
        row = connection.execute("SELECT id FROM users ORDER BY created_at, id LIMIT 1").fetchone()
    return row[0] if row else add_user(owner_url, "You", zone=machine_zone())


def machine_zone() -> str:
    """The IANA time zone of this machine (TZ, else what /etc/localtime links to); UTC if it does not say."""
    named = os.environ.get("TZ", "").removeprefix(":") or os.path.realpath("/etc/localtime").partition("zoneinfo/")[2]
    try:
        check_zone(named)
    except InvalidInputError:
        return "UTC"
    return "UTC" if named == "Etc/UTC" else named


def find_user(owner_url: str, who: str) -> UUID | None:
    """The person with this e-mail address, in any case, or with this id."""
    with psycopg.connect(owner_url) as connection:
        query = (
            "SELECT id FROM users WHERE lower(email) = lower(%(who)s) OR id::text = %(who)s ORDER BY created_at LIMIT 1"
        )
        row = connection.execute(query, {"who": who}).fetchone()
    return row[0] if row else None


def remove_user(owner_url: str, user_id: UUID) -> None:
    """Remove a person with all that is theirs, also lists that others use. The hourly sweep erases what names them in
    the event log and in what others keep."""
    with psycopg.connect(owner_url) as connection:
        connection.execute("SELECT remove_person(%s)", (user_id,))


def set_operator(owner_url: str, user_id: UUID, operator: bool) -> None:
    """Make a person an operator, or no longer one; a repetition changes nothing."""
    query = (
        "INSERT INTO operators (user_id) VALUES (%s) ON CONFLICT DO NOTHING"
        if operator
        else "DELETE FROM operators WHERE user_id = %s"
    )
    with psycopg.connect(owner_url) as connection:
        connection.execute(query, (user_id,))


def issue(owner_url: str, user_id: UUID, kind: str, name: str = "") -> str:
    """A new credential of this person, shown this once: a one-time `login` (15 minutes), or a `token` of all scopes."""
    secret = new_token() if kind == "token" else new_secret()
    lifetime = LOGIN_LIFETIME if kind == "login" else None
    with psycopg.connect(owner_url) as connection:
        connection.execute("DELETE FROM credentials WHERE expires_at < now()")
        connection.execute(
            """
            INSERT INTO credentials (id, user_id, kind, hash, name, expires_at)
            VALUES (gen_random_uuid(), %s, %s, %s, %s, now() + %s)
            """,
            (user_id, kind, hashed(secret), name, lifetime),
        )
    return secret
