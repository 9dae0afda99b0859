"""From a chat sentence to its intent, decided by the sentence alone."""

import re
from dataclasses import replace
from datetime import datetime
from functools import partial

from functions.kernel.domain.intent.changes import read_change, read_putting, read_snooze, read_subtask
from functions.kernel.domain.intent.fields import read_field
from functions.kernel.domain.intent.finding import read_finding
from functions.kernel.domain.intent.kinds import (
    CompleteTask,
    Confirm,
    CreateTask,
    Decline,
    Deed,
    Help,
    Intent,
    Many,
    NotUnderstood,
    Pick,
    Unclear,
    Undo,
)
from functions.kernel.domain.intent.listing import ListTasks, read_listing
from functions.kernel.domain.intent.lists import read_about_lists
from functions.kernel.domain.intent.many import read_many, read_outright
from functions.kernel.domain.intent.outcomes import read_completion, read_deletion, read_reopening, read_skipping
from functions.kernel.domain.intent.repeating import read_reminding, read_repeating
from functions.kernel.domain.phrases import Habits, Phrase, parse
from functions.kernel.domain.phrases.tokens import ORDINALS

_EXAMPLES = (
    "remind me to call Sam tomorrow at 9",
    "what is due today",
    "done with the report",
    "move the report to friday",
)
_INSTEAD_OF_UNDO = ("undo", "reopen the report", "move the report to friday", "rename buy milk to buy oat milk")
_POLITE = re.compile(
    r"(?:(?:please|pls|(?:hey|hi|hello)(?: there)?|ok|okay|so|and|also|now|then|well)[,!]?\s+(?=\S)"
    r"|(?:can|could|would|will) you (?:please )?|i(?:['’]d| would) like (?:you )?to (?=remind|add"
    r"|create|see))",
    re.I,
)
_HELP = re.compile(
    r"(?:help(?: me)?|\?+|what can (?:you|i) (?:do|say|ask)|commands|how does (?:this|it) work)\W*$", re.I
)
_DONE = re.compile(r"(?:i(?:['’]m| am) )?(?:all )?(?:done|finished)\W*$", re.I)
_UNDO = re.compile(r"(?:undo|revert|take back)\b|take (?:that|it|this) back\b", re.I)
_UNDO_LAST = re.compile(
    r"(?:undo|revert|take back)(?: (?:that|it|this|(?:(?:the|my) )?last(?: (?:one|thing|change|step))?))?"
    r"(?: please)?\W*$"
    r"|take (?:that|it|this) back(?: please)?\W*$",
    re.I,
)
_REDO = re.compile(r"redo(?: (?:that|it|this|(?:(?:the|my) )?last(?: \w+)?))?\W*$", re.I)
_PICK = re.compile(r"(?:number |no\.? ?|#)?(?P<number>[1-9][0-9]?)\W*$|(?:the )?(?P<ordinal>[a-z]+)(?: one)?\W*$", re.I)
_BARE_VERB = re.compile(
    r"(?:complete|finish|delete|remove|move|rename|change|set|skip|re-?open|reschedule|postpone|assign|un-?assign)\W*$",
    re.I,
)
_YES = re.compile(
    r"(?:yes|yep|yeah|ok|okay|sure|do it|go ahead|confirm(?:ed)?|please do)"
    r"(?:,? (?:please|do it|go ahead|all of them))?\W*$",
    re.I,
)
_NO = re.compile(
    r"(?:no|nope|don['’]?t|never ?mind|leave (?:it|them)|stop|cancel)(?:,? (?:thanks|thank you))?\W*$", re.I
)
_SMALL_TALK = re.compile(
    r"(?:hi|hello|hey|thanks|thank you|thx|bye|good (?:morning|evening|night)"
    r"|cool|great|nice)"
    r"(?: (?:there|a lot|very much|so much|again))?\W*$",
    re.I,
)
_QUESTION = re.compile(
    r"(?:what|when|where|who|whose|why|which|how|is|are|was|were|does|did|am)\b"
    r"|(?:do|can|could|will|would|should|shall|may|might|have|has) (?:i|you|we|it|they|he|she|the|my)\b",
    re.I,
)
_SHOW = re.compile(r"(?:show|list|display|view)\b.*\b(?:tasks|to-?dos)\b", re.I)
_TO_SHOW = ("show my tasks in #work", "what is due today", "find milk")
_ADD = re.compile(
    r"(?:(?:add|create|make|set|put)\s+(?:me\s+)?(?:(?:a|an|another|the)\s+)?(?:new\s+)?(?:task|to-?do"
    r"|reminder|note|item)\b"
    r"(?:\s+(?:to|for|called|named|that says|about))?|add|create|new(?=:)|new task|new to-?do|to-?do"
    r"|task|note|remember to"
    r"|don['’]?t (?:let me )?forget(?: to)?|i (?:really )?(?:need|have|want|ought) to|i (?:must|should)"
    r"|i['’]ve got to"
    r"|(?:i )?gotta|schedule)\s*[:,]?\s+",
    re.I,
)
_TO_MARK = re.compile(r"\s+(?:to|on|in|onto|into)\s+(?=#(?:[^\W_]|[\"“]))", re.I)
_TO_LIST = re.compile(r"\s+(?:to|on|in|onto|into) (?:my |the |our )?(?P<name>[^\W\d_][\w-]*) list\b", re.I)


