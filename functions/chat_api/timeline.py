"""Where in the event log a cursor is, and of which of a database's lives.

A database that was restored goes on from an earlier point: its transactions' numbers come again, for other ones.
Each restore begins a timeline (`taskwake restored`), and a cursor says in front of its transaction which one it is of:
the upper 16 of its 64 bits. What was never restored is of timeline 0, so there a cursor is the bare number.

And whether the log still has what comes after a cursor: its oldest months may have been dropped (`taskwake retention`).
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from functions.kernel.errors import ExpiredError, InvalidInputError
from functions.kernel.storage.database import Connection, Database

_XID_BITS = 48
"""At 10,000 transactions a second this lasts for 890 years."""
MAX_TX, MAX_SEQ = 2**64, 2**63 - 1
"""What PostgreSQL's xid8 stays below, and its largest bigint."""
Position = tuple[int, int]
"""A transaction of a timeline, as cursors name it, and the number of an event in it."""


def parse_cursor(text: str) -> Position:
    """The position that a cursor names. Raises InvalidInputError (field `cursor`)."""
    tx, dash, seq = text.partition("-")
    if text.isascii() and dash and tx.isdecimal() and seq.isdecimal() and len(text) <= 40:
        position = int(tx), int(seq)
        if position < (MAX_TX, 0) and position[1] <= MAX_SEQ:
            return position
    raise InvalidInputError("cursor", f"{text[:40]!r} is no cursor; leave it out to start at the present")


def cursor_of(position: Position) -> str:
    """What `parse_cursor` reads as this position."""
    return f"{position[0]}-{position[1]}"


async def present(database: Database) -> Position:
    """The position of now: what was committed before is behind it, all else comes after it."""
    [row] = await database.fetch("SELECT pg_snapshot_xmin(pg_current_snapshot())::text AS tx, timeline()")
    return mark(row["timeline"], int(row["tx"])), 0


def mark(timeline: int, xid: int) -> int:
    """This transaction of this timeline, as cursors name it."""
    return timeline << _XID_BITS | xid


def split(tx: int) -> tuple[int, int]:
    """The timeline and the transaction that a cursor names."""
    return tx >> _XID_BITS, tx & ((1 << _XID_BITS) - 1)


def check(tx: int, timeline: int, following: int) -> None:
    """Raises ExpiredError for a cursor of another timeline than the database's, or of a transaction after its next."""
    named, xid = split(tx)
    if named != timeline or xid > following:
        raise ExpiredError(
            "this cursor is of another database, or of before it was restored; leave it out to begin anew"
        )


@dataclass(frozen=True, slots=True)
class Dropped:
    """What was dropped of the log: all before `until`, the last of it the event at (`xid`, `seq`); null: nothing was
    written until then."""

    until: datetime
    xid: int | None
    seq: int | None

    def check(self, xid: int, seq: int) -> None:
        """Raises ExpiredError for a position that something which was dropped comes after."""
        if self.xid is not None and self.seq is not None and (xid, seq) < (self.xid, self.seq):
            raise ExpiredError(
                f"this cursor is of before {self.until:%Y-%m-%d}, where the event log begins; "
                "leave it out to begin anew"
            )


NOW = """
    SELECT timeline(), pg_snapshot_xmin(now)::text::numeric AS settled,
           pg_snapshot_xmax(now)::text::numeric AS following, gone.at AS until, gone.tx::text::numeric AS xid, gone.seq
    FROM pg_current_snapshot() AS now LEFT JOIN log_begins() AS gone ON true
"""
"""What cursors are checked against: the timeline, up to where all transactions have ended, which number comes next, and
what was dropped (`dropped_in`)."""


def dropped_in(row: dict[str, Any]) -> Dropped | None:
    """What was dropped of the log, of a row that has it as NOW does; null: it is whole."""
    return Dropped(row["until"], row["xid"] and int(row["xid"]), row["seq"]) if row["until"] else None


async def dropped(connection: Connection) -> Dropped | None:
    """What was dropped of the log; null: it is whole."""
    row = await (
        await connection.execute("SELECT at AS until, tx::text::numeric AS xid, seq FROM log_begins()")
    ).fetchone()
    return dropped_in(row) if row else None


async def check_now(database: Database, tx: int, seq: int) -> None:
    """As `check`, by what the database says now; and that nothing after this position was dropped."""
    [row] = await database.fetch(NOW)
    check(tx, row["timeline"], int(row["following"]))
    if gone := dropped_in(row):
        gone.check(split(tx)[1], seq)
