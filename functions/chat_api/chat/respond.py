"""From a sentence to what is done, and to the words that say so."""

from datetime import timedelta
from uuid import UUID

from pydantic import ValidationError

from functions.chat_api import tasks as service
from functions.chat_api.chat import wording
from functions.chat_api.chat.candidates import find_any, list_id_of
from functions.chat_api.chat.changes import new_task_of
from functions.chat_api.chat.deeds import ask_for_many, do_many, do_one
from functions.chat_api.chat.listing import list_tasks
from functions.chat_api.chat.reply import Reply
from functions.chat_api.chat.taking_back import done_by, take_back
from functions.chat_api.chat.translate import is_understood, translate
from functions.chat_api.context import ApiContext
from functions.chat_api.habits import habits_of
from functions.chat_api.models.chat import Answer, Choice
from functions.chat_api.models.person import Person
from functions.kernel.domain.intent import (
    ChangeTask,
    CompleteTask,
    Confirm,
    CreateTask,
    Decline,
    DeleteTask,
    FindTasks,
    Help,
    Intent,
    ListTasks,
    Many,
    NotUnderstood,
    ReopenTask,
    SnoozeTask,
    Unclear,
    Undo,
    understand,
)
from functions.kernel.domain.phrases import Ambiguity, Phrase
from functions.kernel.domain.wall_time import to_local
from functions.kernel.errors import ConflictError, InvalidInputError
from functions.kernel.ports import Turn
from functions.kernel.storage.unit_of_work import UnitOfWork

TURNS_KEPT = 10
YES_WITHIN = timedelta(minutes=10)
"""A yes to what was asked longer ago may be meant for something else."""


async def respond(api: ApiContext, person: Person, text: str) -> Answer:
    """Do what the sentence asks for, and say what was done. Never raises for a sentence that makes no sense: then a
    language model may put it into other words, if there is one, else nothing is done, and the answer says what can be
    asked."""
    if api.language_model is None or is_understood(text):
        return await _answer(api, person, text)
    sentences = await translate(api.language_model, text)
    if not sentences:
        return await _answer(api, person, text)
    answers: list[Answer] = []
    for sentence in sentences:
        answers.append(await _answer(api, person, sentence, goes_on=bool(answers)))
        if answers[-1].choices:
            # A question: what was to come after it waits, too.
            break
    taken = zip(sentences, answers, strict=False)
    did = [answer for answer in answers if answer.undo]
    return Answer(
        answer="\n".join(f"I take it as “{sentence}”. {answer.answer}" for sentence, answer in taken),
        tasks=[task for answer in answers for task in answer.tasks],
        understood=all(answer.understood for answer in answers),
        choices=answers[-1].choices,
        undo=did[-1].undo if did else None,
        event_id=did[0].event_id if len(did) == 1 else None,
    )


async def _answer(api: ApiContext, person: Person, text: str, *, goes_on: bool = False) -> Answer:
    """What one sentence asks for is one unit of work."""
    turns = await api.conversations.load(person.id)
    asked_at = None
    did: list[UUID] = []
    try:
        async with api.begin(person.id) as uow:
            intent = understand(text, _here(uow, person).now, habits_of(person))
            reply = await _do(uow, person, intent, turns)
        asked_at = uow.now if reply.asks else None
        did = [] if reply.takes_back else done_by(person, uow.emitted)
    except InvalidInputError as error:
        reply = Reply(f"I did nothing: {error.message}.", understood=False)
    except ConflictError as error:
        reply = Reply(f"I did nothing: {error}.", understood=False)
    except ValidationError as error:
        # The same caps hold for what a sentence asks for as for a body.
        reply = Reply(f"I did nothing: {error.errors()[0]['msg']}.", understood=False)
    for at in reply.takes_back:
        turns[at] = turns[at].model_copy(update={"did": [], "snoozed": []})
    turn = Turn(
        said=text,
        answered=reply.text,
        task_ids=[task.id for task in reply.tasks],
        asked_at=asked_at,
        did=did,
        snoozed=reply.snoozed,
        goes_on=goes_on,
    )
    await api.conversations.save(person.id, [*turns, turn][-TURNS_KEPT:])
    undo = "undo" if did or reply.snoozed else None
    return Answer(
        answer=reply.text,
        tasks=reply.tasks,
        understood=reply.understood,
        choices=reply.choices,
        undo=undo,
        event_id=did[0] if len(did) == 1 and not reply.snoozed else None,
    )


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
    here = _here(uow, person)
    match intent:
        case CreateTask(phrase=phrase):
            return await _create(uow, person, phrase, here)
        case ListTasks():
            return Reply(*await list_tasks(uow, person, intent))
        case FindTasks(words=words):
            found = await find_any(uow, person, words)
            return Reply(wording.found(words, found, here), found, understood=bool(found))
        case CompleteTask() | ReopenTask() | ChangeTask() | DeleteTask() | SnoozeTask():
            return await do_one(uow, person, intent, turns, here)
        case Many():
            return await ask_for_many(uow, person, intent, turns, here)
        case Confirm() | Decline():
            return await _answered(uow, person, turns, isinstance(intent, Confirm))
        case Undo():
            return await take_back(uow, person, turns)
        case Unclear(ambiguity=ambiguity, said=said):
            return _asked(ambiguity, said)
        case Help(suggestions=suggestions):
            return Reply(wording.help_text(suggestions))
        case NotUnderstood(suggestions=suggestions):
            return Reply(wording.not_understood(suggestions), understood=False)


async def _create(uow: UnitOfWork, person: Person, phrase: Phrase, here: wording.Here) -> Reply:
    list_id = await list_id_of(uow, person, phrase.list_name) if phrase.list_name else None
    task = await service.create(uow, person, new_task_of(phrase, person, list_id))
    return Reply(wording.created(task, here, phrase, list_id is not None), [task])


async def _answered(uow: UnitOfWork, person: Person, turns: list[Turn], yes: bool) -> Reply:
    """What comes of a yes or a no: what was asked about by the turn before, as it was said then."""
    last = turns[-1] if turns else None
    if last is None or last.asked_at is None or uow.now - last.asked_at > YES_WITHIN:
        return Reply("I asked nothing that waits for a yes or a no, and did nothing.", understood=False)
    if not yes:
        return Reply("I left everything as it is.")
    asked = wording.Here(to_local(last.asked_at, person.zone), person.zone)
    intent = understand(last.said, asked.now, habits_of(person))
    deed = intent.deed if isinstance(intent, Many) else None
    if deed is None:
        return Reply("What a yes would be for is not clear any more; say it again.", understood=False)
    return await do_many(uow, person, deed, last.task_ids, asked)
