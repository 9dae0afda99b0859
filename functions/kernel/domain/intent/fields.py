"""Sentences that name a field of a task: its labels, its priority, who is to do it, and what it is to have no more."""

import re
from dataclasses import replace
from functools import partial

from functions.kernel.domain.intent.kinds import ChangeTask, Cleared, NotUnderstood
from functions.kernel.domain.intent.patterns import first_fullmatch
from functions.kernel.domain.intent.spoken_words import spoken_words
from functions.kernel.domain.phrases import Phrase
from functions.kernel.domain.phrases.durations import match_duration
from functions.kernel.domain.phrases.tokens import Sentence
from functions.kernel.domain.task import LOWEST_PRIORITY

_TAKE = r"(?:remove|clear|delete|drop|unset|cancel|erase|take(?: off| away)?|get rid of)"
_FIELDS: dict[str, Cleared | None] = {
    **dict.fromkeys(("date", "due date", "due day", "due time", "due"), "due"),
    "deadline": "deadline",
    **dict.fromkeys(("reminder", "reminders", "alarm", "alarms"), "reminders"),
    **dict.fromkeys(("repetition", "recurrence", "repeat", "rule"), "repetition"),
    **dict.fromkeys(("label", "labels", "tag", "tags"), "labels"),
    **dict.fromkeys(("note", "notes"), "notes"),
    "priority": "priority",
    "assignee": "assignee",
    "estimate": "estimate",
    **dict.fromkeys(("time", "start", "start date", "start time", "subtask", "subtasks", "parent", "list"), None),
}
_CLEAR = re.compile(
    rf"{_TAKE}\s+(?P<its>(?:the|its|all|any)\s+)*(?P<what>{'|'.join(sorted(_FIELDS, key=len, reverse=True))})"
    r"(?:\s+(?:from|of|off|on|for)\s+(?P<words>.+))?",
    re.I,
)
_UNMARK = re.compile(
    rf"{_TAKE}\s+(?:the\s+)?(?:(?:labels?|tags?)\s+)?(?P<marks>.+?)\s+(?:from|off)\s+(?P<words>.+)", re.I
)
_MARK = re.compile(
    r"(?:add|put|attach)\s+(?:the\s+)?(?:(?:labels?|tags?)\s+)?(?P<marks>.+?)\s+(?:to|on|onto)\s+(?P<words>.+)", re.I
)
_TAG = re.compile(r"(?:label|tag)\s+(?P<words>.+?)\s+(?:as|with)\s+(?P<marks>.+)", re.I)
_LEVEL = r"(?:p?(?P<level>[1-4])|(?P<named>highest|top|high|medium|low|lowest|normal|none|no))"
_PRIORITIES = (
    re.compile(
        rf"(?:set|change|make)\s+(?:the\s+)?priority\s+(?:of|for)\s+(?P<words>.+?)\s+(?:to|as)\s+{_LEVEL}", re.I
    ),
    re.compile(
        rf"(?:set|change|make|mark|give)\s+(?P<words>.+?)\s+(?:(?:to|as)\s+)?priority\s+(?:to\s+)?{_LEVEL}", re.I
    ),
    re.compile(rf"(?:set|change|make|mark|give)\s+(?P<words>.+?)\s+(?:(?:to|as|an?)\s+)*{_LEVEL}\s+priority", re.I),
    re.compile(r"(?:make|mark)\s+(?P<words>.+?)\s+(?:as\s+)?(?P<named>urgent|important)", re.I),
)
_NAMED = dict.fromkeys(("highest", "top", "high", "urgent", "important"), 1) | {"medium": 2, "low": 3}
_ASSIGN = re.compile(r"(?:re-?)?assign\s+(?P<words>.+)\s+to\s+(?P<who>.+)", re.I)
_UNASSIGN = re.compile(r"un-?assign\s+(?P<words>.+)", re.I)
_NOTES = (
    re.compile(
        r"(?:add|attach|write|put)\s+(?:(?:a|the|this)\s+)?(?:note|comment)\s+(?:to|on|for)\s+(?P<words>[^:]+?)"
        r"(?:\s*:|\s+(?:that says|saying))\s+(?P<note>.+)",
        re.I,
    ),
    re.compile(
        r"(?:add|write|put)\s+(?P<note>.+?)\s+(?:to|in|into|on)\s+(?:the\s+)?(?:notes?|comments?)\s+(?:of|on|for)\s+"
        r"(?P<words>.+)",
        re.I,
    ),
    re.compile(r"(?:note|comment)\s+(?:to|on|for)\s+(?P<words>[^:]+?)\s*:\s+(?P<note>.+)", re.I),
)
_DEADLINES = (
    re.compile(
        r"(?:set|change|move|make)\s+(?:the\s+)?deadline\s+(?:of|for|on)\s+(?P<words>.+)\s+(?:to|as|for|on)\s+(?P<day>.+)",
        re.I,
    ),
    re.compile(r"(?:the\s+)?deadline\s+(?:of|for)\s+(?P<words>.+?)\s+is\s+(?P<day>.+)", re.I),
    re.compile(r"(?:give|set)\s+(?P<words>.+?)\s+(?:a\s+|the\s+)?deadline\s+(?:(?:of|to|on|for)\s+)?(?P<day>.+)", re.I),
)
_ESTIMATES = (
    re.compile(r"(?:(?:set|change)\s+(?:the\s+)?)?estimate\s+(?:(?:of|for)\s+)?(?P<rest>.+)", re.I),
    re.compile(r"(?P<rest>.+\s+(?:takes|will take)\s+.+)", re.I),
)
_AT = re.compile(r"\s+(?:(?:takes|will take|to take|at|as|to|is)(?: me)?(?: about)?)$", re.I)
_KEPT = ("delete buy milk", "remove the deadline from buy milk", "remove @errand from buy milk")


