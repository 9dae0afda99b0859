"""Catch-up: what becomes of the occurrences of a series that were due while the service was off, by its policy."""

import asyncio
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from functions.kernel.domain.due import ALL_DAY_RINGS_AT, LATE, MOST_MISSED, resolve
from functions.kernel.domain.recurrence import Recurrence, parse_recurrence_id, parse_rule
from functions.kernel.domain.recurrence.missed import count_between, first_between, last_between
from functions.kernel.domain.task import Task
from functions.kernel.domain.wall_time import as_time, to_local, to_utc
from functions.kernel.events import TaskCompleted, TaskRecurred
from functions.kernel.identity import derived_event_id, due_event_id
from functions.kernel.storage import reminders, tasks
from functions.kernel.storage.unit_of_work import UnitOfWork
from functions.recurring_task_service.postponed import Rows
from functions.recurring_task_service.series import (
    NextTask,
    Series,
    bring,
    load_all,
    names_of,
    next_task,
    occurrence,
    plan,
)
from functions.recurring_task_service.subtasks import bring_anew, skip_below


@dataclass(frozen=True, slots=True)
class Missed:
    """So many occurrences in a row were left out (see MOST_MISSED), due from `first` to `last` (UTC)."""

    count: int
    first: datetime
    last: datetime


@dataclass(frozen=True, slots=True)
class Decision:
    """What becomes of an occurrence with late reminders: whether these ring; what is left out, which begins with it and
    for which it is skipped; and which occurrence comes."""

    rings: bool
    missed: Missed | None = None
    brings: NextTask | None = None


def decide(series: Series, task: Task, now: datetime, taken: Collection[str] = ()) -> Decision:
    """By its series' policy: `latest` skips it when a later one has come due, which comes and rings in its place; `all`
    lets it ring, and the next one comes, which may be late in turn; `none` skips it, and one to come is brought.

    Of a series by completion nothing has come due before this one is done. `taken` as in next_task.
    """
    due = task.due_at or resolve(task.due_on, task.due_local, task.zone, series.user_zone)
    rings = series.catch_up != "none"
    if due is None or now - due < LATE or (rings and series.anchor == "completion"):
        return Decision(rings)
    recurrence, after, until = _recurrence(series), _position(series, task, due), _until(series, now)
    if series.catch_up == "all":
        following = first_between(recurrence, after, until)
        return Decision(True, None, occurrence(series, task, following.nominal, now) if following else None)
    last = last_between(recurrence, after, until) if series.anchor == "schedule" else None
    later = count_between(recurrence, after, last, MOST_MISSED) if last else 0
    if series.catch_up == "none":
        missed = Missed(min(1 + later, MOST_MISSED), due, _moment(series, last.at) if last else due)
        return Decision(False, missed, next_task(series, _skipped(task, now), now, taken))
    if last is None:
        return Decision(True)
    before = last_between(recurrence, after, last.at - (timedelta(days=1) if series.all_day else timedelta(seconds=1)))
    missed = Missed(later, due, _moment(series, before.at) if before else due)
    return Decision(False, missed, occurrence(series, task, last.nominal, now))


@dataclass(frozen=True, slots=True)
class _Case:
    """An occurrence with what is decided about it; `cause` is the id of the event of its first late reminder."""

    task: Task
    series: Series
    decision: Decision
    cause: str


async def catch_up(uow: UnitOfWork, late: Rows) -> Rows:
    """Do what its series' policy says about each occurrence that these claimed reminders are of, whose tasks are
    locked; returns those that ring.

    Left as it is: one that is closed, that rang in time, or after which the next one has come. Events are named by the
    first reminder, so that whoever does this again does the same.
    """
    first_rows = {row["task_id"]: row for row in reversed(late) if row["missed"]}
    if not first_rows:
        return late
    found = await tasks.load(uow.connection, first_rows)
    cases = await _decided(uow, [task for task in found.values() if task.status == "open"], first_rows)
    await _skip(uow, [case for case in cases if case.decision.missed])
    await _bring(uow, [case for case in cases if case.decision.brings])
    silent = {case.task.id for case in cases if not case.decision.rings}
    return [row for row in late if row["task_id"] not in silent]


async def _settled(uow: UnitOfWork, task_ids: list[UUID]) -> set[UUID]:
    """Those whose due moment rang before (what is late now is a nag, say), and those after which the next has come."""
    rows = await (
        await uow.connection.execute(
            """
            SELECT task_id AS id FROM reminders WHERE task_id = ANY(%(ids)s) AND kind = 'due' AND fired_at < now()
            UNION SELECT previous_id FROM tasks WHERE previous_id = ANY(%(ids)s)
            """,
            {"ids": task_ids},
        )
    ).fetchall()
    return {row["id"] for row in rows}


