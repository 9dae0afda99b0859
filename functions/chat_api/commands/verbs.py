"""What a command may do: the work of the single routes, in the unit of work of the whole request."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from functions.chat_api import notices, sharing, tasks
from functions.chat_api.etags import Tags
from functions.chat_api.models.commands import CommandType, NoticeSnooze, OfNotice, OfTask, TaskDelete, TaskUpdate
from functions.chat_api.models.lists import NewTaskList
from functions.chat_api.models.notices import Snoozed
from functions.chat_api.models.person import Person
from functions.chat_api.models.task import NewTask
from functions.kernel.storage.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class Asked:
    """Who runs a command, and with what."""

    person: Person
    uow: UnitOfWork


@dataclass(frozen=True, slots=True)
class Verb:
    """What a command takes, and what it does."""

    args: type[BaseModel]
    run: Callable[[Asked, Any], Awaitable[BaseModel | None]]


async def _create_task(asked: Asked, new: NewTask) -> BaseModel:
    return await tasks.create(asked.uow, asked.person, new)


async def _update_task(asked: Asked, change: TaskUpdate) -> BaseModel:
    return await tasks.change(asked.uow, asked.person, change.id, change, _tags(change))


async def _complete_task(asked: Asked, of: OfTask) -> BaseModel:
    return await tasks.complete(asked.uow, asked.person, of.id, _tags(of))


async def _reopen_task(asked: Asked, of: OfTask) -> BaseModel:
    return await tasks.reopen(asked.uow, asked.person, of.id, _tags(of))


async def _skip_task(asked: Asked, of: OfTask) -> BaseModel:
    return await tasks.skip(asked.uow, asked.person, of.id, _tags(of))


async def _delete_task(asked: Asked, of: TaskDelete) -> None:
    await tasks.delete(asked.uow, asked.person, of.id, of.scope, _tags(of))


async def _create_list(asked: Asked, new: NewTaskList) -> BaseModel:
    return await sharing.create(asked.uow, asked.person, new)


async def _acknowledge_notice(asked: Asked, of: OfNotice) -> None:
    await notices.acknowledge(asked.uow, asked.person, of.id)


async def _snooze_notice(asked: Asked, snooze: NoticeSnooze) -> BaseModel:
    return Snoozed(remind_at=await notices.snooze(asked.uow, asked.person, snooze.id, snooze))


VERBS: dict[CommandType, Verb] = {
    "task_create": Verb(NewTask, _create_task),
    "task_update": Verb(TaskUpdate, _update_task),
    "task_complete": Verb(OfTask, _complete_task),
    "task_reopen": Verb(OfTask, _reopen_task),
    "task_skip": Verb(OfTask, _skip_task),
    "task_delete": Verb(TaskDelete, _delete_task),
    "list_create": Verb(NewTaskList, _create_list),
    "notice_acknowledge": Verb(OfNotice, _acknowledge_notice),
    "notice_snooze": Verb(NoticeSnooze, _snooze_notice),
}


def _tags(of: OfTask) -> Tags:
    return None if of.version is None else frozenset({f'"{of.version}"'})
