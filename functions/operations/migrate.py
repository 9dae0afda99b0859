"""Migrations and roles: what the owner of the database does, and no function can."""

import secrets
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import psycopg
from alembic import command
from alembic.config import Config
from psycopg import sql
from sqlalchemy import Connection, create_engine
from sqlalchemy.exc import OperationalError

from functions.kernel.storage import logins
from functions.kernel.storage.logins import Login, SchemaOwner

MIGRATIONS = Path(__file__).resolve().parents[2] / "infra" / "migrations"


class LoginError(Exception):
    """A login cannot be made as it was asked for; the text says why and what to do, and holds no password."""


LOCK_SECONDS = 2
"""Whoever wants a table that a migration waits for stands behind it: so long at most; then it begins anew."""
ATTEMPTS, AGAIN_SECONDS = 60, 0.5
"""A transaction of Taskwake's ends within 20 s (functions/kernel/storage/database.py); another's may take minutes."""


def migrate(owner_url: str) -> str | None:
    """Bring the schema up to date, and the event log's months, where it has some; returns the schema's revision. Safe
    to run twice, also at once: one waits for the other.

    Each migration is one transaction, so that a kill leaves it undone. Raises sqlalchemy's OperationalError when
    a table that it wants was in use for ATTEMPTS times LOCK_SECONDS.
    """
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    engine = create_engine("postgresql+psycopg://", creator=lambda: psycopg.connect(owner_url))
    with engine.connect() as connection:
        # Not waited for within PostgreSQL: an index that is built beside everybody waits for every statement that began
        # before, and this one would wait for who builds it.
        while not connection.exec_driver_sql("SELECT pg_try_advisory_lock(7305164214)").scalar():
            connection.commit()
            time.sleep(AGAIN_SECONDS)
        connection.commit()
        config.attributes["connection"] = connection
        connection.exec_driver_sql(f"SET lock_timeout = '{LOCK_SECONDS}s'")
        connection.commit()
        _upgrade(config, connection)
        connection.exec_driver_sql("SELECT prepare_months()")
        connection.commit()
        revision = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()
        connection.exec_driver_sql("SELECT pg_advisory_unlock(7305164214)")
        connection.commit()
    engine.dispose()
    return revision


def _upgrade(config: Config, connection: Connection) -> None:
    for attempt in range(1, ATTEMPTS + 1):
        try:
            command.upgrade(config, "head")
        except OperationalError as error:
            connection.rollback()
            if attempt == ATTEMPTS or not isinstance(error.orig, psycopg.errors.LockNotAvailable):
                raise
            time.sleep(AGAIN_SECONDS)
        else:
            connection.commit()
            return


def make_logins(owner_url: str) -> dict[str, str]:
    """Make each login anew, with a new password; returns their addresses under the names that the secret store
    wants."""
    passwords = {login.name: secrets.token_urlsafe(24) for login in logins.ALL}
    ensure_logins(owner_url, passwords)
    return {login.secret: logins.address(owner_url, login, passwords[login.name]) for login in logins.ALL}


def passwords_in(folder: Path) -> dict[str, str]:
    """Each login's password, out of the folder's addresses: a file a login, named as its secret. Raises LoginError."""
    passwords = {}
    for login in logins.ALL:
        file = folder / login.secret
        try:
            parts = urlsplit(file.read_text().strip())
        except OSError as error:
            raise LoginError(
                f"{file} cannot be read ({error.strerror}): it should hold the address of {login.name}"
            ) from None
        # The address itself stays out of the message: it holds the password.
        if parts.username != login.name or not parts.password:
            raise LoginError(f"{file} holds no address like postgresql://{login.name}:password@host/database")
        passwords[login.name] = unquote(parts.password)
    return passwords


def ensure_logins(owner_url: str, passwords: Mapping[str, str]) -> None:
    """Make sure that every login exists, with its password; `passwords` is by the login's name."""
    for login in (logins.API, logins.FUNCTIONS):
        ensure_login(owner_url, login, passwords[login.name])
    _ensure_schema_owner(owner_url, logins.CONVERSATIONS, passwords[logins.CONVERSATIONS.name])


def ensure_login(owner_url: str, login: Login, password: str | None = None) -> None:
    """Make sure that this login exists, with this password (null: with none)."""
    with psycopg.connect(owner_url, autocommit=True) as connection:
        _ensure_role(connection, login.name, password)
        connection.execute(sql.SQL("GRANT {} TO {}").format(sql.Identifier(login.role), sql.Identifier(login.name)))


def _ensure_schema_owner(owner_url: str, login: SchemaOwner, password: str) -> None:
    with psycopg.connect(owner_url, autocommit=True) as connection:
        _ensure_role(connection, login.name, password)
        role, own = sql.Identifier(login.name), sql.Identifier(login.schema)
        # Whoever gives a schema to a role has to be a member of it.
        connection.execute(sql.SQL("GRANT {} TO CURRENT_USER").format(role))
        connection.execute(sql.SQL("CREATE SCHEMA IF NOT EXISTS {} AUTHORIZATION {}").format(own, role))
        connection.execute(sql.SQL("ALTER ROLE {} SET search_path = {}").format(role, own))


def _ensure_role(connection: psycopg.Connection[tuple[Any, ...]], name: str, password: str | None) -> None:
    known = connection.execute(
        "SELECT rolsuper OR rolcreatedb OR rolcreaterole OR rolreplication OR rolbypassrls FROM pg_roles"
        " WHERE rolname = %s",
        (name,),
    ).fetchone()
    if known and known[0]:
        raise LoginError(
            f"the role {name} is there already, and may do more than a login of Taskwake should: "
            f"rename it or drop it (DROP OWNED BY {name}; DROP ROLE {name}), and migrate again"
        )
    # A role that is there is not told its rights again: on a hosted database the owner, who is no superuser, may not.
    statement = (
        "ALTER ROLE {name} LOGIN PASSWORD {password}" if known else "CREATE ROLE {name} LOGIN PASSWORD {password}"
    )
    connection.execute(sql.SQL(statement).format(name=sql.Identifier(name), password=sql.Literal(password)))
