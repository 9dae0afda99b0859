"""Dead letters as an operator works with them, through SQL functions that see for themselves who asks.

The command line asks as the owner of the tables, chat-api as a person who must be an operator (infra/migrations, 0019);
to anybody else the functions give nothing and change nothing.
"""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

FIND = """
    SELECT * FROM find_dead_letters(
        %(ids)s::uuid[], %(function)s::text, %(topic)s::text, %(reason)s::text, %(since)s::timestamptz,
        %(until)s::timestamptz, %(replayed)s::boolean, %(behind_at)s::timestamptz, %(behind_id)s::uuid, %(limit)s::int)
"""
COUNT = f"SELECT count(*) FROM ({FIND}) AS found"  # noqa: S608 - a constant
EVENT = "SELECT event FROM dead_letter_event(%s) AS event"
LOGGED = "SELECT event FROM replayed_events(%s::uuid[]) AS event"
REPLAY = "SELECT id, outcome FROM replay_dead_letters(%s::uuid[], %s::text)"
DROP = "SELECT id, outcome FROM drop_dead_letters(%s::uuid[], %s::text)"
AUDIT = """
    SELECT * FROM find_dead_letter_audit(
        %(letter)s::uuid, %(behind_at)s::timestamptz, %(behind_id)s::uuid, %(limit)s::int)
"""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which dead letters are meant; a null asks for any. `reason`: what theirs contains, in any case. `since` and
    `until` bound when they died (the second excluded)."""

    function: str | None = None
    topic: str | None = None
    reason: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    replayed: bool | None = None
    ids: list[UUID] | None = None

    def page(self, limit: int | None, behind: tuple[datetime, UUID] | None = None) -> dict[str, Any]:
        """The values of FIND: up to `limit` (null: all), the newest first, behind the one that died then and has this
        id."""
        behind_at, behind_id = behind or (None, None)
        return asdict(self) | {"limit": limit, "behind_at": behind_at, "behind_id": behind_id}


@dataclass(frozen=True, slots=True)
class Deed:
    """What was done with a dead letter. `outcome` is what came of it at once, `since_then` how a replay stands now."""

    id: UUID
    at: datetime
    who: str
    action: str
    outcome: str
    dead_letter_id: UUID
    function: str
    event_id: str
    reason: str
    since_then: str | None
