"""The reference model: what must be true of tasks and reminders, from what people did alone. It shares no code with
Taskwake, and knows nothing of its database, its events or its functions."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.faults.simulation.history import END_OF_TIME, Write

Key = tuple[str, datetime]
"""A reminder of a task: its kind and its moment."""


@dataclass(frozen=True, slots=True)
class Planned:
    """A reminder was planned by a write that was sent at `since`, and for sure, if it is `sure`, from `by` on; and
    withdrawn by one sent at `gone_since`, for sure from `gone_by` on."""

    since: datetime
    by: datetime
    sure: bool
    gone_since: datetime = END_OF_TIME
    gone_by: datetime = END_OF_TIME


@dataclass
class Task:
    """A task as it must be."""

    id: str
    person: str
    title: str
    due: datetime
    before: list[int]
    """Minutes before the due time."""
    done: bool = False
    deleted: bool = False
    series_id: str | None = None
    plans: dict[Key, list[Planned]] = field(default_factory=dict)
    closings: int = 0
    taken_back: bool = False
    """The occurrence before it was reopened, so it is gone, or came again since."""

    def plan(self, since: datetime, by: datetime, *, passed: bool) -> None:
        """Its reminders are planned; the due moment also when it is over, if `passed`, and so rings at once."""
        moments = [("due", self.due)] + [("before", self.due - timedelta(minutes=minutes)) for minutes in self.before]
        for key in moments:
            always = passed and key[0] == "due"
            if key[1] > since or always:
                self.plans.setdefault(key, []).append(Planned(since, by, sure=key[1] > by or always))

    def withdraw(self, since: datetime, by: datetime, *kinds: str) -> None:
        """What is planned (of these kinds) is not any more."""
        for (kind, _), plans in self.plans.items():
            if not kinds or kind in kinds:
                plans[-1] = replace(
                    plans[-1], gone_since=min(plans[-1].gone_since, since), gone_by=min(plans[-1].gone_by, by)
                )


@dataclass(frozen=True)
class Series:
    """Due at `first`, and every `every` after it, until it has `ended`: its open occurrence was deleted."""

    first: datetime
    every: timedelta
    person: str
    ended: bool = False

    def after(self, moment: datetime) -> datetime:
        """Its first time after this one."""
        return self.first + self.every * max(0, (moment - self.first) // self.every + 1)


class Model:
    """The tasks and series after these writes, each person's in their order; refused ones change nothing."""

    def __init__(self, writes: Sequence[Write], occurrences: Sequence[dict[str, Any]] = ()) -> None:
        self.tasks: dict[str, Task] = {}
        self.series: dict[str, Series] = {}
        for write in sorted(writes, key=lambda write: write.answered):
            if write.accepted:
                self._apply(write)
        for task in occurrences:  # those that nobody touched since they came, or came again
            known = self.tasks.get(task["id"])
            if task["series_id"] in self.series and (known is None or known.taken_back):
                self._take_up(task)

    def _apply(self, write: Write) -> None:
        if write.verb == "create":
            self._create(write)
            return
        if write.task_id not in self.tasks or self.tasks[write.task_id].taken_back:
            self._take_up(write.seen or {})
        task = self.tasks[write.task_id]
        task.taken_back = False
        if task.series_id and write.seen:  # it may have been left out, late
            task.done = write.seen["status"] == "done"
        since, by = write.sent, write.answered
        match write.verb:
            case "title":
                task.title = write.asked["title"]
            case "due":
                task.withdraw(since, by)
                task.due = moment_of(write.asked["due_at"])
                task.plan(since, by, passed=True)
            case "complete" | "skip":
                self._close(task, write)
            case "reopen":
                self._open(task, write)
            case "delete":
                self._delete(task, write)
            case "snooze":
                task.withdraw(since, by, "snooze")
                key = "snooze", moment_of(write.body["remind_at"])
                task.plans.setdefault(key, []).append(Planned(since, by, sure=True))
            case "undo":
                self._undo(task, write)

    def _create(self, write: Write) -> None:
        asked, body = write.asked, write.body
        before = [reminder["minutes_before"] for reminder in asked.get("reminders", [])]
        task = Task(body["id"], write.person, asked["title"], moment_of(asked["due_at"]), before)
        self.tasks[task.id] = task
        if "rrule" in asked:
            task.series_id = body["series_id"]
            self.series[body["series_id"]] = Series(task.due, every_of(asked["rrule"]), write.person)
        task.plan(write.sent, write.answered, passed=True)

    def _take_up(self, seen: dict[str, Any]) -> None:
        """An occurrence that the series brought."""
        before = [reminder["minutes_before"] for reminder in seen["reminders"]]
        person = self.series[seen["series_id"]].person
        name = datetime.fromisoformat(seen["recurrence_id"]).replace(tzinfo=UTC)
        task = Task(seen["id"], person, seen["title"], name, before, series_id=seen["series_id"])
        task = self.tasks.setdefault(task.id, task)
        came = moment_of(seen["created_at"])
        task.plan(came, came, passed=True)

    def _close(self, task: Task, write: Write) -> None:
        if not task.done:
            task.done = True
            task.closings += 1
            task.withdraw(write.sent, write.answered)

    def _open(self, task: Task, write: Write) -> None:
        if not task.done:
            return
        task.done = False
        task.plan(write.sent, write.answered, passed=False)
        for other in self.tasks.values():
            if task.series_id and other.series_id == task.series_id and other.due > task.due and not other.done:
                other.taken_back = True
                other.withdraw(write.sent, write.answered)

    def _delete(self, task: Task, write: Write) -> None:
        task.deleted = True
        task.withdraw(write.sent, write.answered)
        if task.series_id and not task.done:
            self.series[task.series_id] = replace(self.series[task.series_id], ended=True)

    def _undo(self, task: Task, write: Write) -> None:
        undone = write.undone
        assert undone is not None
        match undone.verb:
            case "create":
                self._delete(task, write)
            case "title":
                task.title = (undone.seen or {})["title"]
            case "due":
                task.withdraw(write.sent, write.answered)
                task.due = moment_of((undone.seen or {})["due_at"])
                task.plan(write.sent, write.answered, passed=False)
            case "complete" | "skip":
                self._open(task, write)
            case "reopen":
                self._close(task, write)
            case "delete":
                task.deleted = False
                if not task.done:
                    task.plan(write.sent, write.answered, passed=False)
                if task.series_id:
                    self.series[task.series_id] = replace(self.series[task.series_id], ended=False)

    def reminders(self) -> Iterator[tuple[Task, Key, list[Planned]]]:
        """Each reminder that ever was planned."""
        for task in self.tasks.values():
            for key, plans in task.plans.items():
                yield task, key, plans


def moment_of(text: str) -> datetime:
    """The UTC moment that RFC 3339 text names."""
    return datetime.fromisoformat(text).astimezone(UTC)


def every_of(rrule: str) -> timedelta:
    """How long after each other the times of this rule are (FREQ and INTERVAL only)."""
    parts = dict(part.split("=") for part in rrule.split(";"))
    unit = {"MINUTELY": timedelta(minutes=1), "HOURLY": timedelta(hours=1), "DAILY": timedelta(days=1)}[parts["FREQ"]]
    return unit * int(parts.get("INTERVAL", "1"))
