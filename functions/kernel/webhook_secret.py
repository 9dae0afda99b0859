"""A webhook's signing secrets: derived from one key in the secret store, so that none lies in the database."""

import base64
import hmac
from datetime import datetime, timedelta
from uuid import UUID

KEY_NAME = "webhook-signing-key"
PREFIX = "whsec_"
BOTH_FOR = timedelta(hours=24)
"""So long after a rotation a message is signed by the secret before it, too."""


def signing_secret(key: str, webhook_id: UUID, generation: int = 0) -> str:
    """The Standard Webhooks secret (`whsec_` + base64) of this webhook under the store's key: HMAC-SHA-256 of
    its id, and from the first rotation on of its generation, so that the same webhook always has the same one and no
    other tells anything of it."""
    subject = webhook_id.bytes + (generation.to_bytes(8) if generation else b"")
    return PREFIX + base64.b64encode(hmac.digest(key.encode(), subject, "sha256")).decode()


def signing_secrets(
    key: str, webhook_id: UUID, generation: int, rotated_at: datetime | None, now: datetime
) -> tuple[str, ...]:
    """The secrets that a message of this moment is signed with: the newest, and the one before it for BOTH_FOR."""
    both = rotated_at is not None and now < rotated_at + BOTH_FOR
    generations = (generation, generation - 1) if both else (generation,)
    return tuple(signing_secret(key, webhook_id, one) for one in generations)


def signed_headers(secrets: tuple[str, ...], message_id: UUID, now: datetime, body: bytes) -> dict[str, str]:
    """The headers of Standard Webhooks 1.0, with a signature by each secret, the newest first. Raises ValueError for
    what is no secret."""
    signed = f"{message_id}.{int(now.timestamp())}.".encode() + body
    digests = [hmac.digest(_key(secret), signed, "sha256") for secret in secrets or ("",)]
    return {
        "webhook-id": str(message_id),
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": " ".join("v1," + base64.b64encode(digest).decode() for digest in digests),
    }


def _key(secret: str) -> bytes:
    if not (key := base64.b64decode(secret.removeprefix(PREFIX), validate=True)):
        raise ValueError("a signing secret is missing")
    return key
