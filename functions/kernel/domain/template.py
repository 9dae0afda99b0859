"""What the occurrences of a series are made from."""

from datetime import date, timedelta
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from functions.kernel.domain.reminder import At, TaskReminder
from functions.kernel.domain.task import LOWEST_PRIORITY, Task
from functions.kernel.domain.wall_time import as_day, as_time


class Template(BaseModel):
    """What those to come have in common, beside their rule. A start is so many days before the due day, or so many
    seconds before the due time (midnight of a whole day), a deadline so many days after the due day; both may be
    missing. An assignee who left the list is assigned nothing of it any more."""

    model_config = ConfigDict(frozen=True, defer_build=True)

    title: str
    notes: str = ""
    reminders: list[TaskReminder] = []
    start_days: int | None = None
    start_seconds: int | None = None
    labels: list[str] = []
    priority: int = LOWEST_PRIORITY
    assignee_id: UUID | None = None
    estimate_minutes: int | None = None
    deadline_days: int | None = None

    @classmethod
    def of(cls, task: Task) -> "Template":
        """What makes others like this task; a reminder at a moment is for this one only."""
        due = task.due_local or task.due_on
        days = as_day(due) - task.start_on if due and task.start_on else None
        before = as_time(due) - task.start_local if due and task.start_local else None
        return cls(
            title=task.title,
            notes=task.notes,
            reminders=[reminder for reminder in task.reminders if not isinstance(reminder, At)],
            start_days=None if days is None else days.days,
            labels=task.labels,
            priority=task.priority,
            assignee_id=task.assignee_id,
            estimate_minutes=task.estimate_minutes,
            deadline_days=(task.deadline_on - as_day(due)).days if due and task.deadline_on else None,
            start_seconds=None if before is None else round(before.total_seconds()),
        )

    def fields(self, due: date) -> dict[str, object]:
        """The members of the occurrence that is due then."""
        return {
            "title": self.title,
            "notes": self.notes,
            "reminders": self.reminders,
            "labels": self.labels,
            "priority": self.priority,
            "assignee_id": self.assignee_id,
            "estimate_minutes": self.estimate_minutes,
            "deadline_on": self._deadline(as_day(due)),
            "start_on": None if self.start_days is None else as_day(due) - timedelta(days=self.start_days),
            "start_local": None if self.start_seconds is None else as_time(due) - timedelta(seconds=self.start_seconds),
        }

    def _deadline(self, due: date) -> date | None:
        if self.deadline_days is None or due.toordinal() + self.deadline_days > date.max.toordinal():
            return None
        return due + timedelta(days=self.deadline_days)
