# ruff: noqa: DTZ001 (local times are naive here, by design)
"""Any course of completing, skipping, reopening, taking out and adding, at any moment, agrees with a small model.

The model tries every day, or every hour, one after the other, and knows nothing of rules but which of them they name.
"""

from calendar import monthrange
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule, run_state_machine_as_test

from functions.kernel.domain.recurrence import recurrence_id
from functions.kernel.domain.task import Task
from functions.recurring_task_service.series import Series, next_task

BERLIN = ZoneInfo("Europe/Berlin")
A_DAY = timedelta(days=1)
HORIZON = timedelta(days=70 * 366)


@dataclass(frozen=True)
class Kind:
    """A rule, its start, and which of the moments `step` apart it names."""

    rrule: str
    start: date
    step: timedelta
    names: Callable[[date], bool]


KINDS = [
    Kind("FREQ=DAILY", datetime(2026, 3, 27, 2, 30), A_DAY, lambda _: True),
    Kind("FREQ=DAILY", datetime(2026, 10, 23, 2, 30), A_DAY, lambda _: True),
    Kind("FREQ=DAILY;INTERVAL=2", datetime(2026, 3, 27, 2, 30), 2 * A_DAY, lambda _: True),
    Kind("FREQ=HOURLY", datetime(2026, 3, 28, 20, 30), timedelta(hours=1), lambda _: True),
    Kind("FREQ=HOURLY", datetime(2026, 10, 24, 20, 30), timedelta(hours=1), lambda _: True),
    Kind("FREQ=HOURLY;INTERVAL=6", datetime(2026, 3, 28, 8, 30), timedelta(hours=6), lambda _: True),
    Kind("FREQ=MONTHLY", datetime(2026, 1, 31, 2, 30), A_DAY, lambda at: at.day == 31),
    Kind(
        "RSCALE=GREGORIAN;FREQ=MONTHLY;BYMONTHDAY=31;SKIP=BACKWARD",
        datetime(2026, 1, 31, 2, 30),
        A_DAY,
        lambda at: at.day == monthrange(at.year, at.month)[1],
    ),
    Kind(
        "FREQ=MONTHLY;BYDAY=-1SU",
        datetime(2026, 2, 22, 2, 30),
        A_DAY,
        lambda at: (at + 7 * A_DAY).month != at.month and at.weekday() == 6,
    ),
    Kind("FREQ=YEARLY", datetime(2024, 2, 29, 2, 30), A_DAY, lambda at: (at.month, at.day) == (2, 29)),
    Kind("FREQ=WEEKLY;BYDAY=MO,SU", date(2026, 3, 22), A_DAY, lambda at: at.weekday() in (0, 6)),
    Kind("FREQ=MONTHLY", date(2026, 1, 31), A_DAY, lambda at: at.day == 31),
]
WAITS = [timedelta(minutes=40), timedelta(hours=5), A_DAY, timedelta(days=33), timedelta(days=500)]


def moment(nominal: datetime) -> datetime:
    """When a time on Berlin's wall is: of two the first; one that the clocks skip as before they do (RFC 5545)."""
    return nominal.replace(tzinfo=BERLIN, fold=0).astimezone(UTC)


