"""What a client that keeps a copy needs to follow."""

from typing import Literal
from uuid import UUID

from pydantic import BaseModel, Field

from functions.kernel.domain.task import Task


class SyncedMember(BaseModel):
    """Somebody a list is shared with."""

    user_id: UUID
    role: Literal["owner", "editor", "viewer"]


class SyncedList(BaseModel):
    """A list as it is, with its members; `role` is yours."""

    id: UUID
    name: str
    owner_id: UUID
    role: Literal["owner", "editor", "viewer"]
    members: list[SyncedMember]


class Gone(BaseModel):
    """What is deleted, or not yours to see any more. A list goes with all of its tasks."""

    lists: list[UUID] = []
    tasks: list[UUID] = []


class SyncPage(BaseModel):
    """Changes to a copy: drop what is in `deleted`, then put `lists` and `tasks` as they are in place of what has their
    ids. With `full`, begin with an empty copy. While `has_more`, ask at once with `cursor`; else whenever you like, and
    `GET /events` goes on from it, too.
    """

    full: bool = Field(description="Whether this answer begins a copy anew.")
    lists: list[SyncedList]
    tasks: list[Task]
    deleted: Gone
    cursor: str
    has_more: bool
