"""Which of a database's lives a cursor is of.

A database that was restored goes on from an earlier point: its transactions' numbers come again, for other ones.
Each restore begins a timeline (`taskwake restored`), and a cursor says in front of its transaction which one it is of:
the upper 16 of its 64 bits. What was never restored is of timeline 0, so there a cursor is the bare number.
"""

from functions.kernel.errors import ExpiredError
from functions.kernel.storage.database import Database

_XID_BITS = 48
"""At 10,000 transactions a second this lasts for 890 years."""


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


async def check_now(database: Database, tx: int) -> None:
    """As `check`, by what the database says now."""
    [row] = await database.fetch(
        "SELECT timeline(), pg_snapshot_xmax(pg_current_snapshot())::text::numeric AS following"
    )
    check(tx, row["timeline"], int(row["following"]))
