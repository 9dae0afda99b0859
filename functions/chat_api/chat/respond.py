"""From a sentence to what is done, and to the words that say so."""

from dataclasses import dataclass, field
from uuid import UUID

from pydantic import ValidationError

from functions.chat_api import tasks as service
from functions.chat_api.chat import wording
from functions.chat_api.chat.candidates import find, list_id_of
from functions.chat_api.chat.changes import change_of, new_task_of
from functions.chat_api.chat.listing import list_tasks
from functions.chat_api.context import ApiContext
from functions.chat_api.habits import habits_of
from functions.chat_api.models.chat import Answer, Choice
from functions.chat_api.models.person import Person
from functions.kernel.domain.intent import (
    ChangeTask,
    CompleteTask,
    CreateTask,
    DeleteTask,
    Help,
    Intent,
    ListTasks,
    NotUnderstood,
    ReopenTask,
    Unclear,
    understand,
)
from functions.kernel.domain.phrases import Ambiguity
from functions.kernel.domain.task import Task
from functions.kernel.domain.wall_time import to_local
from functions.kernel.errors import InvalidInputError
from functions.kernel.ports import Turn
from functions.kernel.storage import tasks as storage
from functions.kernel.storage.unit_of_work import UnitOfWork

TURNS_KEPT = 10
PRONOUNS = frozenset({"it", "that", "this", "them", "that one", "this one"})


@dataclass(frozen=True, slots=True)
class Reply:
    """What is answered: the words, and the tasks they are about."""

    text: str
    tasks: list[Task] = field(default_factory=list)
    understood: bool = True
    choices: list[Choice] = field(default_factory=list)


async def respond(api: ApiContext, person: Person, text: str) -> Answer:
    """Do what the sentence asks for, in one unit of work, and say what was done. Never raises for a sentence that
    makes no sense: then nothing is done, and the answer says what can be asked."""
    turns = await api.conversations.load(person.id)
    try:
        async with api.begin(person.id) as uow:
            intent = understand(text, _here(uow, person).now, habits_of(person))
            reply = await _do(uow, person, intent, turns)
    except InvalidInputError as error:
        reply = Reply(f"I did nothing: {error.message}.", understood=False)
    except ValidationError as error:
        # The same caps hold for what a sentence asks for as for a body.
        reply = Reply(f"I did nothing: {error.errors()[0]['msg']}.", understood=False)
    turn = Turn(said=text, answered=reply.text, task_ids=[task.id for task in reply.tasks])
    await api.conversations.save(person.id, [*turns, turn][-TURNS_KEPT:])
    return Answer(answer=reply.text, tasks=reply.tasks, understood=reply.understood, choices=reply.choices)


def _asked(ambiguity: Ambiguity, said: str) -> Reply:
    """The question which of two readings is meant, with what to say for each."""
    choices = [
        Choice(words=reading.words, text=said.replace(ambiguity.words, reading.words, 1))
        for reading in ambiguity.readings
    ]
    return Reply(wording.unclear(ambiguity), understood=False, choices=choices)


def _here(uow: UnitOfWork, person: Person) -> wording.Here:
    return wording.Here(to_local(uow.now, person.zone), person.zone)


async def _do(uow: UnitOfWork, person: Person, intent: Intent, turns: list[Turn]) -> Reply:
    match intent:
        case CreateTask(phrase=phrase):
            list_id = await list_id_of(uow, person, phrase.list_name) if phrase.list_name else None
            new = new_task_of(phrase, person, list_id)
            task = await service.create(uow, person, new)
            return Reply(wording.created(task, _here(uow, person), phrase, list_id is not None), [task])
        case ListTasks():
            return Reply(*await list_tasks(uow, person, intent))
        case CompleteTask(words=words) | ReopenTask(words=words) | ChangeTask(words=words) | DeleteTask(words=words):
            return await _act(uow, person, intent, words, turns)
        case Unclear(ambiguity=ambiguity, said=said):
            return _asked(ambiguity, said)
        case Help(suggestions=suggestions):
            return Reply(wording.help_text(suggestions))
        case NotUnderstood(suggestions=suggestions):
            return Reply(wording.not_understood(suggestions), understood=False)


async def _act(
    uow: UnitOfWork,
    person: Person,
    intent: CompleteTask | ReopenTask | ChangeTask | DeleteTask,
    words: str,
    turns: list[Turn],
) -> Reply:
    status = "done" if isinstance(intent, ReopenTask) else "open"
    found = await _meant(uow, person, words, status, turns)
    if not found:
        return Reply(wording.nothing_found(words, status), understood=False)
    if len(found) > 1:
        return Reply(wording.which_one(found), found, understood=False)
    task = found[0]
    here = _here(uow, person)
    match intent:
        case CompleteTask():
            done = await service.complete(uow, person, task.id)
            return Reply(wording.completed(done), [done])
        case ReopenTask():
            reopened = await service.reopen(uow, person, task.id)
            return Reply(f"“{reopened.title}” is open again.", [reopened])
        case DeleteTask():
            await service.delete(uow, person, task.id)
            return Reply(f"Deleted “{task.title}”.")
        case ChangeTask():
            changed = await service.change(uow, person, task.id, change_of(intent, task, person, here.now))
            return Reply(wording.changed(task, changed, here), [changed])


async def _meant(uow: UnitOfWork, person: Person, words: str, status: str, turns: list[Turn]) -> list[Task]:
    """The tasks that the words mean: what was last spoken of for "it", else the best match of the titles."""
    if words.lower().strip(" .!") in PRONOUNS:
        last: list[UUID] = next((turn.task_ids for turn in reversed(turns) if turn.task_ids), [])
        loaded = await storage.load(uow.connection, last, seen_by=person.id)
        return [loaded[task_id] for task_id in last if task_id in loaded and loaded[task_id].status == status]
    return await find(uow, person, words, status)
