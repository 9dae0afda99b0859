"""The token that Dapr shows to functions, and functions show where they stand in for it."""

import hmac
from collections.abc import Mapping

HEADER = "dapr-api-token"


def shown(headers: Mapping[str, str], app_token: str | None) -> bool:
    """Whether who sends these headers knows `app_token` (null: nobody need know anything); in constant time."""
    return not app_token or hmac.compare_digest(headers.get(HEADER, "").encode(), app_token.encode())
