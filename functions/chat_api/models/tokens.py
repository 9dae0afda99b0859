"""What lets a program or a browser in."""

from datetime import datetime
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, Field

from functions.chat_api.fields import Name
from functions.chat_api.models.input import Input
from functions.chat_api.permissions import ALL, TokenScope


class NewToken(Input):
    """A token for a program: what it is for, what it may do, and until when (null: until it is revoked)."""

    name: Name = Field(examples=["Calendar on the kitchen wall"])
    scopes: list[TokenScope] = Field(min_length=1, max_length=len(ALL), examples=[["tasks:read"]])
    expires_at: AwareDatetime | None = None


class TokenRead(BaseModel):
    """A token. `last_used_at` is to the hour; null: never."""

    id: UUID
    name: str
    scopes: list[TokenScope]
    created_at: datetime
    last_used_at: datetime | None
    expires_at: datetime | None


class TokenMade(TokenRead):
    """A new token. Its `secret` is shown this once: null when the same request is sent again with its key."""

    secret: str | None


class TokenPage(BaseModel):
    """Your tokens, the latest first."""

    tokens: list[TokenRead]


class SessionRead(BaseModel):
    """A browser that is logged in, by what it calls itself. `last_used_at` is to the hour; `current`: it is this."""

    id: UUID
    name: str
    created_at: datetime
    last_used_at: datetime | None
    expires_at: datetime
    current: bool


class SessionPage(BaseModel):
    """Where you are logged in, the latest first; `next_cursor` is null on the last page."""

    sessions: list[SessionRead]
    next_cursor: str | None = None
