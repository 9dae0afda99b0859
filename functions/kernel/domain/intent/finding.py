"""Sentences that ask for tasks by their words: "find milk", "when is the dentist?", "which tasks mention Sam"."""

import re
from functools import partial

from functions.kernel.domain.intent.kinds import FindTasks
from functions.kernel.domain.intent.patterns import first_fullmatch
from functions.kernel.domain.intent.spoken_words import spoken_words
from functions.kernel.domain.phrases import Phrase

_FIND = (
    # "find a plumber" is a plan, "find the plumber" a question.
    re.compile(r"(?:find(?!\s+(?:an?|some|out|new)\b)|search(?: for)?\b)(?: me)?\s*:?\s+(?P<words>.+)", re.I),
    re.compile(r"where (?:is|are|did i put)\s+(?P<words>.+)", re.I),
    re.compile(
        r"(?:show|list|give)(?: me)?(?: all)?(?: my| the)? (?:tasks|to-?dos|everything|anything) "
        r"(?:about|with|containing|mentioning|named|called|like|for the words?)\s+(?P<words>.+)",
        re.I,
    ),
    re.compile(
        r"(?:which|what) tasks (?:are about|are called|mention|contain|have)\s+(?P<words>.+)"
        r"|(?:is there|do i have|have i) (?:a|any|anything) (?:tasks? )?(?:about|called|named|like)\s+(?P<more>.+)",
        re.I,
    ),
    re.compile(
        r"(?:when|what time|(?:on )?(?:what|which) day) (?:is|are|was|were)\s+(?P<words>.+?)"
        r"(?:\s+(?:due|happening|planned|scheduled))?",
        re.I,
    ),
    re.compile(r"when (?:do|should|must|shall) i (?:(?:have|need) to )?(?P<words>.+)|tell me about (?P<more>.+)", re.I),
    re.compile(
        r"(?:is|are|was|were) (?P<words>.+?) (?:(?:already|still|now|yet) )?"
        r"(?:done|finished|completed?|open|due|overdue)(?: (?:yet|already|now))?",
        re.I,
    ),
    re.compile(
        r"(?:did|have) i (?:already |ever )?(?:(?:finish(?:ed)?|completed?|do|done) )?"
        r"(?P<words>.+?)(?: (?:yet|already))?",
        re.I,
    ),
)
_ALL = re.compile(r"\b(?:any|some|every|no)(?:thing|body|one)\b|\b(?:i|you|we|there|tasks?|to-?dos)\b", re.I)
_ABOUT = re.compile(r"(?:tasks?|anything|everything) (?:about|with|called|named|like)\s+", re.I)


def read_finding(said: str, read: "partial[Phrase]") -> FindTasks | None:
    """The request to find tasks that the sentence is; None when it is something else, such as a plan for a day."""
    found = first_fullmatch(_FIND, said)
    if found is None:
        return None
    words = found["words"] or found.groupdict().get("more") or ""
    words = spoken_words(_ABOUT.sub("", words, count=1))
    return None if words == "it" or _ALL.search(words) or read(said).has_due else FindTasks(words)
