"""Export: everything of a person as one JSON document, written as it is read, page by page."""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from functions.kernel.storage.database import Database

FORMAT, VERSION = "taskwake-export", 1
PAGE = 500
_LISTS = "list_id IN (SELECT list_id FROM list_members WHERE user_id = %(me)s)"
_MINE = "user_id = %(me)s"


@dataclass(frozen=True, slots=True)
class Section:
    """Rows of a table: those `where` (with `%(me)s`, the person) says, in the order of `key`; all `columns` of them but
    what means nothing elsewhere."""

    table: str
    where: str = _MINE
    key: str = "id"
    columns: str = "*"


SECTIONS: dict[str, Section] = {
    "person": Section("users", "id = %(me)s"),
    "lists": Section("lists", "id IN (SELECT list_id FROM list_members WHERE user_id = %(me)s)"),
    "members": Section("list_members", _LISTS, "list_id, user_id"),
    "series": Section("series", _LISTS),
    "tasks": Section("tasks", _LISTS),
    "reminders": Section("reminders"),
    "notices": Section("notices"),
    "misses": Section("misses"),
    "filters": Section("filters"),
    "webhooks": Section("webhooks"),
    "deliveries": Section("deliveries"),
    "delivery_attempts": Section("delivery_attempts"),
    "calendar_feeds": Section("calendar_feeds"),
    "imported_items": Section("imported_items", key="uid"),
    "invitations": Section(
        "list_invitations", "created_by = %(me)s", columns="id, list_id, role, created_by, created_at, expires_at"
    ),
    "credentials": Section("credentials", columns="id, kind, name, scopes, created_at, expires_at, used_at"),
    "events": Section("events", f"({_MINE} OR {_LISTS})", "tx, seq"),
}
LEFT_OUT = {
    "alembic_version": "the schema's",
    "attempts": "of deliveries that failed: the operator's",
    "conversations": "the export has it from where conversations are kept",
    "commands": "answers that were given already, kept for 90 days",
    "dead_letters": "what could not be handled: the operator's",
    "dead_letter_audit": "what operators did with it: not chat-api's to read",
    "delivery_turns": "which messages are being sent just now, and which wait for that",
    "departures": "positions for copies; of no meaning elsewhere",
    "erasures": "who left, of whom traces are still to be erased",
    "idempotency_keys": "answers that were given already, kept for a day",
    "identities": "whom an OpenID provider vouches for: the operator's, and not chat-api's to read",
    "inbox": "which events were handled",
    "restores": "how often the database was restored: the installation's",
    "retentions": "which months of the event log were dropped: the installation's",
    "operators": "who looks after dead letters: the operator's, and not chat-api's to read",
}
"""The other tables, and why they are in no export."""
_INTERNAL = ["tx", "since_tx", "first_version", "secret_hash", "secret_generation", "fingerprint", "etag"]


async def document(database: Database, person_id: UUID, conversation: list[dict[str, Any]]) -> AsyncIterator[str]:
    """The document, in pieces: each of its sections as it is when its turn comes."""
    yield json.dumps({"format": FORMAT, "version": VERSION, "conversation": conversation})[:-1]
    for name, section in SECTIONS.items():
        yield f',\n"{name}": ['
        between = "\n"
        async for row in _rows(database, person_id, section):
            yield between + row
            between = ",\n"
        yield "]"
    yield "}\n"


async def _rows(database: Database, person_id: UUID, section: Section) -> AsyncIterator[str]:
    """The rows as JSON. A transaction a page: who reads slowly keeps none open, however large the account is."""
    values: dict[str, Any] = {"me": person_id, "internal": _INTERNAL, "page": PAGE}
    after = ""
    while True:
        columns = section.key.split(", ")
        rows = await database.fetch(
            f"""
            SELECT (to_jsonb(t) - %(internal)s::text[])::text AS row, {", ".join(columns)}
            FROM (SELECT {section.columns} FROM {section.table} WHERE {section.where} {after}
                  ORDER BY {", ".join(columns)} LIMIT %(page)s) AS t ORDER BY {", ".join(columns)}
            """,  # noqa: S608 - constants
            values,
            user_id=person_id,
        )
        for row in rows:
            yield row["row"]
        if len(rows) < PAGE:
            return
        values |= {f"last_{name}": rows[-1][name] for name in columns}
        after = f"AND ({', '.join(columns)}) > ({', '.join(f'%(last_{name})s' for name in columns)})"
