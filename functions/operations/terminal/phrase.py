"""A phrase, as the server understands it, as the fields of a task."""

from datetime import datetime
from typing import Any

import typer

from functions.kernel.domain.wall_time import to_utc
from functions.operations.client.models import NewTask, PhrasePreview, Task
from functions.operations.terminal.output import said
from functions.operations.terminal.session import CannotError, Session


def understood(session: Session, text: str) -> PhrasePreview:
    """What the server reads in it. Of two readings a person is asked for one; for others that is a CannotError."""
    phrase = session.client.preview_phrase(text=text)
    unsettled = next((each for each in phrase.ambiguities if not each.settled), None)
    if unsettled is None:
        return phrase
    readings = unsettled.readings
    lines = [f"{number:>3}  {each.words}" for number, each in enumerate(readings, 1)]
    said("\n".join([f"“{unsettled.words}” may mean one of two:", *lines]))
    if not session.may_ask:
        raise CannotError("Nothing was done: write which one you mean.")
    number: int = typer.prompt("Which one", type=int, err=True)
    if not 1 <= number <= len(readings):
        raise CannotError(f"There is no {number} among these; nothing was done.")
    return understood(session, readings[number - 1].text)


def due_of(session: Session, phrase: PhrasePreview) -> dict[str, Any]:
    """When it is due and how it repeats, as the fields of a task's body; empty, if it says nothing of that."""
    fields: dict[str, Any] = {}
    if phrase.due_on:
        fields = {"due_on": phrase.due_on}
    elif phrase.due_local:
        fields = {"due_local": phrase.due_local, "zone": phrase.zone or session.me.zone}
    if phrase.rrule:
        fields |= {"rrule": phrase.rrule, "anchor": phrase.anchor, "exdates": phrase.exdates}
    return fields


def new_due(session: Session, task: Task, text: str) -> dict[str, Any]:
    """The due time that the words give the task; “never” takes it away, and a day alone leaves its time of day as it
    is. Raises CannotError for words that say no such thing."""
    if text.strip().casefold() in ("never", "none"):
        return {"due_on": None, "due_local": None, "rrule": None}
    phrase = understood(session, text)
    fields = due_of(session, phrase)
    if phrase.title or not fields:
        raise CannotError(f"“{phrase.title or text}” is no due time; write it so: “friday at 9”, “every monday”.")
    if phrase.due_on and task.due_local and not phrase.rrule:
        local = datetime.combine(phrase.due_on, task.due_local.time())
        return {"due_local": local, "zone": task.zone}
    return fields


def moment_of(session: Session, text: str) -> datetime:
    """The moment (UTC) that words such as “tomorrow at 9” name. Raises CannotError for words that name none."""
    phrase = understood(session, text)
    if not phrase.due_local:
        raise CannotError(f"“{text}” names no moment; say the time, too: “tomorrow at 9”, “in 20 minutes”.")
    return to_utc(phrase.due_local, phrase.zone or session.me.zone)


def new_task(session: Session, text: str, list_name: str, notes: str) -> tuple[NewTask, PhrasePreview]:
    """The task that the text describes. A list in it that is not there stays in the title, so that nothing is lost."""
    phrase = understood(session, text)
    fields = due_of(session, phrase) | {"title": phrase.title, "notes": notes}
    if phrase.labels:
        fields["labels"] = phrase.labels
    if phrase.priority:
        fields["priority"] = phrase.priority
    if phrase.reminders:
        fields["reminders"] = phrase.reminders
    if list_name:
        fields["list_id"] = session.list_named(list_name).id
    elif phrase.list_name:
        try:
            fields["list_id"] = session.list_named(phrase.list_name).id
        except CannotError as error:
            said(f"{error} “#{phrase.list_name}” stays in the title.")
            fields["title"] = f"{phrase.title} #{phrase.list_name}"
    return NewTask(**fields), phrase
