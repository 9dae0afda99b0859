"""What Dapr sends to say that something happened: a bulk of events, of which nothing is read but their entries' ids."""

import hmac
from collections.abc import Mapping

from pydantic_core import from_json, to_json

TOKEN_HEADER = "dapr-api-token"  # noqa: S105 - the header's name


def from_dapr(headers: Mapping[str, str], app_token: str | None) -> bool:
    """Whether who sends these headers knows `app_token` (null: nobody need know anything)."""
    return not app_token or hmac.compare_digest(headers.get(TOKEN_HEADER, "").encode(), app_token.encode())


def take(body: bytes) -> bytes | None:
    """The answer that takes every entry of Dapr's bulk envelope (JSON); null when the body is none."""
    try:
        ids = [entry["entryId"] for entry in from_json(body)["entries"]]
    except (ValueError, KeyError, TypeError):
        return None
    return to_json({"statuses": [{"entryId": entry_id, "status": "SUCCESS"} for entry_id in ids]})
