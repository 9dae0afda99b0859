"""Many writes in one request."""

from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, Field, StringConstraints

from functions.chat_api.models.input import Input
from functions.chat_api.models.notices import NewSnooze
from functions.chat_api.models.problem import Problem
from functions.chat_api.models.task import Scope, TaskChange
from functions.kernel.domain.integers import INTEGRAL

MOST_COMMANDS = 100

CommandType = Literal[
    "task_create",
    "task_update",
    "task_complete",
    "task_reopen",
    "task_skip",
    "task_delete",
    "list_create",
    "notice_acknowledge",
    "notice_snooze",
]
TempId = Annotated[str, StringConstraints(min_length=1, max_length=100, pattern=r"^[!-~]+$")]


class Command(Input):
    """One write: `args` are the body of the single route of the same name, and for what exists its `id`.

    With a `version`, a task is written only while it is at that one (as by If-Match). Under the name `temp_id` later
    commands may use what this one makes, in place of any id. The `uuid` is yours; sent again within 90 days, the
    command is not run again but answered alike.
    """

    type: CommandType
    uuid: UUID
    temp_id: TempId | None = Field(None, examples=["shopping"])
    args: dict[str, Any] = Field({}, examples=[{"title": "Call Sam", "due_on": "2026-11-23"}])


class Commands(Input):
    """Writes, to be run in this order. `atomic`: all of them or none."""

    commands: list[Command] = Field(min_length=1, max_length=MOST_COMMANDS)
    atomic: bool = Field(False, strict=True)


class CommandDone(BaseModel):
    """How one command went. `result` is what its single route answers, null where that has no body."""

    uuid: UUID
    status: Literal["ok", "error"]
    result: dict[str, Any] | None = Field(None, examples=[{"id": "1d0f0c1d-14d1-4b15-9a30-7d4cb3aeefcd", "version": 1}])
    problem: Problem | None = None


class CommandsDone(BaseModel):
    """How each command went, in their order, and what became of the temporary ids."""

    results: list[CommandDone]
    temp_id_mapping: dict[str, UUID] = Field(examples=[{"shopping": "1d0f0c1d-14d1-4b15-9a30-7d4cb3aeefcd"}])


class OfTask(Input):
    """Which task, and at which version only."""

    id: UUID
    version: Annotated[int, Field(strict=True, ge=1), INTEGRAL] | None = None


class TaskUpdate(TaskChange, OfTask):
    """What to change of which task."""


class TaskDelete(OfTask):
    """Which task to delete, and of a series how much."""

    scope: Scope | None = None


class OfNotice(Input):
    """Which notice."""

    id: UUID


class NoticeSnooze(NewSnooze, OfNotice):
    """Which notice to be reminded of again, and when."""
