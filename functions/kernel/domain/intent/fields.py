"""Sentences that name a field of a task: its labels, its priority, who is to do it, and what it is to have no more."""

import re
from functools import partial

from functions.kernel.domain.intent.kinds import ChangeTask, Cleared, NotUnderstood
from functions.kernel.domain.intent.spoken_words import spoken_words
from functions.kernel.domain.phrases import Phrase

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
_LEVEL = r"(?:p?(?P<{0}level>[1-4])|(?P<{0}named>highest|lowest|none))"
_PRIORITY = re.compile(
    rf"(?:(?:set|change|make)\s+)(?:the\s+)?priority\s+(?:of|for)\s+(?P<words>.+?)\s+(?:to|as)\s+{_LEVEL.format('')}"
    rf"|(?:set|change|make|mark|give)\s+(?P<of_words>.+?)\s+(?:(?:to|as)\s+)?priority\s+(?:to\s+)?{_LEVEL.format('of_')}",
    re.I,
)
_NAMED = {"highest": 1, "lowest": 4, "none": 4}
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
_KEPT = ("delete buy milk", "remove the deadline from buy milk", "remove @errand from buy milk")


def read_field(said: str, read: "partial[Phrase]") -> ChangeTask | NotUnderstood | None:
    """ "remove the date from buy milk", "add @errand to buy milk", "set buy milk to priority 1", "assign it to Kim"."""
    if found := _UNASSIGN.fullmatch(said):
        return ChangeTask(spoken_words(found["words"]), clear="assignee")
    if found := _ASSIGN.fullmatch(said):
        return ChangeTask(spoken_words(found["words"]), assignee=spoken_words(found["who"]))
    if found := _PRIORITY.fullmatch(said):
        level = found["level"] or found["of_level"] or _NAMED[(found["named"] or found["of_named"]).lower()]
        return ChangeTask(spoken_words(found["words"] or found["of_words"]), Phrase("", priority=int(level)))
    return _noted(said, read) or _cleared(said) or _unmarked(said, read) or _marked(said, read)


def _noted(said: str, read: "partial[Phrase]") -> ChangeTask | None:
    """ "Note for friday: call Sam" is about a day, and no task."""
    found = next((found for pattern in _NOTES if (found := pattern.fullmatch(said))), None)
    if found is None or read(found["words"]).has_due:
        return None
    note = found["note"].strip('"“”') if found["note"][0] in '"“' else found["note"]
    return ChangeTask(spoken_words(found["words"]), note=note)


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
