"""Playing an account on a virtual clock: reminders ring, tasks are completed, series move on.

What rings when, and what follows a completed occurrence, is decided by the functions that decide it in earnest.
"""

import heapq
from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import count
from typing import NamedTuple
from uuid import UUID

from functions.kernel.domain.due import LATE, again_at, describe, resolve
from functions.kernel.domain.due import Ring as PlannedRing
from functions.kernel.domain.recurrence import Recurrence, parse_recurrence_id, parse_rule
from functions.kernel.domain.recurrence.preview import preview
from functions.kernel.domain.task import Task
from functions.kernel.domain.wall_time import to_local, to_utc
from functions.operations.simulation.account import Account
from functions.operations.simulation.dates import note_of, recurrence_of, why
from functions.operations.simulation.progress import Progress
from functions.operations.simulation.rings import Downtime, Note, Ring, Simulation, years_later
from functions.recurring_task_service.catch_up import decide
from functions.recurring_task_service.series import Series, next_task, rings_when_brought

RING, COMPLETE = 0, 1
"""In this order when both come at one moment."""


@dataclass(frozen=True, slots=True)
class Habits:
    """How a person is assumed to act: each task is completed so long after it was due; None: never."""

    completes_after: timedelta | None = timedelta()
    downtimes: tuple[Downtime, ...] = ()

    def possible_from(self, moment: datetime) -> datetime:
        """This moment, or the one at which the service is back, if it is off then."""
        for downtime in self.downtimes:
            if downtime.since <= moment < downtime.until:
                moment = downtime.until
        return moment


class VirtualClock:
    """A clock that stands until it is moved. Call it for the time (UTC)."""

    def __init__(self, now: datetime) -> None:
        self._now = now

    def __call__(self) -> datetime:
        return self._now

    def move_to(self, moment: datetime) -> None:
        """It shows this moment, unless it is past it already."""
        self._now = max(self._now, moment)


class _Event(NamedTuple):
    """In the order of its parts: what waited rings in the order of the moments it was set for. No two have the same
    number."""

    at: datetime
    kind: int
    remind_at: datetime
    number: int
    task: UUID
    ring: PlannedRing | None


