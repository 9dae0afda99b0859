"""The months of the event log: which are there, what holds one, and dropping the oldest."""

import logging
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import partial
from typing import Any

import psycopg
from psycopg import sql
from psycopg.rows import DictRow, dict_row

from functions.operations.retention.dividing import MONTHS_LOCK, RetentionError, Say, is_divided, patiently

DETACH_SECONDS = 1
"""Whoever wants the log stands behind who detaches a month: so long at most; then it begins anew."""

log = logging.getLogger(__name__)

Connection = psycopg.Connection[DictRow]


@dataclass(frozen=True, slots=True)
class Month:
    """A part of the event log: from `from_at` (null: from the log's beginning) until `until_at`, UTC. `held` says why
    it may not go."""

    name: str
    from_at: datetime | None
    until_at: datetime
    events: int
    bytes: int
    held: tuple[str, ...] = ()

    def as_json(self, *, dropped: bool) -> dict[str, Any]:
        """For programs; `dropped`: those that nothing holds are gone."""
        return asdict(self) | {"dropped": dropped and not self.held}


def all_of(owner_url: str) -> list[Month]:
    """Every month, the oldest first, with as many events as PostgreSQL takes it to have; none while the log is one
    table."""
    with _connect(owner_url) as connection:
        rows = connection.execute(
            "SELECT m.*, greatest(c.reltuples, 0)::bigint AS events, pg_total_relation_size(c.oid) AS bytes"
            " FROM event_months() m JOIN pg_class c ON c.oid = ('public.' || quote_ident(m.name))::regclass"
        ).fetchall()
    return [Month(**row) for row in rows]


def older(owner_url: str, keep: int, say: Say) -> list[Month]:
    """The months that ended `keep` whole months ago and longer, the oldest first, counted, each with what holds it; and
    what comes after one that is held is held by that. Raises RetentionError where the log is one table."""
    with _connect(owner_url) as connection:
        return list(_older(connection, keep, say))


def drop(owner_url: str, keep: int, say: Say) -> list[Month]:
    """Drop these months, but for those that are held; returns what `older` would. Nobody waits for longer than
    DETACH_SECONDS. Raises RetentionError."""
    with _connect(owner_url) as connection:
        connection.execute("SELECT pg_advisory_lock(%s)", (MONTHS_LOCK,))
        _drop_detached(connection)
        months = list(_older(connection, keep, say))
        for month in months:
            if month.held:
                break
            patiently(connection, partial(_detach, connection, month), say)
            connection.execute(sql.SQL("DROP TABLE {}").format(_table(month.name)))
            span = f"{month.events} events until {month.until_at:%Y-%m-%d}"
            log.info("dropped %s of the event log: %s", month.name, span)
            say(f"Dropped {month.name}: {span}.")
    return months


def _connect(owner_url: str) -> Connection:
    connection = psycopg.connect(owner_url, autocommit=True, row_factory=dict_row)
    connection.execute("SET TimeZone = 'UTC'")
    return connection


def _table(name: str) -> sql.Identifier:
    return sql.Identifier("public", name)


def _older(connection: Connection, keep: int, say: Say) -> Iterator[Month]:
    if not is_divided(connection):
        raise RetentionError("the event log is one table: `taskwake retention --divide` makes months of it")
    found = connection.execute(
        "SELECT * FROM event_months() WHERE until_at <= date_trunc('month', now()) - make_interval(months => %s)",
        (keep,),
    ).fetchall()
    held_by: str | None = None
    for row in found:
        say(f"Counting {row['name']} …")
        size = connection.execute(
            sql.SQL("SELECT count(*) AS events, pg_total_relation_size({}::regclass) AS bytes FROM {}").format(
                sql.Literal(f"public.{row['name']}"), _table(row["name"])
            )
        ).fetchall()[0]
        held = (f"{held_by} is held, and the log has no gaps",) if held_by else tuple(_holding(connection, row["name"]))
        held_by = held_by or (row["name"] if held else None)
        yield Month(**row, **size, held=held)


_UNPUBLISHED = "SELECT count(*) AS number FROM {} WHERE published_at IS NULL"
# Those that nobody handled since, be they replayed or not.
_DEAD = """
    SELECT count(*) AS number FROM dead_letters d
    WHERE EXISTS (SELECT FROM {} e WHERE e.id = logged_id(d.source, d.event_id)) AND NOT EXISTS (
        SELECT FROM inbox i WHERE i.function = d.function AND i.source = d.source AND i.event_id = d.event_id)
"""
_DELIVERIES = """
    SELECT count(*) AS number FROM deliveries d
    WHERE d.delivered_at IS NULL AND d.given_up_at IS NULL AND EXISTS (SELECT FROM {} e WHERE e.id = d.id)
"""
_QUICK = {_UNPUBLISHED: "events are not published", _DEAD: "dead letters are open"}
_ALL = _QUICK | {_DELIVERIES: "deliveries are open"}


def _holding(connection: Connection, name: str, what: dict[str, str] = _ALL) -> Iterator[str]:
    for query, said in what.items():
        number = connection.execute(sql.SQL(query).format(_table(name))).fetchall()[0]["number"]
        if number:
            yield f"{number} {said}"


def _detach(connection: Connection, month: Month) -> None:
    """Take it out of the log, and note where that begins now."""
    connection.execute(f"SET LOCAL lock_timeout = '{DETACH_SECONDS}s'")
    connection.execute("LOCK TABLE events IN ACCESS EXCLUSIVE MODE")
    # A dead letter may have been replayed since it was looked at; now nobody can.
    if held := list(_holding(connection, month.name, _QUICK)):
        raise RetentionError(f"{month.name}: {', '.join(held)} since a moment ago")
    connection.execute(_NOTE.format(table=_table(month.name)), _noted(month))
    connection.execute(sql.SQL("ALTER TABLE events DETACH PARTITION {}").format(_table(month.name)))


_NOTE = sql.SQL("""
    INSERT INTO retentions (partition, begins_at, tx, seq, events)
    SELECT %(name)s, %(until_at)s, last.tx, last.seq, %(events)s FROM (SELECT) AS one LEFT JOIN LATERAL (
        (SELECT tx, seq FROM {table} ORDER BY tx DESC, seq DESC LIMIT 1)
        UNION ALL SELECT tx, seq FROM log_begins() WHERE tx IS NOT NULL
        ORDER BY tx DESC, seq DESC LIMIT 1
    ) AS last ON true
""")


def _noted(month: Month) -> dict[str, object]:
    return {"name": month.name, "until_at": month.until_at, "events": month.events}


def _drop_detached(connection: Connection) -> None:
    """What was taken out of the log by who was killed before it was dropped."""
    for row in connection.execute(
        "SELECT DISTINCT partition AS name FROM retentions"
        " WHERE to_regclass('public.' || quote_ident(partition)) IS NOT NULL"
        " AND partition NOT IN (SELECT name FROM event_months())"
    ).fetchall():
        connection.execute(sql.SQL("DROP TABLE {}").format(_table(row["name"])))
