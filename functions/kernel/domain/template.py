"""What the occurrences of a series are made from."""

from datetime import date, timedelta

from pydantic import BaseModel, ConfigDict

from functions.kernel.domain.reminder import At, TaskReminder
from functions.kernel.domain.task import Task
from functions.kernel.domain.wall_time import as_day, as_time


class Template(BaseModel):
    """What those to come have in common, beside their rule. A start is so many days before the due day, or so many
    seconds before the due time (midnight of a whole day); it may have none."""

    model_config = ConfigDict(frozen=True, defer_build=True)

    title: str
    notes: str = ""
    reminders: list[TaskReminder] = []
    start_days: int | None = None
    start_seconds: int | None = None

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
            start_seconds=None if before is None else round(before.total_seconds()),
        )

    def fields(self, due: date) -> dict[str, object]:
        """The members of the occurrence that is due then."""
        return {
            "title": self.title,
            "notes": self.notes,
            "reminders": self.reminders,
            "start_on": None if self.start_days is None else as_day(due) - timedelta(days=self.start_days),
            "start_local": None if self.start_seconds is None else as_time(due) - timedelta(seconds=self.start_seconds),
        }