def read_field(said: str, read: "partial[Phrase]") -> ChangeTask | NotUnderstood | None:
    """ "remove the date from buy milk", "add @errand to buy milk", "set buy milk to priority 1", "assign it to Kim"."""
    if found := _UNASSIGN.fullmatch(said):
        return ChangeTask(spoken_words(found["words"]), clear="assignee")
    if found := _ASSIGN.fullmatch(said):
        return ChangeTask(spoken_words(found["words"]), assignee=spoken_words(found["who"]))
    if found := first_fullmatch(_PRIORITIES, said):
        level = found.groupdict().get("level") or _NAMED.get(found["named"].lower(), LOWEST_PRIORITY)
        return ChangeTask(spoken_words(found["words"]), Phrase("", priority=int(level)))
    return (
        _noted(said, read)
        or _by(said, read)
        or _estimated(said)
        or _cleared(said)
        or _unmarked(said, read)
        or _marked(said, read)
    )


def _noted(said: str, read: "partial[Phrase]") -> ChangeTask | None:
    """ "Note for friday: call Sam" is about a day, and no task."""
    found = first_fullmatch(_NOTES, said)
    if found is None or read(found["words"]).has_due:
        return None
    note = found["note"].strip('"“”') if found["note"][0] in '"“' else found["note"]
    return ChangeTask(spoken_words(found["words"]), note=note)


def _by(said: str, read: "partial[Phrase]") -> ChangeTask | None:
    found = first_fullmatch(_DEADLINES, said)
    day = read(found["day"]) if found else None
    if found is None or day is None or day.title or day.rrule or not day.has_due:
        return None
    return ChangeTask(spoken_words(found["words"]), deadline=replace(day, spans=()))


def _estimated(said: str) -> ChangeTask | None:
    """ "Estimate the report at 2 hours", "the report takes 2 hours"."""
    found = first_fullmatch(_ESTIMATES, said)
    for place in re.finditer(r"\s+", found["rest"]) if found else ():
        rest = found["rest"] if found else ""
        duration = match_duration(Sentence(rest), place.end())
        if duration and duration.end == len(rest) and duration.minutes:
            words = _AT.sub("", rest[: place.start()])
            return ChangeTask(spoken_words(words), estimate_minutes=duration.minutes)
    return None


def _cleared(said: str) -> ChangeTask | NotUnderstood | None:
    found = _CLEAR.fullmatch(said)
    # "Delete notes" may mean a task of this name.
    if found is None or not (found["its"] or found["words"]):
        return None
    clear = _FIELDS[found["what"].lower()]
    # "Delete the reminder" means the task itself, as likely as not.
    if clear is None or (clear == "reminders" and not found["words"]):
        return NotUnderstood(_KEPT)
    return ChangeTask(spoken_words(found["words"] or "it"), clear=clear)


def _unmarked(said: str, read: "partial[Phrase]") -> ChangeTask | NotUnderstood | None:
    found = _UNMARK.fullmatch(said)
    phrase = read(found["marks"]) if found else None
    if found is None or phrase is None or phrase.title or not phrase.spans:
        return None
    kinds = {span.kind for span in phrase.spans}
    if kinds == {"label"}:
        return ChangeTask(spoken_words(found["words"]), without=phrase.labels)
    if kinds == {"priority"}:
        return ChangeTask(spoken_words(found["words"]), clear="priority")
    return NotUnderstood(_KEPT)


def _marked(said: str, read: "partial[Phrase]") -> ChangeTask | None:
    found = _MARK.fullmatch(said) or _TAG.fullmatch(said)
    phrase = read(found["marks"]) if found else None
    if found is None or phrase is None or phrase.title or re.search(r"\blist$", found["words"], re.I):
        return None
    if {span.kind for span in phrase.spans} <= {"label", "priority"}:
        return ChangeTask(spoken_words(found["words"]), Phrase("", labels=phrase.labels, priority=phrase.priority))
    return None
