"""The orders in which tasks are listed, and where a page of each ended: its next one begins after that."""

import base64
import json
from dataclasses import dataclass
from datetime import datetime
from math import isfinite
from typing import Any, Literal
from uuid import UUID

from functions.kernel.errors import InvalidInputError

SortKey = Literal[
    "created", "due", "priority", "position", "title", "relevance",
    "-created", "-due", "-priority", "-position", "-title",
]  # fmt: skip
MOST_CURSOR = 4_000
"""Characters: a cursor holds the title that a page ended with."""

# Each has a value for every task; those of the same value are ordered by age. A whole day ends as the day does, where
# the one is who asks. Without a due time a task is last, in both directions.
_DUE = """COALESCE(tasks.due_at, (tasks.due_on + CASE WHEN tasks.due_on < '9999-12-31' THEN 1 ELSE 0 END)::timestamp
    AT TIME ZONE %(zone)s, '{last}'::timestamptz)"""
_KEYS: dict[str, tuple[str, str]] = {
    "created": ("tasks.created_at", "timestamptz"),
    "due": (_DUE, "timestamptz"),
    "priority": ("tasks.priority", "smallint"),
    "position": ("tasks.position", "float8"),
    "title": ("lower(tasks.title)", "text"),
    # Negative: what is most relevant comes first.
    "relevance": ("-({rank})::float8", "float8"),
    "completed": ("COALESCE(tasks.completed_at, tasks.created_at)", "timestamptz"),
}


def _read_key(kind: str, key: str) -> str:
    """A value of this kind, as PostgreSQL takes it: Python reads more ways to write one. Raises ValueError."""
    match kind:
        case "timestamptz":
            return key if key in ("infinity", "-infinity") else _moment(key).isoformat()
        case "smallint":
            if key not in ("1", "2", "3", "4"):
                raise ValueError(key)
        case "float8":
            if not isfinite(number := float(key)):
                raise ValueError(key)
            return repr(number)
        case _:
            if "\x00" in key:
                raise ValueError(key)
            key.encode()
    return key


def _moment(text: str) -> datetime:
    if (moment := datetime.fromisoformat(text)).tzinfo is None:
        raise ValueError(text)
    return moment


@dataclass(frozen=True, slots=True)
class Order:
    """One of the orders, as parts of a SELECT: `key` is to be selected as `sort_key`; `after` is true for what follows
    the cursor's row (parameters `key`, `at`, `id`), `by` is what to order by."""

    name: str
    key: str
    after: str
    by: str

    @classmethod
    def of(cls, sort: SortKey | Literal["-completed"], rank: str | None = None) -> "Order":
        """The order of this name; with `-` in front everything is the other way round. `rank` is what relevance goes
        by; InvalidInputError (field `sort`) where that is asked for and there is none."""
        if sort == "relevance" and rank is None:
            raise InvalidInputError("sort", "relevance goes with words that are searched for: give search, too")
        name, descending = sort.lstrip("-"), sort.startswith("-")
        key, kind = _KEYS[name]
        key = key.replace("{last}", "-infinity" if descending else "infinity").replace("{rank}", rank or "")
        direction, later = ("DESC", "<") if descending else ("ASC", ">")
        return cls(
            name=sort,
            key=f"({key})::text",
            after=f"({key}, tasks.created_at, tasks.id) {later} (%(key)s::{kind}, %(at)s::timestamptz, %(id)s::uuid)",
            by=f"{key} {direction}, tasks.created_at {direction}, tasks.id {direction}",
        )

    def write(self, row: dict[str, Any]) -> str:
        """The cursor behind this row."""
        where = [self.name, row["sort_key"], row["created_at"].isoformat(), str(row["id"])]
        return base64.urlsafe_b64encode(json.dumps(where, ensure_ascii=False).encode()).decode().rstrip("=")

    def read(self, cursor: str) -> dict[str, Any]:
        """The parameters of `after`. Raises InvalidInputError (field `cursor`) for what is no cursor of this order."""
        try:
            where = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
            name, key, at, row_id = where
            key = _read_key(_KEYS[self.name.lstrip("-")][1], key)
            parameters = {"key": key, "at": _moment(at), "id": UUID(row_id)}
        except (ValueError, TypeError, AttributeError, RecursionError):
            name = None
        if name != self.name:
            raise InvalidInputError("cursor", "this is no cursor of this order; leave it out to begin anew")
        return parameters


COMPLETED = Order.of("-completed")
"""Of tasks that are done: the last one first."""
