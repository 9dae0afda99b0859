"""Migrations and roles: what the owner of the database does, and no function can."""

import secrets
from pathlib import Path
from typing import Any

import psycopg
from alembic import command
from alembic.config import Config
from psycopg import sql
from psycopg.conninfo import make_conninfo
from sqlalchemy import create_engine

from functions.kernel.storage import logins
from functions.kernel.storage.logins import Login

MIGRATIONS = Path(__file__).resolve().parents[2] / "infra" / "migrations"


def migrate(owner_url: str) -> str | None:
    """Bring the schema up to date; returns its revision. Safe to run twice, also at once: one waits for the other."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    engine = create_engine("postgresql+psycopg://", creator=lambda: psycopg.connect(owner_url))
    with engine.connect() as connection:
        connection.exec_driver_sql("SELECT pg_advisory_lock(7305164214)")
        connection.commit()
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        connection.commit()
        revision = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()
        connection.exec_driver_sql("SELECT pg_advisory_unlock(7305164214)")
        connection.commit()
    engine.dispose()
    return revision


def make_logins(owner_url: str) -> dict[str, str]:
    """Make the logins of chat-api and of the event functions with new passwords; returns their addresses under the
    names that the secret store wants."""
    addresses = {}
    for login in (logins.API, logins.FUNCTIONS):
        password = secrets.token_urlsafe(24)
        ensure_login(owner_url, login, password)
        addresses[login.secret] = make_conninfo(owner_url, user=login.name, password=password)
    return addresses


def ensure_login(owner_url: str, login: Login, password: str | None = None) -> None:
    """Make sure that this login exists, with this password (null: with none)."""
    with psycopg.connect(owner_url, autocommit=True) as connection:
        _ensure_role(connection, login.name, password)
        connection.execute(sql.SQL("GRANT {} TO {}").format(sql.Identifier(login.role), sql.Identifier(login.name)))


def ensure_schema_owner(owner_url: str, name: str, schema: str, password: str) -> None:
    """Make sure that a login exists that may do as it likes in a schema of its own, and nothing anywhere else."""
    with psycopg.connect(owner_url, autocommit=True) as connection:
        _ensure_role(connection, name, password)
        role, own = sql.Identifier(name), sql.Identifier(schema)
        # Whoever gives a schema to a role has to be a member of it.
        connection.execute(sql.SQL("GRANT {} TO CURRENT_USER").format(role))
        connection.execute(sql.SQL("CREATE SCHEMA IF NOT EXISTS {} AUTHORIZATION {}").format(own, role))
        connection.execute(sql.SQL("ALTER ROLE {} SET search_path = {}").format(role, own))


def _ensure_role(connection: psycopg.Connection[tuple[Any, ...]], name: str, password: str | None) -> None:
    known = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (name,)).fetchone()
    verb = sql.SQL("ALTER" if known else "CREATE")
    statement = sql.SQL("{verb} ROLE {name} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE INHERIT PASSWORD {password}")
    connection.execute(statement.format(verb=verb, name=sql.Identifier(name), password=sql.Literal(password)))