def understand(text: str, now: datetime, habits: Habits | None = None) -> Intent:
    """What `text` asks for as of `now` (naive local time; in the habits' zone when that is known).

    Never raises, whatever the text.
    """
    said = " ".join(text.split())
    intent = _understand(said, now, habits or Habits())
    deed = intent.deed if isinstance(intent, Many) else intent
    phrase = parse(said, now, habits) if isinstance(intent, ListTasks) else getattr(deed, "phrase", None)
    phrase = phrase or getattr(deed, "deadline", None)
    unclear = [ambiguity for ambiguity in phrase.ambiguities if not ambiguity.settled] if phrase else []
    return Unclear(unclear[0], said) if unclear else intent


def _understand(said: str, now: datetime, habits: Habits) -> Intent:
    read = partial(parse, now=now, habits=habits)
    for pattern, answered in ((_YES, Confirm()), (_NO, Decline()), (_UNDO_LAST, Undo())):
        if pattern.match(said):
            return answered
    if number := _number(said):
        return Pick(number)
    if not said or _BARE_VERB.match(said):
        return NotUnderstood(_EXAMPLES)
    if _DONE.match(said):
        return CompleteTask("it")
    if _SMALL_TALK.match(said):
        return Help(_EXAMPLES)
    while polite := _POLITE.match(said):
        said = said[polite.end() :]
    if _HELP.match(said):
        return Help(_EXAMPLES)
    if _UNDO.match(said) or _REDO.match(said):
        return NotUnderstood(_INSTEAD_OF_UNDO)
    plain = said.rstrip(" .!?")
    if of_lists := read_about_lists(plain):
        return of_lists
    change = (
        read_field(plain, read)
        or read_repeating(plain, read)
        or read_reminding(plain, read)
        or read_putting(plain, read)
        or read_subtask(plain, read)
    )
    if change:
        return _for_many(change, now, habits)
    added = _ADD.match(said)
    if added and not said[: added.end()].lower().startswith("note that"):
        return _create(_TO_MARK.sub(" ", said[added.end() :]), read)
    if snooze := read_snooze(plain, read):
        return _for_many(snooze, now, habits)
    if re.match(r"remind\b", said, re.I):
        return _create(said, read)
    if many := read_outright(plain, now, habits):
        return many
    listing = read_listing(said, now, habits) or read_finding(plain, read)
    if listing:
        return listing
    asked = said.endswith("?") or bool(_QUESTION.match(said))
    if asked:
        return NotUnderstood(_EXAMPLES)
    if _SHOW.match(plain):
        return NotUnderstood(_TO_SHOW)
    deed = (
        read_skipping(plain, read)
        or read_reopening(plain)
        or read_completion(plain, read)
        or read_deletion(plain, read)
        or read_change(plain, read)
    )
    return _for_many(deed, now, habits) if deed else _create(said, read)


def _number(said: str) -> int | None:
    """The number of the one that is meant, of several that were asked about: "2", "the second one"."""
    found = _PICK.match(said)
    return (int(found["number"]) if found["number"] else ORDINALS.get(found["ordinal"].lower())) if found else None


def _for_many(deed: Deed | NotUnderstood, now: datetime, habits: Habits) -> Intent:
    return deed if isinstance(deed, NotUnderstood) else read_many(deed, now, habits) or deed


def _create(text: str, read: "partial[Phrase]") -> Intent:
    text = text.rstrip(" ?")
    named = _TO_LIST.search(text)
    phrase = read(text[: named.start()] + text[named.end() :]) if named else read(text)
    if named and phrase.list_name is None:
        marked = f"{text[: named.start()]}{text[named.end() :]} #{named['name']}"
        # spans refer to the text as it was typed, which this one no longer is
        phrase = replace(read(marked), spans=())
    return CreateTask(phrase) if re.search(r"\w", phrase.title) else NotUnderstood(_EXAMPLES)
