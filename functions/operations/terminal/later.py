"""Being reminded again later."""

from functions.operations.client.models import NewSnooze, Snoozed, Task
from functions.operations.terminal.phrase import moment_of
from functions.operations.terminal.session import CannotError, Session


def snooze_task(session: Session, task: Task, minutes: int, until: str) -> Snoozed:
    """Snooze the latest notice of the task, for so many minutes, or until what the words say. Raises CannotError when
    it reminded of nothing yet."""
    notices = session.client.list_notices(limit=500).notices
    notice = next((each for each in notices if each.task_id == task.id), None)
    if notice is None:
        raise CannotError(
            f"“{task.title}” has not reminded you yet, so there is nothing to snooze. "
            f"To move it: taskwake edit {str(task.id)[:8]} --due “tomorrow at 9”."
        )
    asked = NewSnooze(until=moment_of(session, until)) if until else NewSnooze(minutes=minutes)
    return session.client.snooze_notice(notice.id, asked)
