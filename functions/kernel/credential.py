"""What people and programs show to be let in: made here, and kept as a hash only."""

import hashlib
import secrets


def new_secret() -> str:
    """A credential nobody can guess: 256 random bits."""
    return secrets.token_urlsafe(32)


def hashed(secret: str) -> bytes:
    """What is kept of a credential. Its bits are random, so a fast hash gives nothing away; it is looked up by an
    index, and what a look-up's time could tell is of the hash, not of the secret."""
    return hashlib.sha256(secret.encode("utf-8", "replace")).digest()
