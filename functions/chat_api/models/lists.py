"""Lists and their members."""

from typing import Literal
from uuid import UUID

from pydantic import BaseModel, Field

from functions.chat_api.fields import Email, Name
from functions.chat_api.models.input import Input


class TaskListRead(BaseModel):
    """A list you are a member of."""

    id: UUID
    name: str = Field(examples=["Home"])
    owner_id: UUID
    role: Literal["owner", "editor", "viewer"]


class NewTaskList(Input):
    """A list to be created."""

    name: Name = Field(examples=["Home"])


class NewMember(Input):
    """Somebody to share a list with, by the e-mail address they have here."""

    email: Email
    role: Literal["editor", "viewer"] = "editor"
