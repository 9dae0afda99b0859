"""The words about one task that was changed."""

from functions.chat_api.chat.wording import NO_MORE, Here, day_words, due_words, marks, reminded, span
from functions.kernel.domain.intent import ChangeTask
from functions.kernel.domain.task import Task


def changed(before: Task, after: Task, here: Here, deed: ChangeTask) -> str:
    """What is different now, after what was asked for."""
    parts = []
    if before.title != after.title:
        parts.append(f"“{before.title}” is now called “{after.title}”")
    if (before.due_on, before.due_local, before.zone) != (after.due_on, after.due_local, after.zone):
        parts.append(
            f"“{after.title}” is now due {due_words(after, here)}"
            if due_words(after, here)
            else "it has no due time now"
        )
    if before.rrule != after.rrule:
        parts.append(f"“{after.title}” {'repeats now' if after.rrule else 'does not repeat any more'}")
    if before.reminders != after.reminders or deed.clear == "reminders":
        parts.append(_when_reminded(after, here))
    if deed.deadline is not None and after.deadline_on and before.deadline_on != after.deadline_on:
        by = day_words(after.deadline_on, here.now.date()).removeprefix("on ")
        parts.append(f"“{after.title}” has to be done by {by} now")
    if deed.estimate_minutes is not None and before.estimate_minutes != after.estimate_minutes:
        parts.append(f"“{after.title}” takes {span(deed.estimate_minutes)} now")
    if deed.note is not None:
        parts.append(f"the notes of “{after.title}” end with “{deed.note}” now")
    if (before.labels, before.priority) != (after.labels, after.priority):
        parts.append(f"“{after.title}” is marked {marks(after) or 'with nothing'} now")
    if before.list_id != after.list_id:
        parts.append(f"“{after.title}” is in the list “{deed.phrase.list_name if deed.phrase else ''}” now")
    if deed.assignee is not None and before.assignee_id != after.assignee_id:
        parts.append(f"“{after.title}” is assigned to {'you' if deed.assignee.lower() == 'me' else deed.assignee} now")
    if deed.clear and not parts and before.version != after.version:
        parts.append(f"“{after.title}” has {NO_MORE[deed.clear]} any more")
    if not parts:
        return f"“{after.title}” is like that already."
    text = "; ".join(parts) + "."
    return text[0].upper() + text[1:]


def _when_reminded(task: Task, here: Here) -> str:
    if task.reminders:
        later = "" if due_words(task, here) else ", once it has a due time"
        return f"I remind you of “{task.title}” {reminded(task, here)}{later}"
    if due_words(task, here) is None:
        return f"I do not remind you of “{task.title}”, which has no due time"
    return f"I remind you of “{task.title}” at the due time only; say “remove the due date from it”, and I never do"
