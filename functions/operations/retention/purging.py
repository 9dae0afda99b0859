"""What stands beside the event log, and goes with what was dropped of it (specs/decisions/0017)."""

import logging
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import psycopg
from psycopg import sql

from functions.kernel.events import SOURCE
from functions.operations.retention.dividing import Connection, Say

MARGIN = timedelta(days=1)
"""What was done so long before the log begins goes, and no later: the database's clock may have been put back, as by a
failover, between an event and who handled it."""
PAGES = 500
"""So much of a table (4 MB) is one transaction: some 40,000 rows of the inbox, in a tenth of a second."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Kind:
    table: str
    said: str
    condition: str
    """Which rows of table `old` go: what ended before `%(before)s`, and nobody can come back to."""


_HANDLED = """
    EXISTS (SELECT FROM inbox WHERE inbox.function = old.function AND inbox.source = old.source
            AND inbox.event_id = old.event_id AND inbox.handled_at < %(before)s)
"""
_KINDS = (
    # First, while the inbox still knows that they were handled: an open one has its month stay.
    _Kind("dead_letters", "dead letters that were handled since", _HANDLED),
    # With the calls that were made for each.
    _Kind("deliveries", "deliveries that ended", "greatest(old.delivered_at, old.given_up_at) < %(before)s"),
    _Kind(
        "attempts",
        "events that failed and were tried again",
        f"""
        old.last_at < %(before)s
        AND ({_HANDLED} OR NOT EXISTS (
            SELECT FROM dead_letters dead
            WHERE dead.function = old.function AND dead.source = old.source AND dead.event_id = old.event_id))
        AND NOT EXISTS (
            SELECT FROM deliveries asked
            WHERE asked.id = logged_id(old.source, old.event_id)
              AND (greatest(asked.delivered_at, asked.given_up_at) < %(before)s) IS NOT TRUE)
        """,  # noqa: S608 - a constant
    ),
    # Of other sources nobody knows when an event comes again.
    _Kind("inbox", "handled events", "old.source = %(own)s AND old.handled_at < %(before)s"),
)


def count(owner_url: str, begins_at: datetime | None = None) -> dict[str, int]:
    """How many rows of each table `purge` would delete, were the log to begin at this moment (null: where it does)."""
    with psycopg.connect(owner_url, autocommit=True) as connection:
        begins_at = begins_at or _begins_at(connection)
        if begins_at is None:
            return {}
        return {kind.table: _count(connection, kind, begins_at) for kind in _KINDS}


def purge(owner_url: str, say: Say) -> dict[str, int]:
    """Delete what ended before the log begins: handled events of ours, deliveries with their calls, failed attempts,
    and dead letters that were handled since; returns how many rows of each table, none while the log is whole.

    Everybody goes on meanwhile; each transaction is short, and what a kill leaves the next one deletes. The space is
    used again, once autovacuum was there.
    """
    with psycopg.connect(owner_url, autocommit=True) as connection:
        begins_at = _begins_at(connection)
        if begins_at is None:
            return {}
        gone = {kind.table: _purge(connection, kind, begins_at) for kind in _KINDS}
    said = ", ".join(f"{gone[kind.table]} {kind.said}" for kind in _KINDS if gone[kind.table])
    if said:
        log.info("deleted what ended before the event log begins: %s", said)
        say(f"Deleted what ended before {begins_at.astimezone(UTC):%Y-%m-%d}: {said}.")
    return gone


def _begins_at(connection: Connection) -> datetime | None:
    row = connection.execute("SELECT at FROM log_begins()").fetchone()
    return row and row[0]


def _values(begins_at: datetime) -> dict[str, object]:
    return {"own": SOURCE, "before": begins_at - MARGIN}


def _count(connection: Connection, kind: _Kind, begins_at: datetime) -> int:
    query = sql.SQL("SELECT count(*) FROM {} AS old WHERE ").format(sql.Identifier(kind.table)) + sql.SQL(
        kind.condition
    )
    [number] = connection.execute(query, _values(begins_at)).fetchone() or (0,)
    return int(number)


def _purge(connection: Connection, kind: _Kind, begins_at: datetime) -> int:
    """Go through the table once, as it lies on the disk: an index by time would cost each claim of an event."""
    [pages] = connection.execute(
        "SELECT pg_relation_size(%s::regclass) / current_setting('block_size')::int", (f"public.{kind.table}",)
    ).fetchone() or (0,)
    delete = sql.SQL("DELETE FROM {} AS old WHERE ctid >= %(from)s::tid AND ctid < %(until)s::tid AND ").format(
        sql.Identifier(kind.table)
    ) + sql.SQL(kind.condition)
    deleted = 0
    for page in range(0, pages, PAGES):
        span = {"from": f"({page},0)", "until": f"({page + PAGES},0)"}
        deleted += connection.execute(delete, _values(begins_at) | span).rowcount
    return deleted
