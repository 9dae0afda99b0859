"""Dead letters, as the operator of a machine works with them: seen, handed on again, dropped, and all of that kept."""

import getpass
import os
import socket
import time
from collections.abc import Callable, Iterator, Sequence
from uuid import UUID

import psycopg
from psycopg.rows import class_row

from functions.kernel.domain.dead_letter import DeadLetter
from functions.kernel.storage.dead_letters import AUDIT, COUNT, DROP, EVENT, FIND, REPLAY, Deed, Wanted

PAGE = 1000
STEPS_A_SECOND = 2
UNKNOWN = "unknown"
"""The outcome for an id that is no dead letter's."""


def read(owner_url: str, wanted: Wanted, limit: int = 100) -> list[DeadLetter]:
    """The newest of those that are meant."""
    with psycopg.connect(owner_url, row_factory=class_row(DeadLetter)) as connection:
        return connection.execute(FIND, wanted.page(limit)).fetchall()


def count(owner_url: str, wanted: Wanted) -> int:
    """How many are meant."""
    with psycopg.connect(owner_url) as connection:
        row = connection.execute(COUNT, wanted.page(None)).fetchone()
    return int(row[0]) if row else 0


def ids_of(owner_url: str, wanted: Wanted) -> list[UUID]:
    """The ids of all that are meant, the oldest first: so they are also replayed."""
    found: list[UUID] = []
    with psycopg.connect(owner_url, row_factory=class_row(DeadLetter)) as connection:
        behind = None
        while page := connection.execute(FIND, wanted.page(PAGE, behind)).fetchall():
            found += [letter.id for letter in page]
            behind = (page[-1].created_at, page[-1].id)
    return found[::-1]


def event_text(owner_url: str, letter_id: UUID) -> str:
    """The event of a dead letter, as it came; empty when there is none (any more)."""
    with psycopg.connect(owner_url) as connection:
        row = connection.execute(EVENT, (letter_id,)).fetchone()
    return row[0] if row else ""


def replay(owner_url: str, ids: Sequence[UUID], login: str) -> dict[UUID, str]:
    """Leave these events in the outbox again, as they are in the log: what became of each. An alarm publishes them.

    Every function that consumes them is handed them again; whoever handled them already does nothing. `not in the log`:
    nothing is known of such an event but its text, so it cannot be replayed.
    """
    return _done(owner_url, REPLAY, ids, login)


def drop(owner_url: str, ids: Sequence[UUID], login: str) -> dict[UUID, str]:
    """Delete these dead letters for good; their events are not handled any more. What became of each."""
    return _done(owner_url, DROP, ids, login)


def _done(owner_url: str, query: str, ids: Sequence[UUID], login: str) -> dict[UUID, str]:
    with psycopg.connect(owner_url) as connection:
        outcomes: dict[UUID, str] = dict(connection.execute(query, (list(ids), login)).fetchall())
    return {letter_id: outcomes.get(letter_id, UNKNOWN) for letter_id in ids}


def audit(owner_url: str, limit: int = 100, letter: UUID | None = None) -> list[Deed]:
    """What was done with dead letters, or with this one, the newest first."""
    values = {"letter": letter, "behind_at": None, "behind_id": None, "limit": limit}
    with psycopg.connect(owner_url, row_factory=class_row(Deed)) as connection:
        return connection.execute(AUDIT, values).fetchall()


def in_steps(
    ids: Sequence[UUID],
    rate: int,
    sleep: Callable[[float], None] = time.sleep,
    clock: Callable[[], float] = time.monotonic,
) -> Iterator[Sequence[UUID]]:
    """The ids in steps, so paced that no more than `rate` a second are handed out; 0: as fast as it goes."""
    size = max(1, rate // STEPS_A_SECOND) if rate else PAGE
    begun = clock()
    for start in range(0, len(ids), size):
        if rate and (ahead := begun + start / rate - clock()) > 0:
            sleep(ahead)
        yield ids[start : start + size]


def login_name() -> str:
    """Who works on this machine, as `name@host`; who became somebody else by sudo is named first."""
    try:
        name = getpass.getuser()
    except (KeyError, OSError):  # a container's user need not have a name
        name = f"uid {os.getuid()}"
    before = os.environ.get("SUDO_USER")
    return f"{before} as {name}@{socket.gethostname()}" if before else f"{name}@{socket.gethostname()}"