class Play:
    """One account, from the clock's present moment on."""

    def __init__(self, account: Account, clock: VirtualClock, zone: str, habits: Habits) -> None:
        self._account = account
        self._clock = clock
        self._zone = zone
        self._habits = habits
        self._open: dict[UUID, Task] = {}
        self._open_of_series: defaultdict[UUID, set[str]] = defaultdict(set)
        self._names: defaultdict[UUID, set[str]] = defaultdict(set)
        for task in account.tasks:
            if task.series_id and task.recurrence_id:
                self._names[task.series_id].add(task.recurrence_id)
        self._events: list[_Event] = []
        self._numbers = count()
        self._why: dict[UUID, str] = {}
        self._rang_in_time: set[UUID] = set()
        self._previewed = {
            series.id: _recurrence(series, zone) for series in account.series.values() if _may_leave_out(series)
        }
        for task in account.tasks:
            if task.status == "open":
                # What was due before rang then, when it was.
                due = self._due_of(task)
                self._rang_in_time.update({task.id} if due and due <= clock() else ())
                self._plan(task, due, after=clock())

    def into(self, simulation: Simulation, progress: Progress) -> None:
        """Play until the simulation ends."""
        while self._events:
            event = heapq.heappop(self._events)
            self._clock.move_to(event.at)
            local = to_local(self._clock(), self._zone)
            if local.date() >= simulation.end:
                return
            progress.reached(local)
            task = self._open.get(event.task)
            if task is None:
                continue  # done by now
            if event.kind == COMPLETE:
                simulation.note(*self._complete(task))
            elif event.ring and self._rings(event, event.ring, task):
                if not simulation.add(self._ring(event, event.ring, task, local)):
                    return
                if event.ring.every:
                    again = again_at(event.remind_at, event.ring.every, self._clock())
                    self._at(RING, again, task, again, event.ring)

    def _plan(self, task: Task, due: datetime | None, after: datetime | None = None) -> None:
        self._open[task.id] = task
        if task.series_id and task.recurrence_id:
            self._open_of_series[task.series_id].add(task.recurrence_id)
        for ring in rings_when_brought(task, due, self._clock(), self._zone):
            if after is None or ring.at > after:
                self._at(RING, ring.at, task, ring.at, ring)
        if due and self._habits.completes_after is not None:
            self._at(COMPLETE, due + self._habits.completes_after, task, due)

    def _at(
        self, kind: int, moment: datetime, task: Task, remind_at: datetime, ring: PlannedRing | None = None
    ) -> None:
        at = self._habits.possible_from(max(moment, self._clock()))
        heapq.heappush(self._events, _Event(at, kind, remind_at, next(self._numbers), task.id, ring))

    def _rings(self, event: _Event, ring: PlannedRing, task: Task) -> bool:
        """Whether it does: late, after downtime, it does what its series is set to, which may move on then."""
        series = self._account.series.get(task.series_id) if task.series_id else None
        late = self._clock() - event.remind_at >= LATE
        if ring.kind == "due":
            self._rang_in_time.update(() if late else (task.id,))
        if series is None or not late:
            return True
        if task.id in self._rang_in_time:
            return series.catch_up != "none"
        names = self._names[series.id]
        decision = decide(series, task, self._clock(), names)
        if decision.missed:
            del self._open[task.id]
            self._open_of_series[series.id].discard(task.recurrence_id or "")
        brought = decision.brings
        if brought and brought.task.recurrence_id not in names:
            names.add(brought.task.recurrence_id or "")
            self._plan(brought.task, brought.due_moment)
        return decision.rings

    def _ring(self, event: _Event, ring: PlannedRing, task: Task, local: datetime) -> Ring:
        return Ring(
            at=self._clock(),
            local=local,
            title=task.title,
            kind=ring.kind,
            due=describe(task.due_on, task.due_local, task.zone),
            late=self._clock() - event.remind_at,
            why=self._reason(event, ring, task),
        )

    def _reason(self, event: _Event, ring: PlannedRing, task: Task) -> str:
        if event.at > event.remind_at:
            return "late: the service was off"
        if ring.kind != "due":
            return ""
        return self._why.get(task.id) or why(task.due_local, task.zone or self._zone)

    def _complete(self, task: Task) -> list[Note]:
        """The next occurrence, if the series goes on; returns which dates in between do not come, and why."""
        del self._open[task.id]
        if task.series_id is None or task.recurrence_id is None:
            return []
        waiting = self._open_of_series[task.series_id]
        waiting.discard(task.recurrence_id)
        if any(later > task.recurrence_id for later in waiting):
            return []  # the series has moved on already
        done = task.model_copy(update={"status": "done", "completed_at": self._clock()})
        names = self._names[task.series_id]
        following = next_task(self._account.series[task.series_id], done, self._clock(), names)
        if following is None or following.task.recurrence_id in names:
            return []
        names.add(following.task.recurrence_id or "")
        self._plan(following.task, following.due_moment)
        return self._notes(done, following.task)

    def _notes(self, done: Task, following: Task) -> list[Note]:
        recurrence = self._previewed.get(following.series_id) if following.series_id else None
        if recurrence is None:
            return []
        since = self._clock() if done.due_local else to_local(self._clock(), self._zone).date()
        before = self._due_of(done) if done.due_local else done.due_on
        rows = preview(recurrence, 1, max(since, before or since))
        self._why[following.id] = "; ".join(why for row in rows if row.at for why in row.notes)
        return [note_of(row, done.title) for row in rows if row.at is None]

    def _due_of(self, task: Task) -> datetime | None:
        return task.due_at or resolve(task.due_on, task.due_local, task.zone, self._zone)


def _may_leave_out(series: Series) -> bool:
    """Whether days may be named that do not come: the calendar has none, or they are taken out (EXDATE). A rule that
    starts anew with each completion names none."""
    may = bool(series.exdates) or parse_rule(series.rrule).freq in ("YEARLY", "MONTHLY")
    return series.anchor == "schedule" and may


def _recurrence(series: Series, zone: str) -> Recurrence:
    start = series.dtstart.date() if series.all_day else series.dtstart
    added, excluded = (tuple(map(parse_recurrence_id, names)) for names in (series.rdates, series.exdates))
    recurrence = recurrence_of(parse_rule(series.rrule), start, series.zone or zone)
    return replace(recurrence, rdates=added, exdates=excluded)


def play_account(
    account: Account, title: str, now: datetime, zone: str, years: int, habits: Habits, progress: Progress
) -> Simulation:
    """What an account rings from `now` (naive local time in `zone`) on, for so many years."""
    simulation = Simulation(title, zone, now.date(), years_later(now.date(), years), downtimes=habits.downtimes)
    Play(account, VirtualClock(to_utc(now, zone)), zone, habits).into(simulation, progress)
    return simulation
