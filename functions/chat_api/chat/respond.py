"""From a sentence to what is done, and to the words that say so."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from uuid import UUID, uuid4

from pydantic import ValidationError

from functions.chat_api import sharing
from functions.chat_api import tasks as service
from functions.chat_api.chat import wording
from functions.chat_api.chat.candidates import Place, all_lists, find, find_any, list_id_of, place_of
from functions.chat_api.chat.changes import new_task_of
from functions.chat_api.chat.deeds import ask_for_many, do_many, do_one, do_picked
from functions.chat_api.chat.listing import list_tasks
from functions.chat_api.chat.reply import Reply
from functions.chat_api.chat.taking_back import done_by, take_back
from functions.chat_api.context import ApiContext
from functions.chat_api.habits import habits_of
from functions.chat_api.models.chat import Answer, Choice, Said
from functions.chat_api.models.lists import NewTaskList
from functions.chat_api.models.person import Person
from functions.kernel.domain.intent import (
    AddSubtask,
    ChangeTask,
    CompleteTask,
    Confirm,
    CreateTask,
    Decline,
    Deed,
    DeleteTask,
    FindTasks,
    Help,
    Intent,
    ListTasks,
    MakeList,
    Many,
    NotUnderstood,
    Pick,
    ReopenTask,
    ShowLists,
    SkipTask,
    SnoozeTask,
    Unclear,
    Undo,
    understand,
)
from functions.kernel.domain.phrases import Ambiguity, Phrase
from functions.kernel.domain.wall_time import to_local
from functions.kernel.errors import ConflictError, InvalidInputError, NotAllowedError, NotFoundError
from functions.kernel.ports import Turn
from functions.kernel.storage.unit_of_work import UnitOfWork

TURNS_KEPT = 10
YES_WITHIN = timedelta(minutes=10)
"""A yes to what was asked longer ago may be meant for something else."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A sentence, by the token or session `by` (null: an OpenID provider's token). `goes_on`: it and the one before
    come of one that a person said."""

    text: str
    by: UUID | None
    list_id: UUID | None = None
    question: UUID | None = None
    goes_on: bool = False


async def respond(
    api: ApiContext, person: Person, said: Said, by: UUID | None, sentences: Sequence[str] = ()
) -> Answer:
    """Do what the sentence asks for, and say what was done; or, if there are any, what these `sentences` ask for, into
    which a language model put it. `by`: the token or session that says it. Never raises for a sentence that makes no
    sense: nothing is done then, and the answer says what can be asked. Raises InvalidInputError for a list that the
    person does not see, or that they may not add to.
    """
    asked = Asked(said.text, by, said.list_id, said.question)
    if not sentences:
        return await _answer(api, person, asked)
    answers: list[Answer] = []
    for sentence in sentences:
        answers.append(await _answer(api, person, replace(asked, text=sentence, goes_on=bool(answers))))
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


async def _answer(api: ApiContext, person: Person, asked: Asked) -> Answer:
    """What one sentence asks for, in one transaction with what is kept of the conversation: of two at once, the second
    finds what the first did."""
    async with api.database.joined(person.id) as connection:
        await connection.execute("SELECT pg_advisory_xact_lock(hashtextextended('chat/' || %s::text, 0))", (person.id,))
        turns = await api.conversations.load(person.id)
        place = await place_of(connection, person, asked.list_id) if asked.list_id else None
        reply, turn = await _reply(api, person, asked, turns, place)
        for at in reply.takes_back:
            turns[at] = turns[at].model_copy(update={"did": [], "snoozed": []})
        await api.conversations.save(person.id, [*turns, turn][-TURNS_KEPT:])
    return Answer(
        answer=reply.text,
        tasks=reply.tasks,
        understood=reply.understood,
        choices=[choice.model_copy(update={"question": turn.question}) for choice in reply.choices],
        undo="undo" if turn.did or turn.snoozed else None,
        event_id=turn.did[0] if len(turn.did) == 1 and not turn.snoozed else None,
    )


async def _reply(
    api: ApiContext, person: Person, asked: Asked, turns: list[Turn], place: Place | None
) -> tuple[Reply, Turn]:
    """The answer, and what is kept of it. What cannot be done leaves nothing behind, and is answered."""
    asked_at = None
    did: list[UUID] = []
    try:
        async with api.begin(person.id) as uow:
            intent = understand(asked.text, _here(uow, person).now, habits_of(person))
            reply = await _do(uow, person, intent, asked, turns, place)
        asked_at = uow.now if reply.asks else None
        did = [] if reply.takes_back else done_by(person, uow.emitted)
    except InvalidInputError as error:
        if error.field == "list_id":
            raise
        reply = Reply(f"I did nothing: {error.message}.", understood=False)
    except (ConflictError, NotAllowedError, NotFoundError) as error:
        reply = Reply(f"I did nothing: {error}.", understood=False)
    except ValidationError as error:
        # The same caps hold for what a sentence asks for as for a body.
        reply = Reply(f"I did nothing: {error.errors()[0]['msg']}.", understood=False)
    turn = Turn(
        said=asked.text,
        answered=reply.text,
        task_ids=[task.id for task in reply.tasks],
        asked_at=asked_at,
        question=uuid4() if reply.asks else None,
        by=asked.by,
        did=did,
        snoozed=reply.snoozed,
        goes_on=asked.goes_on,
    )
    return reply, turn


def _asked(ambiguity: Ambiguity, said: str) -> Reply:
    """The question which of two readings is meant, with what to say for each."""
    choices = [
        Choice(words=reading.words, text=said.replace(ambiguity.words, reading.words, 1))
        for reading in ambiguity.readings
    ]
    return Reply(wording.unclear(ambiguity), understood=False, choices=choices)


def _here(uow: UnitOfWork, person: Person) -> wording.Here:
    return wording.Here(to_local(uow.now, person.zone), person.zone)


async def _do(
    uow: UnitOfWork, person: Person, intent: Intent, asked: Asked, turns: list[Turn], place: Place | None
) -> Reply:
    here = _here(uow, person)
    match intent:
        case CreateTask(phrase=phrase):
            return await _create(uow, person, phrase, place, here)
        case ListTasks():
            return Reply(*await list_tasks(uow, person, intent))
        case ShowLists():
            return Reply(wording.lists(await all_lists(uow, person)))
        case MakeList(name=name):
            return await _make_list(uow, person, name)
        case FindTasks(words=words):
            found = await find_any(uow, person, words)
            return Reply(wording.found(words, found, here), found, understood=bool(found))
        case ChangeTask(words=words, otherwise=Phrase() as added) if not (await find(uow, person, words, "open")).tasks:
            return await _create(uow, person, added, place, here)
        case CompleteTask() | SkipTask() | ReopenTask() | ChangeTask() | DeleteTask() | SnoozeTask() | AddSubtask():
            return await do_one(uow, person, intent, turns, here)
        case Many():
            return await ask_for_many(uow, person, intent, turns, here)
        case Confirm() | Decline() | Pick():
            return await _answered(uow, person, asked, turns, intent)
        case Undo():
            return await take_back(uow, person, turns)
        case Unclear(ambiguity=ambiguity, said=said):
            return _asked(ambiguity, said)
        case Help(suggestions=suggestions):
            return Reply(wording.help_text(suggestions))
        case NotUnderstood(suggestions=suggestions):
            return Reply(wording.not_understood(suggestions), understood=False)


async def _create(uow: UnitOfWork, person: Person, phrase: Phrase, place: Place | None, here: wording.Here) -> Reply:
    list_id = await list_id_of(uow, person, phrase.list_name) if phrase.list_name else None
    if place and list_id is None and not place.writable:
        raise InvalidInputError("list_id", f"you may only look at “{place.name}”; name a list that you may write to")
    new = new_task_of(phrase, person, list_id, place.id if place else None)
    task = await service.create(uow, person, new)
    return Reply(wording.created(task, here, phrase, list_id is not None, place.name if place else None), [task])


async def _make_list(uow: UnitOfWork, person: Person, name: str) -> Reply:
    if await list_id_of(uow, person, name):
        raise ConflictError(f"there is a list called “{name}” already")
    made = await sharing.create(uow, person, NewTaskList(name=name))
    return Reply(wording.list_made(made.name))


async def _answered(
    uow: UnitOfWork, person: Person, asked: Asked, turns: list[Turn], answer: Confirm | Decline | Pick
) -> Reply:
    """What comes of the answer to a question: that must be what was answered last to this token or session, ten minutes
    ago at most. What was asked about is done as it was said then."""
    # What was kept before it was known by whom is everybody's.
    last = next((turn for turn in reversed(turns) if turn.by in (None, asked.by)), None)
    if asked.question and (last is None or last.question != asked.question):
        return Reply(
            "That answers another question than my last one, so I did nothing. Say it again.", understood=False
        )
    if last is None or last.asked_at is None or uow.now - last.asked_at > YES_WITHIN:
        return Reply("I asked nothing that waits for an answer, and did nothing.", understood=False)
    if isinstance(answer, Decline):
        return Reply("I left everything as it is.")
    here = wording.Here(to_local(last.asked_at, person.zone), person.zone)
    intent = understand(last.said, here.now, habits_of(person))
    if isinstance(intent, Many) and isinstance(answer, Confirm):
        return await do_many(uow, person, intent.deed, last.task_ids, here)
    number = answer.number if isinstance(answer, Pick) else 1 if len(last.task_ids) == 1 else 0
    if isinstance(intent, Deed) and 1 <= number <= len(last.task_ids):
        return await do_picked(uow, person, intent, last.task_ids[number - 1], here)
    return Reply("What that would be for is not clear, so I did nothing; say it again.", understood=False)
