"""Sentences about what became of a task: done, not done after all, no longer wanted."""

import re
from functools import partial

from functions.kernel.domain.intent.kinds import CompleteTask, DeleteTask, NotUnderstood, ReopenTask, SkipTask
from functions.kernel.domain.intent.matching import is_past_tense
from functions.kernel.domain.intent.spoken_words import spoken_words
from functions.kernel.domain.phrases import Phrase

_REOPEN = (
    re.compile(r"(?:re-?open|un-?check|un-?tick|un-?complete|un-?finish)\s+(?P<words>.+)", re.I),
    re.compile(
        r"(?:mark|set)\s+(?P<words>.+?)\s+(?:as\s+)?(?:not (?:done|finished|completed?)|undone|open"
        r"|incomplete|unfinished)$",
        re.I,
    ),
    re.compile(r"(?:i(?:['’]m| am) )?not (?:yet )?(?:done|finished) with\s+(?P<words>.+)", re.I),
    re.compile(
        r"i (?:haven['’]?t|have not|didn['’]?t|did not) (?:yet )?(?:finish(?:ed)?|complete[d]?"
        r"|do(?:ne)?)\s+(?P<words>.+)",
        re.I,
    ),
    re.compile(r"(?P<words>.+?) (?:is|are) not (?:yet )?(?:done|finished|completed?)(?: yet)?$", re.I),
    re.compile(r"(?P<words>.+?) (?:isn|aren)['’]?t (?:done|finished|completed?)(?: yet)?$", re.I),
)
_COMPLETE = (
    re.compile(
        r"(?:i(?:['’]m| am|['’]ve| have)? )?(?:all |just |already )?(?:done|finished"
        r"|through) with\s+(?P<words>.+)",
        re.I,
    ),
    re.compile(
        r"(?:mark|set|check|tick|cross)\s+(?P<words>.+?)\s+(?:as\s+|is\s+)?(?:done|completed?|finished|off)$",
        re.I,
    ),
    re.compile(r"(?:check|tick|cross) off\s+(?P<words>.+)", re.I),
    re.compile(
        r"(?:i(?:['’]ve| have)? )?(?:just |already )?(?:done|finished|completed|did)(?:\s*:\s*"
        r"|\s+)(?P<words>.+)",
        re.I,
    ),
    re.compile(
        r"(?P<words>.+?),? (?:is|are|was|has been|have been|['’]s)?\s*(?:now |already )?(?:done|finished"
        r"|completed)$",
        re.I,
    ),
)
_COMPLETE_VERB = re.compile(r"complete\s+(?P<words>.+)", re.I)
# "Finish the report" is a plan.
_FINISH_IT = re.compile(r"(?:finish|close)\s+(?:it|this|that)(?: one)?(?: please)?", re.I)
_I_DID = re.compile(r"i(?:['’]ve| have)?(?: just| already)? (?P<words>(?P<verb>[a-z]+)\b.*)", re.I)
_SKIP = re.compile(
    r"(?:i(?:['’]ve| have)? )?skip(?:ped)?\s+(?:(?:the )?(?:next|this|today['’]s)\s+)?(?P<words>.+)", re.I
)
_DELETE = re.compile(r"(?P<verb>delete|remove|cancel|discard|trash|get rid of)\s+(?P<words>.+)", re.I)


def read_reopening(said: str) -> ReopenTask | None:
    """ "reopen the report", "I haven't finished the report"."""
    found = next((found for pattern in _REOPEN if (found := pattern.match(said))), None)
    return ReopenTask(spoken_words(found["words"])) if found else None


def read_completion(said: str, read: "partial[Phrase]") -> CompleteTask | None:
    """ "done with the report", "I called Sam", "mark it as done"."""
    found = next((found for pattern in _COMPLETE if (found := pattern.match(said))), None)
    if found:
        return CompleteTask(spoken_words(found["words"]))
    if _FINISH_IT.fullmatch(said):
        return CompleteTask("it")
    verb = _COMPLETE_VERB.match(said)
    if verb and not read(said).has_due:  # "complete the form by friday" is a plan
        return CompleteTask(spoken_words(verb["words"]))
    did = _I_DID.match(said)
    if did and is_past_tense(did["verb"]):
        return CompleteTask(spoken_words(did["words"]))
    return None


def read_deletion(said: str, read: "partial[Phrase]") -> DeleteTask | None:
    """ "delete buy milk"."""
    found = _DELETE.match(said)
    if not found or (found["verb"].lower() != "delete" and read(said).has_due):
        return None
    return DeleteTask(spoken_words(found["words"]))


def read_skipping(said: str, read: "partial[Phrase]") -> SkipTask | NotUnderstood | None:
    """ "skip standup"."""
    found = _SKIP.fullmatch(said)
    if found is None:
        return None
    # Of a series the next one can be skipped, and none on a day of choice.
    return (
        NotUnderstood(("skip standup", "skip it"))
        if read(found["words"]).has_due
        else SkipTask(spoken_words(found["words"]))
    )
