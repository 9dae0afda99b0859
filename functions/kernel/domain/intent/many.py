"""Words that mean several tasks at once: "everything overdue", "all tasks in #work due today", "both"."""

import re
from datetime import datetime

from functions.kernel.domain.intent.kinds import (
    AddSubtask,
    ChangeTask,
    CompleteTask,
    Deed,
    DeleteTask,
    Many,
    NotUnderstood,
    ReopenTask,
)
from functions.kernel.domain.intent.listing import ListTasks, read_listing
from functions.kernel.domain.phrases import Habits

_LAST_SPOKEN_OF = re.compile(r"(?:all|both)(?: of)? (?:them|these|those)|them(?: all)?|both|(?:these|those)(?: tasks)?")
_TASKS = r"(?:tasks|ones|things|items|todos|to-dos)"
_MARK = r"(?:[#@*+](?:\"[^\"]+\"|[^\W_][\w/&-]*)|p[1-4]|!!?[1-5])"
_STATE = r"(?:overdue|late|today['’]?s?|tomorrow['’]?s?|this week['’]?s?|open|done|completed|finished)"
_MANY = re.compile(
    r"(?:everything|all|every (?:task|one|thing))\b"
    rf"|(?:my |the )?(?:(?:{_STATE}|{_MARK}) )+{_TASKS}\b"
    rf"|(?:my |the )?(?:overdue|(?:tasks|todos|to-dos)\b.*\s{_MARK})$",
    re.I,
)
_OF_TASKS = re.compile(rf"\b(?:everything|{_TASKS}|tasks?)\b|(?:^|\s){_MARK}(?!\w)", re.I)
_OUTRIGHT = re.compile(
    r"(?:(?P<complete>complete|finish|tick off|check off)|(?P<delete>delete|remove|clear)|(?P<reopen>reopen))\s+"
    r"(?P<words>.+)",
    re.I,
)
_EXAMPLES = ("complete all tasks due today", "move everything overdue to tomorrow", "delete all @errand tasks in #home")


def says_many(words: str) -> bool:
    """Whether the words can only mean several tasks."""
    return bool(_MANY.match(words.strip()))


def read_outright(said: str, now: datetime, habits: Habits) -> Many | NotUnderstood | None:
    """ "complete all tasks due today": no plan to do so today, and no request to see them."""
    found = _OUTRIGHT.fullmatch(said)
    if found is None:
        return None
    kind = CompleteTask if found["complete"] else DeleteTask if found["delete"] else ReopenTask
    return read_many(kind(found["words"]), now, habits)


def read_many(deed: Deed, now: datetime, habits: Habits) -> Many | NotUnderstood | None:
    """The deed as one for several tasks, when its words mean several; else None: they are of a title. Not understood is
    what says of several tasks more than can be read: to leave it out would touch others, too."""
    words = deed.words.strip(" .!?")
    if isinstance(deed, AddSubtask) or (isinstance(deed, ChangeTask) and deed.title is not None):
        return None
    if _LAST_SPOKEN_OF.fullmatch(words.lower()):
        return Many(deed, None)
    if not _MANY.match(words):
        return None
    of = (
        ListTasks("all")
        if words.lower() in ("everything", "all")
        else read_listing(f"show {words}", now, habits, exact=True)
    )
    if of:
        return Many(deed, of)
    return NotUnderstood(_EXAMPLES) if _OF_TASKS.search(words) else None
