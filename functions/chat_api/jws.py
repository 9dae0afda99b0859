"""The form of a signed token (RFC 7515 §7.1), read before anything in it is believed.

A library that decodes it takes the last of two members of a name, and any kind of token; another that reads the same
token may not. Here there is one way to read it, or none.
"""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Any

TYPES = frozenset({"jwt", "at+jwt"})
"""Tokens that let in (RFC 9068 §2.1). A provider signs others with the same key: logout tokens, security events."""


class FormError(ValueError):
    """The token is not written as one that could let anybody in; the text says how."""


def check(token: str) -> None:
    """Raises FormError."""
    parts = token.split(".")
    if len(parts) != 3 or not all(map(_is_canonical, parts)):
        raise FormError("it is not three parts in base64url")
    header, _ = _object(parts[0], "header"), _object(parts[1], "payload")
    kind = header.get("typ", "JWT")
    if not isinstance(kind, str) or kind.lower().removeprefix("application/") not in TYPES:
        raise FormError("it is a token of another kind")


def _is_canonical(part: str) -> bool:
    """Whether there is no other way to write these bytes (RFC 7515 §2: no padding, nothing between)."""
    try:
        return urlsafe_b64encode(urlsafe_b64decode(part + "=" * (-len(part) % 4))).rstrip(b"=") == part.encode()
    except ValueError:
        return False


def _object(part: str, what: str) -> dict[str, Any]:
    try:
        found = json.loads(
            urlsafe_b64decode(part + "=" * (-len(part) % 4)), object_pairs_hook=_unique, parse_constant=_no_number
        )
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise FormError(f"its {what} is no JSON object, or names something twice")
    return found


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len(found := dict(pairs)) < len(pairs):
        raise ValueError("a name twice")
    return found


def _no_number(name: str) -> float:
    raise ValueError(f"{name} is no number")
