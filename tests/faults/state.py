"""What the database holds, as the checker of the fault tests wants it."""

from collections.abc import Awaitable, Callable
from typing import Any

from tests.faults.history import Found, Handled, Logged, Notice

Rows = Callable[..., Awaitable[list[dict[str, Any]]]]

_LOG = """
    SELECT seq, topic, COALESCE(tasks.title, key::text) AS task, (event->'data'->'task'->>'version')::bigint AS version
    FROM events LEFT JOIN tasks ON tasks.id = events.key ORDER BY seq
"""
# A batch is one transaction: within it the order is the handler's, and the moment that of its claim.
_HANDLED = """
    SELECT function, events.key::text AS key, seq, min(handled_at) OVER (PARTITION BY inbox.xmin::text) AS at
    FROM inbox JOIN events ON events.id::text = inbox.event_id
"""
_LEFT = """
    SELECT topic || ' ' || id::text || ', not published' AS what FROM events WHERE published_at IS NULL
    UNION ALL
    SELECT 'a delivery by ' || channel || ' of ' || title FROM deliveries
    WHERE delivered_at IS NULL AND given_up_at IS NULL
"""
_DEAD = """
    SELECT function || ': ' || reason AS what FROM dead_letters
    UNION ALL SELECT 'a delivery by ' || channel || ' of ' || title FROM deliveries WHERE given_up_at IS NOT NULL
"""


async def look(rows: Rows) -> Found:
    """All of it, but for what arrived; `rows` asks the database as its owner."""
    notices = await rows("SELECT notices.* FROM notices ORDER BY created_at")
    return Found(
        tasks=[row["title"] for row in await rows("SELECT title FROM tasks")],
        reminders=[row["title"] for row in await rows("SELECT title FROM reminders JOIN tasks ON tasks.id = task_id")],
        notices=[Notice(row["title"], row["kind"], row["remind_at"], row["created_at"]) for row in notices],
        log=[Logged(row["task"], row["topic"], row["version"]) for row in await rows(_LOG)],
        handled=[Handled(row["function"], row["key"], row["seq"], row["at"]) for row in await rows(_HANDLED)],
        left=[row["what"] for row in await rows(_LEFT)],
        dead=[row["what"] for row in await rows(_DEAD)],
    )
