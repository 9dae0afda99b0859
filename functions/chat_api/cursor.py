"""Where a page of moments and ids ended: the cursor that its next one begins after."""

import base64
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from functions.kernel.errors import InvalidInputError

Key = tuple[datetime, UUID]
"""Where a page ended: the moment that rows are ordered by, and the id of the last."""
Row = TypeVar("Row")


def write(at: datetime, row_id: UUID) -> str:
    """The cursor behind the row of this moment and id."""
    return base64.urlsafe_b64encode(f"{at.isoformat()} {row_id}".encode()).decode().rstrip("=")


def read(text: str) -> Key:
    """The moment and id that `write` was given. Raises InvalidInputError (field `cursor`)."""
    try:
        at, _, row_id = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode().partition(" ")
        key = datetime.fromisoformat(at), UUID(row_id)
    except ValueError:
        key = None
    if key is None or key[0].tzinfo is None:
        raise InvalidInputError("cursor", "this is no cursor of this API; leave it out to begin anew")
    return key


def cut(rows: Sequence[Row], limit: int, key_of: Callable[[Row], Key]) -> tuple[list[Row], str | None]:
    """A page of `limit` rows, and the cursor behind it: null where these were all. One more than the page is read."""
    page = list(rows[:limit])
    return page, write(*key_of(page[-1])) if len(rows) > limit else None
