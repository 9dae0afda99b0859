"""Lists and their members."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, Field

from functions.chat_api.fields import Name
from functions.chat_api.models.input import Input
from functions.kernel.events import ListRole

Role = ListRole
"""An owner shares, renames and deletes the list; an editor changes its tasks; a viewer sees them."""
GivenRole = Literal["editor", "viewer"]


class TaskListRead(BaseModel):
    """A list you are a member of."""

    id: UUID
    name: str = Field(examples=["Home"])
    owner_id: UUID
    role: Role


class NewTaskList(Input):
    """A list to be created, or what it is to be called."""

    name: Name = Field(examples=["Home"])


class TaskListChange(Input):
    """What to change of a list."""

    name: Name


class MemberRead(BaseModel):
    """Somebody who sees a list."""

    user_id: UUID
    name: str
    role: Role


class MemberPage(BaseModel):
    """Who sees the list, its owner first."""

    members: list[MemberRead]


class MemberChange(Input):
    """What a member is from now on. `owner` hands the list over: you are an editor of it then."""

    role: Role


class NewInvitation(Input):
    """An invitation for whoever has its secret, once, until `expires_at` (null: for 7 days; 30 at most)."""

    role: GivenRole = "editor"
    expires_at: AwareDatetime | None = Field(None, examples=["2026-12-01T12:00:00Z"])


class InvitationRead(BaseModel):
    """An invitation that nobody accepted yet."""

    id: UUID
    role: GivenRole
    created_at: datetime
    expires_at: datetime


class InvitationMade(InvitationRead):
    """A new invitation. Its `secret` is shown this once: null when the same request is sent again with its key."""

    secret: str | None


class InvitationPage(BaseModel):
    """A list's open invitations, the latest first."""

    invitations: list[InvitationRead]


class InvitationAbout(BaseModel):
    """What an invitation is to; `is_member`: you are in already."""

    list_id: UUID
    list_name: str
    role: GivenRole
    invited_by: str
    expires_at: datetime
    is_member: bool
