"""A webhook's signing secret: derived from one key in the secret store, so that none lies in the database."""

import base64
import hmac
from uuid import UUID

KEY_NAME = "webhook-signing-key"


def signing_secret(key: str, webhook_id: UUID) -> str:
    """The Standard Webhooks secret (`whsec_` + base64) of this webhook under the store's key: HMAC-SHA-256 of
    its id, so that the same webhook always has the same one and no other tells anything of it."""
    derived = hmac.digest(key.encode(), webhook_id.bytes, "sha256")
    return "whsec_" + base64.b64encode(derived).decode()
