"""What people and programs show to be let in: made here, and kept as a hash only."""

import hashlib
import secrets

TOKEN_PREFIX = "twk_"  # noqa: S105 - what every token begins with


def new_secret() -> str:
    """A credential nobody can guess: 256 random bits."""
    return secrets.token_urlsafe(32)


def new_token() -> str:
    """A program's credential; its prefix is what a search for leaked secrets looks for."""
    return TOKEN_PREFIX + new_secret()


def hashed(secret: str) -> bytes:
    """What is kept of a credential. Its bits are random, so a fast hash gives nothing away; it is looked up by an
    index, and what a look-up's time could tell is of the hash, not of the secret."""
    return hashlib.sha256(secret.encode("utf-8", "replace")).digest()
