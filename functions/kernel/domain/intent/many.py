"""Words that mean several tasks at once: "everything overdue", "all tasks due today", "both"."""

import re
from datetime import datetime

from functions.kernel.domain.intent.kinds import ChangeTask, CompleteTask, Deed, DeleteTask, Many, ReopenTask
from functions.kernel.domain.intent.listing import ListTasks, read_listing
from functions.kernel.domain.phrases import Habits

_LAST_SPOKEN_OF = re.compile(r"(?:all|both)(?: of)? (?:them|these|those)|them(?: all)?|both|(?:these|those)(?: tasks)?")
_MANY = re.compile(
    r"(?:everything|all|every (?:task|one|thing))\b"
    r"|(?:my |the )?(?:overdue|late|today['’]?s?|tomorrow['’]?s?|this week['’]?s?|open|done|completed|finished)"
    r"(?: (?:tasks|ones|things|items|todos|to-dos))$",
    re.I,
)
_OUTRIGHT = re.compile(
    r"(?:(?P<complete>complete|finish|tick off|check off)|(?P<delete>delete|remove|clear)|(?P<reopen>reopen))\s+"
    r"(?P<words>.+)",
    re.I,
)


def says_many(words: str) -> bool:
    """Whether the words can only mean several tasks."""
    return bool(_MANY.match(words.strip()))


def read_outright(said: str, now: datetime, habits: Habits) -> Many | None:
    """ "complete all tasks due today": no plan to do so today, and no request to see them."""
    found = _OUTRIGHT.fullmatch(said)
    if found is None:
        return None
    kind = CompleteTask if found["complete"] else DeleteTask if found["delete"] else ReopenTask
    return read_many(kind(found["words"]), now, habits)


def read_many(deed: Deed, now: datetime, habits: Habits) -> Many | None:
    """The deed as one for several tasks, when its words mean several; else None. A new title is for one."""
    low = deed.words.lower().strip(" .!?")
    if isinstance(deed, ChangeTask) and deed.title is not None:
        return None
    if _LAST_SPOKEN_OF.fullmatch(low):
        return Many(deed, None)
    if not _MANY.match(low):
        return None
    of = ListTasks("all") if low in ("everything", "all") else read_listing(f"show {low}", now, habits)
    return Many(deed, of) if of else None
