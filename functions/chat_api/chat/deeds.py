"""What a sentence does to tasks: to the one that its words mean, or to several once the person said yes."""

from contextlib import suppress
from uuid import UUID

from functions.chat_api import notices
from functions.chat_api import tasks as service
from functions.chat_api.chat import wording, wording_of_many
from functions.chat_api.chat.candidates import find, last_reminded_of
from functions.chat_api.chat.changes import change_of, moment_of
from functions.chat_api.chat.listing import select
from functions.chat_api.chat.reply import Reply
from functions.chat_api.models.chat import Choice
from functions.chat_api.models.notices import NewSnooze
from functions.chat_api.models.person import Person
from functions.kernel.domain.intent import (
    ChangeTask,
    CompleteTask,
    Deed,
    DeleteTask,
    ListTasks,
    Many,
    ReopenTask,
    SnoozeTask,
)
from functions.kernel.domain.task import Task
from functions.kernel.errors import NotFoundError
from functions.kernel.ports import Turn
from functions.kernel.storage import tasks as storage
from functions.kernel.storage.unit_of_work import UnitOfWork

MOST_AT_ONCE = 500
"""What one transaction does in a few seconds."""
PRONOUNS = frozenset({"it", "that", "this", "them", "that one", "this one"})


async def do_one(uow: UnitOfWork, person: Person, deed: Deed, turns: list[Turn], here: wording.Here) -> Reply:
    """Do it to the task that its words mean; nothing, when they mean none or several alike."""
    found = await _meant(uow, person, deed, turns)
    if not found:
        return Reply(wording.nothing_found(deed.words, _status(deed)), understood=False)
    if len(found) > 1:
        return Reply(wording.which_one(found), found, understood=False)
    return await _do(uow, person, deed, found[0], here)


async def ask_for_many(uow: UnitOfWork, person: Person, many: Many, turns: list[Turn], here: wording.Here) -> Reply:
    """The question whether to do it to these tasks. A single one is not asked about."""
    status = _status(many.deed)
    if many.of is None:
        last = next((turn.task_ids for turn in reversed(turns) if turn.task_ids), [])
        tasks = await _still(uow, person, last, status)
    else:
        of = ListTasks("done") if status == "done" and many.of.scope == "all" else many.of
        tasks = await select(uow, person, of, MOST_AT_ONCE + 1, to_change=True)
        tasks = [task for task in tasks if task.status == status or isinstance(many.deed, DeleteTask)]
    if not tasks:
        return Reply(f"I found no such {wording.KIND[status]}, and did nothing.", understood=False)
    if len(tasks) == 1:
        return await _do(uow, person, many.deed, tasks[0], here)
    if len(tasks) > MOST_AT_ONCE:
        text = f"Those are more than {MOST_AT_ONCE} tasks, too many at once, so I did nothing. Name a day or a week."
        return Reply(text, understood=False)
    do = wording_of_many.to_do(many.deed, here)
    choices = [Choice(words=f"Yes, {do.format(f'{len(tasks)} tasks')}", text="yes"), Choice(words="No", text="no")]
    return Reply(wording_of_many.whether(do, tasks, here), tasks, choices=choices, asks=True)


async def do_many(uow: UnitOfWork, person: Person, deed: Deed, ids: list[UUID], here: wording.Here) -> Reply:
    """Do it to each of these tasks that is still there to have it done."""
    status = None if isinstance(deed, DeleteTask) else _status(deed)
    tasks = await _still(uow, person, ids, status)
    replies: list[Reply] = []
    for task in tasks:
        # A subtask that was to be deleted, too, went with its task.
        with suppress(NotFoundError):
            replies.append(await _do(uow, person, deed, task, here))
    changed = [task for reply in replies for task in reply.tasks]
    snoozed = [notice_id for reply in replies for notice_id in reply.snoozed]
    return Reply(wording_of_many.did(deed, len(tasks), here), changed, snoozed=snoozed)


async def _do(uow: UnitOfWork, person: Person, deed: Deed, task: Task, here: wording.Here) -> Reply:
    match deed:
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
            changed = await service.change(uow, person, task.id, change_of(deed, task, person, here.now))
            return Reply(wording.changed(task, changed, here), [changed])
        case SnoozeTask():
            return await _snooze(uow, person, deed, task, here)


async def _snooze(uow: UnitOfWork, person: Person, deed: SnoozeTask, task: Task, here: wording.Here) -> Reply:
    """Remind again, when the person was reminded; of what is yet to come, the due time moves instead."""
    notice_id = await _unanswered(uow, person, task)
    if notice_id is None:
        change = ChangeTask(deed.words, phrase=deed.phrase, shift=deed.shift)
        return await _do(uow, person, change, task, here)
    moment = moment_of(deed, person, uow.now)
    await notices.snooze(uow, person, notice_id, NewSnooze(until=moment))
    return Reply(wording.snoozed(task, moment, here), [task], snoozed=[notice_id])


async def _unanswered(uow: UnitOfWork, person: Person, task: Task) -> UUID | None:
    rows = await (
        await uow.connection.execute(
            """
            SELECT id FROM notices WHERE user_id = %s AND task_id = %s AND remind_at IS NOT NULL
              AND acknowledged_at IS NULL ORDER BY created_at DESC LIMIT 1
            """,
            (person.id, task.id),
        )
    ).fetchall()
    return rows[0]["id"] if rows else None


async def _meant(uow: UnitOfWork, person: Person, deed: Deed, turns: list[Turn]) -> list[Task]:
    """The tasks that the words mean: for "it" what was last spoken of, and for a snooze what the person was last
    reminded of; else the best match of the titles."""
    if deed.words.lower().strip(" .!") not in PRONOUNS:
        return await find(uow, person, deed.words, _status(deed))
    if isinstance(deed, SnoozeTask) and (reminded := await last_reminded_of(uow, person)):
        return [reminded]
    last: list[UUID] = next((turn.task_ids for turn in reversed(turns) if turn.task_ids), [])
    return await _still(uow, person, last, _status(deed))


async def _still(uow: UnitOfWork, person: Person, ids: list[UUID], status: str | None) -> list[Task]:
    loaded = await storage.load(uow.connection, ids, seen_by=person.id)
    tasks = [loaded[task_id] for task_id in ids if task_id in loaded]
    return [task for task in tasks if status is None or task.status == status]


def _status(deed: Deed) -> str:
    return "done" if isinstance(deed, ReopenTask) else "open"
