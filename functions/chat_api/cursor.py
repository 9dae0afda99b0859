"""Where a page of moments and ids ended: the cursor that its next one begins after."""

import base64
from datetime import datetime
from uuid import UUID

from functions.kernel.errors import InvalidInputError

Key = tuple[datetime, UUID]
"""Where a page ended: the moment that rows are ordered by, and the id of the last."""


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