class Course(RuleBasedStateMachine):
    @initialize(kind=st.sampled_from(KINDS), early=st.sampled_from([-30, 0, 30, 0]))
    def begin(self, kind: Kind, early: int) -> None:
        self.kind = kind
        timed = isinstance(kind.start, datetime)
        first = datetime.combine(kind.start, kind.start.time() if isinstance(kind.start, datetime) else time())
        self.now = moment(first) + timedelta(days=early, minutes=20)
        self.series = Series(
            UUID(int=1), kind.rrule, first, not timed, "Europe/Berlin" if timed else None, "schedule", "Europe/Berlin"
        )
        self.current = Task(
            id=UUID(int=2),
            list_id=UUID(int=3),
            title="water",
            due_on=None if timed else kind.start,
            due_local=first if timed else None,
            zone=self.series.zone,
            due_at=moment(first) if timed else None,
            series_id=UUID(int=1),
            recurrence_id=recurrence_id(kind.start),
            version=1,
            created_by=UUID(int=4),
            created_at=self.now,
        )
        self.nominal: date = kind.start
        self.closed: list[tuple[Task, date]] = []
        self.added: set[date] = set()
        self.out: set[date] = set()

    @rule(wait=st.sampled_from(WAITS), times=st.integers(1, 4))
    def time_passes(self, wait: timedelta, times: int) -> None:
        self.now += wait * times

    @rule()
    def it_becomes_due(self) -> None:
        nominal = datetime.combine(self.nominal, time(9)) if self.series.all_day else self.nominal
        self.now = max(self.now, moment(nominal))  # type: ignore[arg-type]

    @rule(skipped=st.booleans())
    def close(self, skipped: bool) -> None:
        done = self.current.model_copy(update={"status": "done", "completed_at": self.now, "skipped": skipped})
        found, again = (next_task(self.series, done, self.now + timedelta(seconds=late)) for late in (0, 9))
        nominal = self.following()
        assert (found and found.task.recurrence_id) == (nominal and recurrence_id(nominal))
        if found is None or again is None or nominal is None:
            return
        assert again.task.id == found.task.id
        if isinstance(nominal, datetime):
            assert (found.task.due_local, found.due_moment) == (nominal, moment(nominal))
        else:
            assert (found.task.due_on, found.due_moment) == (nominal, moment(datetime.combine(nominal, time(9))))
        self.closed.append((self.current, self.nominal))
        self.current, self.nominal = found.task, nominal

    @precondition(lambda self: self.closed)
    @rule()
    def reopen(self) -> None:
        self.current, self.nominal = self.closed.pop()

    @rule()
    def take_the_next_out(self) -> None:
        nominal = self.following()
        if nominal is not None:
            self.out.add(nominal)
            self.series = replace(self.series, exdates=sorted(map(recurrence_id, self.out)))

    @rule(hours=st.integers(-30, 30))
    def add_a_date(self, hours: int) -> None:
        local = (self.now + timedelta(hours=hours)).astimezone(BERLIN).replace(tzinfo=None, fold=0)
        self.added.add(local.date() if self.series.all_day else local.replace(minute=10, second=0, microsecond=0))
        self.series = replace(self.series, rdates=sorted(map(recurrence_id, self.added)))

    def following(self) -> date | None:
        """The first after both this occurrence and now that comes: by its moment, or its day."""
        if self.series.all_day:
            after: date = max(self.nominal, self.now.astimezone(BERLIN).date())
            out = self.out
        else:
            after = max(moment(self.nominal), self.now)  # type: ignore[arg-type]
            out = {moment(value) for value in self.out}  # type: ignore[arg-type]
        ahead = [(key, value) for key, value in self.named(after) if key > after and key not in out]
        return min(ahead)[1] if ahead else None

    def named(self, after: date) -> Iterator[tuple[date, date]]:
        """With their moments or days: the added ones, and the rule's first few that may come after."""
        yield from ((self.key(value), value) for value in self.added)
        since = after.astimezone(BERLIN) if isinstance(after, datetime) else after
        day = date(since.year, since.month, since.day) - 2 * A_DAY
        begin, steps = self.kind.start, 0
        if begin < (datetime.combine(day, time()) if isinstance(begin, datetime) else day):
            steps = (day - date(begin.year, begin.month, begin.day)) // self.kind.step
        found = 0
        for number in range(steps, steps + HORIZON // self.kind.step):
            nominal = begin + number * self.kind.step
            if nominal >= begin and self.kind.names(nominal) and not self.comes_anyway(nominal):
                key = self.key(nominal)
                yield key, nominal
                found += key > after and nominal not in self.out
                if found > 3:
                    return

    def key(self, nominal: date) -> date:
        return moment(nominal) if isinstance(nominal, datetime) else nominal

    def comes_anyway(self, nominal: date) -> bool:
        """Whether the clocks skip this hour, and the one that it is read as is named too."""
        if not isinstance(nominal, datetime):
            return False
        read_as = moment(nominal).astimezone(BERLIN).replace(tzinfo=None)
        by_the_hour = (read_as - nominal) % self.kind.step == timedelta()
        return read_as != nominal and by_the_hour and self.kind.names(read_as)


@pytest.mark.requirement("TIME-016")
@pytest.mark.requirement("TIME-018")
@pytest.mark.requirement("TIME-029")
def test_any_course_agrees_with_the_model() -> None:
    run_state_machine_as_test(Course, settings=settings(max_examples=150, stateful_step_count=12, deadline=None))
