"""What a token may do: the scopes, and which of them a route needs."""

from collections.abc import Collection
from typing import Any, Literal

from functions.kernel.errors import InsufficientScopeError

TokenScope = Literal["tasks:read", "tasks:write", "account"]
"""See tasks and lists; change them; and all that lets somebody in: who you are, tokens, sessions, webhooks, members;
and what an operator does."""
ALL: tuple[TokenScope, ...] = ("tasks:read", "tasks:write", "account")

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
ACCOUNT_TAGS = frozenset({"me", "tokens", "sessions", "webhooks", "members", "invitations", "dead-letters"})
CHAT = "/chat"
"""What one asks there may be a question or a change."""
MCP = "/mcp"
"""Each of its tools asks for what it needs besides."""


def needed(method: str, path: str, tags: Collection[Any]) -> frozenset[TokenScope]:
    """The scopes that a token needs for this method of a route with this path and these tags, all of them."""
    if (method, path) == ("GET", "/me"):
        return frozenset()  # whose token it is
    if path == CHAT:
        return frozenset({"tasks:read", "tasks:write"})
    if path == MCP:
        return frozenset({"tasks:read"})
    if not ACCOUNT_TAGS.isdisjoint(tags) or path.startswith("/calendar-feeds"):
        return frozenset({"account"})
    return frozenset({"tasks:read"} if method in SAFE_METHODS else {"tasks:write"})


def check(scopes: Collection[str], wanted: Collection[str], what: str) -> None:
    """Raise InsufficientScopeError unless all that is wanted is among the scopes."""
    if missing := tuple(sorted(set(wanted) - set(scopes))):
        raise InsufficientScopeError(missing, f"{what} needs the scope {' '.join(missing)}, which this token lacks")
