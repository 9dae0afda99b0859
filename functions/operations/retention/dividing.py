"""Dividing the event log into months, once, when no process of a release before this one runs any more."""

import time
from collections.abc import Callable
from typing import Any

import psycopg
from psycopg import sql

from functions.operations.migrate import AGAIN_SECONDS, ATTEMPTS, LOCK_SECONDS

MONTHS_LOCK = 7305164216
"""Held by who divides, prepares or drops months; that of SQL function prepare_months."""

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
            _run(connection, _statement(bound, name), say)
        except BaseException:
            # Left behind, it would refuse writes one day. Should this be killed, the hourly sweep does it.
            _run(connection, sql.SQL("ALTER TABLE events DROP CONSTRAINT IF EXISTS events_first_month"), say)
            raise
        say(f"The event log is divided; {name} holds what was written so far.")
        connection.execute("ANALYZE events")
    return True


def _check(connection: Connection, bound: str, say: Say) -> None:
    """Have PostgreSQL know that all rows belong to the first part, without which it would read them while nobody else
    can. There is a month left and more to do the rest."""
    drop = sql.SQL("ALTER TABLE events DROP CONSTRAINT IF EXISTS events_first_month")
    add = sql.SQL("ALTER TABLE events ADD CONSTRAINT events_first_month CHECK (created_at < {}) NOT VALID")
    _run(connection, sql.SQL("; ").join([drop, add.format(sql.Literal(bound))]), say)
    say("Reading the event log once; everybody goes on meanwhile …")
    _run(connection, sql.SQL("ALTER TABLE events VALIDATE CONSTRAINT events_first_month"), say)


def _statement(bound: str, name: str) -> sql.Composed:
    kinds = ("id", "undoes", "position", "key", "unpublished", "task", "list", "person")
    indexes = {f"{kind}_index": sql.Identifier(f"{name}_{kind}") for kind in kinds}
    return _DIVISION.format(part=sql.Identifier(name), bound=sql.Literal(bound), **indexes)


_DIVISION = sql.SQL("""DO $divide$
DECLARE
    -- Those with a parsed body mean the table, not its name; as text they mean whatever has the name.
    bodies CONSTANT text[] := ARRAY(
        SELECT DISTINCT pg_get_functiondef(objid) FROM pg_depend
        WHERE classid = 'pg_proc'::regclass AND refclassid = 'pg_class'::regclass AND refobjid = 'events'::regclass);
    next_seq bigint;
    body text;
BEGIN
    LOCK TABLE events IN ACCESS EXCLUSIVE MODE;  -- so that nobody takes a number after this
    next_seq := nextval(pg_get_serial_sequence('events', 'seq'));
    ALTER TABLE events RENAME TO {part};
    ALTER TABLE {part} ALTER COLUMN seq DROP IDENTITY;
    ALTER INDEX events_pkey RENAME TO {id_index};
    ALTER INDEX events_undone_once RENAME TO {undoes_index};
    ALTER INDEX events_by_position RENAME TO {position_index};
    ALTER INDEX events_by_key RENAME TO {key_index};
    ALTER INDEX events_unpublished RENAME TO {unpublished_index};
    ALTER INDEX events_by_task RENAME TO {task_index};
    ALTER INDEX events_by_list RENAME TO {list_index};
    ALTER INDEX events_by_person RENAME TO {person_index};

    CREATE TABLE events (LIKE {part} INCLUDING DEFAULTS) PARTITION BY RANGE (created_at);
    ALTER TABLE events ALTER COLUMN seq ADD GENERATED ALWAYS AS IDENTITY;
    EXECUTE format('ALTER TABLE events ALTER COLUMN seq RESTART WITH %s', next_seq);
    CREATE INDEX events_by_position ON events (tx, seq);
    CREATE INDEX events_by_key ON events (key, seq);
    CREATE INDEX events_unpublished ON events (seq) WHERE published_at IS NULL;
    CREATE INDEX events_by_task ON events (task_id, seq);
    CREATE INDEX events_by_list ON events (list_id, seq) WHERE list_id IS NOT NULL;
    CREATE INDEX events_by_person ON events (by_id, seq) WHERE by_id IS NOT NULL;

    -- Its check says that every row belongs there, and its indexes are those above: nothing is read.
    ALTER TABLE events ATTACH PARTITION {part} FOR VALUES FROM (MINVALUE) TO ({bound});
    ALTER TABLE {part} DROP CONSTRAINT events_first_month;
    PERFORM make_part_of_events('events_default');
    ALTER TABLE events ATTACH PARTITION events_default DEFAULT;

    ALTER TABLE events ENABLE ROW LEVEL SECURITY;
    GRANT SELECT, INSERT ON events TO taskwake_api;
    GRANT SELECT, INSERT, UPDATE ON events TO taskwake_functions;
    CREATE POLICY seen ON events FOR SELECT TO taskwake_api
        USING (user_id = asking_user() OR list_id IN (SELECT member_lists()));
    CREATE POLICY written ON events FOR INSERT TO taskwake_api
        WITH CHECK (user_id = asking_user() OR list_id IN (SELECT writable_lists()));
    CREATE POLICY everybody ON events TO taskwake_functions USING (true);
    REVOKE ALL ON {part} FROM taskwake_api, taskwake_functions;
    DROP POLICY seen ON {part};
    DROP POLICY written ON {part};
    DROP POLICY everybody ON {part};

    FOREACH body IN ARRAY bodies LOOP
        EXECUTE body;
    END LOOP;
END $divide$
""")
"""`events` becomes the partitioned table, what it was its first part: `part`, until `bound`. Nobody uses the table
meanwhile, and no row is read or written."""


def _run(connection: Connection, statement: sql.SQL | sql.Composed, say: Say) -> None:
    patiently(connection, lambda: connection.execute(statement), say)


def patiently(connection: Connection, do: Callable[[], object], say: Say) -> None:
    """Do it in one transaction that waits for a lock as migrations do: briefly, and anew. Raises RetentionError."""
    for attempt in range(1, ATTEMPTS + 1):
        try:
            with connection.transaction():
                do()
        except psycopg.errors.LockNotAvailable:
            if attempt == ATTEMPTS:
                raise RetentionError("the event log was in use all the time; try again when less is going on") from None
            if attempt == 1:
                say("Waiting for a long transaction to end …")
            time.sleep(AGAIN_SECONDS)
        else:
            return
