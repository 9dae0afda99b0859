"""Undo in a conversation: all that its last sentence which did something did, and asked again, the one before it."""

from collections.abc import Awaitable, Callable, Sequence
from uuid import UUID

from functions.chat_api import notices
from functions.chat_api.chat.reply import Reply
from functions.chat_api.models.person import Person
from functions.chat_api.undo import undo
from functions.kernel.domain.task import Task
from functions.kernel.errors import ConflictError, NotFoundError
from functions.kernel.events import Event, ListChanged, TaskDeleted, TaskEvent, TaskReopened, TaskUpdated
from functions.kernel.ports import Turn
from functions.kernel.storage.unit_of_work import UnitOfWork


def done_by(person: Person, emitted: Sequence[Event]) -> list[UUID]:
    """The events by which a sentence is taken back: what the person did themselves. What followed from that is undone
    with it: subtasks closed, opened or deleted with their task, and the next occurrence, gone as its last was reopened.
    """
    mine = [event for event in emitted if isinstance(event, TaskEvent) and event.by == person.id]
    with_it = {(event.topic, event.task.id) for event in mine if not isinstance(event, TaskUpdated)}
    lists = [UUID(event.id) for event in emitted if isinstance(event, ListChanged) and event.by == person.id]
    series = {event.task.series_id for event in mine if isinstance(event, TaskReopened)} - {None}
    return lists + [
        UUID(event.id)
        for event in mine
        if (event.topic, event.task.parent_id) not in with_it
        and not (isinstance(event, TaskDeleted) and event.task.series_id in series)
    ]


async def take_back(uow: UnitOfWork, person: Person, turns: list[Turn]) -> Reply:
    """Undo what can be undone, the last first. What cannot be, as somebody changed it since, stays and is told of."""
    last = _last_that_did(turns)
    if last is None:
        text = "I did nothing in this conversation that could be undone. What you did elsewhere is in your activity."
        return Reply(text, understood=False)
    first = last
    while first > 0 and turns[first].goes_on:
        first -= 1
    texts: list[str] = []
    tasks: list[Task] = []
    left: list[str] = []

    async def undo_event(event_id: UUID) -> None:
        undone = await undo(uow, person, event_id)
        texts.append(undone.text)
        tasks.extend([undone.task] if undone.task else [])

    async def wait_again(notice_id: UUID) -> None:
        texts.append(f"“{await notices.unsnooze(uow, person, notice_id)}” is not snoozed any more")

    for turn in reversed(turns[first : last + 1]):
        for notice_id in reversed(turn.snoozed):
            left += await _tried(uow, wait_again, notice_id)
        for event_id in reversed(turn.did):
            left += await _tried(uow, undo_event, event_id)
    words = _in_words(texts, left)
    before = _last_that_did(turns[:first])
    if before is not None:
        words += f" Say “undo” again to take back what was done before: {turns[before].answered.splitlines()[0]}"
    return Reply(words, tasks, understood=bool(texts), takes_back=range(first, last + 1))


def _last_that_did(turns: list[Turn]) -> int | None:
    return next((at for at in reversed(range(len(turns))) if turns[at].did or turns[at].snoozed), None)


async def _tried(uow: UnitOfWork, take_back_one: Callable[[UUID], Awaitable[None]], one: UUID) -> list[str]:
    """Take one thing back, whole or not at all; returns why not."""
    emitted = len(uow.emitted)
    try:
        async with uow.connection.transaction():
            await take_back_one(one)
    except (ConflictError, NotFoundError) as error:
        del uow.emitted[emitted:]
        return [str(error)]
    return []


def _in_words(texts: list[str], left: list[str]) -> str:
    if not texts:
        return f"I undid nothing: {left[0]}."
    if not left:
        return f"Undone: {texts[0]}." if len(texts) == 1 else f"Undone: all {len(texts)} of it."
    what = texts[0] if len(texts) == 1 else f"{len(texts)} of it"
    return f"Undone: {what}. Not undone: {len(left)}, the first because {left[0]}."
