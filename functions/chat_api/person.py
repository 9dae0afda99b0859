"""A change of oneself, and of what follows from it: in another zone, floating times are other moments."""

from operator import attrgetter
from uuid import UUID

from psycopg.types.json import Jsonb

from functions.chat_api.access import PERSON_COLUMNS
from functions.chat_api.etags import Tags, matching
from functions.chat_api.models.person import MovedTask, Person, PersonChange, PersonChanged, PersonRead
from functions.kernel.domain.due import resolve, rings_of
from functions.kernel.domain.reminder import At, Before
from functions.kernel.domain.task import Task
from functions.kernel.domain.wall_time import check_zone
from functions.kernel.errors import InvalidInputError, UnauthenticatedError
from functions.kernel.events import TaskUpdated
from functions.kernel.storage import reminders, tasks
from functions.kernel.storage.unit_of_work import UnitOfWork

SHOWN = 100


async def change(uow: UnitOfWork, person: Person, asked: PersonChange, tags: Tags = None) -> PersonChanged:
    """Change what was given; with a new zone, plan the person's floating tasks anew. Raises InvalidInputError."""
    before = await locked(uow, person.id, tags)
    after = before.model_copy(update={name: getattr(asked, name) for name in asked.model_fields_set})
    _check(after)
    usual = [reminder.model_dump(mode="json") for reminder in after.default_reminders]
    await uow.connection.execute(
        """
        UPDATE users SET name = %(name)s, email = %(email)s, zone = %(zone)s, date_order = %(date_order)s,
            week_start = %(week_start)s, quiet_from = %(quiet_from)s, quiet_until = %(quiet_until)s,
            default_reminders = %(usual)s
        WHERE id = %(id)s
        """,
        after.model_dump() | {"usual": Jsonb(usual)},
    )
    moved = await _move(uow, before, after.zone) if after.zone != before.zone else []
    return PersonChanged(**after.model_dump(), moved=moved[:SHOWN], moved_count=len(moved))


async def locked(uow: UnitOfWork, user_id: UUID, tags: Tags) -> PersonRead:
    """The person as they are now: somebody may have changed them since they were let in. Raises OutdatedError, and
    UnauthenticatedError for one who left meanwhile."""
    cursor = await uow.connection.execute(
        f"SELECT {PERSON_COLUMNS}, is_operator(id) AS operator FROM users WHERE id = %s FOR UPDATE",  # noqa: S608 - a constant
        (user_id,),
    )
    row = await cursor.fetchone()
    if row is None:
        raise UnauthenticatedError("this account was deleted meanwhile", shown=True)
    return matching(PersonRead(**row), tags)


def _check(person: Person) -> None:
    check_zone(person.zone)
    if (person.quiet_from is None) != (person.quiet_until is None):
        missing = "quiet_from" if person.quiet_from is None else "quiet_until"
        raise InvalidInputError(missing, "quiet hours have a beginning and an end; give both, or null for both")
    if person.quiet_from and person.quiet_from == person.quiet_until:
        raise InvalidInputError("quiet_until", "quiet hours end at another time than they begin")
    for index, reminder in enumerate(person.default_reminders):
        if isinstance(reminder, At) or (isinstance(reminder, Before) and reminder.related == "start"):
            raise InvalidInputError(f"default_reminders.{index}", "a default reminder goes by the due time")


async def _move(uow: UnitOfWork, person: Person, zone: str) -> list[MovedTask]:
    """Plan the person's open tasks without a zone for where they are now: what rang already rings again only if its
    moment is yet to come there. The tasks whose moment is another one, soonest first."""
    floating = await _floating(uow, person.id)
    moved: list[tuple[Task, MovedTask]] = []
    planned = []
    for task in floating:
        was, due = (resolve(task.due_on, task.due_local, None, where) for where in (person.zone, zone))
        if was is None or due is None or was == due:
            continue
        after = task.model_copy(update={"due_at": due, "version": task.version + 1} if task.due_local else {})
        rings = rings_of(after, due, uow.now, zone)
        planned.append((after, [ring for ring in rings if ring.at > uow.now or was > uow.now]))
        moved.append((after, MovedTask(task_id=task.id, title=task.title, was=was, is_now=due)))
    await reminders.write(uow, planned, keep_snoozed=True)
    await _write_moments(uow, [task for task, _ in moved if task.due_at])
    uow.emit(*(TaskUpdated(task=task, by=person.id, changed=["due_at"]) for task, _ in moved if task.due_at))
    return sorted((each for _, each in moved), key=attrgetter("is_now"))


async def _floating(uow: UnitOfWork, user_id: UUID) -> list[Task]:
    cursor = await uow.connection.execute(
        f"""
        {tasks.TASKS} WHERE COALESCE(tasks.assignee_id, tasks.created_by) = %s
          AND tasks.status = 'open' AND tasks.deleted_at IS NULL AND tasks.zone IS NULL
          AND (tasks.due_on IS NOT NULL OR tasks.due_local IS NOT NULL)
          AND tasks.list_id IN (SELECT writable_lists())
        ORDER BY tasks.id FOR UPDATE OF tasks
        """,
        (user_id,),
    )
    return [Task(**row) for row in await cursor.fetchall()]


async def _write_moments(uow: UnitOfWork, moved: list[Task]) -> None:
    await uow.connection.execute(
        """
        UPDATE tasks SET due_at = moved.due_at, version = moved.version
        FROM unnest(%s::uuid[], %s::timestamptz[], %s::bigint[]) AS moved (id, due_at, version)
        WHERE tasks.id = moved.id
        """,
        ([task.id for task in moved], [task.due_at for task in moved], [task.version for task in moved]),
    )
