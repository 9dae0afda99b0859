"""Taking a file over: each item created, changed, or left as it is, all in one transaction.

A UID is known again: what the file says as it said before changes nothing here, whatever became of the task since.
"""

import asyncio
from dataclasses import dataclass, replace
from uuid import UUID

from functions.chat_api.calendars.item import Item, Note, Reading
from functions.chat_api.imports import finding, keeping
from functions.chat_api.imports.finding import Known
from functions.chat_api.imports.keeping import Plan
from functions.chat_api.imports.preparing import By, Prepared, fingerprint, prepare
from functions.chat_api.models.person import Person
from functions.chat_api.subtasks import MOST_LEVELS
from functions.kernel.errors import InvalidInputError
from functions.kernel.storage.unit_of_work import UnitOfWork


@dataclass(slots=True)
class Outcome:
    """What became of a file's items; `skipped` and `remarks` are those of the file, and of what was found here."""

    skipped: list[Note]
    remarks: list[Note]
    created: int = 0
    updated: int = 0
    unchanged: int = 0


async def take_over(
    uow: UnitOfWork, person: Person, reading: Reading, list_id: UUID | None, *, dry_run: bool
) -> Outcome:
    """Create, change and leave. With `dry_run` nothing is written, and the outcome is what it would be.

    Raises InvalidInputError for a list that is not there, or that the person may not write to, and ConflictError for
    more lists than they may have.
    """
    # Two imports at once of the same file would each find nothing of it.
    await uow.connection.execute(
        "SELECT pg_advisory_xact_lock(hashtextextended('import/' || %s::text, 0))", (person.id,)
    )
    outcome = Outcome(list(reading.skipped), list(reading.remarks))
    lists = await finding.lists_of(uow, person, list_id, reading.items, dry_run=dry_run)
    known = await finding.known_of(uow, person, [item.uid for item in reading.items])
    own = await finding.own_of(uow, person, reading.items, known)

    def planned() -> Plan:
        plan = Plan()
        for item in reading.items:
            by = By(person.id, person.zone, uow.now, lists[item.list_name])
            if note := _decide(item, by, known, own, plan, outcome):
                outcome.skipped.append(Note(reading.places.get(item.uid, ""), item.uid, item.state.title, note))
        _join(plan, outcome, reading.places)
        return plan

    plan = await asyncio.to_thread(planned)
    if not dry_run:
        await keeping.write(uow, person, plan)
    return outcome


def _decide(
    item: Item, by: By, known: dict[str, Known], own: dict[str, Item], plan: Plan, outcome: Outcome
) -> str | None:
    """What is to be done with an item; or why nothing can be."""
    if item.uid in own:
        if replace(own[item.uid], list_name=None) != replace(item, list_name=None):
            return "you have this task, and it is not as the file has it; it stays as it is here"
        outcome.unchanged += 1
        return None
    before = known.get(item.uid)
    if before and before.fingerprint == fingerprint(item):
        plan.parents[item.uid] = before.tasks[0]
        outcome.unchanged += 1
        return None
    try:
        prepared = prepare(item, by)
    except (ValueError, OverflowError, InvalidInputError) as error:
        return str(error)
    plan.parents[item.uid] = prepared.task
    if before is None:
        plan.new.append(prepared)
        outcome.created += 1
        return None
    if before.series_id is None and prepared.series is None:
        plan.changed.append((prepared, before.tasks[0]))
        plan.parents[item.uid] = before.tasks[0]
    elif _went_on(before, prepared):
        plan.parents[item.uid] = before.tasks[0]
        return "the file has changed it, and occurrences of it were closed here since; delete it here to take it over"
    else:
        plan.replaced.append(before)
        plan.new.append(prepared)
    outcome.updated += 1
    return None


def _went_on(before: Known, prepared: Prepared) -> bool:
    closed = {task.recurrence_id for task in prepared.tasks if task.status == "done"}
    return any(task.status == "done" and task.recurrence_id not in closed for task in before.tasks)


def _join(plan: Plan, outcome: Outcome, places: dict[str, str]) -> None:
    """Make each a part of its parent, where that is in the same list and not a part of it in turn; parents first."""
    prepared = {each.item.uid: each for each in (*plan.new, *(each for each, _ in plan.changed))}
    ordered: dict[str, Prepared] = {}
    levels: dict[str, int] = {}

    def place(each: Prepared) -> None:
        uid = each.item.uid
        parent = plan.parents.get(each.item.parent or "")
        circular = each.item.parent in prepared and each.item.parent not in ordered
        level = levels.get(each.item.parent or "", 1) + 1
        if parent and parent.list_id == each.task.list_id and not circular and level <= MOST_LEVELS:
            levels[uid] = level
            each.tasks = [task.model_copy(update={"parent_id": parent.id}) for task in each.tasks]
        elif each.item.parent:
            where = places.get(uid, "")
            reason = "what it is a part of is not in the file, nor in its list here; it stands by itself"
            if level > MOST_LEVELS:
                reason = f"it would be {level} levels deep, and {MOST_LEVELS} are the most; it stands by itself"
            outcome.remarks.append(Note(where, uid, each.item.state.title, reason))
        ordered[uid] = each

    for each in prepared.values():
        # Those above it that have no place yet, itself first; a file may have thousands within each other.
        line: dict[str, Prepared] = {}
        above: Prepared | None = each
        while above and above.item.uid not in line and above.item.uid not in ordered:
            line[above.item.uid] = above
            above = prepared.get(above.item.parent or "")
        for one in reversed(line.values()):
            place(one)
    new = {id(each) for each in plan.new}
    plan.new = [each for each in ordered.values() if id(each) in new]