async def _decided(uow: UnitOfWork, found: Sequence[Task], rows: Mapping[UUID, dict[str, Any]]) -> list[_Case]:
    settled = await _settled(uow, [task.id for task in found])
    owned = [(task, (task.series_id, task.created_by)) for task in found if task.series_id]
    all_series = await load_all(uow, [key for _, key in owned])
    cases = []
    for task, key in owned:
        series = all_series[key]
        row = rows[task.id]
        cause = str(due_event_id(row["id"], row["remind_at"], row["version"]))
        if task.id in settled:
            decision = Decision(series.catch_up != "none")
        else:
            taken = await names_of(uow, series) if series.anchor == "completion" else ()
            decision = decide(series, task, uow.now, taken)
        cases.append(_Case(task, series, decision, cause))
        await asyncio.sleep(0)  # the rule of a year by the minute takes a while
    return cases


async def _skip(uow: UnitOfWork, cases: Sequence[_Case]) -> None:
    """Close these, and write down what is left out with each."""
    if not cases:
        return
    await uow.connection.execute(
        "UPDATE tasks SET status = 'done', skipped = true, completed_at = %s, version = version + 1 WHERE id = ANY(%s)",
        (uow.now, [case.task.id for case in cases]),
    )
    closed = [_skipped(case.task, uow.now) for case in cases]
    await reminders.write(uow, [(task, []) for task in closed])
    events = [
        TaskCompleted(id=derived_event_id(case.cause, TaskCompleted.topic, task.id), task=task, by=task.created_by)
        for case, task in zip(cases, closed, strict=True)
    ]
    uow.emit(*events)
    await skip_below(uow, {case.task.id: case.cause for case in cases})
    misses = [case.decision.missed for case in cases if case.decision.missed]
    await uow.connection.execute(
        """
        INSERT INTO misses (id, user_id, series_id, task_id, title, catch_up, missed, first_at, last_at, created_at)
        SELECT *, %s FROM unnest(%s::uuid[], %s::uuid[], %s::uuid[], %s::uuid[], %s::text[], %s::text[], %s::bigint[],
                             %s::timestamptz[], %s::timestamptz[])
        ON CONFLICT DO NOTHING
        """,
        (
            uow.now,
            [event.id for event in events],
            [task.reminded_id for task in closed],
            [task.series_id for task in closed],
            [task.id for task in closed],
            [task.title for task in closed],
            [case.series.catch_up for case in cases],
            [missed.count for missed in misses],
            [missed.first for missed in misses],
            [missed.last for missed in misses],
        ),
    )


async def _bring(uow: UnitOfWork, cases: Sequence[_Case]) -> None:
    """Write the occurrences that come after these, with their reminders → `task.recurred.v1`."""
    planned = []
    for case in cases:
        following = case.decision.brings
        brought = await bring(uow, following.task, case.task.id) if following else None
        if following is None or brought is None:
            continue
        planned.append((brought, following.due_moment, case.series.user_zone))
        recurred = TaskRecurred(
            id=derived_event_id(case.cause, TaskRecurred.topic, brought.id),
            task=brought,
            by=brought.created_by,
            series_id=case.series.id,
            previous_task_id=case.task.id,
            missed=case.decision.missed.count if case.decision.missed else 0,
        )
        uow.emit(recurred)
        await bring_anew(uow, recurred)
    await plan(uow, planned)


def _skipped(task: Task, now: datetime) -> Task:
    update = {"status": "done", "skipped": True, "completed_at": now, "version": task.version + 1}
    return task.model_copy(update=update)


def _recurrence(series: Series) -> Recurrence:
    start = series.dtstart.replace(microsecond=0)
    added, excluded = (tuple(map(parse_recurrence_id, names)) for names in (series.rdates, series.exdates))
    zone = series.zone or series.user_zone
    return Recurrence(start.date() if series.all_day else start, zone, parse_rule(series.rrule), added, excluded)


def _position(series: Series, task: Task, due: datetime) -> date:
    """Where the occurrence is in its series; one that was put off is where it was put."""
    zone = series.zone or series.user_zone
    named = as_time(parse_recurrence_id(task.recurrence_id or ""))
    return max(named.date(), to_local(due, zone).date()) if series.all_day else max(to_utc(named, zone), due)


def _until(series: Series, now: datetime) -> date:
    """What has come due by now is not after this."""
    if not series.all_day:
        return now
    local = to_local(now, series.user_zone)
    return local.date() - timedelta(days=local.time() < ALL_DAY_RINGS_AT)


def _moment(series: Series, at: date) -> datetime:
    if isinstance(at, datetime):
        return at
    return to_utc(datetime.combine(at, ALL_DAY_RINGS_AT), series.user_zone)
