"""What a sentence does to tasks: to the one that its words mean, or to several once the person said yes."""

from contextlib import suppress
from uuid import UUID

from functions.chat_api import notices
from functions.chat_api import tasks as service
from functions.chat_api.chat import wording, wording_of_changes, wording_of_choices, wording_of_many
from functions.chat_api.chat.candidates import (
    Found,
    find,
    last_reminded_of,
    list_id_of,
    member_named,
    names_of_lists,
    still_there,
)
from functions.chat_api.chat.changes import change_of, moment_of, new_task_of
from functions.chat_api.chat.listing import select
from functions.chat_api.chat.reply import Reply
from functions.chat_api.models.chat import Choice
from functions.chat_api.models.notices import NewSnooze
from functions.chat_api.models.person import Person
from functions.kernel.domain.intent import (
    AddSubtask,
    ChangeTask,
    CompleteTask,
    Deed,
    DeedForMany,
    DeleteTask,
    ListTasks,
    Many,
    ReopenTask,
    SkipTask,
    SnoozeTask,
)
from functions.kernel.domain.task import Task
from functions.kernel.errors import InvalidInputError, NotFoundError
from functions.kernel.ports import Turn
from functions.kernel.storage.unit_of_work import UnitOfWork

MOST_AT_ONCE = 500
"""What one transaction does in a few seconds."""
PRONOUNS = frozenset({"it", "that", "this", "them", "that one", "this one"})


async def do_one(uow: UnitOfWork, person: Person, deed: Deed, turns: list[Turn], here: wording.Here) -> Reply:
    """Do it to the task that its words mean; where several are alike, or none has all the words, ask which."""
    status = _status(deed)
    if deed.words.lower().strip(" .!") in PRONOUNS:
        found, seen = Found(await _spoken_of(uow, person, deed, turns)), await _last(uow, person, turns, status)
    else:
        found, seen = await find(uow, person, deed.words, status, to_change=True), []
    if len(found.tasks) == 1:
        return await _do(uow, person, deed, found.tasks[0], here)
    if found.tasks:
        told = await _told_apart(uow, found.tasks, here)
        return _which(wording_of_choices.which_one(found.tasks, told), found.tasks, told)
    seen = seen or (await find(uow, person, deed.words, status)).tasks
    if seen:
        return Reply(wording.only_seen(seen[0]), seen[:1], understood=False)
    if found.alike:
        told = await _told_apart(uow, found.alike, here)
        return _which(wording_of_choices.did_you_mean(deed.words, status, told), found.alike, told)
    return Reply(wording.nothing_found(deed.words, status), understood=False)


async def do_picked(uow: UnitOfWork, person: Person, deed: Deed, task_id: UUID, here: wording.Here) -> Reply:
    """Do it to the task that was picked of those asked about, as long as it is still there to have it done."""
    tasks = await still_there(uow, person, [task_id], _status(deed))
    if not tasks:
        return Reply(f"That is no {wording.KIND[_status(deed)]} any more, so I did nothing.", understood=False)
    return await _do(uow, person, deed, tasks[0], here)


def _which(text: str, tasks: list[Task], told: list[str]) -> Reply:
    choices = [Choice(words=words, text=str(number)) for number, words in enumerate(told, 1)]
    no = Choice(words="None of these" if len(told) > 1 else "No", text="no")
    return Reply(text, tasks[: len(told)], understood=False, choices=[*choices, no], asks=True)


async def _told_apart(uow: UnitOfWork, tasks: list[Task], here: wording.Here) -> list[str]:
    some = tasks[: wording.IN_WORDS]
    return wording_of_choices.told_apart(some, await names_of_lists(uow, [task.list_id for task in some]), here)


async def ask_for_many(uow: UnitOfWork, person: Person, many: Many, turns: list[Turn], here: wording.Here) -> Reply:
    """The question whether to do it to these tasks. A single one is not asked about."""
    status = _status(many.deed)
    await _list_named(uow, person, many.deed)
    if many.of is None:
        tasks = await still_there(uow, person, _last_ids(turns), status)
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


async def do_many(uow: UnitOfWork, person: Person, deed: DeedForMany, ids: list[UUID], here: wording.Here) -> Reply:
    """Do it to each of these tasks that is still there to have it done."""
    status = None if isinstance(deed, DeleteTask) else _status(deed)
    tasks = await still_there(uow, person, ids, status)
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
        case SkipTask():
            skipped = await service.skip(uow, person, task.id)
            return Reply(f"Skipped “{skipped.title}”. The next one is on its way.", [skipped])
        case ReopenTask():
            reopened = await service.reopen(uow, person, task.id)
            return Reply(f"“{reopened.title}” is open again.", [reopened])
        case DeleteTask():
            await service.delete(uow, person, task.id)
            return Reply(f"Deleted “{task.title}”.")
        case ChangeTask():
            list_id = await _list_named(uow, person, deed)
            who = await member_named(uow, person, task.list_id, deed.assignee) if deed.assignee is not None else None
            asked = change_of(deed, task, person, here.now, list_id=list_id, assignee_id=who)
            changed = await service.change(uow, person, task.id, asked)
            return Reply(wording_of_changes.changed(task, changed, here, deed), [changed])
        case AddSubtask(phrase=phrase):
            new = new_task_of(phrase, person, None).model_copy(update={"parent_id": task.id})
            part = await service.create(uow, person, new)
            due = f", due {words}" if (words := wording.due_words(part, here)) else ""
            return Reply(f"Added “{part.title}” to what “{task.title}” consists of{due}.", [part])
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


async def _list_named(uow: UnitOfWork, person: Person, deed: Deed) -> UUID | None:
    """The list that the deed moves to; null when it moves to none. Raises InvalidInputError when there is none of this
    name."""
    name = deed.phrase.list_name if isinstance(deed, ChangeTask) and deed.phrase else None
    if name is None:
        return None
    list_id = await list_id_of(uow, person, name)
    if list_id is None:
        raise InvalidInputError("text", f"there is no list called “{name}” that you may write to")
    return list_id


async def _spoken_of(uow: UnitOfWork, person: Person, deed: Deed, turns: list[Turn]) -> list[Task]:
    """What "it" means: for a snooze what the person was last reminded of, else what was last spoken of."""
    if isinstance(deed, SnoozeTask) and (reminded := await last_reminded_of(uow, person)):
        return [reminded]
    return await still_there(uow, person, _last_ids(turns), _status(deed))


async def _last(uow: UnitOfWork, person: Person, turns: list[Turn], status: str) -> list[Task]:
    return await still_there(uow, person, _last_ids(turns), status, to_change=False)


def _last_ids(turns: list[Turn]) -> list[UUID]:
    return next((turn.task_ids for turn in reversed(turns) if turn.task_ids), [])


def _status(deed: Deed) -> str:
    return "done" if isinstance(deed, ReopenTask) else "open"
